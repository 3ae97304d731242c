//! The way into a repository that does not use thunkgen yet: a manifest for what is there, and a baseline of its problems.

pub mod baseline;
mod manifest_text;
pub mod survey;

pub use manifest_text::{manifest_text, toml_text};
