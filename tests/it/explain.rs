//! `explain`: messages that people paste, names, tokens, and the thunks of keys.

mod names;
mod texts;

use std::io::Write;
use std::process::{Command, Stdio};

use thunkgen_tests::data::crate_dir;
use thunkgen_tests::executable::{self, Run};

/// Runs `explain` with a text as the argument.
fn explain(text: &str, arguments: &[&str]) -> Run {
    let words = ["explain"].into_iter().chain(arguments.iter().copied()).chain(["--", text]);
    executable::run(&std::env::temp_dir(), words)
}

/// Runs `explain -` with a text on standard input.
fn explain_input(text: &[u8], arguments: &[&str]) -> Run {
    let mut child = Command::new(executable::path())
        .args(["explain", "-"])
        .args(arguments)
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("thunkgen starts");
    let mut input = child.stdin.take().expect("a pipe");
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.write_all(&text));
    let output = child.wait_with_output().expect("thunkgen ends");
    writer.join().expect("the writer").expect("the text is read");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn fixture(name: &str) -> String {
    crate_dir().join("fixtures").join(name).display().to_string()
}
