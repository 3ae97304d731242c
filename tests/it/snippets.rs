//! Every snippet of the pages is run, or listed in `not-run.md` with the reason.
//!
//! A page's snippets are taken by how they start, each once, and done: commands by a shell in a folder where their paths
//! lead somewhere, manifests by the tool, printed lines compared with what is really printed. What no one took and no
//! other suite runs has to be in the list, and what is in the list has to exist.

mod pages;
mod workplace;

use std::collections::BTreeSet;

use thunkgen_tests::data::{crate_dir, crate_file};
use thunkgen_tests::markdown::{Snippet, snippets};

/// A page and which of its snippets are still to be dealt with.
pub struct Page {
    name: String,
    left: Vec<Snippet>,
}

impl Page {
    fn open(name: &str) -> Page {
        Page { name: name.to_owned(), left: snippets(&crate_file(&format!("../{name}"))) }
    }

    /// The text of the first snippet left that starts like this.
    pub fn take(&mut self, start: &str) -> String {
        let at = self.left.iter().position(|snippet| snippet.text.starts_with(start));
        let at = at.unwrap_or_else(|| panic!("{} has no snippet that starts with {start}", self.name));
        self.left.remove(at).text
    }
}

/// Snippets that another suite runs: the page, their language, and the file that reads the page.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("build-integration/npm/README.md", "sh", "tests/npm/readme.test.mjs"),
    ("build-integration/npm/README.md", "js", "tests/npm/readme.test.mjs"),
    ("docs/how-to/add-a-thunk.md", "console", "tests/it/readme.rs"),
    ("build-integration/msbuild/README.md", "xml", "tests/it/msbuild/readme.rs"),
    ("docs/tutorials/first-library.md", "xml", "tests/it/msbuild/workload.rs"),
    ("docs/tutorials/first-library.md", "csharp", "tests/it/msbuild/workload.rs"),
    ("docs/tutorials/first-library.md", "c", "tests/it/msbuild/workload.rs"),
    // What is left of it: the list of files, and the compilation of the object.
    ("docs/tutorials/first-library.md", "text", "tests/it/msbuild/workload.rs"),
    ("docs/reference/manifest.md", "toml", "tests/it/manifest_page.rs"),
    ("docs/reference/stubs.md", "c", "tests/it/stubs_c/page.rs"),
    ("docs/reference/stubs.md", "csharp", "tests/it/stubs_rust/page.rs"),
    ("docs/reference/stubs.md", "rust", "tests/it/stubs_rust/page.rs"),
    ("docs/reference/stubs.md", "text", "tests/it/stubs_rust/page.rs"),
    ("docs/reference/terminal.md", "text", "tests/it/terminal.rs"),
    ("task-shim/README.md", "xml", "tests/it/task_shim_engine/documented.rs"),
    ("task-shim/README.md", "", "tests/it/task_shim_engine/documented.rs"),
];

/// The pages for users; `docs/reference/diagnostics.md` holds what the generator's sources have as `page.md`.
fn all_pages() -> BTreeSet<String> {
    let root = crate_dir().join("..");
    let mut pages = BTreeSet::new();
    let mut pending = vec![root.clone()];
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(&root).expect("below the root").to_string_lossy().into_owned();
            if path.is_dir() && !path.is_symlink() && !name.starts_with('.') && !name.starts_with("target") {
                pending.push(path);
            } else if name.ends_with(".md") && name != "generator/diagnostics/src/page.md" {
                pages.insert(name);
            }
        }
    }
    pages
}

/// A row of the list: a page or file, and a part of the snippet.
type NotRun = (String, String);

fn not_run() -> Vec<NotRun> {
    let list = crate_file("not-run.md");
    let rows = list.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        assert!(cells.len() == 3 && !cells[0].is_empty() && !cells[2].is_empty(), "{row}");
        (cells[0].to_owned(), cells[1].to_owned())
    })
    .collect()
}

#[test]
#[ignore = "needs the real sets, compilers and CMake"]
fn every_snippet_is_run_or_listed() {
    let mut listed = not_run();
    let (mut left, mut all) = (Vec::new(), 0);
    for name in all_pages() {
        let mut page = Page::open(&name);
        all += page.left.len();
        // First what is listed: it may be in a language that a suite runs otherwise.
        for (_, part) in listed.extract_if(.., |(place, part)| *place == name && !part.is_empty()) {
            let at = page.left.iter().position(|snippet| snippet.text.contains(&part));
            page.left.remove(at.unwrap_or_else(|| panic!("tests/not-run.md lists what {name} has not: {part}")));
        }
        if let Some((_, run)) = pages::ALL.iter().find(|(of, _)| *of == name) {
            run(&mut page);
        }
        for (_, language, suite) in ELSEWHERE.iter().filter(|(of, ..)| *of == name) {
            let before = page.left.len();
            page.left.retain(|snippet| snippet.language != *language);
            assert!(page.left.len() < before && crate_file(&format!("../{suite}")).contains(&name), "{name}: {suite}");
        }
        left.extend(page.left.iter().map(|snippet| format!("{name}({}): {}", snippet.line, snippet.first_line())));
    }
    assert!(all > 100, "{all} snippets");
    assert_eq!(left, [] as [&str; 0], "neither run nor listed in tests/not-run.md");
    for (place, part) in listed {
        assert!(part.is_empty() && crate_dir().join("..").join(&place).is_file(), "tests/not-run.md: {place} {part}");
    }
}
