//! Projects that are built by an engine of the MSBuild language.

mod engine;

pub use engine::{Engine, Log, folder};
