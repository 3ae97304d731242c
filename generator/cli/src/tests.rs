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
            "error: no output is specified: add --out DIR, or one or more of --interp-to-native FILE, --pinvoke FILE, --reverse FILE\n",
        ),
        (&["generate", "no-such/*.dll", "--out", "o"], "error: pattern no-such/*.dll matches no file\n"),
        (
            &["signatures", "x.dll", "--struct-size", "A=1", "--struct-size", "A=2"],
            "error: A is declared as 2, but as 1 on the command line\n",
        ),
        (&["@no-such.rsp"], "error: response file no-such.rsp: no such file or directory\n"),
    ] {
        assert_eq!(tool(args), (Exit::Usage, String::new(), error.to_owned()), "{args:?}");
    }
}

#[test]
fn a_build_log_gets_mistakes_too() {
    let (exit, out, err) = tool(&["generate", "x.dll", "--format=msbuild"]);
    let start = "thunkgen: error TG0010: no output is specified";
    assert!(exit == Exit::Usage && out.starts_with(start) && err.is_empty(), "{out}{err}");
    let (exit, out, err) = tool(&["@no-such.rsp", "--format", "github"]);
    let expected = "::error title=TG0010::response file no-such.rsp: no such file or directory\n";
    assert_eq!((exit, out.as_str(), err.as_str()), (Exit::Usage, expected, ""));
}

#[test]
fn what_the_parser_says_becomes_a_line() {
    for (args, message) in [
        (
            &["generate", "--output", "o"][..],
            "unexpected argument '--output' found; tip: a similar argument exists: '--out'",
        ),
        (
            &["generate", "x.dll", "--target-os", "linux"],
            "invalid value 'linux' for '--target-os <OS>' [possible values: browser, wasi]",
        ),
        (&["r2r", "dump"], "the following required arguments were not provided: <INPUT>..."),
        (
            &["lookup", "--no\nsuch"],
            "unexpected argument '--no, such' found; tip: to pass '--no, such' as a value, use '-- --no, such'",
        ),
        (&["generat"], "unrecognized subcommand 'generat'; tip: a similar subcommand exists: 'generate'"),
        (
            &["generate", "x.dll"],
            "no output is specified: add --out DIR, or one or more of --interp-to-native FILE, --pinvoke FILE, --reverse FILE",
        ),
    ] {
        let told = |format: &str| {
            let (exit, out, err) = tool(&[args, &[format]].concat());
            assert_eq!((exit, err.as_str()), (Exit::Usage, ""), "{args:?}");
            out
        };
        assert_eq!(told("--format=msbuild"), format!("thunkgen: error TG0010: {message}\n"));
        assert_eq!(told("--format=github"), format!("::error title=TG0010::{message}\n"));
        let problems: serde_json::Value = serde_json::from_str(&told("--format=json")).unwrap();
        let title = "invalid command line";
        let expected = serde_json::json!([{ "code": "TG0010", "level": "error", "title": title, "message": message }]);
        assert_eq!(problems, expected);
        let sarif: serde_json::Value = serde_json::from_str(&told("--format=sarif")).unwrap();
        assert_eq!(sarif["runs"][0]["results"][0]["message"]["text"], message);
        assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(1));
    }
    // Of a verb that has a document of its own.
    let (exit, out, err) = tool(&["layout", "N.T", "--format=json"]);
    let message = "no INPUT, and no thunkgen.toml in this folder";
    assert!(exit == Exit::Usage && out.contains(message) && out.starts_with("[\n") && err.is_empty(), "{out}{err}");
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
