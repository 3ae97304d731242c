//! The C# compiler and the .NET runtime that `tests/tools/csharp-compiler.sh` installs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::data::crate_dir;

/// Assemblies that a program is compiled against.
const REFERENCES: [&str; 9] = [
    "System.Collections",
    "System.Console",
    "System.Linq",
    "System.Memory",
    "System.Numerics.Vectors",
    "System.Private.CoreLib",
    "System.Runtime",
    "System.Runtime.InteropServices",
    "System.Runtime.Intrinsics",
];

/// What the runtime host must know to run a program.
const RUNTIME_CONFIG: &str = r#"{
  "runtimeOptions": {
    "tfm": "net8.0",
    "framework": { "name": "Microsoft.NETCore.App", "version": "8.0.0" },
    "configProperties": { "System.Globalization.Invariant": true }
  }
}
"#;

/// An installed compiler and runtime.
#[derive(Clone, Debug)]
pub struct Lab {
    folder: PathBuf,
}

impl Lab {
    /// The one in the folder that `THUNKGEN_LAB` names, or in `target/lab`. Panics when there is none.
    pub fn find() -> Lab {
        let folder = std::env::var_os("THUNKGEN_LAB").map(PathBuf::from);
        let folder = folder.unwrap_or_else(|| crate_dir().join("../target/lab"));
        assert!(
            folder.join("csc").exists() && folder.join("dotnet").exists(),
            "no C# compiler in {}: run `tests/tools/csharp-compiler.sh FOLDER` and set THUNKGEN_LAB=FOLDER",
            folder.display()
        );
        Lab { folder }
    }

    /// The folder of the framework's assemblies.
    pub fn framework(&self) -> PathBuf {
        self.folder.join("framework")
    }

    /// Compiles a library, with further switches. Panics with the compiler's messages.
    pub fn compile_library(&self, sources: &[PathBuf], switches: &[String], output: &Path) {
        self.compile("library", sources, switches, output);
    }

    /// Compiles a program that [`Lab::run`] can run.
    pub fn compile_program(&self, sources: &[PathBuf], output: &Path) {
        self.compile("exe", sources, &[], output);
        let config = output.with_extension("runtimeconfig.json");
        std::fs::write(&config, RUNTIME_CONFIG).unwrap_or_else(|error| panic!("{}: {error}", config.display()));
    }

    fn compile(&self, kind: &str, sources: &[PathBuf], switches: &[String], output: &Path) {
        let mut csc = Command::new(self.folder.join("csc"));
        csc.args(["-nostdlib", "-noconfig", "-unsafe", "-langversion:latest", "-deterministic", "-optimize+"]);
        csc.args(["-warnaserror", "-nowarn:169,282,414,649,8500,9184"]);
        csc.arg(format!("-t:{kind}")).arg(format!("-out:{}", output.display())).args(switches);
        csc.args(REFERENCES.map(|name| format!("-r:{}", self.framework().join(format!("{name}.dll")).display())));
        self.output(csc.args(sources), "csc");
    }

    /// Runs a program to its end and gives its standard output. Panics when it fails.
    pub fn run(&self, program: &Path, arguments: &[String]) -> String {
        self.output(Command::new(self.folder.join("dotnet")).arg(program).args(arguments), "dotnet")
    }

    fn output(&self, command: &mut Command, what: &str) -> String {
        let output = command.output().unwrap_or_else(|error| panic!("{what} cannot be started: {error}"));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{what}: {}\n{stdout}\n{stderr}", output.status);
        stdout
    }
}
