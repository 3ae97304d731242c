//! What a run leaves behind when a system call fails, when it is killed, and when another program writes its inputs.

mod rewriting;
mod system_calls;

use std::path::PathBuf;

use thunkgen_tests::data::crate_dir;

/// The directory of a fixture.
fn fixture_dir(name: &str) -> PathBuf {
    crate_dir().join("fixtures").join(name)
}

/// Whether all points are tried, not a sample.
fn is_whole() -> bool {
    std::env::var("THUNKGEN_FAULTS").is_ok_and(|value| value == "all")
}
