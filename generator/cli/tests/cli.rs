//! Sessions with the executable, and that no diagnostic lacks one.
//!
//! `BLESS=1 cargo test --test cli` writes what commands said instead of comparing.
#![cfg(target_os = "linux")] // the commands beside the tool's are GNU ones

#[path = "support/sessions.rs"]
mod sessions;

use std::fs;

use thunkgen::diagnostics::catalogue;

/// Codes that no program prints, and who tells them.
const ELSEWHERE: [(&str, &str); 1] = [("TG0523", "the MSBuild task, when it gets no answer from its program")];

#[test]
fn sessions_go_as_written() {
    sessions::replay_all("generator/cli/tests/cli", env!("CARGO_BIN_EXE_thunkgen"));
}

#[test]
fn every_diagnostic_has_a_session() {
    let files = ["generator/cli/tests/cli", "task-shim/tests/cli"].into_iter().flat_map(sessions::files);
    let texts: String = files.map(|session| fs::read_to_string(session).unwrap()).collect();
    let reported = |code: &str| {
        let mut lines = texts.lines().filter(|line| line.starts_with("1>") || line.starts_with("2>"));
        lines.any(|line| line.contains(&format!(": error {code}: ")) || line.contains(&format!(": warning {code}: ")))
    };
    let missing: Vec<&str> = catalogue::ALL.iter().map(|rule| rule.code).filter(|code| !reported(code)).collect();
    assert_eq!(missing, ELSEWHERE.map(|(code, _)| code), "no session reports them");
}
