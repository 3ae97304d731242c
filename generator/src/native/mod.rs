//! The native side: the functions in compiled libraries, compared with what managed code declares of them.
//!
//! [`objects`] reads compiled files and [`rust_source`] Rust; [`compare()`] holds every declaration against them.

pub mod objects;
pub mod rust_source;

mod beyond;
mod causes;
mod compare;
mod function_pointers;
mod index;
mod layouts;
mod missing;
mod pairs;
mod report;
mod unit;
mod unknown;
mod values;
mod variadic;
mod words;

pub use compare::compare;
pub use report::Outcome;
pub use unit::RustLibrary;
