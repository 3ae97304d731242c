//! A folder with a project that imports the props and targets, assemblies, and a tool that counts its starts.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Engine, Log, Snapshot, age, tasks};
use crate::data::crate_dir;
use crate::{executable, fixtures};

/// The only place that a project in a sandbox writes to, unless it says otherwise.
const OBJ: &str = "obj";

/// A folder for builds.
pub struct Sandbox {
    engine: Engine,
    root: PathBuf,
    _folder: TempDir,
}

impl Sandbox {
    /// A sandbox with the core library, its facade and the tool, in a folder of this name.
    pub fn named(engine: Engine, name: &str) -> Sandbox {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join(name);
        fs::create_dir(&root).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
        let sandbox = Sandbox { engine, root, _folder: folder };
        for fixture in fixtures::CORE {
            sandbox.assembly(fixture);
        }
        // Appends a line for each start, and then is the tool.
        let script = format!(
            "#!/bin/sh\necho \"$1\" >> \"$(dirname \"$0\")/started\"\nexec '{}' \"$@\"\n",
            executable::path().display()
        );
        sandbox.write("tool/thunkgen", script.as_bytes());
        sandbox.make_executable("tool/thunkgen");
        sandbox
    }

    /// The same in a folder with a plain name.
    pub fn new(engine: Engine) -> Sandbox {
        Sandbox::named(engine, "sandbox")
    }

    /// A path in the sandbox.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Writes a file, with the folders above it.
    pub fn write(&self, relative: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// Copies the assembly of a fixture into the folder `bin`.
    pub fn assembly(&self, fixture: &str) {
        let from = fixtures::assembly(fixture);
        let name = from.file_name().expect("a file").to_string_lossy().into_owned();
        self.write(&format!("bin/{name}"), fs::read(&from).expect("the fixture"));
    }

    /// Lets a file be run.
    pub fn make_executable(&self, relative: &str) {
        #[cfg(unix)]
        fs::set_permissions(self.path(relative), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a mode");
        #[cfg(not(unix))]
        let _ = relative;
    }

    /// Writes a project whose target `Build` does the native compilation, which is a message. `body` comes between the
    /// props and the targets; what is in `before` comes before the props.
    pub fn project_with(&self, file: &str, before: &str, body: &str) {
        let msbuild = crate_dir().join("../build-integration/msbuild/build").canonicalize().expect("the targets");
        let tasks = match self.engine {
            Engine::XBuild => String::new(),
            _ => format!("<ThunkgenTasksAssembly>{}</ThunkgenTasksAssembly>", tasks().display()),
        };
        let defaults = format!(
            "<PropertyGroup>
            <ThunkgenPath>$(MSBuildProjectDirectory)/tool/thunkgen</ThunkgenPath>
            <ThunkgenTaskPath>{}</ThunkgenTaskPath>
            {tasks}
            <ThunkgenBeforeTargets>NativeCompile</ThunkgenBeforeTargets>
          </PropertyGroup>",
            executable::built("thunkgen-task").display()
        );
        self.project_importing(&msbuild, file, &format!("{defaults}{before}"), body);
    }

    /// The same without a choice of tool, and with the props and targets of another folder.
    pub fn project_importing(&self, msbuild: &Path, file: &str, before: &str, body: &str) {
        let msbuild = msbuild.display().to_string().replace('%', "%25").replace(';', "%3B");
        let text = format!(
            "<Project DefaultTargets=\"Build\" xmlns=\"http://schemas.microsoft.com/developer/msbuild/2003\">
              {before}
              <Import Project=\"{msbuild}/Thunkgen.MSBuild.props\" />
              {body}
              <Target Name=\"NativeCompile\">
                <Message Importance=\"high\" Text=\"compiled: @(ThunkgenOutput)\" />
              </Target>
              <Target Name=\"Build\" DependsOnTargets=\"NativeCompile\">
                <Message Importance=\"high\" Text=\"written: @(FileWrites)\" />
              </Target>
              <Import Project=\"{msbuild}/Thunkgen.MSBuild.targets\" />
            </Project>"
        );
        self.write(file, text);
    }

    /// Writes `App.proj`.
    pub fn project(&self, body: &str) {
        self.project_with("App.proj", "", body);
    }

    /// Builds a project.
    pub fn build_project(&self, file: &str, switches: &[&str]) -> Log {
        self.engine.build(&self.path(file), switches)
    }

    /// Builds `App.proj`.
    pub fn build(&self, switches: &[&str]) -> Log {
        self.build_project("App.proj", switches)
    }

    /// Builds `App.proj` and panics unless it succeeds.
    pub fn builds(&self, switches: &[&str]) -> Log {
        let log = self.build(switches);
        assert!(log.succeeded, "{}", log.text);
        log
    }

    /// Builds `App.proj` and panics when it succeeds.
    pub fn fails(&self, switches: &[&str]) -> Log {
        let log = self.build(switches);
        assert!(!log.succeeded, "{}", log.text);
        log
    }

    /// The verbs the tool was started with since the last call.
    pub fn started(&self) -> Vec<String> {
        let path = self.path("tool/started");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let _ = fs::remove_file(&path);
        text.lines().map(str::to_owned).collect()
    }

    /// The generated files of the project.
    pub fn generated(&self) -> Snapshot {
        self.generated_in(&format!("{OBJ}/thunkgen/App"))
    }

    /// The generated files in a folder.
    pub fn generated_in(&self, folder: &str) -> Snapshot {
        let mut snapshot = Snapshot::of(&self.path(folder));
        snapshot.0.retain(|path, _| path.extension().is_some_and(|ending| ending == "cpp"));
        snapshot
    }

    /// What the tool makes of these arguments, without a build.
    pub fn generated_by_hand(&self, arguments: &[&str]) -> Snapshot {
        let _ = fs::remove_dir_all(self.path("by hand"));
        let run = executable::run(&self.root, ["generate", "--out", "by hand"].iter().chain(arguments));
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        self.generated_in("by hand")
    }

    /// Lets time pass: every file is as it would be after a while.
    pub fn wait(&self) {
        age(&self.root);
    }

    /// Sets the time of a file to now.
    pub fn touch(&self, relative: &str) {
        let file = fs::File::options().append(true).open(self.path(relative)).expect("the file");
        file.set_modified(std::time::SystemTime::now()).expect("the time can be set");
    }
}
