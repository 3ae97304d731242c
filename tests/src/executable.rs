//! The `thunkgen` executable, built like the tests that run it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};

/// Where the executable is, after cargo brought it up to date.
pub fn path() -> &'static Path {
    built("thunkgen")
}

/// Where the executable of a package of the workspace is, after cargo brought it up to date once for this process; or
/// the one in the directory `THUNKGEN_EXECUTABLES`, such as a release.
pub fn built(package: &'static str) -> &'static Path {
    static BUILT: Mutex<BTreeMap<&str, &Path>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    built.entry(package).or_insert_with(|| Box::leak(build(package).into_boxed_path()))
}

fn build(package: &str) -> PathBuf {
    if let Some(directory) = std::env::var_os("THUNKGEN_EXECUTABLES") {
        return Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(directory).join(package);
    }
    let this = std::env::current_exe().expect("the test's own path");
    // TARGET/PROFILE/deps/TEST; the directory of the dev profile has a name of its own.
    let directory = this.ancestors().nth(2).expect("a profile's directory");
    let profile = directory.file_name().expect("a profile's name").to_string_lossy();
    let profile = if profile == "debug" { "dev".into() } else { profile };
    let output = Command::new(env!("CARGO"))
        .args(["build", "--locked", "-p", package, "--message-format=json", "--profile", &profile, "--target-dir"])
        .arg(directory.parent().expect("the target directory"))
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
