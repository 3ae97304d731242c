//! Where reading failed, and why.

use std::fmt;

use super::schema::TableId;

/// Part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A header or a section of the container.
    Part(&'static str),
    /// A metadata stream.
    Stream(&'static str),
    /// A row of a metadata table (1-based).
    Row(TableId, u32),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Part(part) => f.write_str(part),
            Place::Stream(stream) => write!(f, "stream {stream}"),
            Place::Row(table, row) => write!(f, "table {} row {row}", table.name()),
        }
    }
}

/// A managed file breaks its own format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}, file offset 0x{offset:x}: {reason}")]
#[non_exhaustive]
pub struct ReadError {
    /// Part of the file.
    pub place: Place,
    /// Offset in bytes from the start of the file.
    pub offset: usize,
    /// What is wrong, or what was expected.
    pub reason: &'static str,
}

impl ReadError {
    /// An error at a file offset in bytes.
    pub fn new(place: Place, offset: usize, reason: &'static str) -> ReadError {
        ReadError { place, offset, reason }
    }
}
