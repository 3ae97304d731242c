//! Running an engine on a project.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::data::crate_dir;
use crate::executable::built;

/// The directory of the C# compiler and the framework, which `THUNKGEN_LAB` names.
pub fn lab() -> PathBuf {
    let lab = std::env::var_os("THUNKGEN_LAB").map(PathBuf::from);
    lab.expect("THUNKGEN_LAB is not set: run `tests/tools/csharp-compiler.sh DEST` and set it to DEST")
}

/// Compiles a C# source into a task, against the engine's own assemblies.
pub fn compile(source: &Path, out: &Path) {
    let mut csc = Command::new(lab().join("csc"));
    csc.args(["-nologo", "-noconfig", "-nostdlib", "-nowarn:1701,1702", "-target:library"]);
    let framework = std::fs::read_dir(lab().join("framework")).expect("the framework");
    let assemblies = framework.map(|entry| entry.expect("an entry").path());
    let engine = folder().join("engine/Microsoft.Build.Framework.dll");
    for assembly in assemblies.filter(|path| path.extension().is_some_and(|it| it == "dll")).chain([engine]) {
        csc.arg(format!("-reference:{}", assembly.display()));
    }
    let output = csc.arg(format!("-out:{}", out.display())).arg(source).output().expect("the C# compiler");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{}: {said}", source.display());
}

/// The package's tasks, as the packer compiles them.
pub fn tasks() -> &'static Path {
    static TASKS: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, tasks) = TASKS.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let out = folder.path().join("Thunkgen.Tasks.dll");
        let mut packer = Command::new(built("thunkgen-pack"));
        let output = packer.arg("tasks").arg(&out).arg("--csc").arg(lab().join("csc")).output().expect("the packer");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (folder, out)
    });
    tasks
}

/// Who reads the project.
#[derive(Clone, Debug)]
pub enum Engine {
    /// Microsoft's engine, version 17.9, with stand-ins for the standard tasks; see `tests/tools/msbuild-engine.sh`.
    MSBuild(PathBuf),
    /// The same, and our targets run the executable with Exec, without a task.
    MSBuildExec(PathBuf),
    /// Mono's `xbuild`, an older engine of its own that comes with its own tasks.
    XBuild,
}

/// The folder that `THUNKGEN_MSBUILD` names, or `target/msbuild`.
pub fn folder() -> PathBuf {
    let folder = std::env::var_os("THUNKGEN_MSBUILD").map(PathBuf::from);
    folder.unwrap_or_else(|| crate_dir().join("../target/msbuild"))
}

impl Engine {
    /// Microsoft's engine in the folder that `THUNKGEN_MSBUILD` names, or in `target/msbuild`. Panics when there is none.
    pub fn msbuild() -> Engine {
        let folder = folder();
        let program = folder.join("msbuild");
        assert!(
            program.exists(),
            "no MSBuild engine in {}: run `tests/tools/msbuild-engine.sh FOLDER LAB` and set THUNKGEN_MSBUILD=FOLDER",
            folder.display()
        );
        Engine::MSBuild(program)
    }

    /// The same, for builds that want no task.
    pub fn msbuild_exec() -> Engine {
        match Engine::msbuild() {
            Engine::MSBuild(program) => Engine::MSBuildExec(program),
            other => other,
        }
    }

    /// The `xbuild` of Debian's package mono-xbuild.
    pub fn xbuild() -> Engine {
        Engine::XBuild
    }

    /// A command that builds a project with these switches, with full logging; the environment can still be changed.
    pub fn command<A: AsRef<OsStr>>(&self, project: &Path, switches: impl IntoIterator<Item = A>) -> Command {
        let mut command = match self {
            Engine::MSBuild(program) => {
                let mut command = Command::new(program);
                command.arg("-v:d");
                command
            }
            Engine::MSBuildExec(program) => {
                let mut command = Command::new(program);
                command.args(["-v:d", "-p:ThunkgenUseExec=true"]);
                command
            }
            Engine::XBuild => {
                let mut command = Command::new("xbuild");
                command.args(["/nologo", "/v:d"]);
                command
            }
        };
        command.args(switches).arg(project);
        command
    }

    /// Builds a project to its end.
    pub fn build<A: AsRef<OsStr>>(&self, project: &Path, switches: impl IntoIterator<Item = A>) -> Log {
        Log::of(self.command(project, switches))
    }
}

/// What an engine said.
#[derive(Clone, Debug)]
pub struct Log {
    /// Whether the build succeeded, by the exit code.
    pub succeeded: bool,
    /// Both streams, standard output first.
    pub text: String,
}

impl Log {
    /// Runs a command to its end. Panics when it cannot be started or is ended by a signal.
    pub fn of(mut command: Command) -> Log {
        let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let code = output.status.code().unwrap_or_else(|| panic!("{command:?}: {}", output.status));
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(code < 2, "{command:?} was used wrongly:\n{text}");
        Log { succeeded: code == 0, text }
    }

    /// Every line that holds this text, without white space around it.
    pub fn lines_with(&self, text: &str) -> Vec<&str> {
        self.text.lines().map(str::trim).filter(|line| line.contains(text)).collect()
    }
}
