//! Errors in the command line, and the exit codes.

use std::fmt;

use thunkgen_diagnostics::{Findings, Level};
use thunkgen_driver::OptionError;

/// The exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Success.
    Done = 0,
    /// A check failed.
    CheckFailed = 1,
    /// The command line is invalid.
    Usage = 2,
    /// Errors in the input were reported.
    Problems = 3,
    /// An internal error.
    Bug = 4,
    /// What was asked for does not exist in the inputs.
    NotFound = 5,
}

impl Exit {
    /// What it means, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Done => "success",
            Exit::CheckFailed => "check failed",
            Exit::Usage => "invalid command line",
            Exit::Problems => "errors in the input",
            Exit::Bug => "internal error",
            Exit::NotFound => "not found",
        }
    }

    /// The exit code of a run that finished. An error can still be that the diagnostics were not written.
    pub fn of(findings: &Findings) -> Exit {
        let failed = findings.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error);
        if failed { Exit::Problems } else { Exit::Done }
    }
}

/// An invalid command line; the message says in one line what to do instead.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

impl UsageError {
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
    /// clap's message up to the usage, in one line: the mistake, the possible values, a similar name.
    fn from(error: clap::Error) -> UsageError {
        let text = error.render().to_string();
        let lines = text.lines().map(str::trim);
        let lines = lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"));
        let mut message = String::new();
        for line in lines.filter(|line| !line.is_empty()) {
            let joint = match message.chars().last() {
                None => "",
                Some(last) if last == ':' || line.starts_with('[') => " ",
                Some(_) if line.starts_with("tip: ") => "; ",
                Some(_) => ", ",
            };
            message = message + joint + line;
        }
        UsageError::new(message.strip_prefix("error: ").unwrap_or(&message))
    }
}
