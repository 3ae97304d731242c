//! The shipped runtime: every native function of its own libraries has the type that the framework's P/Invokes have.
//!
//! The module has no names; those of the functions are in its P/Invoke tables, which its own build made.

use std::collections::BTreeSet;

use clr_wasm_abi::TargetOs;
use clr_wasm_file::objects::{self, ObjectKind, SymbolNames};
use thunkgen_core::collect::Options;
use thunkgen_diagnostics::Diagnostics;
use thunkgen_native::compare;
use thunkgen_tests::native_wasm::{NativeImport, pinvoke_tables};
use thunkgen_tests::tool::Files;

/// The libraries whose functions the tables hold.
const LIBRARIES: [&str; 3] = ["libSystem.Native", "libSystem.Globalization.Native", "libSystem.IO.Compression.Native"];

/// How the entry points of those libraries begin.
const PREFIXES: [&str; 3] = ["SystemNative_", "GlobalizationNative_", "CompressionNative_"];

fn symbols(table: &[NativeImport]) -> String {
    table.iter().map(|import| format!("{}:{}\n", import.function, import.name)).collect()
}

#[test]
#[ignore = "needs the real sets"]
fn the_shipped_runtime_agrees() {
    let sets = thunkgen_tests::data::sets();
    let files = Files::read_folder(&sets.join("net10"));
    let runtime = files.starting_with("dotnet.native");
    let mut table = pinvoke_tables(runtime);
    table.retain(|import| PREFIXES.iter().any(|prefix| import.name.starts_with(prefix)));
    let functions: BTreeSet<&str> = table.iter().map(|import| import.name.as_str()).collect();
    assert!(functions.len() > 100, "{} functions in the tables", functions.len());

    let modules = LIBRARIES.map(Into::into).into();
    let options = Options { modules, declarations: true, trust_symbols: true, ..Options::new(TargetOs::Browser) };
    let declarations = files.collect_with(&options).unwrap_or_else(|errors| panic!("{errors:#?}")).declarations;
    let text = symbols(&table);
    let names = SymbolNames::parse(text.as_bytes()).expect("symbols");
    let objects = objects::read("dotnet.native.wasm", &[], runtime, Some(&names)).expect("a module");
    assert_eq!(objects[0].kind, ObjectKind::Linked { names: true });
    let mut diagnostics = Diagnostics::default();
    let outcome = compare(&declarations, &objects, &[], &mut diagnostics);
    let found: Vec<String> = diagnostics.into_sorted().iter().map(ToString::to_string).collect();
    let (missing, wrong): (Vec<_>, Vec<_>) = found.into_iter().partition(|line| line.contains("TG0601"));
    assert!(wrong.is_empty(), "{wrong:#?}");
    // What the linker left out is in no table.
    for line in &missing {
        assert!(!functions.iter().any(|name| line.contains(&format!("no function `{name}` "))), "{line}");
    }
    let declared: BTreeSet<&str> =
        declarations.functions.iter().filter_map(|function| function.entry_point.as_deref()).collect();
    let compared = functions.intersection(&declared).count();
    println!(
        "{} functions, {compared} declared, {outcome:?}, {} missing: {missing:#?}",
        functions.len(),
        missing.len()
    );
    assert!(compared > 90 && outcome.compared >= compared, "{compared} {outcome:?}");

    // The names at other functions: the comparison has to see it.
    let shifted: String = table
        .iter()
        .zip(table.iter().cycle().skip(1))
        .map(|(import, next)| format!("{}:{}\n", next.function, import.name))
        .collect();
    let names = SymbolNames::parse(shifted.as_bytes()).expect("symbols");
    let objects = objects::read("dotnet.native.wasm", &[], runtime, Some(&names)).expect("a module");
    let mut diagnostics = Diagnostics::default();
    compare(&declarations, &objects, &[], &mut diagnostics);
    let found = diagnostics.into_sorted();
    assert!(found.iter().filter(|problem| problem.rule.code == "TG0602").count() > 40, "{}", found.len());
}
