//! Stubs for Rust: with every method implemented they compile, for the machine that builds and for wasm, where the
//! functions have the types that managed code calls; and they hold their users to it.

mod converted;
mod corpus;
mod hostile;
mod layouts;
mod page;

use std::collections::BTreeSet;
use std::path::PathBuf;

use clr_wasm_abi::TargetOs;
use clr_wasm_file::objects;
use thunkgen_core::collect::ir::declarations::Declarations;
use thunkgen_core::collect::{LibraryName, Options};
use thunkgen_diagnostics::Diagnostics;
use thunkgen_native::stubs::documentation::Documentation;
use thunkgen_native::{CompareOptions, compare};
use thunkgen_tests::data::crate_dir;
use thunkgen_tests::fixtures::WITH_PINVOKES;
use thunkgen_tests::rust_stubs::{Problem, StubFile, check, stubs, write};
use thunkgen_tests::rust_wasm::RustWasm;
use thunkgen_tests::tool::Files;

const EDITIONS: [&str; 2] = ["2021", "2024"];

fn fixture(path: &str) -> PathBuf {
    crate_dir().join("fixtures").join(path)
}

fn declarations(path: &str) -> Declarations {
    let paths = ["corlib/System.Private.CoreLib.dll", "facade/System.Runtime.dll", path];
    declared(&Files::read(paths.map(fixture)), &["*"])
}

fn declared(files: &Files, modules: &[&str]) -> Declarations {
    let modules: BTreeSet<_> = modules.iter().copied().map(LibraryName::from).collect();
    let options = Options { modules, declarations: true, trust_symbols: true, ..Options::new(TargetOs::Browser) };
    files.collect_with(&options).unwrap_or_else(|errors| panic!("{errors:#?}")).declarations
}

fn real() -> Declarations {
    let sets = thunkgen_tests::data::sets();
    let own = [
        "libSystem.Native",
        "libSystem.Globalization.Native",
        "libSystem.IO.Compression.Native",
        "libSystem.Security.Cryptography.Native.OpenSsl",
        "libSystem.Net.Security.Native",
        "QCall",
    ];
    declared(&Files::read_folder(&sets.join("net10")), &own)
}

/// How many methods the stubs have, after this machine's compiler took them.
fn on_the_host(stubs: &[StubFile]) -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    let root = write(folder.path(), stubs);
    for edition in EDITIONS {
        assert_eq!(check(&root, edition), Vec::<Problem>::new(), "edition {edition}");
    }
    stubs.iter().map(|stub_file| stub_file.methods().len()).sum()
}

#[test]
fn stubs_of_the_fixtures_compile() {
    for fixture in WITH_PINVOKES {
        let declared = declarations(fixture);
        let methods = on_the_host(&stubs(&declared, &Documentation::default()));
        println!("{fixture}: {methods} methods for {} P/Invokes", declared.functions.len());
        assert!(methods > 0, "{fixture}");
    }
}

#[test]
#[ignore = "needs the real sets"]
fn stubs_of_a_real_set_compile() {
    let methods = on_the_host(&stubs(&real(), &Documentation::default()));
    println!("{methods} methods");
    assert!(methods > 130, "{methods}");
}

/// What `check-native` finds in the objects of the stubs, one for each module; and how many functions it compared.
fn on_wasm(declared: &Declarations) -> (usize, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut compared, mut found) = (0, Vec::new());
    let modules: BTreeSet<&str> = declared.functions.iter().map(|function| &*function.module).collect();
    for (number, module) in modules.into_iter().enumerate() {
        let mut only = declared.clone();
        only.functions.retain(|function| function.module == module);
        only.callbacks.clear();
        for stub_file in stubs(&only, &Documentation::default()) {
            let dir = folder.path().join(number.to_string());
            std::fs::create_dir(&dir).expect("a folder of its own");
            let root = write(&dir, std::slice::from_ref(&stub_file));
            let object = RustWasm::find().compile_file(&dir, "stubs", &root).unwrap_or_else(|error| panic!("{error}"));
            let objects = objects::read("stubs.o", &[module.to_owned()], &object, None).expect("an object");
            let mut diagnostics = Diagnostics::default();
            compared += compare(&only, &objects, &CompareOptions::default(), &mut diagnostics).compared;
            // A symbol that is declared twice has the widths and signs of one declaration.
            let found_here = diagnostics.into_sorted().into_iter().filter(|problem| problem.rule.code != "TG0616");
            found.extend(found_here.map(|problem| problem.to_string()));
        }
    }
    (compared, found)
}

#[test]
#[ignore = "needs a Rust compiler for wasm32"]
fn compiled_for_wasm_they_have_the_right_types() {
    for fixture in WITH_PINVOKES {
        let declared = declarations(fixture);
        let (compared, found) = on_wasm(&declared);
        println!("{fixture}: {compared} compared");
        assert!(compared > 0);
        // Declared twice with different types, of which the first is implemented.
        let twice =
            if fixture.starts_with("native-side") { &["draw_fixed_two", "draw_format_double"][..] } else { &[] };
        assert_eq!(found.len(), twice.len(), "{fixture}: {found:#?}");
        assert!(found.iter().zip(twice).all(|(line, method)| line.contains(method)), "{found:#?}");
    }
    let (compared, found) = on_wasm(&real());
    assert_eq!(found, Vec::<String>::new());
    assert!(compared > 130, "{compared}");
}
