//! Running an engine on a project.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::data::crate_dir;

/// Who reads the project.
#[derive(Clone, Debug)]
pub enum Engine {
    /// Microsoft's engine, version 17.9, with stand-ins for the standard tasks; see `tests/tools/msbuild-engine.sh`.
    MSBuild(PathBuf),
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
