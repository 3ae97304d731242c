//! Runs in process that need no assembly.

use super::console::Console;
use super::error::Exit;
use super::guarded;

#[test]
fn a_panic_is_an_internal_error() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = guarded(&mut Console::new(&mut out, &mut err), |_, progress| {
        progress.step("laying out types");
        panic!("index {}", 7)
    });
    let expected = format!(
        "thunkgen: error: internal error while laying out types: index 7\n\
         thunkgen: no file was changed; please report this bug at {}/issues with the line above, the version ({}), the \
         command and its inputs\n",
        env!("CARGO_PKG_REPOSITORY"),
        super::version::SHORT
    );
    assert_eq!((exit, String::from_utf8(err).unwrap()), (Exit::Bug, expected));
}

#[test]
fn the_command_line_is_consistent() {
    use clap::CommandFactory;
    super::args::Cli::command().debug_assert();
}
