//! `r2r`: ReadyToRun images of thunks.

pub mod args;
mod describe;
mod document;
mod dump;
mod emit;
mod keys;
mod missing;
mod text;

#[cfg(feature = "schema")]
pub use document::R2rDocument;
