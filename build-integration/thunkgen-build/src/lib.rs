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
//! [`Thunks`] has a method for what `thunkgen generate` has an option for, and Cargo is told to run the build script again
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

/// What to generate. Relative paths start at the package's folder, where Cargo runs build scripts.
#[derive(Clone, Debug, Default)]
pub struct Thunks {
    /// Everything, but for the folder to write to.
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
    /// The stubs that were asked for, sorted; none without the feature `native`.
    pub stubs: Vec<PathBuf>,
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

    /// Reads an assembly, a folder of assemblies, or, with the feature `patterns`, a pattern.
    pub fn input(mut self, path: impl AsRef<Path>) -> Thunks {
        self.options.inputs.push(path.as_ref().to_owned());
        self
    }

    /// The same, but types are looked up there only.
    pub fn reference(mut self, path: impl AsRef<Path>) -> Thunks {
        self.options.references.push(path.as_ref().to_owned());
        self
    }

    /// Counts the inputs that match a pattern (feature `patterns`), and no others, as the user's own.
    pub fn own(mut self, pattern: &str) -> Thunks {
        self.options.own.patterns.push(given("own", pattern.to_owned()));
        self
    }

    /// Counts a native library as linked, besides the runtime's own.
    pub fn module(mut self, name: &str) -> Thunks {
        self.options.modules.named.push(given("module", name.to_owned()));
        self
    }

    /// The same, and there is no warning when nothing calls it.
    pub fn optional_module(mut self, name: &str) -> Thunks {
        self.options.modules.optional.push(name.to_owned());
        self
    }

    /// Counts the native libraries as linked that a file lists: `FILE`, or `FILE:ITEM` for items of an MSBuild file.
    pub fn module_list(mut self, file: impl AsRef<Path>) -> Thunks {
        self.options.modules.lists.push(file.as_ref().to_owned());
        self
    }

    /// Does not count the runtime's own libraries as linked.
    pub fn no_default_modules(mut self) -> Thunks {
        self.options.modules.without_runtime = true;
        self
    }

    /// Generates for this operating system; the browser when none is given. Several are given several folders.
    pub fn target_os(mut self, target: TargetOs) -> Thunks {
        self.options.targets.push(target);
        self
    }

    /// Generates for this version of the runtime; it decides how keys are spelled, and the contract.
    pub fn runtime(mut self, runtime: RuntimeVersion) -> Thunks {
        self.options.runtime = Some(given("runtime", runtime));
        self
    }

    /// Spells keys in this way.
    pub fn tokens(mut self, tokens: TokenSet) -> Thunks {
        self.options.tokens = Some(given("tokens", tokens));
        self
    }

    /// Generates for this interface between runtime and generated files.
    pub fn contract(mut self, contract: Contract) -> Thunks {
        self.options.contract = Some(given("contract", contract));
        self
    }

    /// Makes thunks for the signatures in a file too.
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

    /// Declares the sizes that are in a file, a line each.
    pub fn struct_size_file(mut self, file: impl AsRef<Path>) -> Thunks {
        self.options.struct_sizes.files.push(file.as_ref().to_owned());
        self
    }

    /// Makes every warning an error.
    pub fn strict(mut self) -> Thunks {
        self.options.policy.strict = true;
        self
    }

    /// Does not report warnings with this code; several are joined by commas.
    pub fn nowarn(mut self, codes: &str) -> Thunks {
        self.options.policy.no_warn.push(given("nowarn", codes.to_owned()));
        self
    }

    /// Makes warnings with this code errors; several are joined by commas.
    pub fn warnaserror(mut self, codes: &str) -> Thunks {
        self.options.policy.warnings_as_errors.push(given("warnaserror", codes.to_owned()));
        self
    }

    /// Leaves warnings with this code what they are, whatever `strict` says; several are joined by commas.
    pub fn warnnotaserror(mut self, codes: &str) -> Thunks {
        self.options.policy.warnings_not_as_errors.push(given("warnnotaserror", codes.to_owned()));
        self
    }

    /// Does not report the warnings that a file lists with a reason for each.
    pub fn suppressions(mut self, file: impl AsRef<Path>) -> Thunks {
        self.options.policy.suppressions.push(file.as_ref().to_owned());
        self
    }

    /// Also writes the problems to this file: SARIF if its name ends in `.sarif`, else JSON.
    pub fn diagnostics(mut self, file: impl AsRef<Path>) -> Thunks {
        self.options.problems = Some(file.as_ref().to_owned());
        self
    }

    /// Also writes what the native libraries that are named have to look like, in this language.
    ///
    /// A crate that implements `libdraw` has its stub file by
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
        let named: Vec<PathBuf> = self.options.inputs.iter().chain(&self.options.references).cloned().collect();
        announce::write(&named, &generated, &mut std::io::stdout().lock());
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
        if !self.mistakes.is_empty() {
            return Err(Error(self.mistakes.clone()));
        }
        if self.options.inputs.is_empty() {
            return Err(Error::one("nothing to read: name assemblies, a folder of them or a pattern with `input`"));
        }
        let folder =
            out.to_str().ok_or_else(|| Error::one(format_args!("{}: the path is not UTF-8", out.display())))?;
        let mut options = self.options.clone();
        options.outputs.out = Some(given("out", OutputPath::from(folder.to_owned())));
        let (generated, diagnostics) = match thunkgen_driver::generate(&options, &|_| {}).map_err(Error::one)? {
            Outcome::Done(generated, diagnostics) => (Some(generated), diagnostics),
            Outcome::Stopped(_, diagnostics) => (None, diagnostics),
        };
        let findings = report(diagnostics, options.problems.as_deref()).findings;
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

/// A value that a method of the builder was given.
fn given<T>(method: &'static str, value: T) -> Given<T> {
    Given { value, origin: Origin::BuildScript(method) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_about_methods() {
        let folder = tempfile::tempdir().unwrap();
        let thunks = || Thunks::new().input("../../tests/fixtures/corlib").out(folder.path());
        for (thunks, message) in [
            (thunks().nowarn("TG0101"), "nowarn: TG0101 is always an error "),
            (thunks().struct_size("A"), "struct_size: invalid value 'A': expected `=SIZE` after"),
            (thunks().struct_size("A=1").struct_size("A=2"), "A is declared as 2, but as 1 in the build script"),
            (thunks().out(""), "out needs a path that is not empty"),
            (Thunks::new().out(folder.path()), "nothing to read: name assemblies, "),
            (thunks().strict(), "../../tests/fixtures/corlib/System.Private.CoreLib.dll: error TG0202: "),
        ] {
            let error = thunks.run().unwrap_err().to_string();
            assert!(error.starts_with(message) && !error.contains('\n'), "{error}");
        }
        let quiet = thunks().strict().nowarn("TG0202").run().unwrap();
        assert_eq!((quiet.files.len(), quiet.warnings.len()), (3, 0));
    }
}
