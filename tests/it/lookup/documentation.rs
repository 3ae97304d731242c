//! `docs/reference/lookup.md` explains every member of the JSON.

use thunkgen_tests::data::{crate_dir, crate_file};
use thunkgen_tests::executable;

#[test]
fn the_page_names_every_member() {
    let folder = tempfile::tempdir().unwrap();
    let fixtures = crate_dir().join("fixtures");
    std::os::unix::fs::symlink(&fixtures, folder.path().join("f")).unwrap();
    let page = crate_file("../docs/reference/lookup.md");
    let tables = "f/thunk-tables/by-hand.cpp f/images/thunks.wasm";
    let mut members = std::collections::BTreeSet::new();
    for arguments in [
        format!("Mvii MviS8 MviS8p f/corlib --json --in {tables}"),
        "Mvi string..ctor(char[]) --json --in f/thunk-tables/odd-rows.cpp".to_owned(),
        format!("--coverage f/corlib --json --in {tables}"),
        format!("--log f/thunk-tables/console.txt --json --in {tables}"),
    ] {
        let run = executable::run(folder.path(), std::iter::once("lookup").chain(arguments.split(' ')));
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        for line in run.stdout.lines() {
            let Some((name, _)) = line.trim().strip_prefix('"').and_then(|line| line.split_once("\":")) else {
                continue;
            };
            assert!(page.contains(&format!("`{name}`")), "docs/reference/lookup.md says nothing of `{name}`");
            members.insert(name.to_owned());
        }
    }
    assert!(members.len() > 25, "{members:?}");
}

/// Every phrase by which a missing key is recognised is on the page.
#[test]
fn the_page_has_the_lines_of_logs() {
    let page = crate_file("../docs/reference/lookup.md").to_lowercase();
    for (line, key) in [
        ("WASM calli missing for key: MviS8", "MviS8"),
        ("WASM R2R to interpreter call missing for key: IviS8p", "IviS8p"),
        ("no interpreter-to-R2R calli thunk Mvp", "Mvp"),
        ("no R2R-to-interpreter thunk Ivp", "Ivp"),
    ] {
        let found = thunkgen_driver::symptoms::of_text(line).findings;
        assert_eq!(found.iter().map(|of| of.subject.as_str()).collect::<Vec<_>>(), [key]);
        let words = line.rsplit_once(' ').expect("a key").0.to_lowercase();
        assert!(page.contains(&words), "{words}");
    }
}
