//! The tables of linked modules: those of an app of our own, however it was linked and optimised, are read back exactly;
//! and modules that are not .NET have none.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clr_wasm_abi::{TargetOs, TokenSet};
use clr_wasm_file::WasmModule;
use thunkgen_core::RuntimeVersion;
use thunkgen_core::emit::Contract;
use thunkgen_driver::compressed::Unpacker;
use thunkgen_r2r::lookup::LinkedTables;
use thunkgen_tests::data::{crate_dir, sets};
use thunkgen_tests::executable;
use thunkgen_tests::fixtures;
use thunkgen_tests::tool::{Files, expected_callbacks, expected_pinvokes};
use thunkgen_tests::wasm::engine::Machine;
use thunkgen_tests::wasm::image::load;
use thunkgen_tests::wasm::interp::read_table;
use thunkgen_tests::wasm::keys::Shape;
use thunkgen_tests::wasm::link::REVERSE_IMPORTS;
use thunkgen_tests::wasm::linked_app::{self, LinkedApp, Tables, optimised};
use thunkgen_tests::wasm::toolchain::Flags;
use thunkgen_tests::wasm::{call, pinvoke};

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
            let (bytes, _) =
                Unpacker::default().open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            expect_same(&format!("{name}, {}", path.display()), &bytes, &expected);
        }
    }
}

/// Names of `tests/tools/wasm-modules.sh`, the first three without `all`.
const OTHERS: [&str; 10] =
    ["sqlite", "avif", "resvg", "sql.js", "ffmpeg", "ffmpeg-threads", "esbuild", "php", "onnxruntime", "harfbuzz"];

fn expect_no_tables(names: &[&str]) {
    let folder = std::env::var_os("THUNKGEN_MODULES").map(PathBuf::from);
    let folder =
        folder.expect("THUNKGEN_MODULES is not set: run `tests/tools/wasm-modules.sh DEST all` and set it to DEST");
    for name in names {
        let path = folder.join(format!("{name}.wasm"));
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let module = WasmModule::open(&bytes).expect("a readable module").expect("a core module");
        assert!(module.function_count() > 500 && !module.data.is_empty(), "{name}");
        let tables = LinkedTables::of(&module);
        assert!(tables.is_empty() && tables.runtime().is_none(), "{name}: {tables:?}");
    }
}

#[test]
#[ignore = "needs modules from npm"]
fn modules_that_are_not_dotnet_have_no_tables() {
    expect_no_tables(&OTHERS[..3]);
}

/// `tests/long.sh` runs it.
#[test]
#[ignore = "needs ten modules from npm"]
fn ten_modules_that_are_not_dotnet_have_no_tables() {
    expect_no_tables(&OTHERS);
}

#[test]
#[ignore = "needs the real sets"]
fn monos_runtimes_have_pinvokes_alone_and_name_their_version() {
    for (set, major, entries) in [("net10", 10, 139), ("net8", 8, 135)] {
        let files = Files::read_folder(&sets().join(set));
        let module = WasmModule::open(files.starting_with("dotnet.native")).unwrap().unwrap();
        let tables = LinkedTables::of(&module);
        assert!(tables.thunks.is_empty() && tables.callbacks.is_empty(), "{set}: {tables:?}");
        assert_eq!(tables.pinvokes.iter().map(|table| table.entries.len()).sum::<usize>(), entries, "{set}");
        assert_eq!(tables.build.and_then(|build| build.major()), Some(major), "{set}");
        assert_eq!(tables.runtime(), None, "{set}: no runtime with thunks");
    }
}

/// Where the fixture is.
const FIXTURE: &str = "fixtures/linked-runtime/dotnet.native.wasm";

/// The tables for the fixtures' assemblies, but for a key, a library, a function and two callbacks.
fn incomplete() -> LinkedApp {
    let files = Files::read(["corlib", "facade", "interop"].map(fixtures::assembly));
    let modules = ["native", "libSystem.Native"].map(Into::into).into();
    let ir =
        files.collect(TargetOs::Browser, TokenSet::Current, &modules).unwrap_or_else(|errors| panic!("{errors:?}"));
    let mut app = LinkedApp {
        keys: ir.keys.keys().cloned().collect(),
        entries: expected_pinvokes(&ir),
        callbacks: expected_callbacks(&ir),
    };
    let (keys, entries, callbacks) = (app.keys.len(), app.entries.len(), app.callbacks.len());
    app.keys.remove(MISSING_KEY);
    app.entries.retain(|entry| entry.module != "env" && entry.entry_point != "native_guid");
    app.callbacks.retain(|callback| !callback.method.starts_with("Float"));
    let left = (app.keys.len(), app.entries.len(), app.callbacks.len());
    assert_eq!(left, (keys - 1, entries - 2, callbacks - 2), "what is left out");
    app
}

/// The key that the fixture lacks.
const MISSING_KEY: &str = "MS16S12l";

/// `BLESS=1` links it again; the bytes are those of one compiler, so the tables are what is compared.
#[test]
fn the_fixture_has_the_tables_of_its_assemblies() {
    let app = incomplete();
    if std::env::var_os("BLESS").is_some() {
        let wasm = app.link(Contract::WasmThunks, Flags::SIMD.at("z"), &["--strip-all", "-O2"]);
        std::fs::write(crate_dir().join(FIXTURE), wasm).expect("a written fixture");
    }
    let wasm = std::fs::read(crate_dir().join(FIXTURE)).expect("the fixture");
    expect_same("the fixture", &wasm, &app.tables());
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

/// A key that a linked module lacks: the image that `--missing-from` makes adds it, and a call through it has the effect
/// that the key demands.
#[test]
#[ignore = "needs clang and wasm-ld"]
fn an_image_of_what_is_missing_makes_the_call_work() {
    let mut app = LinkedApp::sample();
    let all = app.keys.clone();
    let missing: BTreeSet<String> = ["MviS8", "MdfS12l", "MiTlp"].map(str::to_owned).into();
    app.keys.extend(missing.iter().cloned());
    let keys_text = app.keys.iter().map(|key| format!("{key}\n")).collect::<String>();
    app.keys = all.difference(&missing).cloned().collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    let wasm = app.link(Contract::WasmThunks, Flags::PLAIN, &["--strip-all"]);
    std::fs::write(path("dotnet.native.wasm"), &wasm).expect("a written file");
    std::fs::write(path("keys.txt"), keys_text).expect("a written file");
    let emit = |out: &str| {
        let mut command = std::process::Command::new(executable::built("thunkgen"));
        command.args(["r2r", "emit", "--missing-from", "dotnet.native.wasm", "--keys", "keys.txt", "--out", out]);
        let output = command.current_dir(folder.path()).output().expect("thunkgen runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said
    };
    let said = emit("thunks.wasm");
    assert!(said.starts_with("thunkgen: 3 thunks; wrote thunks.wasm"), "{said}");

    let mut machine = Machine::new(&wasm, call::Host::default(), |linker| {
        linker.func_wrap("env", pinvoke::HIT, |_: u32| {}).expect("defined once");
        let lookup = |_: u32, _: u32, _: u32| {};
        linker.func_wrap("env", REVERSE_IMPORTS[0], lookup).expect("defined once");
        let execute = |_: u32, _: u32, _: u32, _: u32, _: u32| {};
        linker.func_wrap("env", REVERSE_IMPORTS[1], execute).expect("defined once");
        linker.func_wrap("wasi:io/poll@0.2.8", "[method]pollable.block", |_: u32| {}).expect("defined once");
    })
    .unwrap();
    let linked = read_table(&mut machine, "probe_table", "probe_count").unwrap();
    assert!(linked.iter().all(|(key, _)| !missing.contains(key)), "the module lacks the keys");
    let image = std::fs::read(path("thunks.wasm")).expect("the image");
    let thunks = load(&mut machine, &image).unwrap().resolve(&mut machine, 0).unwrap();
    assert!(thunks.iter().map(|(key, _)| key).eq(&missing), "the image has exactly the missing keys: {thunks:?}");
    for (key, thunk) in thunks {
        let shape = Shape::of_key(&key);
        let callee = call::add_callee(&mut machine, &shape);
        for round in 0..5 {
            let call = call::Call::new(&machine, &key, &shape, callee, round);
            let effect = call.make(&mut machine, thunk).unwrap_or_else(|what| panic!("{key}: {what}"));
            call.judge(&machine, &effect).unwrap_or_else(|what| panic!("{key}: {what}"));
        }
    }
    // With the keys linked, nothing is missing.
    app.keys.extend(missing);
    std::fs::write(path("dotnet.native.wasm"), app.link(Contract::WasmThunks, Flags::PLAIN, &[])).expect("a file");
    let said = emit("none.wasm");
    assert_eq!(said, format!("thunkgen: the module has all {} keys; nothing was written\n", app.keys.len()));
    assert!(!path("none.wasm").exists());
}
