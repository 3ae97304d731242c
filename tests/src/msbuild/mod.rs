//! Projects that are built by an engine of the MSBuild language.

mod engine;
mod sandbox;
mod snapshot;

pub use engine::{Engine, Log, compile, folder, lab, tasks};
pub use sandbox::Sandbox;
pub use snapshot::{Snapshot, age};
