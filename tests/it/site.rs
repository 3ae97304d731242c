//! The web site of the documentation: it is built from every page, each kind is found by the search, and nothing is requested
//! from another server.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use thunkgen_tests::data::crate_dir;

fn build(out: &Path, page: Option<&Path>) -> Output {
    let script = crate_dir().join("../site/build.sh");
    Command::new("bash").arg(script).arg(out).args(page).output().expect("bash runs")
}

fn built(out: &Path, page: Option<&Path>) -> String {
    let output = build(out, page);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// The pages below `docs`, by their place in the site.
fn pages(directory: &Path, prefix: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            pages(&path, &format!("{prefix}{name}/"), found);
        } else if let Some(name) = name.strip_suffix(".md") {
            found.insert(format!("{prefix}{name}/"));
        }
    }
}

#[test]
#[ignore = "needs Python, a network for PyPI, Chromium and Node.js"]
fn the_site_has_every_page_and_searches_them_without_another_server() {
    let directory = tempfile::tempdir().expect("a directory");
    let (out, page) = (directory.path().join("site"), directory.path().join("page"));
    let without = built(&out, None);
    assert!(without.contains("without the page that runs the tool"), "{without}");
    let notice = std::fs::read_to_string(out.join("try/index.html")).expect("a page");
    assert!(notice.contains("is not part of this build"), "the notice");
    std::fs::create_dir(&page).expect("a directory");
    assert!(!build(&out, Some(&page)).status.success(), "a directory without a page");
    std::fs::write(page.join("index.html"), "<title>runs here</title>").expect("a page");
    built(&out, Some(&page));
    assert_eq!(std::fs::read_to_string(out.join("try/index.html")).expect("a page"), "<title>runs here</title>");

    let mut expected = BTreeSet::new();
    pages(&crate_dir().join("../docs"), "", &mut expected);
    expected.remove("README/");
    let moved = ["", "contents/", "try/", "contributing/", "how-to/build-integration/", "how-to/build-script/"];
    let reference = ["reference/msbuild/", "reference/msbuild-task/", "reference/changelog/"];
    expected.extend(moved.iter().chain(&reference).map(|place| (*place).to_owned()));
    let missing: Vec<_> = expected.iter().filter(|place| !out.join(place).join("index.html").is_file()).collect();
    assert!(expected.len() > 35 && missing.is_empty(), "{missing:?}");

    let index = std::fs::read_to_string(out.join("search/search_index.json")).expect("the index of the search");
    let index: Value = serde_json::from_str(&index).expect("JSON");
    let places = index["docs"].as_array().expect("places").iter();
    let places: BTreeSet<&str> =
        places.filter_map(|place| place["location"].as_str()).map(|place| place.split('#').next().unwrap()).collect();
    let unknown: Vec<_> =
        expected.iter().filter(|place| !places.contains(place.as_str()) && *place != "try/").collect();
    assert!(unknown.is_empty(), "not in the index of the search: {unknown:?}");

    let shots = std::env::var_os("THUNKGEN_SCREENSHOTS").map_or(directory.path().to_owned(), PathBuf::from);
    let node = std::env::var_os("THUNKGEN_NODE").expect("THUNKGEN_NODE is not set: run `tests/tools/node.sh DEST`");
    let words = [
        ("checked-in", "tutorials/checked-in-tables/"),
        ("conflict", "how-to/merge-conflicts/"),
        ("ThunkgenStructSize", "reference/msbuild/"),
        ("portable entry point", "explanation/slots/"),
    ];
    let mut command = Command::new("timeout");
    command.arg("600").arg(PathBuf::from(node).join("node")).arg(crate_dir().join("tools/browser/site.mjs"));
    let output = command.args([&out, &shots]).args(words.map(|(word, _)| word)).output().expect("Node.js");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    for problem in ["errors", "elsewhere", "missing", "wide"] {
        assert_eq!(seen[problem], json!([]), "{problem}");
    }
    for (word, place) in words {
        let found = seen["found"][word].as_array().expect("places");
        assert!(found.contains(&json!(place)), "{word}: {found:?}");
    }
    assert_ne!(seen["light"], seen["dark"], "the dark style");
}
