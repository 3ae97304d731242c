//! The page of diagnostic codes is what the catalogue makes of it, with a line that the tool really printed for each.
//!
//! The lines come from the recorded sessions. `BLESS=1 cargo test -p thunkgen-tests --test it diagnostics_page::` writes
//! the page.

use std::fs;
use std::path::Path;

use thunkgen_diagnostics::{catalogue, page};
use thunkgen_tests::data::sessions;

/// What the programs of the project print.
fn recorded() -> Vec<String> {
    let files = ["thunkgen", "thunkgen-task"].into_iter().flat_map(sessions);
    files.map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// The shortest line that a session shows for a code at its usual level, with a member if there is one.
fn example(sessions: &[String], code: &str) -> Option<String> {
    let level = catalogue::find(code).next()?.level.name();
    let lines = sessions.iter().flat_map(|session| session.lines());
    let told = lines.filter_map(|line| line.strip_prefix("2> ").or_else(|| line.strip_prefix("1> ")));
    let examples = told.filter(|line| line.contains(&format!(": {level} {code}: ")));
    examples.min_by_key(|line| (!line.contains(" (0x0"), line.len(), *line)).map(str::to_owned)
}

#[test]
fn the_page_is_current() {
    let sessions = recorded();
    let current = page::render(|code| example(&sessions, code));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/diagnostics.md");
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &current).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    let diff = similar::TextDiff::from_lines(&found, &current).unified_diff().header("found", "current").to_string();
    assert!(diff.is_empty(), "\n{diff}\n(BLESS=1 writes the page)");
}

#[test]
fn every_code_has_an_example() {
    let sessions = recorded();
    let codes = catalogue::ALL.iter().map(|rule| rule.code);
    let missing: Vec<&str> = codes.filter(|code| example(&sessions, code).is_none()).collect();
    // Told by the MSBuild task itself, when it gets no answer from its program.
    assert_eq!(missing, ["TG0523"], "no session shows them at the usual level");
}
