//! What Cargo and the compiler cannot say about the sources: where `unsafe` may be, and who touches the process.

use std::path::{Path, PathBuf};

use thunkgen_tests::data::crate_dir;

/// The programs and what is only for them; every other crate is a library that is handed bytes and hands out text.
const PROGRAMS: [&str; 2] = ["cli", "driver"];

/// What no library does.
const OF_THE_PROCESS: [&str; 8] =
    ["std::env", "std::process", "std::fs", "std::io", "std::time", "println!", "eprintln!", "dbg!"];

fn root() -> PathBuf {
    crate_dir().join("..")
}

/// Path from the root and code of every Rust file below a directory, without comments and the tests at its end.
fn sources(directory: &Path, found: &mut Vec<(String, String)>) {
    for path in std::fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default().lines();
            let code = code.filter(|line| !line.trim_start().starts_with("//"));
            let path = path.strip_prefix(root()).expect("below the root").display().to_string();
            found.push((path, code.collect::<Vec<_>>().join("\n")));
        }
    }
}

/// Every crate's directory and its sources.
fn crates() -> Vec<(String, Vec<(String, String)>)> {
    let entries = std::fs::read_dir(root().join("generator")).expect("the crates");
    let directories = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.join("src").is_dir());
    let crates = directories.map(|path| {
        let mut found = Vec::new();
        sources(&path.join("src"), &mut found);
        (path.file_name().expect("a name").to_string_lossy().into_owned(), found)
    });
    crates.collect()
}

#[test]
fn libraries_do_not_touch_the_process() {
    let mut files = 0;
    for (name, sources) in crates().into_iter().filter(|(name, _)| !PROGRAMS.contains(&name.as_str())) {
        for (path, code) in sources {
            files += 1;
            let used: Vec<_> = OF_THE_PROCESS.iter().filter(|word| code.contains(**word)).collect();
            assert!(used.is_empty(), "{path} of {name} uses {used:?}");
        }
    }
    assert!(files > 100, "{files} files");
}

/// The one file that maps memory, and the one that asks for the standard streams before `main`. Without the attribute, the workspace's lints deny `unsafe`.
#[test]
fn unsafe_code_is_in_two_files() {
    let sources = crates().into_iter().flat_map(|(_, sources)| sources);
    let mut found: Vec<String> =
        sources.filter(|(_, code)| code.contains("allow(unsafe_code)")).map(|(path, _)| path).collect();
    found.sort();
    let expected = ["cli/src/closed_output.rs", "driver/src/mapped.rs"];
    assert!(found.len() == 2 && found.iter().zip(expected).all(|(path, file)| path.ends_with(file)), "{found:?}");
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest");
    assert!(manifest.contains("\nunsafe_code = \"deny\"\n"), "the workspace denies unsafe code");
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
