//! Which thunk the runtime finds for a key, and where it comes from.
//!
//! [`Sources`] are read from C++ tables ([`cpp`]), linked runtimes ([`LinkedTables`]) and images; [`Sources::find`] goes through them as the runtime does;
//! [`coverage`] compares them with the keys that assemblies need, and [`consistency`] compares images with their keys.

pub mod consistency;
pub mod coverage;
pub mod cpp;
mod image;
mod linked;
pub mod nearest;
pub mod provisions;
mod rules;
mod source;
pub mod string_constructors;
mod table;

pub use linked::{LinkedTables, RuntimeBuild};
pub use rules::{Answer, Candidate, Standing};
pub use source::{Provided, Source, SourceKind, Sources, TablePlace};
