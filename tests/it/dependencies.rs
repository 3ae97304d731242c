//! What a build script has to compile: no command line, no parser of Rust, and few packages.

use std::collections::BTreeSet;
use std::process::Command;

use thunkgen_tests::data::crate_dir;

/// Most packages that a build script compiles.
const MOST: usize = 45;

fn tree(format: &str) -> BTreeSet<String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["tree", "--offline", "--locked", "-p", "thunkgen-build", "-e", "normal", "--prefix", "none"]);
    let output = command.args(["--no-dedupe", "-f", format]).current_dir(crate_dir()).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
}

#[test]
fn a_build_script_compiles_little() {
    let packages = tree("{p}");
    assert!(packages.len() <= MOST, "{} packages: {packages:#?}", packages.len());
    assert!(packages.len() > 10, "{packages:?}");
    let unwanted: Vec<_> = packages.iter().filter(|package| package.starts_with("clap")).collect();
    assert!(unwanted.is_empty(), "{unwanted:?}");
    // The derives of serde and thiserror parse what they are derived for, and no more.
    let features = tree("{p} {f}");
    let syn: Vec<_> = features.iter().filter(|line| line.starts_with("syn ")).collect();
    assert!(!syn.is_empty() && syn.iter().all(|line| !line.split([' ', ',']).any(|word| word == "full")), "{syn:?}");
}
