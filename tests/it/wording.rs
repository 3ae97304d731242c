//! Plain English in everything that people read: help, messages, pages, and generated text.
//!
//! Read are the comments and string literals of shipped Rust sources (help and the catalogue of codes are made from them),
//! and the whole text of pages, templates and recorded sessions.

use std::path::{Path, PathBuf};

use thunkgen_tests::data::crate_dir;

/// Where texts are.
const ROOTS: [&str; 12] = [
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "build-integration",
    "docs",
    "generator",
    "site",
    "task-shim",
    "templates",
    "tests/README.md",
    "tests/sessions",
];

/// A phrase to avoid, and what to write instead.
const PHRASES: [(&str, &str); 30] = [
    ("asked not to be", "suppressed"),
    ("are told", "are reported"),
    ("at hand", "available"),
    ("be told", "be reported"),
    ("behind it", "after it"),
    ("behind the", "after the"),
    ("beside", "next to"),
    ("by another type", "with a different signature"),
    ("by nothing", "unused"),
    ("called by nothing", "unused"),
    ("ended with exit code", "exited with code"),
    ("folder", "directory"),
    ("folders", "directories"),
    ("goes by", "uses"),
    ("in the place of", "instead of"),
    ("is told", "is reported"),
    ("it said", "its output"),
    ("leads nowhere", "does not exist"),
    ("left over", "obsolete"),
    ("line end", "line ending"),
    ("line ends", "line endings"),
    ("makes no sense", "is invalid"),
    ("mends", "fixes"),
    ("not told", "not reported"),
    ("stand for", "mean"),
    ("stands for", "means"),
    ("stands in", "is in"),
    ("tells", "reports"),
    ("the one of the", "that of the"),
    ("whoever", "who"),
];

/// Words after "is no" that are plain English.
const AFTER_IS_NO: [&str; 5] = ["longer", "larger", "more", "such", "need"];

fn root() -> PathBuf {
    crate_dir().join("..")
}

/// Paths from the root of the files below `path` that have texts.
fn files(path: &Path, found: &mut Vec<String>) {
    if path.is_dir() {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(path).expect("a directory").map(|entry| entry.expect("an entry").path()).collect();
        entries.sort();
        let skipped = |path: &PathBuf| path.ends_with("target") || path.ends_with("bin") || path.ends_with("obj");
        return entries.iter().filter(|path| !skipped(path)).for_each(|path| files(path, found));
    }
    let relative = path.strip_prefix(root()).expect("below the root");
    let is_test = path.ends_with("tests.rs") || relative.components().any(|part| part.as_os_str() == "tests");
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let has_text = match extension {
        "rs" => !is_test,
        "md" | "svg" | "py" | "yml" | "h" | "hpp" | "cpp" | "session" | "props" | "targets" | "cs" | "cmake" => true,
        _ => false,
    };
    if has_text {
        found.push(relative.display().to_string().replace('\\', "/"));
    }
}

/// The text with everything but comments and string literals blanked, up to the unit tests at its end.
fn prose(source: &str) -> String {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut prose = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(hashes) = raw_string(rest) {
            let end = format!("\"{}", "#".repeat(hashes));
            let start = hashes + 2;
            rest[start..].find(&end).map_or(rest.len(), |at| start + at + end.len())
        } else if first == '"' {
            end_of_string(rest)
        } else {
            // A quote as a character starts no literal.
            let skipped = if rest.starts_with("'\"'") { 3 } else { first.len_utf8() };
            prose.extend(rest[..skipped].chars().map(|character| if character == '\n' { '\n' } else { ' ' }));
            rest = &rest[skipped..];
            continue;
        };
        prose.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    prose
}

/// Number of `#` of a raw string that starts here.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Each phrase to avoid in a line, with the better one.
fn findings(line: &str) -> Vec<(String, &'static str)> {
    let line = line.to_lowercase();
    let mut found = Vec::new();
    for (phrase, better) in PHRASES {
        if line.match_indices(phrase).any(|(at, _)| is_whole(&line, at, phrase.len())) {
            found.push((phrase.to_owned(), better));
        }
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    for window in words.windows(4) {
        if let [before, "is", "no", after] = window
            && !before.ends_with("there")
            && !AFTER_IS_NO.contains(after)
        {
            found.push((window.join(" "), "is not a ..."));
        }
    }
    found
}

/// Whether no word continues at either end.
fn is_whole(line: &str, at: usize, length: usize) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || character == '_' || character == '-';
    !line[..at].ends_with(is_word) && !line[at + length..].starts_with(is_word)
}

#[test]
fn texts_are_plain_english() {
    let mut paths = Vec::new();
    ROOTS.iter().for_each(|path| files(&root().join(path), &mut paths));
    assert!(paths.len() > 80, "{} files", paths.len());
    // Pages, pictures, help, the catalogue of codes, generated text, and what the tools print.
    for path in [
        "docs/how-to/ci.md",
        "docs/images/slots.svg",
        "generator/cli/src/args.rs",
        "generator/diagnostics/src/catalogue.rs",
        "generator/core/src/emit/reverse.rs",
        "site/hooks.py",
        "templates/wasm-thunks/callhelpers-reverse.cpp",
        "tests/sessions/thunkgen/help.session",
    ] {
        assert!(paths.iter().any(|read| read == path), "{path} is not read");
    }
    let mut problems = Vec::new();
    for path in &paths {
        let text = std::fs::read_to_string(root().join(path)).expect("a text");
        let text = if path.ends_with(".rs") || path.ends_with(".cs") { prose(&text) } else { text };
        for (number, line) in text.lines().enumerate() {
            for (phrase, better) in findings(line) {
                problems.push(format!("{path}:{}: write `{better}`, not `{phrase}`", number + 1));
            }
        }
    }
    assert!(problems.is_empty(), "{} phrases to replace:\n{}", problems.len(), problems.join("\n"));
}

/// Upstream may mark it as unsupported on WebAssembly, so no text promises that it works there.
#[test]
fn no_text_promises_delegates_for_function_pointers() {
    let mut paths = Vec::new();
    ROOTS.iter().for_each(|path| files(&root().join(path), &mut paths));
    let mut mentions = 0;
    for path in &paths {
        let text = std::fs::read_to_string(root().join(path)).expect("a text");
        for paragraph in text.split("\n\n").filter(|text| text.contains("GetDelegateForFunctionPointer")) {
            mentions += 1;
            for promise in [" works", "is supported", "are supported", "can be used", "use Marshal.", "use `Marshal."] {
                assert!(!paragraph.contains(promise), "{path}: `{promise}` in: {paragraph}");
            }
        }
    }
    assert!(mentions >= 3, "{mentions}");
}

#[test]
fn prose_is_found_in_comments_and_literals_only() {
    let source = "let folder = '\"'; // a folder\nlet a = \"is told \\\" x\"; let is_told = r#\"at \"hand\"#;\n#[cfg(test)] // mends";
    let prose = prose(source);
    let lines: Vec<_> = prose.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines, ["// a folder", "\"is told \\\" x\" r#\"at \"hand\"#"]);
    let phrases = |line| findings(line).into_iter().map(|(phrase, _)| phrase).collect::<Vec<_>>();
    assert_eq!(phrases("`X` is no key; it leads nowhere, subfolder"), ["leads nowhere", "`x` is no key;"]);
    assert_eq!(phrases("There is no key; it is no longer used, behind-the-scenes"), Vec::<String>::new());
}
