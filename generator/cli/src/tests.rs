//! Runs in process, as far as no assembly is needed.

use super::console::Console;
use super::error::Exit;
use super::guarded;

#[test]
fn a_panic_is_a_bug_in_the_tool() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = guarded(&mut Console::new(&mut out, &mut err), |_, progress| {
        progress.step("laying out types");
        panic!("index {}", 7)
    });
    let expected = "thunkgen: error: this is a bug in thunkgen: index 7, while laying out types\n\
        thunkgen: no file was changed; please report it with the line above, the command and its inputs\n";
    assert_eq!((exit, String::from_utf8(err).unwrap()), (Exit::Bug, expected.to_owned()));
}

#[test]
fn the_command_line_is_consistent() {
    use clap::CommandFactory;
    super::args::Cli::command().debug_assert();
}
