//! Sessions with the executable. `BLESS=1 cargo test -p thunkgen-task --test cli` writes what commands said.
#![cfg(target_os = "linux")] // the commands beside the tool's are GNU ones

#[path = "../../generator/cli/tests/support/sessions.rs"]
mod sessions;

#[test]
fn sessions_go_as_written() {
    sessions::replay_all("task-shim/tests/cli", env!("CARGO_BIN_EXE_thunkgen-task"));
}
