//! `generate` for other programs of this project, which have a request format of their own.
//!
//! They say what they want in the arguments of the command line, so that there is one meaning of every option, and get
//! back what was found and written as data.
//!
//! ```
//! use thunkgen::cli::embed::Generate;
//!
//! let out = std::env::temp_dir().into_os_string();
//! let generate = Generate::new(&["no-such.dll".into(), "--out".into(), out]).unwrap();
//! let generated = generate.run().unwrap();
//! assert!(generated.written.is_none());
//! assert_eq!(generated.findings.diagnostics[0].rule.code, "TG0001");
//! ```

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use clap::Parser;

pub use super::bug::guarded;
pub use super::error::{UsageError, reason};
pub use super::files::{FileBytes, open};
pub use super::modules::list_file;

use super::args::{Cli, GenerateArgs, Verb};
use super::console::Console;
use super::policy::sink;
use super::progress::Progress;
use super::response::Expanded;
use super::summary;
use super::tell::tell;
use super::verbs::Run;
use super::write::{Outcome, Written};
use crate::diagnostics::{Diagnostics, Findings, Location, Rule};

/// A run of `thunkgen generate` that tells nothing on the standard streams.
pub struct Generate {
    args: GenerateArgs,
    diagnostics: Diagnostics,
}

/// What came of a run.
#[derive(Debug)]
pub struct Generated {
    /// The problems, with source lines where they are known.
    pub findings: Findings,
    /// What became of each file; `None` after an error, when everything is as it was.
    pub written: Option<Written>,
    /// Every file whose contents decide the output; empty after an error.
    pub read: Vec<PathBuf>,
    /// What is in the files that were written.
    pub contents: BTreeMap<PathBuf, Vec<u8>>,
    /// What was collected and written, in a line; empty after an error.
    pub summary: String,
}

impl Generate {
    /// The run of `thunkgen generate ARGUMENTS`, where `@FILE` is no response file.
    ///
    /// The error is a mistake in the arguments, in one line.
    pub fn new(arguments: &[OsString]) -> Result<Generate, UsageError> {
        let words = ["thunkgen", "generate"].into_iter().map(OsString::from).chain(arguments.iter().cloned());
        match Cli::try_parse_from(words)?.verb {
            // What is not said here must not come from a file that happens to be in a folder above.
            Verb::Generate(args) if args.inputs.inputs.is_empty() && args.manifest.is_none() => {
                Err(UsageError::new("no INPUT: name assemblies, a folder of them or a pattern"))
            }
            Verb::Generate(args) => Ok(Generate { diagnostics: sink(&args.report)?, args }),
            _ => Err(UsageError::new("expected the verb generate")),
        }
    }

    /// Names a file that the caller writes beside the outputs: neither an output nor an input may be the same.
    pub fn also_writes(&mut self, path: PathBuf) {
        self.args.outputs.also_written.push(path);
    }

    /// Names a file that the caller has read: no output may be the same.
    pub fn also_reads(&mut self, path: PathBuf) {
        self.args.outputs.also_read.push(path);
    }

    /// Adds a problem that the caller found, at the level that the arguments give it. After an error, nothing is written.
    pub fn report(&mut self, rule: &'static Rule, location: Location, message: impl Into<String>) {
        self.diagnostics.report(rule, location, message);
    }

    /// True when a problem so far is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.has_errors()
    }

    /// The problems so far, of a run that is not needed.
    pub fn findings(self) -> Findings {
        quietly(|run| tell(self.diagnostics, &self.args.report, run.console))
    }

    /// Writes the files.
    pub fn run(self) -> Result<Generated, UsageError> {
        quietly(|mut run| {
            let (mut diagnostics, made) = match self.has_errors() {
                true => (Diagnostics::new(self.diagnostics.policy().clone()), None),
                false => run.make(&self.args).map(|(diagnostics, made)| (diagnostics, made.ok()))?,
            };
            diagnostics.extend(self.diagnostics);
            let findings = tell(diagnostics, &self.args.report, run.console);
            let Some(made) = made else {
                let (read, contents, summary) = Default::default();
                return Ok(Generated { findings, written: None, read, contents, summary });
            };
            let changed = made.written.values().filter(|&&outcome| outcome != Outcome::Unchanged).count();
            let outcome = summary::written(changed, made.written.len(), None);
            let summary = summary::conclusion(&findings, &made.parts(), &outcome).join("; ");
            let read = made.read_files();
            Ok(Generated { findings, written: Some(made.written), read, contents: made.contents, summary })
        })
    }
}

/// Runs `work` with streams that go nowhere.
fn quietly<T>(work: impl FnOnce(Run<'_, '_>) -> T) -> T {
    let (mut out, mut err) = (io::sink(), io::sink());
    let (mut console, mut progress) = (Console::new(&mut out, &mut err), Progress::silent());
    let expanded = Expanded::default();
    work(Run { given: &[], expanded: &expanded, console: &mut console, progress: &mut progress })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::catalogue;

    const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures");

    fn generate(arguments: &str) -> Result<Generate, UsageError> {
        Generate::new(&arguments.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    fn codes(findings: &Findings) -> Vec<&str> {
        findings.diagnostics.iter().map(|diagnostic| diagnostic.rule.code).collect()
    }

    #[test]
    fn files_are_written_and_problems_returned() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let arguments = format!("{FIXTURES}/corlib {FIXTURES}/facade --out {}", out.display());
        let generated = generate(&arguments).unwrap().run().unwrap();
        assert_eq!(generated.written.unwrap().len(), 3);
        assert!(generated.contents.iter().all(|(path, bytes)| std::fs::read(path).unwrap() == *bytes));
        assert!(generated.summary.starts_with("thunkgen: "), "{}", generated.summary);

        let mut again = generate(&format!("{arguments} --strict")).unwrap();
        again.report(&catalogue::UNUSED_SUPPRESSION, Location::file("f"), "why");
        assert!(again.has_errors());
        let generated = again.run().unwrap();
        assert!(generated.written.is_none() && generated.contents.is_empty());
        assert_eq!(codes(&generated.findings), ["TG0009"]);

        let mut third = generate(&arguments).unwrap();
        third.also_writes(out.join("callhelpers-reverse.cpp"));
        let mistake = third.run().unwrap_err().0;
        assert!(mistake.starts_with("two outputs have the same path "), "{mistake}");
    }

    #[test]
    fn mistakes_are_one_line() {
        for (text, message) in [
            ("x.dll --out o --target-os linux", "invalid value 'linux' for '--target-os <OS>'"),
            ("--nonsense", "unexpected argument '--nonsense' found"),
            ("x.dll --out o --nowarn TG0101", "--nowarn: TG0101 is always an error"),
        ] {
            let found = generate(text).err().unwrap().0;
            assert!(found.starts_with(message) && !found.contains('\n'), "{found}");
        }
        let found = generate("x.dll").unwrap().run().unwrap_err().0;
        assert!(found.starts_with("nowhere to write to: "), "{found}");
    }
}
