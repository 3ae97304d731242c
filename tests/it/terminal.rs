//! `docs/reference/terminal.md`, and what the build script finds of the sources.

use std::fs;
use std::path::Path;
use std::process::Command;

use thunkgen_tests::data::crate_file;
use thunkgen_tests::markdown::snippets;

#[path = "../../generator/cli/build.rs"]
#[allow(dead_code)]
mod build_script;

use build_script::sources;

#[test]
fn the_page_shows_what_the_sessions_recorded() {
    let session = crate_file("sessions/thunkgen/terminal.session");
    let printed: Vec<&str> = session.lines().filter_map(|line| line.get(2..)).map(str::trim_end).collect();
    let blocks = snippets(&crate_file("../docs/reference/terminal.md"));
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let lines: Vec<String> = block.text.lines().map(|line| format!(" {line}").trim_end().to_owned()).collect();
        let is_recorded = printed.windows(lines.len()).any(|window| window.iter().eq(&lines));
        assert!(is_recorded, "no session prints\n{}", block.text);
    }
}

fn git(directory: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .arg("-C")
        .arg(directory)
        .args(["-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_AUTHOR_DATE", "2026-11-29T23:30:00-05:00")
        .env("GIT_COMMITTER_DATE", "2026-11-29T23:30:00-05:00")
        .output();
    let output = output.expect("git");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_environment_decides_first() {
    let none = tempfile::tempdir().expect("a directory");
    let none = none.path();
    for (is_debug, commit, epoch, expected) in [
        (false, None, None, ""),
        (true, None, None, " (debug build)"),
        (false, Some("4D0DEF6aaaaaaaaaa"), None, " (4D0DEF6)"),
        (true, Some("4d0def6\n"), Some("1795910400"), " (4d0def6 2026-11-29)"),
        (false, Some(""), None, ""),
        (true, Some(""), None, ""),
        (false, Some("\" injected"), None, ""),
        (false, None, Some("0"), " (1970-01-01)"),
        (false, None, Some("951782400"), " (2000-02-29)"),
        (false, None, Some("-1"), " (1969-12-31)"),
        (false, None, Some("tomorrow"), ""),
        (false, None, Some("9223372036854775807"), ""),
    ] {
        assert_eq!(sources(none, is_debug, commit, epoch), expected, "{commit:?} {epoch:?}");
    }
}

#[test]
fn a_published_crate_names_its_commit() {
    let package = tempfile::tempdir().expect("a directory");
    let text = "{\n  \"git\": {\n    \"sha1\": \"4d0def63f1f0c1f0\"\n  },\n  \"path_in_vcs\": \"generator/cli\"\n}";
    fs::write(package.path().join(".cargo_vcs_info.json"), text).expect("a file");
    assert_eq!(sources(package.path(), false, None, None), " (4d0def6)");
    assert_eq!(sources(package.path(), true, None, Some("1795910400")), " (4d0def6 2026-11-29)");
    assert_eq!(sources(package.path(), true, Some(""), None), "");
}

#[test]
fn a_checkout_has_a_commit_and_a_copy_in_another_one_has_none() {
    let root = tempfile::tempdir().expect("a directory");
    let (ours, copy) = (root.path().join("ours"), root.path().join("copy"));
    for directory in [&ours, &copy] {
        fs::create_dir(directory).expect("a directory");
        fs::write(directory.join("Cargo.toml"), "").expect("a file");
    }
    git(root.path(), &["init", "-q"]);
    git(root.path(), &["add", "ours"]);
    git(root.path(), &["commit", "-q", "-m", "one"]);
    let found = sources(&ours, false, None, None);
    let commit = found.strip_prefix(" (").and_then(|found| found.strip_suffix(" 2026-11-30)"));
    assert!(commit.is_some_and(|commit| commit.len() == 7), "{found:?}");
    assert_eq!(sources(&ours, true, None, None), " (debug build)", "git is not asked");
    assert_eq!(sources(&ours, false, None, Some("0")), format!(" ({} 1970-01-01)", commit.unwrap()));
    assert_eq!(sources(&copy, false, None, None), "");
}
