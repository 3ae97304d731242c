//! A folder in which the commands of a page can be typed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use thunkgen_tests::data::crate_dir;
use thunkgen_tests::executable;

/// A fresh folder; the tool is found by its name.
pub struct Workplace(tempfile::TempDir);

/// What a command printed.
pub struct Printed {
    pub stdout: String,
    pub stderr: String,
}

impl Workplace {
    /// An empty one.
    pub fn new() -> Workplace {
        let folder = tempfile::tempdir().expect("a folder");
        let workplace = Workplace(folder);
        fs::create_dir(workplace.at(".bin")).expect("a folder");
        symlink(executable::path(), workplace.at(".bin/thunkgen")).expect("a link");
        workplace
    }

    /// A path in it.
    pub fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Reads a file.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Makes a file or folder of this repository, or of the sets, appear here.
    pub fn link(&self, to: &Path, path: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let to = to.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", to.display()));
        symlink(to, path).expect("a link");
    }

    /// The assemblies of these fixtures in one folder.
    pub fn assemblies(&self, folder: &str, fixtures: &[&str]) {
        fs::create_dir_all(self.at(folder)).expect("a folder");
        for fixture in fixtures {
            let entries = fs::read_dir(crate_dir().join("fixtures").join(fixture)).expect("a fixture");
            let files = entries.map(|entry| entry.expect("an entry").path());
            for file in files.filter(|file| file.extension().is_some_and(|ending| ending == "dll")) {
                fs::copy(&file, self.at(folder).join(file.file_name().expect("a name"))).expect("a copy");
            }
        }
    }

    /// Types commands; each has to succeed.
    pub fn types(&self, commands: &str) -> Printed {
        let path = format!("{}:{}", self.at(".bin").display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new("timeout");
        command.args(["600", "bash", "-eo", "pipefail", "-c", commands]).current_dir(self.0.path());
        let output = command.env("PATH", path).env("HOME", self.0.path()).output().expect("a shell");
        let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        assert!(output.status.success(), "{commands}\n{stdout}{stderr}");
        Printed { stdout, stderr }
    }
}
