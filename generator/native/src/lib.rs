//! Compares P/Invoke declarations with native code, and writes stubs for whoever implements it.

pub mod compare;
pub mod stubs;

pub use compare::{CompareOptions, Outcome, compare};
