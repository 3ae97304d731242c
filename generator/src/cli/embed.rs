//! `generate` for other programs of this project, which have a request format of their own.
//!
//! They say what they want in the arguments of the command line, so that there is one meaning of every option, and get
//! back what was found and written as data.
//!
//! ```
//! use thunkgen::cli::embed;
//!
//! let folder = std::env::temp_dir();
//! let arguments = ["no-such.dll".into(), "--out".into(), folder.into_os_string()];
//! let generated = embed::generate(&arguments).unwrap();
//! assert!(generated.written.is_none());
//! assert_eq!(generated.findings.diagnostics[0].rule.code, "TG0001");
//! ```

use std::ffi::OsString;
use std::io;

use clap::Parser;

pub use super::bug::guarded;
pub use super::error::{UsageError, reason};
pub use super::modules::list_file;

use super::args::{Cli, Verb};
use super::console::Console;
use super::progress::Progress;
use super::response::Expanded;
use super::summary;
use super::tell::tell;
use super::verbs::Run;
use super::write::Written;
use crate::diagnostics::Findings;

/// What came of `generate`.
#[derive(Debug)]
pub struct Generated {
    /// The problems, with source lines where they are known.
    pub findings: Findings,
    /// What became of each file; `None` after an error, when everything is as it was.
    pub written: Option<Written>,
    /// What was collected, in a line; empty after an error.
    pub summary: String,
}

/// Does what `thunkgen generate ARGUMENTS` does, but tells nothing on the standard streams.
///
/// `@FILE` is no response file here. The error is a mistake in the arguments, in one line.
pub fn generate(arguments: &[OsString]) -> Result<Generated, UsageError> {
    let args: Vec<OsString> =
        ["thunkgen", "generate"].into_iter().map(OsString::from).chain(arguments.to_vec()).collect();
    let expanded = Expanded { args, files: Vec::new() };
    let cli = Cli::try_parse_from(&expanded.args).map_err(|error| one_line(&error))?;
    let Verb::Generate(args) = cli.verb else { return Err(UsageError::new("expected the verb generate")) };
    let (mut out, mut err) = (io::sink(), io::sink());
    let (mut console, mut progress) = (Console::new(&mut out, &mut err), Progress::silent());
    let mut run = Run { given: &[], expanded: &expanded, console: &mut console, progress: &mut progress };
    let (diagnostics, made) = run.make(&args)?;
    let made = made.ok();
    let findings = tell(diagnostics, &args.report, &mut console);
    let summary = made.as_ref().map(|made| summary::lines(&made.parts(), "").join("; ")).unwrap_or_default();
    Ok(Generated { findings, written: made.map(|made| made.written), summary })
}

/// The first line of what clap says, without what it starts with.
fn one_line(error: &clap::Error) -> UsageError {
    let text = error.render().to_string();
    let line = text.lines().next().unwrap_or_default();
    UsageError::new(line.strip_prefix("error: ").unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn files_are_written_and_problems_returned() {
        let folder = tempfile::tempdir().unwrap();
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures");
        let out = folder.path().display();
        let arguments = arguments(&format!("{fixtures}/corlib {fixtures}/facade --out {out}"));
        let generated = generate(&arguments).unwrap();
        assert_eq!(generated.written.unwrap().len(), 3);
        assert!(generated.summary.starts_with("thunkgen: "), "{}", generated.summary);
    }

    #[test]
    fn mistakes_are_one_line() {
        for (text, message) in [
            ("x.dll --out o --target-os linux", "invalid value 'linux' for '--target-os <OS>'"),
            ("x.dll", "nowhere to write to: "),
            ("--nonsense", "unexpected argument '--nonsense' found"),
        ] {
            let UsageError(found) = generate(&arguments(text)).unwrap_err();
            assert!(found.starts_with(message) && !found.contains('\n'), "{found}");
        }
    }
}
