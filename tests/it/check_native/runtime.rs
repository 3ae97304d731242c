//! The shipped runtimes: every native function of their own libraries has the type that the framework's P/Invokes have.
//!
//! The modules have no names; those of the functions are in their P/Invoke tables, which their own builds made.

use std::collections::BTreeMap;

use clr_wasm_abi::TargetOs;
use clr_wasm_file::WasmModule;
use clr_wasm_file::objects::{self, ObjectKind, SymbolNames};
use thunkgen_core::collect::Options;
use thunkgen_core::collect::ir::declarations::Declarations;
use thunkgen_diagnostics::Diagnostics;
use thunkgen_native::{CompareOptions, compare};
use thunkgen_tests::native_wasm::pinvoke_tables;
use thunkgen_tests::tool::Files;

/// The libraries whose functions the tables hold.
const LIBRARIES: [&str; 3] = ["libSystem.Globalization.Native", "libSystem.IO.Compression.Native", "libSystem.Native"];

fn declarations(files: &Files) -> Declarations {
    let modules = LIBRARIES.map(Into::into).into();
    let options = Options { modules, declarations: true, trust_symbols: true, ..Options::new(TargetOs::Browser) };
    files.collect_with(&options).unwrap_or_else(|errors| panic!("{errors:#?}")).declarations
}

/// The functions of a module by library and name.
fn tables(runtime: &[u8]) -> BTreeMap<String, BTreeMap<String, u32>> {
    let module = WasmModule::open(runtime).expect("a module").expect("a core module");
    let memory = module.initial_memory();
    let tables = memory.pinvoke_tables();
    let entries =
        |table: &[(&str, u32)]| table.iter().map(|(name, function)| ((*name).to_owned(), *function)).collect();
    tables.iter().map(|table| (table.library.to_owned(), entries(&table.entries))).collect()
}

#[test]
#[ignore = "needs the real sets"]
fn the_tables_of_shipped_runtimes_are_found_and_nothing_else() {
    for (set, counts) in [("net10", [33, 8, 98]), ("net8", [33, 7, 95])] {
        let files = Files::read_folder(&thunkgen_tests::data::sets().join(set));
        let found = tables(files.starting_with("dotnet.native"));
        let sizes: Vec<(&str, usize)> = found.iter().map(|(name, entries)| (&**name, entries.len())).collect();
        assert_eq!(sizes, LIBRARIES.into_iter().zip(counts).collect::<Vec<_>>(), "{set}");
    }
    // Another reader of the newer form agrees.
    let files = Files::read_folder(&thunkgen_tests::data::sets().join("net10"));
    let runtime = files.starting_with("dotnet.native");
    let mut other = BTreeMap::<String, BTreeMap<String, u32>>::new();
    for import in pinvoke_tables(runtime) {
        other.entry(import.module).or_default().insert(import.name, import.function);
    }
    other.retain(|module, _| LIBRARIES.contains(&&**module));
    assert_eq!(tables(runtime), other);
}

#[test]
#[ignore = "needs the real sets"]
fn the_shipped_runtimes_agree() {
    for (set, kept) in [("net10", 139), ("net8", 135)] {
        let files = Files::read_folder(&thunkgen_tests::data::sets().join(set));
        let runtime = files.starting_with("dotnet.native");
        let declarations = declarations(&files);
        let objects = objects::read("dotnet.native.wasm", &[], runtime, None).expect("a module");
        assert_eq!(objects[0].kind, ObjectKind::Linked { names: false });
        let mut diagnostics = Diagnostics::default();
        let outcome = compare(&declarations, &objects, &CompareOptions::default(), &mut diagnostics);
        let found: Vec<String> = diagnostics.into_sorted().iter().map(ToString::to_string).collect();
        println!("{set}: {outcome:?} {found:#?}");
        assert!(!found.iter().any(|line| line.contains("error")), "{set}: {found:#?}");
        assert!(outcome.compared >= kept, "{set}: {outcome:?}");

        // The P/Invoke tables override a wrong symbol file.
        let table: Vec<(String, u32)> = tables(runtime).into_values().flatten().collect();
        let shifted = table.iter().zip(table.iter().cycle().skip(1));
        let shifted: String = shifted.map(|((name, _), (_, next))| format!("{next}:{name}\n")).collect();
        let names = SymbolNames::parse(shifted.as_bytes()).expect("symbols");
        let objects = objects::read("dotnet.native.wasm", &[], runtime, Some(&names)).expect("a module");
        let wrong = |objects: &[objects::Object<'_>]| {
            let mut diagnostics = Diagnostics::default();
            compare(&declarations, objects, &CompareOptions::default(), &mut diagnostics);
            diagnostics.into_sorted().iter().filter(|problem| problem.rule.code == "TG0602").count()
        };
        assert_eq!(wrong(&objects), 0);

        // Functions under each other's names: the comparison notices.
        let mut objects = objects::read("dotnet.native.wasm", &[], runtime, None).expect("a module");
        let is_named = |symbol: &str| table.iter().any(|(name, _)| name == symbol);
        let at: Vec<usize> =
            (0..objects[0].functions.len()).filter(|&index| is_named(objects[0].functions[index].symbol)).collect();
        let symbols: Vec<&str> = at.iter().map(|&index| objects[0].functions[index].symbol).collect();
        for (&index, symbol) in at.iter().zip(symbols.iter().cycle().skip(1)) {
            objects[0].functions[index].symbol = symbol;
        }
        let wrong = wrong(&objects);
        assert!(wrong > 40, "{set}: {wrong}");
    }
}
