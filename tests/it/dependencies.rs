//! What a build script that uses thunkgen-build has to compile.

use std::collections::BTreeSet;
use std::process::Command;

use thunkgen_tests::data::crate_dir;

/// The most packages that a build script compiles.
const MOST: usize = 45;

/// The lines of `cargo tree` for thunkgen-build alone, each once.
fn tree(arguments: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["tree", "--offline", "-p", "thunkgen-build", "--prefix", "none"]).args(arguments);
    let output = cargo.current_dir(crate_dir()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    // `(*)` marks a package that is shown before.
    text.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
}

#[test]
fn a_build_script_compiles_little() {
    let lines = tree(&["-e", "normal"]);
    assert!((2..=MOST).contains(&lines.len()), "{} packages: {lines:#?}", lines.len());
    let packages: BTreeSet<&str> = lines.iter().filter_map(|line| line.split(' ').next()).collect();
    assert!(packages.contains("thunkgen-driver"), "{packages:?}");
    for unwanted in ["clap", "thunkgen", "thunkgen-native", "thunkgen-r2r", "wasm-encoder", "globset"] {
        assert!(!packages.contains(unwanted), "{unwanted}: {packages:?}");
    }
}

/// Macros of dependencies are made with syn, but none of them needs all of Rust.
#[test]
fn no_dependency_parses_all_of_rust() {
    let lines = tree(&["-e", "normal,features", "--format", "{p} [{f}]"]);
    let syn: Vec<&String> = lines.iter().filter(|line| line.starts_with("syn ")).collect();
    assert!(!syn.is_empty(), "{lines:#?}");
    for line in syn {
        let features = line.split('[').nth(1).unwrap_or_default();
        assert!(features.split(['[', ']', ',']).all(|feature| feature != "full"), "{line}");
        assert!(!line.contains("feature \"full\""), "{line}");
    }
}
