//! The tables of linked modules: those of an app of our own, however it was linked and optimised, are read back exactly;
//! and modules that are not .NET have none.

use std::collections::BTreeSet;

use clr_wasm_file::WasmModule;
use thunkgen_core::RuntimeVersion;
use thunkgen_core::emit::Contract;
use thunkgen_driver::compressed;
use thunkgen_r2r::lookup::LinkedTables;
use thunkgen_tests::wasm::linked_app::{self, LinkedApp, Tables, optimised};
use thunkgen_tests::wasm::toolchain::Flags;

/// Compares what is found with what has to be, and says what differs.
fn expect_same(form: &str, wasm: &[u8], expected: &Tables) {
    let found = linked_app::read(wasm);
    let keys = |tables: &Tables| tables.keys.iter().cloned().collect::<BTreeSet<_>>();
    let (left, right) = (keys(&found), keys(expected));
    let missing: Vec<_> = right.difference(&left).collect();
    let more: Vec<_> = left.difference(&right).collect();
    assert!(missing.is_empty() && more.is_empty(), "{form}: missing keys {missing:?}, more {more:?}");
    assert_eq!(found.keys, expected.keys, "{form}: the order of the keys");
    assert_eq!(found.entries, expected.entries, "{form}: P/Invokes");
    assert_eq!(found.callbacks, expected.callbacks, "{form}: callbacks");
}

/// Options of the linker for shared memory, whose data is passive.
const SHARED: [&str; 2] = ["--shared-memory", "--max-memory=16777216"];

#[test]
#[ignore = "needs clang and wasm-ld, node and binaryen"]
fn every_form_of_an_app_is_read_back_exactly() {
    let app = LinkedApp::sample();
    let expected = app.tables();
    assert!(expected.keys.len() > 250 && expected.entries.len() == 18 && expected.callbacks.len() == 85);
    for contract in Contract::ALL {
        let name = contract.name();
        let plain = app.link(contract, Flags::PLAIN, &[]);
        expect_same(&format!("{name}, with names"), &plain, &expected);
        let stripped = app.link(contract, Flags::PLAIN.at("2"), &["--strip-all", "-O2"]);
        expect_same(&format!("{name}, stripped"), &stripped, &expected);
        let small = optimised(&stripped, &["-O3", "--all-features"]);
        expect_same(&format!("{name}, wasm-opt -O3"), &small, &expected);
        let shared = app.link(contract, Flags::SHARED, &SHARED);
        let module = WasmModule::open(&shared).unwrap().unwrap();
        assert!(module.data.iter().any(|data| data.placement == clr_wasm_file::Placement::Passive), "{name}");
        expect_same(&format!("{name}, shared memory"), &shared, &expected);
        let shared = optimised(&shared, &["-O3", "--all-features", "--strip-debug"]);
        expect_same(&format!("{name}, shared memory, wasm-opt -O3"), &shared, &expected);

        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("dotnet.native.wasm");
        std::fs::write(&path, &small).expect("a written file");
        for path in linked_app::compressed(&path) {
            assert!(std::fs::metadata(&path).expect("a file").len() < small.len() as u64 / 2);
            let (bytes, _) = compressed::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            expect_same(&format!("{name}, {}", path.display()), &bytes, &expected);
        }
    }
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn names_and_the_version_are_shown_when_they_are_there() {
    let mut app = LinkedApp::sample();
    let wasm = app.link(Contract::WasmThunks, Flags::PLAIN, &[]);
    let module = WasmModule::open(&wasm).unwrap().unwrap();
    let tables = LinkedTables::of(&module);
    assert_eq!(tables.runtime(), Some(RuntimeVersion::V11_0));
    for row in tables.thunk_rows() {
        let name = module.name(row.function).expect("a name");
        assert!(name.contains("CallFunc_"), "{}: {name}", row.key);
    }
    for entry in app.entries.iter_mut().filter(|entry| entry.module == "libSystem.Native") {
        entry.module = "System.Native".to_owned();
    }
    let wasm = app.link(Contract::PortableCallhelpers, Flags::PLAIN, &["--strip-all"]);
    let module = WasmModule::open(&wasm).unwrap().unwrap();
    assert_eq!(LinkedTables::of(&module).runtime(), Some(RuntimeVersion::V12_0));
}
