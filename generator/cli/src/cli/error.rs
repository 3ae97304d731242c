//! Why a run stops before or beside its diagnostics, and the exit codes.

use std::fmt;

/// What the process tells its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, or up to date.
    Done = 0,
    /// A check said no.
    CheckFailed = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// Problems in the input were reported as errors.
    Problems = 3,
    /// A bug in the tool.
    Bug = 4,
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

/// The operating system's reason without its error number, in the style of the other messages.
pub fn reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "no such file or folder".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        // Of a folder that is to be made, where a file of that name is.
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => "a part of the path is no folder".to_owned(),
        ErrorKind::StorageFull => "the disk is full".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        _ => {
            let text = error.to_string();
            match text.find(" (os error ") {
                Some(end) => text[..end].to_lowercase(),
                None => text,
            }
        }
    }
}
