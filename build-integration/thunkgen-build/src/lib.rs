//! Generates call thunks in a build script from the app's assemblies, and compiles them with `cc`.
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
//! [`Thunks`] has a method for each option of `thunkgen generate`. Cargo runs the build script again if a file that was read
//! changes, or if one is added to a named directory. Nothing is written after an error, and files that would not change are
//! not written.
//!
//! ```
//! use thunkgen_build::Thunks;
//!
//! let out = std::env::temp_dir().join("thunkgen-build-example");
//! let error = Thunks::new().input("no-such.dll").out(&out).generate().unwrap_err();
//! assert_eq!(error.to_string(), "no-such.dll: error TG0001: no such file or directory");
//! ```

mod announce;
mod compile;

pub use clr_wasm_abi::{TargetOs, TokenSet};
pub use thunkgen_core::RuntimeVersion;
pub use thunkgen_core::emit::Contract;
#[cfg(feature = "native")]
pub use thunkgen_core::emit::stubs::Language;

use std::path::{Path, PathBuf};

use thunkgen_core::emit::stubs::is_stub_file;
use thunkgen_diagnostics::Level;
#[cfg(feature = "native")]
use thunkgen_driver::options::Emit;
use thunkgen_driver::output_path::OutputPath;
use thunkgen_driver::{Given, Options, Origin, Outcome, report};

/// What to generate. Paths are relative to the package's directory, where Cargo runs build scripts.
#[derive(Clone, Debug, Default)]
pub struct Thunks {
    /// Everything except the output directory.
    options: Options,
    /// Values that cannot be used.
    mistakes: Vec<String>,
    out: Option<PathBuf>,
}

/// What was generated.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The C++ files, sorted.
    pub files: Vec<PathBuf>,
    /// The requested stub files, sorted; none without the feature `native`.
    pub stubs: Vec<PathBuf>,
    /// A directory with the headers that they include, for builds outside of the runtime's source tree.
    pub headers: PathBuf,
    /// Every file that was read.
    pub read: Vec<PathBuf>,
    /// Warnings, one line each.
    pub warnings: Vec<String>,
}

/// Why nothing was generated: errors, one line each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Error(pub Vec<String>);

impl Error {
    fn one(message: impl std::fmt::Display) -> Error {
        Error(vec![message.to_string()])
    }
}

impl Thunks {
    /// Without inputs: add them with [`Thunks::input`].
    pub fn new() -> Thunks {
        Thunks::default()
    }

    /// Reads an assembly, a directory of assemblies, or, with the feature `patterns`, a pattern.
    pub fn input(mut self, path: impl AsRef<Path>) -> Thunks {
        self.options.inputs.push(path.as_ref().to_owned());
        self
    }

    /// Looks types up in an assembly, directory or pattern, but generates nothing for it.
    pub fn reference(mut self, path: impl AsRef<Path>) -> Thunks {
        self.options.references.push(path.as_ref().to_owned());
        self
    }

    /// Counts only the inputs that match a pattern (feature `patterns`) as the user's own code.
    pub fn own(mut self, pattern: &str) -> Thunks {
        self.options.own.patterns.push(given("own", pattern.to_owned()));
        self
    }

    /// Counts a native library as linked, besides the runtime's own.
    pub fn module(mut self, name: &str) -> Thunks {
        self.options.modules.named.push(given("module", name.to_owned()));
        self
    }

    /// Like [`Thunks::module`], but without a warning if no P/Invoke uses the library.
    pub fn optional_module(mut self, name: &str) -> Thunks {
        self.options.modules.optional.push(name.to_owned());
        self
    }

    /// Counts the native libraries in a file as linked: `FILE`, or `FILE:ITEM` for items of an MSBuild file.
    pub fn module_list(mut self, file: impl AsRef<Path>) -> Thunks {
        self.options.modules.lists.push(file.as_ref().to_owned());
        self
    }

    /// Does not count the runtime's own libraries as linked.
    pub fn no_default_modules(mut self) -> Thunks {
        self.options.modules.without_runtime = true;
        self
    }

    /// Generates for this operating system; the default is the browser. Several have a directory each.
    pub fn target_os(mut self, target: TargetOs) -> Thunks {
        self.options.targets.push(target);
        self
    }

    /// Generates for this version of the runtime, which sets the format of keys and the contract.
    pub fn runtime(mut self, runtime: RuntimeVersion) -> Thunks {
        self.options.runtime = Some(given("runtime", runtime));
        self
    }

    /// Uses this format of keys.
    pub fn tokens(mut self, tokens: TokenSet) -> Thunks {
        self.options.tokens = Some(given("tokens", tokens));
        self
    }

    /// Generates for this interface between runtime and generated files.
    pub fn contract(mut self, contract: Contract) -> Thunks {
        self.options.contract = Some(given("contract", contract));
        self
    }

    /// Generates thunks for the signatures in a file too.
    pub fn extra_signatures(mut self, file: impl AsRef<Path>) -> Thunks {
        self.options.extra_signatures.push(file.as_ref().to_owned());
        self
    }

    /// Declares the size of a struct whose assembly is not available: `Full.Name=SIZE[:ALIGN]`.
    pub fn struct_size(mut self, declaration: &str) -> Thunks {
        match declaration.parse() {
            Ok(size) => self.options.struct_sizes.declared.push(given("struct_size", size)),
            Err(why) => self.mistakes.push(format!("struct_size: invalid value '{declaration}': {why}")),
        }
        self
    }

    /// Declares the sizes in a file, one per line.
    pub fn struct_size_file(mut self, file: impl AsRef<Path>) -> Thunks {
        self.options.struct_sizes.files.push(file.as_ref().to_owned());
        self
    }

    /// Treats every warning as an error.
    pub fn strict(mut self) -> Thunks {
        self.options.policy.strict = true;
        self
    }

    /// Suppresses warnings with this code; separate several with commas.
    pub fn nowarn(mut self, codes: &str) -> Thunks {
        self.options.policy.no_warn.push(given("nowarn", codes.to_owned()));
        self
    }

    /// Treats warnings with this code as errors; separate several with commas.
    pub fn warnaserror(mut self, codes: &str) -> Thunks {
        self.options.policy.warnings_as_errors.push(given("warnaserror", codes.to_owned()));
        self
    }

    /// Keeps warnings with this code as warnings even with `strict`; separate several with commas.
    pub fn warnnotaserror(mut self, codes: &str) -> Thunks {
        self.options.policy.warnings_not_as_errors.push(given("warnnotaserror", codes.to_owned()));
        self
    }

    /// Suppresses the warnings that a file lists, each with a reason.
    pub fn suppressions(mut self, file: impl AsRef<Path>) -> Thunks {
        self.options.policy.suppressions.push(file.as_ref().to_owned());
        self
    }

    /// Also writes the diagnostics to this file: SARIF if its extension is `.sarif`, else JSON.
    pub fn diagnostics(mut self, file: impl AsRef<Path>) -> Thunks {
        self.options.problems = Some(file.as_ref().to_owned());
        self
    }

    /// Also writes stubs for the named native libraries in this language.
    ///
    /// A crate that implements `libdraw` includes its stub file with
    /// `mod libdraw { include!(concat!(env!("OUT_DIR"), "/thunkgen/libdraw.rs")); }`.
    #[cfg(feature = "native")]
    pub fn stubs(mut self, language: Language) -> Thunks {
        let emit = &mut self.options.outputs.emit;
        emit.origin = Origin::BuildScript("stubs");
        if emit.value.is_empty() {
            emit.value.push(Emit::Cpp);
        }
        emit.value.push(Emit::Stubs(language));
        self
    }

    /// Writes to this directory instead of `thunkgen` in Cargo's `OUT_DIR`.
    pub fn out(mut self, directory: impl AsRef<Path>) -> Thunks {
        self.out = Some(directory.as_ref().to_owned());
        self
    }

    /// Generates, and reports to Cargo on standard output when to run again, and every warning.
    ///
    /// # Errors
    /// Every error in the inputs or the arguments. Nothing is written then.
    pub fn generate(&self) -> Result<Generated, Error> {
        let generated = self.run();
        let named: Vec<PathBuf> = self.options.inputs.iter().chain(&self.options.references).cloned().collect();
        announce::write(&named, &generated, &mut std::io::stdout().lock());
        generated
    }

    /// Like [`Thunks::generate`], but reports errors to Cargo and ends the process.
    pub fn generate_or_exit(&self) -> Generated {
        self.generate().unwrap_or_else(|error| {
            error.0.iter().for_each(|line| println!("cargo::error={line}"));
            std::process::exit(1)
        })
    }

    fn run(&self) -> Result<Generated, Error> {
        let out = match (&self.out, std::env::var_os("OUT_DIR")) {
            (Some(out), _) => out.clone(),
            (None, Some(directory)) => Path::new(&directory).join("thunkgen"),
            (None, None) => {
                return Err(Error::one(
                    "OUT_DIR is not set: run this in a build script, or name a directory with `out`",
                ));
            }
        };
        if !self.mistakes.is_empty() {
            return Err(Error(self.mistakes.clone()));
        }
        if self.options.inputs.is_empty() {
            return Err(Error::one("no inputs: name assemblies, a directory or a pattern with `input`"));
        }
        let directory =
            out.to_str().ok_or_else(|| Error::one(format_args!("{}: the path is not UTF-8", out.display())))?;
        let mut options = self.options.clone();
        options.outputs.out = Some(given("out", OutputPath::from(directory.to_owned())));
        let (generated, diagnostics) = match thunkgen_driver::generate(&options, &|_| {}).map_err(Error::one)? {
            Outcome::Done(generated, diagnostics) => (Some(generated), diagnostics),
            Outcome::Stopped(_, diagnostics) => (None, diagnostics),
        };
        let findings = report(diagnostics, options.problems.as_deref(), options.write).findings;
        let lines = |level: Level| {
            let of_level = findings.diagnostics.iter().filter(move |diagnostic| diagnostic.level == level);
            of_level.map(ToString::to_string).collect::<Vec<String>>()
        };
        let Some(generated) = generated else { return Err(Error(lines(Level::Error))) };
        let headers = compile::write_headers(&out.join("include")).map_err(Error::one)?;
        let (warnings, read) = (lines(Level::Warning), generated.read_files());
        let (stubs, files) =
            generated.written.into_keys().partition(|path| std::fs::read(path).is_ok_and(|file| is_stub_file(&file)));
        Ok(Generated { files, stubs, headers, read, warnings })
    }
}

/// The value of a method of the builder.
fn given<T>(method: &'static str, value: T) -> Given<T> {
    Given::new(value, Origin::BuildScript(method))
}
