//! The `thunkgen` executable, built like the tests that run it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// Where the executable is, after cargo brought it up to date.
pub fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| built("thunkgen"))
}

/// Where the executable of another package of the workspace is, after cargo brought it up to date.
pub fn built(package: &str) -> PathBuf {
    let this = std::env::current_exe().expect("the test's own path");
    // target/PROFILE/deps/TEST; the folder of the dev profile has a name of its own.
    let profile = this.ancestors().nth(2).and_then(Path::file_name).expect("a profile's folder").to_string_lossy();
    let profile = if profile == "debug" { "dev".into() } else { profile };
    let output = Command::new(env!("CARGO"))
        .args(["build", "--locked", "-p", package, "--message-format=json", "--profile", &profile])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "the executable cannot be built");
    let messages = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let executable = messages.split("\"executable\":\"").nth(1).and_then(|rest| rest.split('"').next());
    executable.expect("cargo names the executable").into()
}

/// What one run of the executable did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Exit code; `None` after a signal.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs the executable with these arguments in a folder.
pub fn run<A: AsRef<std::ffi::OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Run {
    let mut command = Command::new(path());
    let Output { status, stdout, stderr } =
        command.args(arguments).current_dir(folder).output().unwrap_or_else(|error| panic!("thunkgen: {error}"));
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Run { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
}
