//! Runs of the executable in which a system call fails or is the last one, by `strace`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::corrupt::prng::Prng;

/// What happens to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call fails with this error.
    Error(&'static str),
    /// The process is killed.
    Kill,
}

/// One call of a run, and what happens at it.
#[derive(Clone, Debug)]
pub struct Point {
    /// Name of the system call.
    pub call: String,
    /// Which call of that name, from 1 on.
    pub number: usize,
    /// What happens.
    pub fault: Fault,
}

/// Calls on files, each with the errors that it can have. Failed calls for memory abort every program.
const CALLS: &[(&str, &[&str])] = &[
    ("openat", &["EACCES", "EMFILE", "EIO"]),
    ("read", &["EIO", "EINTR"]),
    ("write", &["ENOSPC", "EIO", "EINTR"]),
    ("statx", &["EACCES", "EIO"]),
    ("newfstatat", &["EACCES", "EIO"]),
    ("fstat", &["EIO"]),
    ("getdents64", &["EIO"]),
    ("readlink", &["EACCES"]),
    ("flock", &["ENOLCK", "EINTR"]),
    ("fsync", &["EIO", "ENOSPC"]),
    ("fdatasync", &["EIO"]),
    ("rename", &["EPERM", "ENOSPC", "EIO"]),
    ("renameat", &["EPERM", "ENOSPC"]),
    ("renameat2", &["EPERM", "ENOSPC"]),
    ("link", &["EPERM", "EMLINK"]),
    ("linkat", &["EPERM", "EMLINK"]),
    ("unlink", &["EPERM", "EIO"]),
    ("unlinkat", &["EPERM"]),
    ("mkdir", &["EACCES", "ENOSPC"]),
    ("mkdirat", &["EACCES"]),
    ("rmdir", &["EPERM"]),
    ("chmod", &["EPERM"]),
    ("fchmod", &["EPERM"]),
    ("fchmodat", &["EPERM"]),
    ("utimensat", &["EPERM"]),
    ("copy_file_range", &["EIO", "EXDEV"]),
    ("sendfile", &["EIO"]),
    ("lseek", &["EIO"]),
];

/// A command in a directory whose contents it changes.
pub struct Scenario {
    folder: tempfile::TempDir,
    program: PathBuf,
    arguments: Vec<String>,
    /// The name of the directory that the command writes to.
    pub output: &'static str,
    /// What is in it before and after a run.
    pub before: Files,
    /// The same after a run.
    pub after: Files,
}

/// Files by name.
pub type Files = BTreeMap<String, Vec<u8>>;

impl Scenario {
    /// `prepare` makes the inputs and the outputs before the run. `arguments` name files in the directory.
    pub fn new(program: &Path, output: &'static str, arguments: &[&str], prepare: impl FnOnce(&Path)) -> Scenario {
        let folder = tempfile::tempdir().expect("a directory");
        prepare(folder.path());
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let mut scenario = Scenario {
            folder,
            program: program.to_owned(),
            arguments,
            output,
            before: Files::new(),
            after: Files::new(),
        };
        scenario.before = scenario.files();
        let run = scenario.run();
        assert!(run.status.success(), "{}", text(&run));
        scenario.after = scenario.files();
        assert_ne!(scenario.before, scenario.after, "the run changes something");
        scenario
    }

    /// Every file that the command writes.
    pub fn files(&self) -> Files {
        let mut files = Files::new();
        for entry in fs::read_dir(self.folder.path().join(self.output)).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            files.insert(name, fs::read(&path).expect("a file"));
        }
        files
    }

    /// Makes the outputs what they were before the first run.
    pub fn reset(&self) {
        let output = self.folder.path().join(self.output);
        let _ = fs::remove_dir_all(&output);
        fs::create_dir(&output).expect("a directory");
        for (name, bytes) in &self.before {
            fs::write(output.join(name), bytes).expect("an output");
        }
    }

    /// Runs the command.
    pub fn run(&self) -> Output {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(self.folder.path()).output().expect("the program runs")
    }

    /// Runs the command with a fault.
    pub fn run_with(&self, point: &Point) -> Output {
        let Point { call, number, fault } = point;
        let effect = match fault {
            Fault::Error(error) => format!("error={error}"),
            Fault::Kill => "signal=SIGKILL".to_owned(),
        };
        self.traced(&["-e", &format!("trace={call}"), "-e", &format!("inject={call}:{effect}:when={number}")]).0
    }

    /// Runs the command under `strace`; also what that wrote.
    fn traced(&self, options: &[&str]) -> (Output, String) {
        let log = self.folder.path().join("strace.log");
        let mut command = Command::new("strace");
        command.args(["-f", "--seccomp-bpf", "-qq", "-o"]).arg(&log).args(options).arg(&self.program);
        let output = command.args(&self.arguments).current_dir(self.folder.path()).output();
        let output = output.unwrap_or_else(|error| panic!("strace: {error}; tests/run.sh installs it"));
        (output, fs::read_to_string(log).unwrap_or_default())
    }

    /// Every call of the command on files, after the loader is done, and every fault.
    pub fn points(&self) -> Vec<Point> {
        self.reset();
        let names: Vec<&str> = CALLS.iter().map(|(name, _)| *name).collect();
        // Not every system has every call.
        let (run, log) = self.traced(&["-e", &format!("trace=?{}", names.join(",?"))]);
        assert!(run.status.success(), "{}\n{log}", text(&run));
        let (mut counts, mut points, mut is_loaded) = (BTreeMap::<&str, usize>::new(), Vec::new(), false);
        for line in log.lines() {
            // `PID NAME(ARGUMENTS) = RESULT`
            let call = line.split_once(' ').map_or(line, |(_, call)| call.trim_start());
            let Some((name, rest)) = call.split_once('(') else { continue };
            let Some((name, errors)) = CALLS.iter().find(|(known, _)| *known == name) else { continue };
            let number = counts.entry(name).or_default();
            *number += 1;
            is_loaded |= self.arguments.iter().any(|argument| rest.contains(&format!("\"{argument}")));
            if is_loaded {
                let faults = errors.iter().map(|error| Fault::Error(error)).chain([Fault::Kill]);
                points.extend(faults.map(|fault| Point { call: (*name).to_owned(), number: *number, fault }));
            }
        }
        assert!(points.len() > 100, "{} points:\n{log}", points.len());
        points
    }
}

/// A sample of `count` points, or all.
pub fn sample(mut points: Vec<Point>, count: Option<usize>, seed: u64) -> Vec<Point> {
    let Some(count) = count else { return points };
    let mut prng = Prng::new(seed, 0);
    while points.len() > count {
        points.swap_remove(prng.below(points.len()));
    }
    points
}

/// Both streams of a run.
pub fn text(run: &Output) -> String {
    let stream = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{:?}\n{}{}", run.status, stream(&run.stdout), stream(&run.stderr))
}
