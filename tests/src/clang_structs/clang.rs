//! clang as a compiler of C.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Versions looked for by a suffixed name, newest first, where there is no unsuffixed one.
const VERSIONS: std::ops::RangeInclusive<u32> = 14..=23;

const HELP: &str = "the comparison with clang needs clang 14 or newer with the wasm32 target: \
                    `apt-get install clang`, or set CLANGXX";

/// The compiler.
#[derive(Clone, Debug)]
pub struct Clang {
    path: PathBuf,
    /// First line of `--version`.
    pub version: String,
}

impl Clang {
    /// The machine's newest compiler, or what `CLANGXX` names. Panics with what to install when there is none.
    pub fn find() -> &'static Clang {
        static FOUND: OnceLock<Clang> = OnceLock::new();
        FOUND.get_or_init(|| {
            let names = match std::env::var_os("CLANGXX") {
                Some(named) => vec![named.into()],
                None => {
                    let suffixed = VERSIONS.rev().map(|version| format!("clang++-{version}").into());
                    [PathBuf::from("clang++")].into_iter().chain(suffixed).collect()
                }
            };
            names.into_iter().find_map(Clang::open).unwrap_or_else(|| panic!("{HELP}"))
        })
    }

    fn open(path: PathBuf) -> Option<Clang> {
        let answer = |argument: &str| {
            let output = Command::new(&path).arg(argument).output().ok()?;
            Some(String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let version = answer("--version")?.lines().next()?.to_owned();
        answer("--print-targets")?.contains("wasm32").then_some(Clang { path, version })
    }

    /// Compiles C to a wasm32 object, whose bytes are returned; every warning is an error.
    ///
    /// The error is the compiler's output.
    pub fn compile(&self, dir: &Path, name: &str, text: &str) -> Result<Vec<u8>, String> {
        let source = dir.join(format!("{name}.c"));
        let object = dir.join(format!("{name}.o"));
        std::fs::write(&source, text).map_err(|error| format!("cannot write {}: {error}", source.display()))?;
        let mut command = Command::new(&self.path);
        // The driver may be the C++ one: the language is said.
        command.args(["-x", "c", "-std=c11", "--target=wasm32", "-ffreestanding", "-msimd128", "-O0"]);
        command.args(["-Wall", "-Wextra", "-Werror", "-c"]).arg(&source).arg("-o").arg(&object);
        let output = command.output().map_err(|error| format!("cannot run {command:?}: {error}"))?;
        if !output.status.success() {
            let text: String = String::from_utf8_lossy(&output.stderr).lines().take(30).collect::<Vec<_>>().join("\n");
            return Err(format!("{command:?}\n{text}"));
        }
        std::fs::read(&object).map_err(|error| format!("cannot read {}: {error}", object.display()))
    }
}
