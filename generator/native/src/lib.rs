//! Compares P/Invoke declarations with native code, and writes stubs for its authors.

pub mod compare;
pub mod stubs;

pub use compare::{CompareOptions, Outcome, compare};
