//! The registry of `templates/registry`: built natively and for wasm, and compared with its Rust twin.

pub mod host;
pub mod native;
pub mod script;
