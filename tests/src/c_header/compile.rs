//! Compilers of C and C++.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::native_corpus::compilers;

/// A language in one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// C++, not C.
    pub is_cpp: bool,
    standard: &'static str,
}

/// C11
pub const C11: Dialect = Dialect { is_cpp: false, standard: "c11" };
/// C++17
pub const CPP17: Dialect = Dialect { is_cpp: true, standard: "c++17" };
/// What came after them.
pub const LATER: [Dialect; 2] =
    [Dialect { is_cpp: false, standard: "c2x" }, Dialect { is_cpp: true, standard: "c++20" }];

/// A compiler.
#[derive(Clone, Debug)]
pub struct Reader {
    /// What it is called.
    pub name: String,
    arguments: &'static [&'static str],
    cpp: String,
}

/// The oldest and the newest clang, for wasm32, then GCC for the machine.
pub fn readers() -> Vec<Reader> {
    let clang = &["--target=wasm32", "-msimd128", "-ferror-limit=0", "-Wdocumentation", "-Wextra-semi"][..];
    let clangs = compilers().into_iter().map(|of| Reader { name: of.name(), arguments: clang, cpp: of.name() });
    let gcc = Reader { name: "gcc".to_owned(), arguments: &["-fmax-errors=0"], cpp: "g++".to_owned() };
    clangs.chain([gcc]).collect()
}

impl Reader {
    /// It compiles for wasm32.
    pub fn is_clang(&self) -> bool {
        self.name != "gcc"
    }

    /// Reads a source file in `folder`, where its headers are, with every warning as an error; the error is all it said.
    pub fn check(&self, dialect: Dialect, folder: &Path, text: &str) -> Result<(), String> {
        let source = self.write(dialect, folder, text);
        self.run(dialect, &[Path::new("-fsyntax-only"), &source])
    }

    /// Compiles a source file in `folder`.
    pub fn compile(&self, dialect: Dialect, folder: &Path, text: &str) -> Result<PathBuf, String> {
        let source = self.write(dialect, folder, text);
        let object = source.with_extension("o");
        self.run(dialect, &[Path::new("-c"), &source, Path::new("-o"), &object])?;
        Ok(object)
    }

    /// Links objects alone; the error is all the linker said.
    pub fn link(&self, objects: &[&Path]) -> Result<(), String> {
        let own = self.name.replace("clang", "wasm-ld");
        let linker = if Command::new(&own).arg("--version").output().is_ok() { &own } else { "wasm-ld" };
        let mut command = Command::new(linker);
        command.args(["--no-entry", "--gc-sections", "--error-limit=0"]).args(objects).args(["-o", "/dev/null"]);
        told(&mut command)
    }

    fn write(&self, dialect: Dialect, folder: &Path, text: &str) -> PathBuf {
        let source = folder.join(if dialect.is_cpp { "source.cpp" } else { "source.c" });
        std::fs::write(&source, text).expect("a writable folder");
        source
    }

    fn run(&self, dialect: Dialect, files: &[&Path]) -> Result<(), String> {
        let mut command = Command::new(if dialect.is_cpp { &self.cpp } else { &self.name });
        command.args(["-x", if dialect.is_cpp { "c++" } else { "c" }]).arg(format!("-std={}", dialect.standard));
        // The functions of the tests need not do anything with what they get.
        command.args(["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wno-unused-parameter"]);
        told(command.args(self.arguments).args(files))
    }
}

fn told(command: &mut Command) -> Result<(), String> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error} (tests/run.sh installs it)"));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(text) }
}
