//! The `thunkgen` executable.

use std::process::ExitCode;

fn main() -> ExitCode {
    thunkgen::main()
}
