//! What `docs/reference/stubs.md` shows of Rust.

use thunkgen_tests::data::crate_file;
use thunkgen_tests::generated::without_checks;
use thunkgen_tests::markdown::snippets;
use thunkgen_tests::rust_stubs::{Problem, check, write_with};

fn snippet(language: &str, start: &str) -> String {
    let found = snippets(&crate_file("../docs/reference/stubs.md")).into_iter();
    let mut found = found.filter(|snippet| snippet.language == language && snippet.text.starts_with(start));
    found.next().unwrap_or_else(|| panic!("a {language} snippet that starts with {start}")).text
}

#[test]
fn the_page_is_true() {
    let mut declared = super::declarations("native-side/NativeSide.dll");
    declared.functions.retain(|function| function.module == "libdraw");
    let stubs = super::stubs(&declared, &super::Documentation::default());
    // Without attributes and comments, it is in the file.
    let text = without_checks(&stubs.first().expect("a library").text);
    for line in snippet("rust", "pub trait").lines().filter(|line| !line.is_empty()) {
        assert!(text.lines().any(|other| other == line), "{line}");
    }
    let source = std::fs::read_to_string(super::fixture("native-side/NativeSide.cs")).expect("the fixture");
    let shown = snippet("csharp", "public struct");
    for word in shown.split_whitespace() {
        assert!(source.contains(word), "{word}");
    }

    let folder = tempfile::tempdir().expect("a folder");
    let implementation = snippet("rust", "mod libdraw;");
    let root = write_with(folder.path(), &stubs, &implementation);
    for edition in super::EDITIONS {
        assert_eq!(check(&root, edition), [], "{edition}");
    }
    let wrong = implementation.replace("libdraw::Angle", "f32").replace("angle.degrees", "f64::from(angle)");
    let root = write_with(folder.path(), &stubs, &wrong);
    let message = snippet("text", "error[E0053]").trim().to_owned();
    let problems: Vec<String> = check(&root, "2024").into_iter().map(|Problem { message, .. }| message).collect();
    assert_eq!(problems, [message]);
}
