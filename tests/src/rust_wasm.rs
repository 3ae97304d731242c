//! A Rust compiler for wasm: Debian's `rustc-web`, which is another one than that of the workspace.
//!
//! It comes without libraries for `wasm32-unknown-emscripten`, the target whose C ABI is that of emscripten. `core` is
//! built from the compiler's own sources, once per version, into `target/`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::data::crate_dir;

/// By its full path, since the workspace's compiler has the same name.
const RUSTC: &str = "/usr/bin/rustc";

/// What the target is called.
const TARGET: &str = "wasm32-unknown-emscripten";

const HELP: &str = "the tests of Rust libraries need Debian's Rust compiler for wasm: \
                    `apt-get install --no-install-recommends rustc-web rust-web-src`";

/// The compiler, and the folder with `core` for the target.
#[derive(Clone, Debug)]
pub struct RustWasm {
    libraries: PathBuf,
}

impl RustWasm {
    /// The machine's compiler. Panics with what to install when there is none.
    pub fn find() -> &'static RustWasm {
        static FOUND: OnceLock<RustWasm> = OnceLock::new();
        FOUND.get_or_init(|| find().unwrap_or_else(|error| panic!("{HELP}\n{error}")))
    }

    /// Compiles the text of a `#![no_std]` library crate to a wasm object, whose bytes are returned.
    ///
    /// Warnings do not count. The error is the compiler's output.
    pub fn compile(&self, dir: &Path, name: &str, text: &str) -> Result<Vec<u8>, String> {
        let source = dir.join(format!("{name}.rs"));
        std::fs::write(&source, text).map_err(|error| format!("cannot write {}: {error}", source.display()))?;
        self.compile_file(dir, name, &source)
    }

    /// The same for a crate that is there, by its root file.
    pub fn compile_file(&self, dir: &Path, name: &str, source: &Path) -> Result<Vec<u8>, String> {
        let object = dir.join(format!("{name}.o"));
        let mut command = rustc();
        command.args([
            "--edition",
            "2024",
            "--crate-type",
            "lib",
            "--emit",
            "obj",
            "-Cpanic=abort",
            "-Copt-level=0",
            "-g",
        ]);
        command.args(["-Ccodegen-units=1", "--cap-lints", "allow", "--crate-name", name]);
        command.arg("-L").arg(&self.libraries).arg(source).arg("-o").arg(&object);
        run(command)?;
        std::fs::read(&object).map_err(|error| format!("cannot read {}: {error}", object.display()))
    }
}

/// The compiler for the target; sources of this test may use unstable features.
fn rustc() -> Command {
    let mut command = Command::new(RUSTC);
    command.env("RUSTC_BOOTSTRAP", "1").env_remove("RUSTFLAGS").env_remove("RUSTUP_TOOLCHAIN");
    command.args(["--target", TARGET]);
    command
}

/// The output of a compiler that ends well.
fn run(mut command: Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

fn find() -> Result<RustWasm, String> {
    let mut command = Command::new(RUSTC);
    command.arg("--version");
    let version = run(command)?;
    let number = version.split(' ').nth(1).ok_or_else(|| format!("a version in {version:?}"))?;
    let core = PathBuf::from(format!("/usr/src/rustc-{number}/library/core/src/lib.rs"));
    if !core.exists() {
        return Err(format!("{} is not there", core.display()));
    }
    let parent = crate_dir().join("../target");
    let libraries = parent.join(format!("rust-wasm-{number}"));
    if !libraries.exists() {
        std::fs::create_dir_all(&parent).map_err(|error| error.to_string())?;
        let building = tempfile::tempdir_in(&parent).map_err(|error| error.to_string())?;
        build_core(building.path(), &core)?;
        // Another process may have been faster; its folder is as good.
        if let Err(error) = std::fs::rename(building.path(), &libraries)
            && !libraries.exists()
        {
            return Err(error.to_string());
        }
    }
    Ok(RustWasm { libraries })
}

/// `core`, and the crate that every other one links to beside it; nothing is linked, so it may be empty.
fn build_core(dir: &Path, core: &Path) -> Result<(), String> {
    let mut command = rustc();
    command.args(["--crate-type", "rlib", "--crate-name", "core", "--edition", "2024", "-Copt-level=1"]);
    command.args(["-Cpanic=abort", "--cap-lints", "allow"]).arg(core).arg("-o").arg(dir.join("libcore.rlib"));
    run(command)?;
    let stub = dir.join("compiler_builtins.rs");
    let text = "#![feature(no_core, compiler_builtins)]\n#![compiler_builtins]\n#![no_core]\nextern crate core;\n";
    std::fs::write(&stub, text).map_err(|error| error.to_string())?;
    let mut command = rustc();
    command.args(["--crate-type", "rlib", "--crate-name", "compiler_builtins", "--edition", "2024", "-Cpanic=abort"]);
    command.arg("-L").arg(dir).arg(&stub).arg("-o").arg(dir.join("libcompiler_builtins.rlib"));
    run(command).map(drop)
}
