//! The native side: the functions in compiled libraries, compared with what managed code declares of them.
//!
//! [`objects`] reads the files; [`compare()`] holds every declaration against them.

pub mod objects;
pub mod rust_source;

mod causes;
mod compare;
mod function_pointers;
mod index;
mod report;
mod variadic;
mod words;

pub use compare::compare;
pub use report::Outcome;
