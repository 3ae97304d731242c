//! Compares P/Invoke declarations with native code, and writes stubs for its authors.

pub mod compare;
pub mod stubs;
pub mod toolchain;

pub use compare::{CompareOptions, Outcome, compare};
pub use toolchain::compare_toolchains;
