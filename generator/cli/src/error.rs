//! Why a run stops before or beside its diagnostics, and the exit codes.

use std::fmt;

use thunkgen_diagnostics::{Findings, Level};
use thunkgen_driver::OptionError;

/// What the process tells its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, or up to date.
    Done = 0,
    /// A check failed.
    CheckFailed = 1,
    /// The command line is invalid.
    Usage = 2,
    /// Problems in the input were reported as errors.
    Problems = 3,
    /// A bug in the tool.
    Bug = 4,
}

impl Exit {
    /// What a run that did its work tells its caller: an error can still be that its problems were not written.
    pub fn of(findings: &Findings) -> Exit {
        let failed = findings.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error);
        if failed { Exit::Problems } else { Exit::Done }
    }
}

/// A command line that makes no sense; the message says what to do instead, in one line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

impl UsageError {
    /// An error with this message.
    pub fn new(message: impl fmt::Display) -> UsageError {
        UsageError(message.to_string())
    }
}

impl From<OptionError> for UsageError {
    fn from(error: OptionError) -> UsageError {
        UsageError(error.message)
    }
}

impl From<clap::Error> for UsageError {
    /// What clap says up to the usage, in one line: the mistake, the possible values, a similar name.
    fn from(error: clap::Error) -> UsageError {
        let text = error.render().to_string();
        let lines = text.lines().map(str::trim);
        let told = lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"));
        let mut message = String::new();
        for line in told.filter(|line| !line.is_empty()) {
            let joint = match message.chars().last() {
                None => "",
                Some(':') => " ",
                Some(_) if line.starts_with('[') => " ",
                Some(_) if line.starts_with("tip: ") => "; ",
                Some(_) => ", ",
            };
            message = message + joint + line;
        }
        UsageError::new(message.strip_prefix("error: ").unwrap_or(&message))
    }
}
