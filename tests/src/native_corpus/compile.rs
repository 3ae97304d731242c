//! Compilers and the linker.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A version of clang.
#[derive(Clone, Debug)]
pub struct Compiler(PathBuf);

/// The oldest and the newest clang of the machine, from 14 on.
pub fn compilers() -> Vec<Compiler> {
    let runs = |path: &PathBuf| Command::new(path).arg("--version").output().is_ok();
    let numbered = (14..=30).map(|version| PathBuf::from(format!("clang-{version}"))).filter(runs);
    let found: Vec<PathBuf> = numbered.collect();
    let mut found = match (found.first(), found.last()) {
        (Some(first), Some(last)) => vec![first.clone(), last.clone()],
        _ => vec![PathBuf::from("clang")],
    };
    found.dedup();
    found.into_iter().map(Compiler).collect()
}

/// Whether every combination is compared, and not a sample: with `THUNKGEN_NATIVE=all`.
pub fn is_complete() -> bool {
    std::env::var("THUNKGEN_NATIVE").is_ok_and(|which| which == "all")
}

/// Each compiler with each of these; in a sample the oldest with the first, and the newest with the last.
pub fn compilers_with<T: Copy + PartialEq>(all: &[T]) -> Vec<(Compiler, T)> {
    let mut both: Vec<_> =
        compilers().into_iter().flat_map(|one| all.iter().map(move |of| (one.clone(), *of))).collect();
    if !is_complete() && both.len() > 2 {
        both = [both.remove(0), both.remove(both.len() - 1)].into();
    }
    both
}

impl Compiler {
    /// What it is called.
    pub fn name(&self) -> String {
        self.0.display().to_string()
    }

    /// Compiles C for wasm32 into `FOLDER/NAME.o`.
    pub fn compile(&self, folder: &Path, name: &str, text: &str) -> PathBuf {
        self.compile_with(folder, name, text, "-O1")
    }

    /// The same with these arguments, such as how far it is optimised.
    pub fn compile_with(&self, folder: &Path, name: &str, text: &str, optimised: &str) -> PathBuf {
        let (source, object) = (folder.join(format!("{name}.c")), folder.join(format!("{name}.o")));
        std::fs::write(&source, text).expect("a writable folder");
        run(Command::new(&self.0)
            .args(["--target=wasm32", "-std=c11", "-Wno-unused-parameter", "-c"])
            .args(optimised.split(' '))
            .arg(&source)
            .arg("-o")
            .arg(&object));
        object
    }

    /// Compiles files with these arguments into a directory, and returns the objects.
    pub fn compile_files(&self, folder: &Path, sources: &[PathBuf], arguments: &str) -> Vec<PathBuf> {
        let mut command = Command::new(&self.0);
        run(command
            .args(["--target=wasm32", "-c"])
            .args(arguments.split_whitespace())
            .args(sources)
            .current_dir(folder));
        let object = |source: &PathBuf| folder.join(source.file_name().expect("a name")).with_extension("o");
        sources.iter().map(object).collect()
    }
}

impl Compiler {
    /// Links objects into a module, with the linker of this version if there is one.
    pub fn link(&self, module: &Path, objects: &[&Path], arguments: &[&str]) {
        let own = self.name().replace("clang", "wasm-ld");
        let linker = if Command::new(&own).arg("--version").output().is_ok() { &own } else { "wasm-ld" };
        run(Command::new(linker).arg("--no-entry").args(arguments).args(objects).arg("-o").arg(module));
    }
}

/// Changes a module with Binaryen.
pub fn wasm_opt(module: &Path, to: &Path, arguments: &[&str]) {
    let tool = |variable: &str, script: &str, name: &str| {
        let folder = std::env::var_os(variable).map(PathBuf::from);
        folder
            .unwrap_or_else(|| panic!("{variable} is not set: run `tests/tools/{script} DEST` and set it to DEST"))
            .join(name)
    };
    let mut command = Command::new(tool("THUNKGEN_NODE", "node.sh", "node"));
    command.arg(tool("THUNKGEN_BINARYEN", "binaryen.sh", "wasm-opt")).arg("--all-features");
    run(command.args(arguments).arg(module).arg("-o").arg(to));
}

/// Puts objects into an archive.
pub fn archive(archive: &Path, objects: &[&Path]) {
    run(Command::new("llvm-ar").arg("rcD").arg(archive).args(objects));
}

/// The same without its index, for bitcode, which an older tool could not read.
pub fn archive_without_index(archive: &Path, objects: &[&Path]) {
    run(Command::new("llvm-ar").arg("rcSD").arg(archive).args(objects));
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error} (tests/run.sh installs it)"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
}
