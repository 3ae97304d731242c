//! The native side: the functions in compiled libraries, compared with what managed code declares of them.
//!
//! [`objects`] reads compiled files and [`rust_source`] Rust; [`compare()`] holds every declaration against them.

mod compare;
pub mod objects;
pub mod rust_source;

pub use compare::{Outcome, RustLibrary, compare};
