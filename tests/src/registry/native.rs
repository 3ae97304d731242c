//! Native builds of the programs in `tests/support/registry`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::data::crate_dir;
use crate::wasm::toolchain::Toolchain;

/// A compiler for this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// The one that also makes wasm.
    Clang,
    /// `g++`, or what `GXX` names.
    Gcc,
}

/// A built program.
pub struct Program {
    path: PathBuf,
    _dir: TempDir,
}

/// What a program did.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Whether it returned 0.
    pub success: bool,
    /// Both streams, standard output first.
    pub text: String,
}

/// Folders of headers: the registry, and what its tests share.
pub fn include_folders() -> [PathBuf; 2] {
    [crate_dir().join("../templates/registry"), crate_dir().join("support/registry")]
}

/// Builds `support/registry/<name>.cpp`; every warning is an error, and the error is the compiler's output.
pub fn build(compiler: Compiler, name: &str, flags: &[&str]) -> Result<Program, String> {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join(name);
    let mut command = match compiler {
        Compiler::Clang => Command::new(Toolchain::find().clang()),
        Compiler::Gcc => Command::new(std::env::var_os("GXX").unwrap_or_else(|| "g++".into())),
    };
    command.args(["-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-pthread"]).args(flags);
    for folder in include_folders() {
        command.arg("-I").arg(folder);
    }
    command.arg(crate_dir().join(format!("support/registry/{name}.cpp"))).arg("-o").arg(&path);
    let ended = run(&mut command, "");
    if ended.success && ended.text.is_empty() { Ok(Program { path, _dir: dir }) } else { Err(ended.text) }
}

impl Program {
    /// Runs the program with something to read.
    pub fn run(&self, arguments: &[&str], input: &str) -> Ended {
        let ended = run(Command::new(&self.path).args(arguments), input);
        // ThreadSanitizer needs parts of the address space that a randomised layout may have used.
        if ended.text.contains("FATAL: ThreadSanitizer") {
            return run(Command::new("setarch").arg("-R").arg(&self.path).args(arguments), input);
        }
        ended
    }

    /// Where it is, as long as this lives.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn run(command: &mut Command, input: &str) -> Ended {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap_or_else(|error| {
        panic!("cannot run {command:?}: {error}; the registry's tests need clang, g++ and libclang-rt-dev")
    });
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes()))); // a program that stops early does not read
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("no panic");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    Ended { success: output.status.success(), text }
}
