//! Arguments, files, streams and exit codes.

use std::process::ExitCode;

/// Runs the tool with the process's arguments.
pub fn main() -> ExitCode {
    todo!()
}
