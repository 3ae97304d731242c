//! Recorded sessions with the executables: exact standard output, standard error and exit code of every command.
//!
//! Each file is a test and a session in a fresh directory that holds links to the fixtures' directories. A line `$ COMMAND`
//! is run by the shell; below it are expected `? EXIT-CODE`, the lines of standard output after `1>` and those of standard
//! error after `2>`. A line `# needs: REASON` makes a session one that only runs with `--include-ignored`.
//!
//! ```text
//! cargo test -p thunkgen-tests --test sessions check-native
//! BLESS=1 cargo test -p thunkgen-tests --test sessions      # writes what commands said instead of comparing
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use libtest_mimic::{Arguments, Failed, Trial};
use thunkgen_tests::data::{crate_dir, sessions};
use thunkgen_tests::executable;

/// Where the sessions are, each with the executable that it is about.
const PROGRAMS: [&str; 2] = ["thunkgen", "thunkgen-task"];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // The commands beside the tools are GNU ones.
    let programs = if cfg!(target_os = "linux") { &PROGRAMS[..] } else { &[] };
    libtest_mimic::run(&arguments, programs.iter().flat_map(|program| trials(program)).collect()).exit_code()
}

fn trials(program: &'static str) -> Vec<Trial> {
    let trial = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a readable session");
        let needs = text.lines().any(|line| line.starts_with("# needs: "));
        let name = format!("{program}/{}", path.file_stem().expect("a file").to_string_lossy());
        Trial::test(name, move || play(&path, &text, program)).with_ignored_flag(needs)
    };
    sessions(program).into_iter().map(trial).collect()
}

fn play(session: &Path, expected: &str, program: &'static str) -> Result<(), Failed> {
    let found = replay(expected, executable::built(program));
    if expected == found {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some() {
        return Ok(fs::write(session, found)?);
    }
    let diff = similar::TextDiff::from_lines(expected, &found);
    let diff = diff.unified_diff().header(&session.display().to_string(), "found").to_string();
    Err(format!("\n{diff}\n(BLESS=1 accepts what was found)").into())
}

fn replay(expected: &str, tool: &Path) -> String {
    let directory = workplace();
    let mut found = String::new();
    for line in expected.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            found += &format!("{line}\n{}", transcript(&shell(command, directory.path(), tool)));
        } else if !["? ", "1>", "2>"].iter().any(|mark| line.starts_with(mark)) {
            found += &format!("{line}\n");
        }
    }
    found
}

/// A fresh directory with a link to each fixture's directory.
fn workplace() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let fixtures = crate_dir().join("fixtures");
    for entry in fs::read_dir(fixtures).expect("the fixtures") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            let link = directory.path().join(path.file_name().expect("a name"));
            std::os::unix::fs::symlink(&path, link).expect("a link");
        }
    }
    directory
}

fn shell(command: &str, directory: &Path, tool: &Path) -> Output {
    let tool = tool.parent().expect("a directory");
    let path = std::env::var("PATH").unwrap_or_default();
    // What hangs is ended with exit code 124.
    let mut run = Command::new("timeout");
    for name in ["CI", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "RUST_BACKTRACE"] {
        run.env_remove(name);
    }
    run.args(["600", "sh", "-c", command])
        .current_dir(directory)
        .env("PATH", format!("{}:{path}", tool.display()))
        .env("COLUMNS", "80")
        .env("LC_ALL", "C")
        .env("TERM", "xterm-256color")
        .output()
        .expect("a shell")
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
