//! The MSBuild task in Microsoft's engine, with the events that the engine raises.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::program;
use crate::fixtures::assembly;
use crate::msbuild::{Engine, Log, tasks};

/// An event of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `error`, `warning`, or the importance of a message.
    pub kind: String,
    /// `TG` and four digits.
    pub code: String,
    /// The file it is about.
    pub file: String,
    /// Line and column, 0 when they are not known.
    pub position: (u32, u32),
    /// The task that raised it.
    pub sender: String,
    /// What it says.
    pub message: String,
}

impl Event {
    /// A line that the engine's event logger wrote.
    fn parse(line: &str) -> Event {
        let fields: Vec<String> = line.split('\t').map(plain).collect();
        let [kind, code, file, row, column, sender, message] = &fields[..] else { panic!("{line}") };
        Event {
            kind: kind.clone(),
            code: code.clone(),
            file: file.clone(),
            position: (row.parse().expect("a line"), column.parse().expect("a column")),
            sender: sender.clone(),
            message: message.clone(),
        }
    }
}

/// A field without its escapes.
fn plain(field: &str) -> String {
    let (mut out, mut chars) = (String::new(), field.chars());
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => out.push(match chars.next().expect("an escape") {
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                other => other,
            }),
            _ => out.push(c),
        }
    }
    out
}

/// A folder with the compiled task beside its program, and some assemblies.
pub struct Project {
    folder: tempfile::TempDir,
}

/// What a build did.
#[derive(Debug)]
pub struct Built {
    /// The log.
    pub log: Log,
    /// Every event.
    pub events: Vec<Event>,
}

impl Project {
    /// With copies of the fixtures in these folders below `tests/fixtures`.
    pub fn new(fixtures: &[&str]) -> Project {
        let project = Project { folder: tempfile::tempdir().expect("a temporary folder") };
        std::fs::create_dir(project.path("tasks")).expect("a folder");
        for file in [tasks(), program()] {
            let name = file.file_name().expect("a name");
            std::fs::copy(file, project.path("tasks").join(name)).expect("a copy");
        }
        for file in fixtures.iter().map(|fixture| assembly(fixture)) {
            std::fs::copy(&file, project.folder().join(file.file_name().expect("a name"))).expect("a copy");
        }
        project
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// Writes a file in the folder.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).expect("a file that can be written");
    }

    /// The command that builds the project in `app.proj`, which holds this and the task.
    pub fn command(&self, body: &str, switches: &[&str]) -> Command {
        let text = format!(
            "<Project DefaultTargets=\"Build\">\n\
             <UsingTask TaskName=\"Microsoft.WebAssembly.Build.Tasks.CoreClr.ManagedToNativeGenerator\" \
             AssemblyFile=\"$(MSBuildThisFileDirectory)tasks/Thunkgen.Tasks.dll\" />\n{body}\n</Project>\n"
        );
        self.write("app.proj", text);
        let switches = switches.iter().map(ToString::to_string).chain(["-events:events.txt".to_owned()]);
        let engine = Engine::msbuild().command(&self.path("app.proj"), switches);
        // In the background of a shell, where SIGINT is ignored, nobody could cancel a build.
        let mut command = Command::new("env");
        command.arg("--default-signal=INT").arg(engine.get_program()).args(engine.get_args());
        command.current_dir(self.folder());
        command
    }

    /// Builds a project that holds this.
    pub fn build(&self, body: &str, switches: &[&str]) -> Built {
        self.finish(Log::of(self.command(body, switches)))
    }

    /// What a build did that ended with this log.
    pub fn finish(&self, log: Log) -> Built {
        let events = std::fs::read_to_string(self.path("events.txt")).expect("events");
        Built { log, events: events.lines().map(Event::parse).collect() }
    }
}

impl Built {
    /// The events of this kind.
    pub fn events(&self, kind: &str) -> Vec<&Event> {
        self.events.iter().filter(|event| event.kind == kind).collect()
    }

    /// Whether a message says exactly this.
    pub fn says(&self, message: &str) -> bool {
        self.events.iter().any(|event| event.message == message)
    }
}
