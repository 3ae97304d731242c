//! The exported functions and types of a Rust crate, as they are compiled for wasm32, read from its sources.
//!
//! The model is always there; reading sources, which takes a parser of Rust, is the feature `read`.

mod model;
#[cfg(feature = "read")]
mod read;

pub use model::{
    Cause, Crate, Exported, Field, Hidden, Imported, Layout, OpenError, Param, Place, Prototype, RustType, Shape,
    SourceError, Struct, StructKind, Unexpanded, Unknown,
};
#[cfg(feature = "read")]
pub use read::{Open, read};
