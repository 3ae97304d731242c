//! Options that cannot be used, and the operating system's reasons.

use std::fmt;

use super::options::Origin;

/// Options that cannot be used; the message says what to do instead, in one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct OptionError {
    /// The option, when the message is about one.
    pub origin: Origin,
    /// What is wrong.
    pub message: String,
}

impl OptionError {
    /// An error about no option in particular.
    pub fn new(message: impl fmt::Display) -> OptionError {
        OptionError::of(&Origin::Default, message)
    }

    /// An error about an option.
    pub fn of(origin: &Origin, message: impl fmt::Display) -> OptionError {
        OptionError { origin: origin.clone(), message: message.to_string() }
    }
}

/// The operating system's reason without its error number, in the style of the other messages.
pub fn reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "no such file or directory".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "it is a directory".to_owned(),
        // Of a directory that is to be made, where a file of that name is.
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => "a part of the path is not a directory".to_owned(),
        ErrorKind::StorageFull => "the disk is full".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        _ => {
            let text = error.to_string();
            match text.find(" (os error ") {
                Some(end) => text[..end].trim_end_matches('.').to_lowercase(), // sentences on Windows
                None => text,
            }
        }
    }
}
