//! Call thunks in a build script: generated from the app's assemblies, compiled with `cc`.
//!
//! ```no_run
//! // build.rs of a crate that is built for wasm32
//! let thunks = thunkgen_build::Thunks::new()
//!     .input("app/_framework")
//!     .module("libSkiaSharp")
//!     .generate_or_exit();
//! thunks.cc().compile("app_thunks");
//! ```
//!
//! [`Thunks`] takes what `thunkgen generate` takes on its command line, and Cargo is told to run the build script again
//! when a file that was read changes, or when one comes into a folder that was named. Nothing is written after an error,
//! and files that would not change are left alone.
//!
//! ```
//! use thunkgen_build::Thunks;
//!
//! let out = std::env::temp_dir().join("thunkgen-build-example");
//! let generated = Thunks::new().input("../../tests/fixtures/corlib").out(&out).generate().unwrap();
//! assert_eq!(generated.files.len(), 3);
//! let error = Thunks::new().input("no-such.dll").out(&out).generate().unwrap_err();
//! assert_eq!(error.to_string(), "no-such.dll: error TG0001: no such file or folder");
//! ```

mod announce;
mod compile;

pub use thunkgen::abi::TargetOs;
pub use thunkgen::emit::Contract;
pub use thunkgen::emit::skeleton::Language;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use thunkgen::cli::embed;
use thunkgen::diagnostics::Level;
use thunkgen::emit::skeleton::is_skeleton;

/// What to generate. Relative paths start at the package's folder, where Cargo runs build scripts.
#[derive(Clone, Debug, Default)]
pub struct Thunks {
    /// Arguments of `thunkgen generate`, but for the folder to write to.
    arguments: Vec<OsString>,
    /// Inputs and references, which can be folders or patterns.
    named: Vec<PathBuf>,
    out: Option<PathBuf>,
}

/// What was generated.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The C++ files, sorted.
    pub files: Vec<PathBuf>,
    /// The skeletons that were asked for, sorted.
    pub skeletons: Vec<PathBuf>,
    /// A folder with the headers they include, for builds outside of the runtime's source tree.
    pub headers: PathBuf,
    /// Every file that was read.
    pub read: Vec<PathBuf>,
    /// Warnings, a line each.
    pub warnings: Vec<String>,
}

/// Why nothing was generated: problems, a line each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Error(pub Vec<String>);

impl Error {
    fn one(message: impl std::fmt::Display) -> Error {
        Error(vec![message.to_string()])
    }
}

impl Thunks {
    /// Nothing yet: name inputs.
    pub fn new() -> Thunks {
        Thunks::default()
    }

    /// Reads an assembly, a folder of assemblies, or a pattern.
    pub fn input(mut self, path: impl AsRef<Path>) -> Thunks {
        self.named.push(path.as_ref().to_owned());
        self.arguments.push(path.as_ref().into());
        self
    }

    /// The same, but types are looked up there only.
    pub fn reference(mut self, path: impl AsRef<Path>) -> Thunks {
        self.named.push(path.as_ref().to_owned());
        self.option("--reference", path.as_ref())
    }

    /// Counts a native library as linked, besides the runtime's own.
    pub fn module(self, name: &str) -> Thunks {
        self.option("--module", name)
    }

    /// Generates for this operating system; the browser when none is given. Several are given several folders.
    pub fn target_os(self, target: TargetOs) -> Thunks {
        self.option("--target-os", target.name())
    }

    /// Generates for this interface between runtime and generated files.
    pub fn contract(self, contract: Contract) -> Thunks {
        self.option("--contract", contract.name())
    }

    /// Makes thunks for the signatures in a file too.
    pub fn extra_signatures(self, file: impl AsRef<Path>) -> Thunks {
        self.option("--extra-signatures", file.as_ref())
    }

    /// Declares the size of a struct whose assembly is not at hand: `Full.Name=SIZE[:ALIGN]`.
    pub fn struct_size(self, declaration: &str) -> Thunks {
        self.option("--struct-size", declaration)
    }

    /// Does not tell the warnings that a file lists.
    pub fn suppressions(self, file: impl AsRef<Path>) -> Thunks {
        self.option("--suppressions", file.as_ref())
    }

    /// Also writes what the native libraries that are named have to look like, in this language.
    ///
    /// A crate that implements `libdraw` has its skeleton by
    /// `mod libdraw { include!(concat!(env!("OUT_DIR"), "/thunkgen/libdraw.rs")); }`.
    pub fn skeleton(self, language: Language) -> Thunks {
        self.option("--emit", "cpp").option("--emit", language.name())
    }

    /// Any other option of `thunkgen generate`, with its value.
    pub fn option(mut self, option: &str, value: impl AsRef<OsStr>) -> Thunks {
        // In one word: a value can start with a dash.
        let mut word = OsString::from(option);
        word.push("=");
        word.push(value);
        self.arguments.push(word);
        self
    }

    /// Any other option that takes no value.
    pub fn flag(mut self, option: &str) -> Thunks {
        self.arguments.push(option.into());
        self
    }

    /// Writes into this folder instead of `thunkgen` in Cargo's `OUT_DIR`.
    pub fn out(mut self, folder: impl AsRef<Path>) -> Thunks {
        self.out = Some(folder.as_ref().to_owned());
        self
    }

    /// Generates, and tells Cargo on standard output what it has to know: when to run again, and every warning.
    ///
    /// # Errors
    /// Every problem that is an error, or what is wrong with the arguments. Nothing was written then.
    pub fn generate(&self) -> Result<Generated, Error> {
        let generated = self.run();
        announce::write(&self.named, &generated, &mut std::io::stdout().lock());
        generated
    }

    /// The same for a build script: errors are told as Cargo shows them, and end the process.
    pub fn generate_or_exit(&self) -> Generated {
        self.generate().unwrap_or_else(|error| {
            error.0.iter().for_each(|line| println!("cargo::error={line}"));
            std::process::exit(1)
        })
    }

    fn run(&self) -> Result<Generated, Error> {
        let out = match (&self.out, std::env::var_os("OUT_DIR")) {
            (Some(out), _) => out.clone(),
            (None, Some(folder)) => Path::new(&folder).join("thunkgen"),
            (None, None) => {
                return Err(Error::one("OUT_DIR is not set: this is for build scripts, or name a folder with `out`"));
            }
        };
        let mut arguments = self.arguments.clone();
        arguments.extend(["--out".into(), out.clone().into_os_string()]);
        let generated = embed::Generate::new(&arguments).and_then(embed::Generate::run).map_err(Error::one)?;
        let lines = |level: Level| {
            let of_level = generated.findings.diagnostics.iter().filter(move |diagnostic| diagnostic.level == level);
            of_level.map(ToString::to_string).collect::<Vec<String>>()
        };
        let Some(written) = generated.written else { return Err(Error(lines(Level::Error))) };
        let headers = compile::write_headers(&out.join("include")).map_err(Error::one)?;
        let warnings = lines(Level::Warning);
        let (skeletons, files) =
            written.into_keys().partition(|path| std::fs::read(path).is_ok_and(|file| is_skeleton(&file)));
        Ok(Generated { files, skeletons, headers, read: generated.read, warnings })
    }
}
