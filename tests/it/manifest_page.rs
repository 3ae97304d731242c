//! `docs/reference/manifest.md`: every example is run, every key and code of the page exists, and none is missing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use thunkgen_tests::data::{crate_dir, crate_file};
use thunkgen_tests::executable::run;
use thunkgen_tests::markdown::blocks;

fn page() -> String {
    crate_file("../docs/reference/manifest.md")
}

fn put(folder: &Path, path: &str, fixture: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::copy(crate_dir().join("fixtures").join(fixture), path).expect("a fixture");
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// A repository in which every path of the examples leads somewhere.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    for folder in ["bin", "artifacts/app", "artifacts/console", "artifacts/framework"] {
        put(root, &format!("{folder}/System.Private.CoreLib.dll"), "corlib/System.Private.CoreLib.dll");
        put(root, &format!("{folder}/System.Runtime.dll"), "facade/System.Runtime.dll");
    }
    for directory in ["net11.0-browser-Release-wasm", "net11.0-wasi-Release-wasm"] {
        put(
            root,
            &format!("artifacts/bin/{directory}/System.Private.CoreLib.dll"),
            "corlib/System.Private.CoreLib.dll",
        );
        put(root, &format!("artifacts/bin/{directory}/System.Runtime.dll"), "facade/System.Runtime.dll");
    }
    write(root, "eng/licence.txt", "Licensed to you under the MIT licence.\n");
    put(root, "artifacts/plugins/one/SourceLines.dll", "source-lines/SourceLines.dll");
    write(root, "native/modules.props", "<Project><ItemGroup><PInvokeModule Include='native'/></ItemGroup></Project>");
    write(root, "native/extra.txt", "MviS8 # why\n");
    write(root, "native/sizes.txt", "Geometry.Box=16\n");
    write(root, "eng/thunkgen-suppressions.toml", "[[suppress]]\ncode = \"TG0009\"\nreason = \"an example\"\n");
    folder
}

#[test]
fn every_example_generates_and_is_then_current() {
    let examples = blocks(&page(), "toml");
    assert_eq!(examples.len(), 5);
    for example in examples {
        let folder = repository();
        write(folder.path(), "thunkgen.toml", &example);
        for verb in ["generate", "check"] {
            let found = run(folder.path(), [verb]);
            assert_eq!(found.code, Some(0), "{verb}: {}\n{example}", found.stderr);
        }
    }
}

/// The example of dotnet/runtime's two targets, with both configurations: each way to choose one, and each verb for one output.
#[test]
fn every_verb_takes_a_target_and_a_configuration() {
    let example = blocks(&page(), "toml").into_iter().find(|example| example.contains("[profile.debug]"));
    let folder = repository();
    let root = folder.path();
    write(root, "thunkgen.toml", &example.expect("the example"));
    for target in ["browser", "wasi"] {
        let debug = format!("artifacts/bin/net11.0-{target}-Debug-wasm");
        put(root, &format!("{debug}/System.Private.CoreLib.dll"), "corlib/System.Private.CoreLib.dll");
        put(root, &format!("{debug}/System.Runtime.dll"), "facade/System.Runtime.dll");
    }
    // A method that only this target and configuration have.
    put(root, "artifacts/bin/net11.0-wasi-Debug-wasm/SourceLines.dll", "source-lines/SourceLines.dll");

    let command = |configuration: Option<&str>, line: &str| {
        let mut command = std::process::Command::new(thunkgen_tests::executable::path());
        let args = line.split(' ').map(|word| if word == "WASI" { "src/coreclr/vm/wasm for wasi" } else { word });
        command.args(args).current_dir(root).env_remove("CONFIGURATION");
        command.envs(configuration.map(|value| ("CONFIGURATION", value)));
        let output = command.output().expect("the tool runs");
        let text = [&*output.stdout, &*output.stderr].map(String::from_utf8_lossy).concat();
        (output.status.code(), text)
    };
    let exits = |configuration, line: &str, code| {
        let (found, text) = command(configuration, line);
        assert_eq!(found, Some(code), "{line}: {text}");
        text
    };
    exits(None, "generate", 0);
    exits(None, "check", 0);
    exits(Some("Release"), "check --output WASI", 0);
    // What is checked in is of the release: each way to choose the other configuration shows it.
    for (environment, line) in [
        (None, "check --profile debug"),
        (Some("Debug"), "check"),
        (Some("Release"), "check --output WASI --profile debug"),
        (Some("Release"), "check --define configuration=Debug"),
    ] {
        let text = exits(environment, line, 1);
        assert!(text.contains("src/coreclr/vm/wasm/wasi/") && !text.contains("wasm/browser/"), "{line}: {text}");
    }
    // The command line wins over the profile, and the profile over the environment.
    exits(Some("Debug"), "check --profile debug --define configuration=Release", 0);
    // The inputs of the other target need not exist.
    fs::remove_dir_all(root.join("artifacts/bin/net11.0-browser-Debug-wasm")).expect("a folder");
    for line in [
        "generate --output WASI --profile debug",
        "signatures --output WASI --profile debug",
        "explain SourceLines --output WASI --profile debug",
        "layout SourceLines.Empty --output WASI --profile debug",
        "r2r emit --out x.wasm --output WASI --profile debug",
        "lookup --coverage --output WASI --profile debug",
        "check --output WASI --profile debug",
    ] {
        exits(None, line, 0);
        let without = line.replace(" --output WASI", "");
        let (code, text) = command(None, &without);
        assert!(code != Some(0) && text.contains("net11.0-browser-Debug-wasm"), "{without}: {text}");
    }
    let native = exits(None, "check-native --output WASI --profile debug", 2);
    assert!(native.contains("native"), "{native}");
    let unknown = exits(None, "check --output wsai", 2);
    assert!(unknown.contains("src/coreclr/vm/wasm for wasi"), "{unknown}");
}

/// What stands in quotes in the first column of the tables.
fn first_columns(page: &str) -> BTreeSet<String> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = rows.filter_map(|row| row.split(" | ").next());
    cells.flat_map(|cell| cell.split(", ")).map(|key| key.trim_matches('`').to_owned()).collect()
}

#[test]
fn every_key_is_explained_and_every_explained_key_exists() {
    let page = page();
    let known: BTreeSet<String> = thunkgen_driver::manifest::known_keys().map(str::to_owned).collect();
    let mut explained = first_columns(&page);
    explained.retain(|key| !key.starts_with("TG") && !["key", "code", "[[suppress]]"].contains(&key.as_str()));
    explained.insert("name".to_owned());
    assert!(page.contains("Only an `[[output]]` can have a `name`"));
    assert_eq!(explained, known);
    let examples = blocks(&page, "toml").concat();
    for key in &known {
        let used =
            examples.lines().any(|line| line.starts_with(&format!("{key} = ")) || line.starts_with(&format!("[{key}")));
        assert!(used, "no example has the key {key}");
    }
}

#[test]
fn every_code_of_the_page_exists_and_none_is_missing() {
    let codes: BTreeSet<String> = first_columns(&page()).into_iter().filter(|cell| cell.starts_with("TG")).collect();
    let known =
        |code: &&str| code.starts_with("TG05") && *code < "TG0520" || ["TG0301", "TG0302", "TG0303"].contains(code);
    let known = thunkgen_diagnostics::catalogue::ALL.iter().map(|rule| rule.code).filter(known);
    assert_eq!(codes, known.map(str::to_owned).collect());
}
