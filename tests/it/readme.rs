//! The console sessions in docs/how-to/add-a-thunk.md go as they are written there.
//!
//! They run one after the other in a directory that holds the repository's `tests`.
//! `BLESS=1 cargo test -p thunkgen-tests --test it readme::` writes what the commands said.
#![cfg(target_os = "linux")] // as the sessions in `cli/`

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use thunkgen_tests::executable;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// What a command says, on whichever stream.
fn run(command: &str, folder: &Path) -> String {
    let tool = executable::path().parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("timeout")
        .args(["600", "sh", "-c", command])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", tool.display()))
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat()
}

/// Sizes of files change with every improvement of what is in them.
fn without_sizes(text: &str) -> String {
    let line = |line: &str| match line.strip_suffix(" bytes\n").and_then(|rest| rest.rsplit_once(' ')) {
        Some((rest, size)) if size.bytes().all(|byte| byte.is_ascii_digit()) => format!("{rest} N bytes\n"),
        _ => line.to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}

#[test]
fn console_sessions_go_as_written() {
    let path = root().join("docs/how-to/add-a-thunk.md");
    let written = fs::read_to_string(&path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root().join("tests"), folder.path().join("tests")).unwrap();
    let (mut found, mut commands, mut in_console) = (String::new(), 0, false);
    for line in written.split_inclusive('\n') {
        match (in_console, line.trim_end(), line.strip_prefix("$ ")) {
            (false, start, _) => {
                in_console = start == "```console";
                found += line;
            }
            (true, "```", _) => {
                in_console = false;
                found += line;
            }
            (true, _, Some(command)) => {
                commands += 1;
                found += line;
                found += &run(command, folder.path());
            }
            // What it said last time.
            (true, _, None) => {}
        }
    }
    assert!(commands > 6, "{commands} commands");
    if without_sizes(&found) == without_sizes(&written) {
        return;
    }
    if std::env::var_os("BLESS").is_some() {
        return fs::write(&path, found).unwrap();
    }
    let diff = similar::TextDiff::from_lines(&written, &found);
    panic!("\n{}\n(BLESS=1 writes what was found)", diff.unified_diff().header("README.md", "found"));
}
