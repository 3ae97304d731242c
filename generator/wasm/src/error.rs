//! Why a module cannot be read.

use std::fmt;

/// A part of a module that contradicts its own format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    part: &'static str,
    offset: usize,
    reason: &'static str,
}
