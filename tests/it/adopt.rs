//! `init`, `--add-suppressions` and `--prune` in directories as people have them.

use std::fs;
use std::path::Path;

use thunkgen_tests::data::{crate_dir, sets};
use thunkgen_tests::executable::run;

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("a copy");
        }
    }
}

fn fixture(name: &str) -> std::path::PathBuf {
    crate_dir().join("fixtures").join(name)
}

/// The manifest that `init` writes is one that `generate` accepts at once.
#[test]
#[ignore = "needs the real sets"]
fn init_on_real_sets() {
    for set in ["net10", "net8", "framework8"] {
        let directory = tempfile::tempdir().expect("a directory");
        copy_files(&sets().join(set), directory.path());
        let made = run(directory.path(), ["init"]);
        assert_eq!(made.code, Some(0), "{set}: {}", made.stderr);
        assert!(made.stderr.ends_with("thunkgen: wrote thunkgen.toml; next: thunkgen generate\n"), "{}", made.stderr);
        for verb in ["generate", "check"] {
            let found = run(directory.path(), [verb]);
            assert_eq!(found.code, Some(0), "{set}: {verb}: {}", found.stderr);
        }
    }
}

/// Names with quotes, spaces and letters beyond ASCII; links that lead back; files that only look like assemblies.
#[test]
fn init_in_odd_directories() {
    let directory = tempfile::tempdir().expect("a directory");
    let root = directory.path();
    let app = root.join("bin/Release/publish/an \"app\" for é/_framework");
    copy_files(&fixture("corlib"), &app);
    copy_files(&fixture("facade"), &app);
    fs::write(app.join("empty.dll"), b"").expect("a file");
    fs::create_dir_all(root.join("obj")).expect("a directory");
    copy_files(&fixture("facade"), &root.join("obj"));
    #[cfg(unix)]
    std::os::unix::fs::symlink("..", root.join("bin/back")).expect("a link");
    let made = run(root, ["init"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let text = fs::read_to_string(root.join("thunkgen.toml")).expect("the manifest");
    assert_eq!(thunkgen_driver::manifest::mistakes_of_text(&text), [], "{text}");
    assert!(!text.contains("obj"), "{text}");
    let found = run(root, ["generate", "--nowarn", "TG0015,TG0202"]);
    assert_eq!(found.code, Some(0), "{}\n{text}", found.stderr);
    // Again, with --force: the same, but now the generated files are known.
    let again = run(root, ["init", "--force"]);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert_eq!(fs::read_to_string(root.join("thunkgen.toml")).expect("the manifest"), text);
}

/// A baseline is complete: afterwards `--strict` finds nothing that an entry could be for, and no entry is unused.
#[test]
fn a_baseline_is_complete() {
    for fixtures in
        [&["corlib", "facade", "interop"][..], &["corlib", "facade", "delegates"], &["corlib", "facade", "marshalling"]]
    {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path();
        fixtures.iter().for_each(|name| copy_files(&fixture(name), &root.join("app")));
        let generate = |more: &[&str]| {
            run(root, ["generate", "app", "--out", "out", "-m", "*"].iter().chain(more).copied().collect::<Vec<_>>())
        };
        let first = generate(&["--add-suppressions"]);
        assert!(first.stderr.contains(" to thunkgen.suppressions.toml"), "{}", first.stderr);
        let text = fs::read_to_string(root.join("thunkgen.suppressions.toml")).expect("the baseline");
        assert!(matches!(first.code, Some(0 | 3)), "{:?}: {}", first.code, first.stderr);
        let second = generate(&["--strict", "--suppressions", "thunkgen.suppressions.toml"]);
        let codes: Vec<&str> = second.stderr.lines().filter(|line| line.contains(": error TG")).collect();
        assert!(codes.is_empty(), "{fixtures:?}: {codes:#?}\n{text}");
        assert_eq!(second.code, Some(0), "{}", second.stderr);
        // Nothing is added twice.
        let third = generate(&["--add-suppressions"]);
        assert_eq!(third.code, Some(0), "{}", third.stderr);
        assert_eq!(fs::read_to_string(root.join("thunkgen.suppressions.toml")).expect("the baseline"), text);
    }
}

/// Braces are not variables, and a line break in a name does not end a comment.
#[test]
#[cfg(unix)]
fn init_with_special_characters() {
    let directory = tempfile::tempdir().expect("a directory");
    let root = directory.path();
    let app = "a[1]{b}/publish/_framework";
    ["corlib", "facade"].iter().for_each(|name| copy_files(&fixture(name), &root.join(app)));
    copy_files(&fixture("facade"), &root.join("x\nnowarn = 1\n#{y}"));
    let options = ["--nowarn", "TG0202"];
    let made = run(root, ["generate", app, "--out", "gen{c}"].iter().chain(&options));
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let made = run(root, ["init"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let text = fs::read_to_string(root.join("thunkgen.toml")).expect("the manifest");
    assert_eq!(thunkgen_driver::manifest::mistakes_of_text(&text), [], "{text}");
    assert!(text.lines().all(|line| !line.starts_with("nowarn")), "{text}");
    let found = run(root, ["generate"].iter().chain(&options));
    assert_eq!(found.code, Some(0), "{}\n{text}", found.stderr);
}

/// Generated files show the targets, whatever the directory of the assemblies is called.
#[test]
fn init_finds_each_target() {
    for (targets, out, lines) in [
        (
            &["--target-os=browser", "--target-os=wasi"][..],
            "gen",
            ["target-os = [\"browser\", \"wasi\"]\n", "out = \"gen\"\n"],
        ),
        (&["--target-os=wasi"], "gen", ["target-os = [\"wasi\"]\n", "out = \"gen\"\n"]),
        (&["--target-os=wasi"], "gen/wasi", ["target-os = [\"wasi\"]\n", "out = \"gen/wasi\"\n"]),
    ] {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path();
        ["corlib", "facade"].iter().for_each(|name| copy_files(&fixture(name), &root.join("_framework")));
        let options = ["--nowarn", "TG0202"];
        let made = run(root, ["generate", "_framework", "--out", out].iter().chain(targets).chain(&options));
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        let made = run(root, ["init"]);
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        let text = fs::read_to_string(root.join("thunkgen.toml")).expect("the manifest");
        assert!(lines.iter().all(|line| text.contains(line)), "{lines:?}\n{text}");
        assert!(!text.contains("Other generated files"), "{text}");
        // The files are replaced, and none is obsolete.
        let found = run(root, ["generate", "--strict"].iter().chain(&options));
        assert_eq!(found.code, Some(0), "{}\n{text}", found.stderr);
    }
}
