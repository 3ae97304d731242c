//! Every code has an example that a test shows: in the page of codes and in `explain`.
//!
//! The examples come from the recorded sessions. A comment `# Fixes CODE` in a session says that the next command avoids
//! what the command before it reports. `BLESS=1 cargo test -p thunkgen-tests --test it diagnostics_page::` writes the
//! examples and the page.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use thunkgen_diagnostics::{catalogue, example, page};
use thunkgen_tests::data::sessions;
use thunkgen_tests::executable;

/// Reported by the MSBuild task itself; the suite `task_shim_engine` shows it.
const OF_THE_TASK: &str = "TG0523";

/// A command of a session.
struct Step {
    command: String,
    /// The code that the command avoids, from the comment above it.
    fixes: Option<String>,
    exit_code: String,
    output: Vec<String>,
}

/// What the programs of the project print, by session.
fn recorded() -> Vec<Vec<Step>> {
    let files = ["thunkgen", "thunkgen-task"].into_iter().flat_map(sessions);
    files.map(|path| steps(&fs::read_to_string(path).unwrap())).collect()
}

fn steps(session: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut fixes = None;
    for line in session.lines() {
        if let Some(code) = line.strip_prefix("# Fixes ") {
            fixes = Some(code.to_owned());
        } else if let Some(command) = line.strip_prefix("$ ") {
            let command = command.to_owned();
            steps.push(Step { command, fixes: fixes.take(), exit_code: String::new(), output: Vec::new() });
        } else if let Some(step) = steps.last_mut() {
            if let Some(code) = line.strip_prefix("? ") {
                step.exit_code = code.to_owned();
            }
            let text = line.strip_prefix("2> ").or_else(|| line.strip_prefix("1> "));
            step.output.extend(text.map(str::to_owned));
        }
    }
    steps
}

/// The lines that show a code at its usual level. Lines that begin with a space are those of `explain`.
fn lines_of<'s>(step: &'s Step, code: &str) -> impl Iterator<Item = &'s str> + use<'s> {
    let level = catalogue::find(code).next().expect("a code").level.name();
    let mark = format!(": {level} {code}: ");
    step.output.iter().map(String::as_str).filter(move |line| line.contains(&mark) && !line.starts_with(' '))
}

/// A message with what fixed it, or the shortest line that a session shows, with a member if there is one.
fn find(sessions: &[Vec<Step>], code: &str) -> Option<String> {
    for [broken, fixed] in sessions.iter().flat_map(|steps| steps.array_windows()) {
        if fixed.fixes.as_deref() == Some(code) {
            let line =
                lines_of(broken, code).next().unwrap_or_else(|| panic!("{} does not report {code}", broken.command));
            let is_fixed = fixed.exit_code == "0" && !fixed.output.iter().any(|line| line.contains(code));
            assert!(is_fixed, "{} does not fix {code}", fixed.command);
            return Some(format!("$ {}\n{line}\n$ {}", broken.command, fixed.command));
        }
    }
    if code == OF_THE_TASK {
        return example(code).map(str::to_owned);
    }
    let examples = sessions.iter().flatten().flat_map(|step| lines_of(step, code));
    examples.min_by_key(|line| (!line.contains(" (0x0"), line.len(), *line)).map(str::to_owned)
}

#[test]
fn the_examples_and_the_page_are_current() {
    let sessions = recorded();
    let found: BTreeMap<&str, Option<String>> =
        catalogue::ALL.iter().map(|rule| (rule.code, find(&sessions, rule.code))).collect();
    let missing: Vec<_> = found.iter().filter(|(_, example)| example.is_none()).map(|(code, _)| *code).collect();
    assert!(missing.is_empty(), "no session shows {missing:?} at the usual level");
    let blocks = found.iter().map(|(code, example)| format!("{code}\n{}\n", example.as_deref().unwrap_or_default()));
    let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
    compare(&crates.join("../generator/diagnostics/src/examples.txt"), &blocks.collect::<Vec<_>>().join("\n"));
    let page = page::render(|code| found.get(code).cloned().flatten());
    compare(&crates.join("../docs/reference/diagnostics.md"), &page);
}

fn compare(path: &Path, current: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, current).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    let diff = similar::TextDiff::from_lines(&*found, current).unified_diff().header("found", "current").to_string();
    assert!(diff.is_empty(), "{}\n{diff}\n(BLESS=1 writes it)", path.display());
}

/// For every code and every alias, in the words that the session has.
#[test]
fn explain_shows_the_examples() {
    let aliases = catalogue::ALL.iter().flat_map(|rule| rule.alias.split_whitespace());
    let mut subjects: Vec<&str> = catalogue::ALL.iter().map(|rule| rule.code).chain(aliases).collect();
    subjects.sort_unstable();
    subjects.dedup();
    for subject in subjects {
        let output = Command::new(executable::path()).args(["explain", subject]).output().expect("the tool runs");
        let text = String::from_utf8_lossy(&output.stdout);
        for rule in catalogue::find(subject) {
            let lines = example(rule.code).unwrap_or_else(|| panic!("{} has no example", rule.code)).lines();
            let shown: String = lines.map(|line| format!("    {line}\n")).collect();
            assert!(text.contains(&format!("  For example:\n{shown}")), "{subject}: {text}");
        }
    }
}

/// A message of an error says how it can be suppressed, if it can; the others are about what a build is made of, which
/// no declaration of an assembly decides.
#[test]
fn what_stays_an_error_about_a_declaration_can_be_suppressed() {
    let sessions = recorded();
    let page = include_str!("../../generator/diagnostics/src/page.md");
    let bad_suppression = catalogue::BAD_SUPPRESSION.help;
    for rule in catalogue::ALL.iter().filter(|rule| rule.level == thunkgen_diagnostics::Level::Error) {
        let lines: Vec<&str> = sessions.iter().flatten().flat_map(|step| lines_of(step, rule.code)).collect();
        if rule.is_suppressible() {
            assert!(page.contains(rule.code) && bad_suppression.contains(rule.code), "{}", rule.code);
            // The end of a long line is cut, and one session shows parts of lines.
            let says = |line: &&&str| {
                line.ends_with("; or suppress it with a reason (--suppressions)")
                    || line.ends_with("...")
                    || line.ends_with("(0x")
            };
            let silent: Vec<_> = lines.iter().filter(|line| !says(line)).collect();
            assert!(silent.is_empty(), "{silent:#?}");
            continue;
        }
        let reason = match &rule.code[..4] {
            // A declaration of the user's own, and a native library that two sides of the build provide.
            _ if ["TG0104", "TG0617"].contains(&rule.code) => "what the user gives is wrong",
            "TG00" => "a file or an argument cannot be used",
            "TG03" => "a file on disk is not what it should be",
            "TG04" => "a table or an image is wrong",
            "TG05" => "a manifest, a request or a generated file is wrong",
            "TG07" => "a file of an app is wrong",
            "TG06" => "a native file is wrong, or none is given",
            _ => panic!("{} is an error about a declaration and cannot be suppressed", rule.code),
        };
        // A missing thunk is shown with a method that needs it.
        let members: Vec<&&str> =
            lines.iter().filter(|line| rule.code != "TG0428" && line.contains(" (0x06")).collect();
        assert!(members.is_empty(), "{reason}, but these name a method: {members:#?}");
    }
}
