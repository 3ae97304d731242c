//! Runs in process, as far as no assembly is needed.

use std::ffi::OsString;

use super::console::Console;
use super::error::Exit;
use super::{guarded, run};

fn tool(args: &[&str]) -> (Exit, String, String) {
    let args: Vec<OsString> = ["thunkgen"].iter().chain(args).map(OsString::from).collect();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = run(&args, &mut Console::new(&mut out, &mut err));
    (exit, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

#[test]
fn mistakes_are_answered_in_a_line() {
    for (args, error) in [
        (
            &["generate", "x.dll"][..],
            "error: nowhere to write to: add --out DIR, or one or more of --interp-to-native FILE, --pinvoke FILE, --reverse FILE\n",
        ),
        (&["generate", "no-such/*.dll", "--out", "o"], "error: pattern no-such/*.dll matches no file\n"),
        (
            &["signatures", "x.dll", "--struct-size", "A=1", "--struct-size", "A=2"],
            "error: A is declared as 2, but as 1 on the command line\n",
        ),
        (&["@no-such.rsp"], "error: response file no-such.rsp: no such file or folder\n"),
    ] {
        assert_eq!(tool(args), (Exit::Usage, String::new(), error.to_owned()), "{args:?}");
    }
}

#[test]
fn a_build_log_gets_mistakes_too() {
    let (exit, out, err) = tool(&["generate", "x.dll", "--format=msbuild"]);
    assert!(exit == Exit::Usage && out.starts_with("error: nowhere to write to") && err.is_empty(), "{out}{err}");
    let (exit, out, err) = tool(&["signatures", "--format", "msbuild", "--nonsense"]);
    assert!(exit == Exit::Usage && out.starts_with("error: unexpected argument") && err.is_empty(), "{out}{err}");
}

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
