//! A folder in which the program works.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{Answer, Request, program};
use crate::fixtures::assembly;

/// A fresh folder with some assemblies, and a request for them.
pub struct Work {
    folder: tempfile::TempDir,
    /// The program; another can be put in its place.
    pub program: PathBuf,
    /// What is asked for.
    pub request: Request,
}

/// The parameters that name outputs, and the files that [`Work::new`] gives them.
const OUTPUTS: [(&str, &str); 3] = [
    ("PInvokeOutputPath", "out/p.cpp"),
    ("ReversePInvokeOutputPath", "out/r.cpp"),
    ("InterpToNativeOutputPath", "out/i.cpp"),
];

impl Work {
    /// With copies of the fixtures in these folders below `tests/fixtures`, and the library `native` linked.
    pub fn new(fixtures: &[&str]) -> Work {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut work = Work { folder, program: program().to_owned(), request: Request::default() };
        for (name, path) in OUTPUTS {
            work.request.set(name, path);
        }
        work.request.add("PInvokeModules", "native");
        for fixture in fixtures {
            let from = assembly(fixture);
            let name = from.file_name().expect("a name").to_str().expect("UTF-8");
            std::fs::copy(&from, work.path(name)).expect("a copy");
            work.request.add("Assemblies", name);
        }
        work
    }

    /// A file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in the folder.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).expect("a file that can be written");
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The command that does what is asked for, after the request is written.
    pub fn command(&self) -> Command {
        self.write("request.xml", self.request.render());
        let mut command = Command::new(&self.program);
        command.args(["request.xml", "--answer", "answer.xml"]).current_dir(self.folder());
        command
    }

    /// Does what is asked for. Panics when the exit code, the answer and what is printed do not agree.
    pub fn run(&self) -> Answer {
        let Output { status, stdout, stderr } = self.command().output().expect("the program starts");
        let stdout = String::from_utf8(stdout).expect("UTF-8");
        assert!(stderr.is_empty(), "{}", String::from_utf8_lossy(&stderr));
        let answer = self.answer();
        assert_eq!(status.code(), Some(if answer.succeeded { 0 } else { 3 }), "{stdout}");
        let told = stdout.lines().filter(|line| line.contains(": error TG") || line.contains(": warning TG")).count();
        assert_eq!(told, answer.problems.len(), "{stdout}\n{answer:?}");
        answer
    }

    /// The answer that is there.
    pub fn answer(&self) -> Answer {
        Answer::parse(&std::fs::read_to_string(self.path("answer.xml")).expect("an answer"))
    }

    /// The outputs that are there, by the name of their parameter.
    pub fn outputs(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        let properties = self.request.properties.iter().filter(|(name, _)| name.ends_with("OutputPath"));
        properties.map(|(name, path)| (name.clone(), std::fs::read(self.path(path)).ok())).collect()
    }
}
