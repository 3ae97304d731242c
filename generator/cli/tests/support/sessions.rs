//! Sessions with an executable: exact standard output, standard error and exit code of every command.
//!
//! Each file is a session in a fresh folder that holds links to the fixtures' folders. A line `$ COMMAND` is run by the
//! shell; below it are expected `? EXIT-CODE`, the lines of standard output after `1>` and those of standard error after
//! `2>`. With `BLESS=1` in the environment, what commands said is written instead of compared.
//!
//! Used by the tests of every package that has a program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The folder of the repository, above that of any package.
fn repository() -> &'static Path {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above.into_iter().find(|folder| folder.join("tests/fixtures").is_dir()).expect("a checkout of the repository")
}

/// The sessions in a folder of the repository.
pub fn files(folder: &str) -> Vec<PathBuf> {
    let folder = repository().join(folder);
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|ending| ending == "session"));
    found.sort();
    found
}

/// A fresh folder with a link to each fixture's folder.
fn workplace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let fixtures = repository().join("tests/fixtures").canonicalize().unwrap();
    for entry in fs::read_dir(fixtures).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            std::os::unix::fs::symlink(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    folder
}

fn shell(command: &str, folder: &Path, tool: &Path) -> Output {
    let tool = tool.parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    // What hangs is ended with exit code 124.
    Command::new("timeout")
        .args(["60", "sh", "-c", command])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", tool.display()))
        .env("COLUMNS", "80")
        .env("LC_ALL", "C")
        .env_remove("RUST_BACKTRACE")
        .output()
        .unwrap()
}

/// What a command said, as a session writes it.
fn transcript(output: &Output) -> String {
    let mut text = format!("? {}\n", output.status.code().map_or("signal".to_owned(), |code| code.to_string()));
    for (mark, stream) in [("1>", &output.stdout), ("2>", &output.stderr)] {
        let stream = String::from_utf8_lossy(stream);
        for line in stream.split_inclusive('\n') {
            let end = if line.ends_with('\n') { "" } else { "\\ no line end" };
            text += format!("{mark} {}", line.trim_end_matches('\n')).trim_end();
            text += end;
            text.push('\n');
        }
    }
    text
}

fn replay(session: &Path, tool: &Path) -> (String, String) {
    let expected = fs::read_to_string(session).unwrap();
    let folder = workplace();
    let mut found = String::new();
    for line in expected.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            found += &format!("{line}\n{}", transcript(&shell(command, folder.path(), tool)));
        } else if !["? ", "1>", "2>"].iter().any(|mark| line.starts_with(mark)) {
            found += &format!("{line}\n");
        }
    }
    (expected, found)
}

/// Plays the sessions in a folder of the repository; `tool` is found by its name.
pub fn replay_all(folder: &str, tool: &str) {
    let mut failed = Vec::new();
    for session in files(folder) {
        let (expected, found) = replay(&session, Path::new(tool));
        if expected == found {
            continue;
        }
        if std::env::var_os("BLESS").is_some() {
            fs::write(&session, found).unwrap();
            continue;
        }
        let diff = similar::TextDiff::from_lines(&expected, &found);
        failed.push(diff.unified_diff().header(&session.display().to_string(), "found").to_string());
    }
    assert!(failed.is_empty(), "\n{}\n(BLESS=1 accepts what was found)", failed.join("\n"));
}
