//! What people and runtimes write: tables in C++, keys, manifests, extra signatures, XML documentation, logs.

use clr_wasm_abi::{Signature, ThunkKey};
use thunkgen_core::collect::extra_signatures;
use thunkgen_diagnostics::position::Position;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};
use thunkgen_driver::doctor::files_of_boot_configuration;
use thunkgen_driver::manifest::mistakes_of_text;
use thunkgen_driver::symptoms;
use thunkgen_native::stubs::documentation::Documentation;
use thunkgen_r2r::lookup::{Sources, cpp};

/// A C++ source with tables of thunks. Every row, and what is refused, is at a place of the source.
pub fn cpp_table(bytes: &[u8]) -> bool {
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
    let is_inside = |at: Position| (1..=lines).contains(&at.line) && at.column >= 1;
    let _ = cpp::runtime_tables(bytes);
    match cpp::read(bytes) {
        Ok(tables) => {
            let rows = tables.iter().flat_map(|table| &table.rows);
            assert!(rows.map(|row| row.at).all(is_inside), "{lines} lines");
            !tables.is_empty()
        }
        Err(refusal) => {
            assert!(is_inside(refusal.at) && !refusal.message.is_empty(), "{refusal:?} of {lines} lines");
            false
        }
    }
}

/// Any source of thunks, and the messages about it.
pub fn source(bytes: &[u8]) -> bool {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    sources.add("damaged", bytes, &mut diagnostics);
    assert!(sources.keys().all(|key| !key.contains('\0')));
    !sources.list().is_empty() && clean(diagnostics)
}

/// A boot configuration: what is wrong with it is at a place of the text.
pub fn boot_configuration(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.matches('\n').count() as u32 + 1;
    match files_of_boot_configuration(&text) {
        Some(Ok(files)) => {
            assert!(files.iter().all(|name| name.len() <= text.len()), "names are parts of the text");
            !files.is_empty()
        }
        Some(Err((line, column))) => {
            assert!((1..=lines).contains(&line) && column >= 1, "({line},{column}) of {lines} lines");
            false
        }
        None => false,
    }
}

/// A key; one that is accepted is written as it was.
pub fn thunk_key(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    match text.parse::<ThunkKey>() {
        Ok(key) => {
            assert_eq!(key.to_string(), text, "a key has one spelling");
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

/// A signature string, with a prefix or without.
pub fn signature(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let text = text.strip_prefix(['M', 'I']).unwrap_or(text);
    match text.parse::<Signature>() {
        Ok(signature) => {
            assert_eq!(signature.to_string(), text, "a signature has one spelling");
            assert_eq!(signature.interp_key().parse(), Ok(ThunkKey::FromInterp(signature)));
            true
        }
        Err(error) => {
            assert!((1..=text.len() + 1).contains(&error.at), "{error}");
            false
        }
    }
}

/// The text of a manifest, suppressions and struct sizes included.
pub fn manifest(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mistakes = mistakes_of_text(text);
    for (location, message) in &mistakes {
        let (line, column) = location.position.expect("a mistake of a text has a place");
        let lines = text.matches('\n').count() as u32 + 1;
        assert!((1..=lines).contains(&line) && column >= 1, "line {line} of {lines}");
        assert!(!message.is_empty());
    }
    mistakes.is_empty()
}

/// The text of a file of extra signatures.
pub fn extra_signatures(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut diagnostics = Diagnostics::default();
    let mut found = Vec::new();
    extra_signatures::read("extra.txt", text, &mut found, &mut diagnostics);
    assert!(found.len() <= text.lines().count(), "more signatures than lines");
    clean(diagnostics) && !found.is_empty()
}

/// An XML documentation file.
pub fn documentation(bytes: &[u8]) -> bool {
    let (documentation, problem) = Documentation::parse(bytes);
    for comment in documentation.comments.values() {
        for text in [&comment.summary, &comment.returns, &comment.remarks].into_iter().chain(comment.params.values()) {
            let hidden = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
            assert!(!text.contains(hidden) && !text.contains("\n\n\n"), "{text:?}");
            assert!(text.split("\n\n").all(|paragraph| paragraph.trim() == paragraph), "{text:?}");
        }
    }
    let mut diagnostics = Diagnostics::default();
    if let Some(problem) = problem {
        assert!(problem.position.line >= 1 && problem.position.column >= 1, "{problem:?}");
        let location = Location::position("a.xml", problem.position.line, problem.position.column);
        diagnostics.report(&catalogue::BAD_DOCUMENTATION, location, problem.message);
    }
    clean(diagnostics) && !documentation.comments.is_empty()
}

/// A runtime's log.
pub fn log(bytes: &[u8]) -> bool {
    let findings = symptoms::read(&mut &*bytes).unwrap().findings;
    assert!(findings.iter().all(|finding| finding.line >= 1 && finding.count >= 1));
    for finding in &findings {
        assert!(!finding.title().contains(['{', '}']) || finding.subject.contains(['{', '}']), "{}", finding.title());
    }
    findings.iter().any(|finding| !finding.subject.is_empty())
}

/// Whether there is nothing to tell; what there is must be told in a line.
fn clean(diagnostics: Diagnostics) -> bool {
    let all = diagnostics.into_sorted();
    for diagnostic in &all {
        let line = diagnostic.to_string();
        assert!(!line.chars().any(char::is_control), "a message with control characters: {line:?}");
        assert!(line.chars().count() <= 400, "a message of more than 400 characters: {line}");
    }
    all.is_empty()
}
