//! clang and wasm-ld: found once, or the test fails and says what to install.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::data::crate_dir;
use crate::registry;

/// Oldest version whose wasm32 output and warnings the suites rely on.
const MIN_MAJOR: u32 = 14;
/// Newest version looked for by a suffixed name; an unsuffixed one may be newer.
const MAX_SUFFIX: u32 = 23;

const HELP: &str = "the execution tests need clang and wasm-ld, version 14 or newer, with the wasm32 target: \
                    `apt-get install clang lld`, or set CLANGXX and WASM_LD";

/// The compiler and the linker.
#[derive(Clone, Debug)]
pub struct Toolchain {
    clang: PathBuf,
    wasm_ld: PathBuf,
}

/// How to compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags {
    /// `-O` and this.
    pub optimize: &'static str,
    /// `-msimd128`, which keys with `V` need.
    pub simd: bool,
    /// Atomic instructions, which shared memory needs.
    pub threads: bool,
}

impl Flags {
    /// `-O1` with vectors.
    pub const SIMD: Flags = Flags { optimize: "1", simd: true, threads: false };
    /// `-O1` without vectors, what most runtimes build with.
    pub const PLAIN: Flags = Flags { optimize: "1", simd: false, threads: false };
    /// For a module with shared memory.
    pub const SHARED: Flags = Flags { threads: true, ..Flags::PLAIN };

    /// The same at another optimisation level.
    pub const fn at(self, optimize: &'static str) -> Flags {
        Flags { optimize, ..self }
    }
}

impl Toolchain {
    /// The machine's toolchain. Panics with what to install when there is none.
    pub fn find() -> &'static Toolchain {
        static FOUND: OnceLock<Toolchain> = OnceLock::new();
        FOUND.get_or_init(find)
    }

    /// The compiler, which also makes native programs.
    pub fn clang(&self) -> &Path {
        &self.clang
    }

    /// Compiles C++ text to a wasm32 object `<dir>/<name>.o`; every warning is an error.
    ///
    /// The error is the compiler's output.
    pub fn compile(&self, dir: &Path, name: &str, text: &str, flags: Flags) -> Result<PathBuf, String> {
        let source = dir.join(format!("{name}.cpp"));
        let object = dir.join(format!("{name}.o"));
        std::fs::write(&source, text).map_err(|error| format!("cannot write {}: {error}", source.display()))?;
        let mut command = Command::new(&self.clang);
        command.args(["--target=wasm32", "-std=c++17", "-ffreestanding", "-nostdlib", "-fno-exceptions", "-fno-rtti"]);
        // `-mmutable-globals` lets the linker export the stack pointer.
        command.args(["-Wall", "-Wextra", "-Werror", "-mmutable-globals"]);
        command.arg(format!("-O{}", flags.optimize)).args(flags.simd.then_some("-msimd128"));
        command.args(flags.threads.then_some(["-matomics", "-mbulk-memory"]).into_iter().flatten());
        command
            .arg("-I")
            .arg(crate_dir().join("../templates/compat"))
            .arg("-I")
            .arg(crate_dir().join("support/include"));
        for folder in registry::native::include_folders() {
            command.arg("-I").arg(folder);
        }
        command.arg("-c").arg(&source).arg("-o").arg(&object);
        run(command)?;
        Ok(object)
    }

    /// Links objects to a module, which is returned; every warning is an error.
    ///
    /// `host_functions` are the only symbols that may stay undefined; they become imports from `env`. `options` are
    /// passed on.
    pub fn link(
        &self,
        dir: &Path,
        objects: &[PathBuf],
        host_functions: &[&str],
        exports: &[&str],
        options: &[&str],
    ) -> Result<Vec<u8>, String> {
        let module = dir.join("linked.wasm");
        let allowed = dir.join("host-functions.txt");
        std::fs::write(&allowed, host_functions.join("\n")).map_err(|error| error.to_string())?;
        let mut command = Command::new(&self.wasm_ld);
        command.args(["--no-entry", "--fatal-warnings", "--export-table", "--growable-table"]);
        command.args(["--export=__stack_pointer", "--export=__data_end", "--export=__heap_base"]);
        command.args(exports.iter().map(|name| format!("--export={name}")));
        command.arg(format!("--allow-undefined-file={}", allowed.display()));
        command.args(options).args(objects).arg("-o").arg(&module);
        run(command)?;
        std::fs::read(&module).map_err(|error| format!("cannot read {}: {error}", module.display()))
    }

    /// Makes one object `<dir>/<name>.o` of several.
    pub fn merge(&self, dir: &Path, name: &str, objects: &[PathBuf]) -> Result<PathBuf, String> {
        let merged = dir.join(format!("{name}.o"));
        let mut command = Command::new(&self.wasm_ld);
        command.arg("--relocatable").args(objects).arg("-o").arg(&merged);
        run(command)?;
        Ok(merged)
    }
}

fn run(mut command: Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("cannot run {command:?}: {error}"))?;
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // A linker warning that `--fatal-warnings` does not know of still shows as output.
    if output.status.success() && text.is_empty() { Ok(()) } else { Err(format!("{command:?}\n{text}")) }
}

// The linker must be the compiler's: an older one need not know the newer one's objects.
fn find() -> Toolchain {
    let named = |variable: &str| std::env::var_os(variable).map(PathBuf::from);
    let suffixes =
        std::iter::once(String::new()).chain((MIN_MAJOR..=MAX_SUFFIX).rev().map(|major| format!("-{major}")));
    let pair = |suffix: String| Toolchain {
        clang: named("CLANGXX").unwrap_or_else(|| format!("clang++{suffix}").into()),
        wasm_ld: named("WASM_LD").unwrap_or_else(|| format!("wasm-ld{suffix}").into()),
    };
    let fits = |tools: &Toolchain| {
        let recent = |tool: &Path| major(&answer(tool, &["--version"])).is_some_and(|major| major >= MIN_MAJOR);
        recent(&tools.clang) && recent(&tools.wasm_ld) && answer(&tools.clang, &["--print-targets"]).contains("wasm32")
    };
    suffixes.map(pair).find(fits).unwrap_or_else(|| panic!("{HELP}"))
}

fn answer(path: &Path, arguments: &[&str]) -> String {
    let output = Command::new(path).args(arguments).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

// "Debian clang version 14.0.6", "Debian LLD 14.0.6 (compatible with GNU linkers)"
fn major(version: &str) -> Option<u32> {
    let number = version.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split('.').next()?.parse().ok()
}
