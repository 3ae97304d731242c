//! Coverage of real assemblies by the table that is generated for them, whole and with a row taken out.

use std::collections::{BTreeMap, BTreeSet};

use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_core::collect::ir::Ir;
use thunkgen_core::emit::{Contract, Options, Output, render};
use thunkgen_diagnostics::{Diagnostics, Policy};
use thunkgen_r2r::lookup::Sources;
use thunkgen_r2r::lookup::coverage::Coverage;
use thunkgen_tests::data::sets;
use thunkgen_tests::fixtures::{Fixtures, options};
use thunkgen_tests::tool::Files;

fn set(name: &str) -> Ir {
    let files = Files::read_folder(&sets().join(name));
    let collected = files.collect(TargetOs::Browser, TokenSet::Current, &BTreeSet::new());
    collected.unwrap_or_else(|errors| panic!("{}", errors.join("\n")))
}

/// The table of calls from the interpreter, as it would be written.
fn table(ir: &Ir, contract: Contract) -> String {
    let options = Options { contract, target_os: TargetOs::Browser };
    render(ir, &options).remove(&Output::InterpToNative).expect("the table")
}

fn sources(table: &str) -> Sources {
    let mut diagnostics = Diagnostics::default();
    let mut sources = Sources::default();
    sources.add("table.cpp", table.as_bytes(), &mut diagnostics);
    let problems: Vec<String> = diagnostics.into_sorted().iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{problems:?}");
    sources
}

/// The missing keys with the number of their users.
fn missing(ir: &Ir, table: &str) -> BTreeMap<String, usize> {
    let sources = sources(table);
    let coverage = Coverage::of(ir, &sources);
    coverage.missing().map(|need| (need.answer.key.clone(), need.entry.reasons.len())).collect()
}

/// The rows of a table as lines, found without the reader: what the file's text says.
fn rows(table: &str) -> BTreeMap<&str, &str> {
    table.lines().filter_map(|line| Some((line.strip_prefix("    { \"")?.split_once('"')?.0, line))).collect()
}

#[test]
#[ignore = "needs the real sets"]
fn a_generated_table_covers_its_assemblies() {
    for (name, at_least) in [("net10", 83), ("net8", 78), ("framework8", 96)] {
        let ir = set(name);
        for contract in Contract::ALL {
            let table = table(&ir, contract);
            assert!(rows(&table).len() >= at_least && rows(&table).len() == ir.keys.len(), "{name}");
            assert_eq!(missing(&ir, &table), BTreeMap::new(), "{name}");
            let found: Vec<String> = sources(&table).keys().map(str::to_owned).collect();
            assert_eq!(found, rows(&table).into_keys().collect::<Vec<_>>(), "{name}");
        }
    }
}

#[test]
#[ignore = "needs the real sets"]
fn a_row_that_is_gone_is_missing_with_its_users() {
    let ir = set("net10");
    let table = table(&ir, Contract::WasmThunks);
    for (key, row) in rows(&table) {
        let without = table.replace(&format!("{row}\n"), "");
        assert_eq!(missing(&ir, &without), BTreeMap::from([(key.to_owned(), ir.keys[key].reasons.len())]));
    }
}

/// The generator's functions are the ones that are found, by the names in their definitions.
#[test]
fn functions_are_those_defined() {
    let fixtures = Fixtures::with_core(&["interop", "interop-il"]);
    let ir = fixtures.collect(&options(TargetOs::Browser, &["native"]), Policy::default()).ir;
    let table = table(&ir, Contract::PortableCallhelpers);
    let sources = sources(&table);
    for key in ir.keys.keys() {
        let answer = sources.find(key);
        let function = &answer.winner().expect("a thunk").thunk.function;
        assert!(table.contains(&format!("static void {function}(PCODE target")), "{key}: {function}");
    }
}
