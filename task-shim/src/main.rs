//! The `thunkgen-task` executable.

use std::process::ExitCode;

fn main() -> ExitCode {
    thunkgen_task::command_line::main()
}
