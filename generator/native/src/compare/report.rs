//! What a comparison comes to.

use std::collections::BTreeMap;

/// What was compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// P/Invokes that a function was found for.
    pub compared: usize,
    /// Callbacks that native code calls by name.
    pub callbacks: usize,
    /// P/Invokes of libraries that no file holds, by module.
    pub without_file: BTreeMap<String, usize>,
    /// P/Invokes that a linked module without names may have.
    pub unknown: usize,
    /// P/Invokes that bitcode may have.
    pub in_bitcode: usize,
    /// What is summed up in one problem, a line each.
    pub details: Vec<String>,
    /// Bytes of debug information that were read.
    pub debug_bytes: usize,
}
