//! How the generator's sources are put together: which stage knows which, and what only one place may do.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use thunkgen_tests::data::crate_dir;

/// Every stage may use those before it, and none after it.
const STAGES: [&str; 8] = ["metadata", "types", "abi", "collect", "emit", "lookup", "native", "cli"];

/// Used by all stages, uses none.
const SHARED: &str = "diagnostics";

/// The one file that maps memory.
const UNSAFE: &str = "generator/src/cli/files.rs";

/// Where Rust is written as text: there the word is quoted, and what is no quotation the compiler denies.
const QUOTING: &str = "generator/src/emit/skeleton/rust/";

/// Longest Rust file in lines.
const MAX_LINES: usize = 500;

/// Files that are longer, and why.
const LONG_FILES: [(&str, &str); 0] = [];

/// A Rust source of the repository.
struct Source {
    /// From the root of the repository, with `/`.
    path: String,
    text: String,
}

impl Source {
    /// The code: without comments, and without what stands in string literals.
    fn code(&self) -> String {
        self.text.lines().map(code_of_line).collect::<Vec<_>>().join("\n")
    }

    /// The code without the tests at the end of the file.
    fn shipped_code(&self) -> String {
        self.code().split("#[cfg(test)]").next().unwrap_or_default().to_owned()
    }

    /// Index of the stage in [`STAGES`].
    fn stage(&self) -> Option<usize> {
        let inside = self.path.strip_prefix("generator/src/")?;
        let first = inside.split(['/', '.']).next()?;
        STAGES.iter().position(|stage| *stage == first)
    }
}

/// A string that goes on over several lines counts as code from its second line on.
fn code_of_line(line: &str) -> String {
    let line = line.replace("'\"'", "''").replace("'\\\\'", "''");
    let (mut code, mut rest, mut in_string) = (String::new(), line.chars().peekable(), false);
    while let Some(c) = rest.next() {
        match c {
            '\\' if in_string => drop(rest.next()),
            '"' => in_string = !in_string,
            '/' if !in_string && rest.peek() == Some(&'/') => break,
            _ if !in_string => code.push(c),
            _ => {}
        }
    }
    code
}

fn root() -> PathBuf {
    crate_dir().join("..")
}

/// Every Rust file below a folder of the repository.
fn sources(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.expect("a readable folder").path()) {
            if path.is_dir() {
                if path.file_name().is_some_and(|name| name != "target") {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(Source { path: relative(&path), text: std::fs::read_to_string(&path).expect("a source") });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn relative(path: &Path) -> String {
    let parts = path.strip_prefix(root()).expect("below the root").components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The first names after every `crate::` and every run of `super::`, those in braces one by one.
fn used_names(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for prefix in ["crate::", "super::"] {
        for (at, _) in code.match_indices(prefix) {
            let rest = &code[at + prefix.len()..];
            match rest.strip_prefix('{') {
                Some(group) => names.extend(group_names(group)),
                None => names.extend(first_name(rest)),
            }
        }
    }
    names
}

/// The first name of every path in a group, up to its closing brace.
fn group_names(group: &str) -> Vec<String> {
    let (mut depth, mut at_start, mut names) = (0, true, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_start = true,
            _ if at_start && (c.is_alphanumeric() || c == '_') => {
                names.extend(first_name(&group[at..]));
                at_start = false;
            }
            _ => {}
        }
    }
    names
}

fn first_name(path: &str) -> Option<String> {
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len());
    (end > 0).then(|| path[..end].to_owned())
}

/// Whether a word stands in code by itself.
fn has_word(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        !code[..at].chars().next_back().is_some_and(is_part)
            && !code[at + word.len()..].chars().next().is_some_and(is_part)
    })
}

/// What is wrong with each file, one line each.
fn wrong_uses(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        let used = used_names(&source.code());
        let later = match source.stage() {
            Some(stage) => &STAGES[stage + 1..],
            None if source.path.contains(SHARED) => &STAGES[..],
            None => &[],
        };
        wrong.extend(
            later.iter().filter(|stage| used.contains(**stage)).map(|stage| format!("{} uses {stage}", source.path)),
        );
    }
    wrong
}

#[test]
fn arrows_between_stages_go_one_way() {
    let sources = sources("generator/src");
    for stage in STAGES {
        let count = sources.iter().filter(|source| source.stage().is_some_and(|index| STAGES[index] == stage)).count();
        assert!(count >= 4, "{stage} has {count} files");
    }
    assert_eq!(wrong_uses(&sources), [] as [&str; 0]);
}

#[test]
fn an_arrow_that_goes_back_is_found() {
    let wrong = |path: &str, text: &str| {
        wrong_uses(&[Source { path: format!("generator/src/{path}"), text: text.to_owned() }]).len()
    };
    assert_eq!(wrong("metadata/x.rs", "use crate::types::Type;"), 1);
    assert_eq!(wrong("types/x.rs", "use crate::{metadata, abi::{a, b}, emit};"), 2);
    assert_eq!(wrong("collect/x/y.rs", "fn f() { super::super::super::cli::main() }"), 1);
    assert_eq!(wrong("abi/x.rs", "use crate::{\n    collect,\n};"), 1);
    assert_eq!(wrong("diagnostics/mod.rs", "use crate::metadata::Token;"), 1);
    assert_eq!(wrong("emit/mod.rs", "use crate::cli;"), 1);
    for fine in [
        "use crate::metadata::Token;",
        "// use crate::cli;",
        "f(\"\\\"\", \"crate::cli\"); // crate::cli",
        "use crate::{metadata::{cli}, diagnostics};",
    ] {
        assert_eq!(wrong("types/x.rs", fine), 0, "{fine}");
    }
}

#[test]
fn emit_sees_the_representation_and_no_assembly() {
    let emit: Vec<Source> =
        sources("generator/src").into_iter().filter(|source| source.path.starts_with("generator/src/emit/")).collect();
    assert!(emit.len() > 10, "{}", emit.len());
    for source in emit {
        let used = used_names(&source.code());
        for stage in ["metadata", "types"] {
            assert!(!used.contains(stage), "{} uses {stage}", source.path);
        }
        for (at, text) in source.code().match_indices("crate::collect") {
            let rest = &source.code()[at + text.len()..];
            assert!(rest.starts_with("::ir"), "{} uses more of `collect` than the representation", source.path);
        }
    }
}

#[test]
fn only_the_command_line_touches_the_process() {
    let words = ["std::env", "std::process", "std::fs", "std::io", "std::time", "println", "eprintln", "print", "dbg"];
    let (mut inside, mut outside) = (BTreeSet::new(), Vec::new());
    for source in sources("generator/src") {
        let code = source.shipped_code();
        for word in words.iter().filter(|word| has_word(&code, word)) {
            if source.path.starts_with("generator/src/cli/") || source.path == "generator/src/main.rs" {
                inside.insert(*word);
            } else {
                outside.push(format!("{} uses {word}", source.path));
            }
        }
    }
    assert_eq!(outside, [] as [&str; 0]);
    assert!(inside.contains("std::fs") && inside.contains("std::process"), "{inside:?}");
}

#[test]
fn unsafe_code_is_in_one_file() {
    let found: Vec<String> = sources("generator/src")
        .into_iter()
        .filter(|source| {
            let is_used = has_word(&source.code(), "unsafe") && !source.path.starts_with(QUOTING);
            is_used || source.code().contains("allow(unsafe_code)")
        })
        .map(|source| source.path)
        .collect();
    assert_eq!(found, [UNSAFE]);
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest");
    assert!(manifest.contains("\nunsafe_code = \"deny\"\n"), "the workspace denies unsafe code");
}

#[test]
fn files_stay_short() {
    let all: Vec<Source> =
        ["generator", "tests", "task-shim", "build-integration"].into_iter().flat_map(sources).collect();
    assert!(all.len() > 100, "{} files", all.len());
    let long: Vec<(String, usize)> = all
        .iter()
        .map(|source| (source.path.clone(), source.text.lines().count()))
        .filter(|(path, lines)| *lines > MAX_LINES && !LONG_FILES.iter().any(|(long, _)| long == path))
        .collect();
    assert_eq!(long, [], "files of more than {MAX_LINES} lines: split them, or say why not");
    for (path, reason) in LONG_FILES {
        let source = all.iter().find(|source| source.path == path).unwrap_or_else(|| panic!("no {path}"));
        assert!(source.text.lines().count() > MAX_LINES && !reason.is_empty(), "{path} is no exception any more");
    }
    let main = all.iter().find(|source| source.path == "generator/src/main.rs").expect("a main.rs");
    assert!(main.text.lines().count() < 60, "main.rs only calls the command line");
}

/// What the tests run with is the same tomorrow: pip installs only what a list pins, and a list pins all of it.
#[test]
fn what_python_installs_is_pinned() {
    let tools = root().join("tests/tools");
    let mut installs = 0;
    for entry in std::fs::read_dir(&tools).expect("the tools") {
        let path = entry.expect("a tool").path();
        if path.extension().is_none_or(|extension| extension != "sh") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a script");
        for line in text.lines().filter(|line| line.contains("pip install")) {
            installs += 1;
            assert!(line.contains("--require-hashes") && line.contains(" -r "), "{}: {line}", path.display());
        }
    }
    assert_eq!(installs, 1, "scripts that install Python packages");
    let list = std::fs::read_to_string(tools.join("csharp/requirements.txt")).expect("the list");
    let entries: Vec<&str> = list.lines().filter(|line| !line.starts_with(['#', ' '])).collect();
    assert!(entries.len() == 4 && entries.iter().all(|entry| entry.ends_with(" \\") && entry.contains("==")), "{list}");
}
