//! Real assemblies that npm and PyPI packages ship: whatever they declare, generation does not stop, and everything that is
//! generated compiles and runs.
//!
//! `THUNKGEN_PACKAGES` names a directory made by `tests/tools/fetch-packages.sh`.

use std::path::PathBuf;

use clr_wasm_abi::TargetOs;
use thunkgen_core::collect::{LibraryName, Options};
use thunkgen_core::emit::Output;
use thunkgen_diagnostics::{Pattern, Policy, Suppression, catalogue};
use thunkgen_tests::data::sets;
use thunkgen_tests::executable;
use thunkgen_tests::executed::{Ran, run_all};
use thunkgen_tests::generated::text;
use thunkgen_tests::tool::Files;
use thunkgen_tests::wasm::toolchain::Flags;

/// A package that is a framework itself.
const FRAMEWORK: &str = "core31";

/// The assembly of the package `windows` that has a P/Invoke with a type of an assembly that is in no package. No browser
/// has the library.
const INCOMPLETE: &str = "FlaUI.Core";

fn package(name: &str) -> PathBuf {
    let directory = std::env::var_os("THUNKGEN_PACKAGES").map(PathBuf::from);
    let help = "THUNKGEN_PACKAGES is not set: run `tests/tools/fetch-packages.sh DEST` and set it to DEST";
    directory.expect(help).join(name)
}

/// Generates for a package with every library linked, with the program and with the library; both must write the same
/// text, which is compiled and run.
fn run(name: &str) -> Ran {
    let directory = package(name);
    let framework = sets().join("framework8");
    let out = tempfile::tempdir().expect("a temporary directory");
    let words = ["generate", "-m", "*", "--out", "out"].map(PathBuf::from);
    let mut arguments = Vec::from(words);
    arguments.push(directory.clone());
    if name != FRAMEWORK {
        arguments.extend(["-r".into(), framework.clone()]);
    }
    if name == "windows" {
        let entry = format!("[[suppress]]\ncode = \"TG0101\"\nassembly = \"{INCOMPLETE}\"\nreason = \"gdi32\"\n");
        std::fs::write(out.path().join("suppressions.toml"), entry).expect("a writable directory");
        arguments.extend(["--suppressions", "suppressions.toml"].map(PathBuf::from));
    }
    let ended = executable::run(out.path(), &arguments);
    assert_eq!(ended.code, Some(0), "{name}: {}", ended.stderr);

    let mut files = Files::read_folder(&directory);
    if name != FRAMEWORK {
        files = files.with_references(Files::read_folder(&framework));
    }
    let options = Options { modules: [LibraryName::ANY.into()].into(), ..Options::new(TargetOs::Browser) };
    let mut policy = Policy::default();
    if name == "windows" {
        let assembly = Pattern::new(INCOMPLETE);
        policy.suppressions.push(Suppression {
            codes: [catalogue::UNKNOWN_SIZE.code].into(),
            member: None,
            library: None,
            assembly: Some(assembly),
            package: None,
            reason: "gdi32".to_owned(),
            origin: None,
        });
    }
    let collected = files.collect_under(&options, policy);
    let ir = collected.unwrap_or_else(|errors| panic!("{name}: {}", errors.join("\n")));
    for output in [Output::InterpToNative, Output::PInvoke, Output::Reverse] {
        let path = out.path().join("out").join(output.file_name());
        let written = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(written == text(&ir, output), "{name}: the program and the library differ in {}", output.file_name());
    }
    let ran = run_all(name, &ir, Flags::SIMD);
    println!("{name}: {ran:?}");
    ran
}

/// SDL2, SDL3, SQLite and two dozen more libraries.
#[test]
#[ignore = "needs the real packages"]
fn game() {
    let ran = run("game");
    assert!(ran.keys > 300 && ran.pinvokes > 5_000 && ran.callbacks > 30, "{ran:?}");
}

#[test]
#[ignore = "needs the real packages"]
fn sfml() {
    let ran = run("sfml");
    assert!(ran.pinvokes > 500, "{ran:?}");
}

#[test]
#[ignore = "needs the real packages"]
fn python() {
    let ran = run("python");
    assert!(ran.pinvokes > 10, "{ran:?}");
}

/// All others; `tests/long.sh` runs them.
mod others {
    use super::run;

    #[test]
    #[ignore = "needs all real packages"]
    fn libraries() {
        let names = [
            "node",
            "hardware",
            "hardware32",
            "loader",
            "masses",
            "masses8",
            "windows",
            "webview",
            "installer",
            "unity",
        ];
        let ran = names.map(run);
        assert!(ran.iter().map(|ran| ran.pinvokes).sum::<usize>() > 1_000, "{ran:?}");
    }

    #[test]
    #[ignore = "needs all real packages"]
    fn framework() {
        let ran = run(super::FRAMEWORK);
        assert!(ran.pinvokes > 400 && ran.keys > 100, "{ran:?}");
    }
}
