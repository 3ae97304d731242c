//! Objects of thunks, linked with C++ that reads their table, and run like the thunks of an image.

use std::collections::BTreeSet;

use thunkgen_core::emit::Contract;
use thunkgen_r2r::emit::{Thunk, object, thunk};
use thunkgen_tests::failure::expect_none;
use thunkgen_tests::generated::interp_to_native;
use thunkgen_tests::wasm::engine::Machine;
use thunkgen_tests::wasm::interp::read_table;
use thunkgen_tests::wasm::link::Build;
use thunkgen_tests::wasm::random_keys::{long_keys, random_keys};
use thunkgen_tests::wasm::synthetic::{all_keys, without_simd};
use thunkgen_tests::wasm::toolchain::Flags;
use thunkgen_tests::wasm::{call, differential, interp};
use wasmparser::Validator;

const ROUNDS: u32 = 3;

fn object_of<'a>(keys: impl IntoIterator<Item = &'a String>, contract: Contract) -> Vec<u8> {
    let thunks: Vec<Thunk> = keys.into_iter().map(|key| thunk(&key.parse().unwrap()).unwrap()).collect();
    let bytes = object(&thunks, contract).unwrap();
    Validator::new().validate_all(&bytes).unwrap();
    bytes
}

/// The generated C++ of `keys` next to an object of the same.
fn beside(keys: &BTreeSet<String>, flags: Flags) -> Build {
    let mut build = Build::new(flags);
    build.add("generated", &interp_to_native(keys)).unwrap();
    build.add_support("interp_probe");
    build.add_support("object_probe");
    build.add_object("thunks", &object_of(keys, Contract::PortableCallhelpers));
    build
}

fn run(name: &str, wasm: &[u8], keys: &BTreeSet<String>) {
    let machine =
        &mut Machine::new(wasm, call::Host::default(), |_| {}).unwrap_or_else(|error| panic!("{name}: {error}"));
    let compiled = read_table(machine, "probe_table", "probe_count").unwrap();
    let emitted = read_table(machine, "probe_object_table", "probe_object_count").unwrap();
    let ran = expect_none(name, differential::check(machine, keys, &compiled, &emitted, ROUNDS));
    assert_eq!((ran.keys, ran.calls), (keys.len(), 2 * keys.len() * ROUNDS as usize));
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn every_checked_in_and_made_up_key_and_long_ones() {
    let mut keys = all_keys();
    keys.extend(long_keys());
    let wasm = beside(&keys, Flags::SIMD).link(&[], &[]).unwrap();
    run("one object", &wasm, &keys);
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn objects_made_one() {
    let keys = random_keys("objects", 300);
    let mut build = beside(&keys, Flags::SIMD);
    build.merge().unwrap();
    let wasm = build.link(&[], &[]).unwrap();
    run("merged", &wasm, &keys);
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn linked_with_other_options() {
    let keys = without_simd(&random_keys("options", 150));
    let build = beside(&keys, Flags::PLAIN);
    for options in [["--no-gc-sections"].as_slice(), &["--gc-sections", "-O2"], &["--strip-all", "-O0"]] {
        let wasm = build.link_with(&[], &[], options).unwrap();
        run(&options.join(" "), &wasm, &keys);
    }
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn in_the_place_of_the_generated_file() {
    let keys = all_keys();
    for (contract, probe) in [(Contract::WasmThunks, "interp_probe"), (Contract::PortableCallhelpers, "portable_probe")]
    {
        let mut build = Build::new(Flags::SIMD);
        build.add_support(probe);
        build.add_object("thunks", &object_of(&keys, contract));
        let wasm = build.link(&[], &[]).unwrap();
        let ran = expect_none(contract.name(), interp::check(&wasm, &keys, ROUNDS));
        assert_eq!((ran.keys, ran.calls), (keys.len(), keys.len() * ROUNDS as usize));
    }
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn what_nobody_refers_to_is_not_linked() {
    let keys = ["MviS8p".to_owned()];
    let mut build = Build::new(Flags::PLAIN);
    build.add_object("thunks", &object_of(&keys, Contract::WasmThunks));
    let has_thunks = |wasm: &[u8]| {
        let name = b"WasmInterpreterToR2RThunk(";
        wasm.windows(name.len()).any(|window| window == name)
    };
    assert!(!has_thunks(&build.link(&[], &[]).unwrap()));
    assert!(has_thunks(&build.link_with(&[], &[], &["--no-gc-sections"]).unwrap()));
}

// The names of functions are the object's own, those of its tables are not.
#[test]
#[ignore = "needs clang and wasm-ld"]
fn two_objects_of_one_contract_clash() {
    let link = |second: Contract| {
        let mut build = Build::new(Flags::PLAIN);
        let keys = ["Mv".to_owned()];
        build.add_object("first", &object_of(&keys, Contract::WasmThunks));
        build.add_object("second", &object_of(&keys, second));
        build.link(&[], &[])
    };
    link(Contract::PortableCallhelpers).unwrap();
    let error = link(Contract::WasmThunks).unwrap_err();
    assert!(error.contains("duplicate symbol: g_wasmThunks"), "{error}");
    assert!(!error.contains("duplicate symbol: Wasm"), "{error}");
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn the_linker_is_told_which_features_the_code_uses() {
    let others = "--features=mutable-globals,sign-ext,multivalue,reference-types,nontrapping-fptoint";
    let link = |key: &str, features: &str| {
        let mut build = Build::new(Flags::PLAIN);
        build.add_object("thunks", &object_of(&[key.to_owned()], Contract::WasmThunks));
        build.link_with(&[], &[], &["--no-gc-sections", features])
    };
    link("MiVp", &format!("{others},bulk-memory,simd128")).unwrap();
    let error = link("MiVp", &format!("{others},bulk-memory")).unwrap_err();
    assert!(error.contains("simd128") && error.contains("thunks.o"), "{error}");
    link("MiS8p", others).unwrap();
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn damaged_objects_are_noticed() {
    let keys: BTreeSet<String> = ["MiS12l", "Mvip"].map(str::to_owned).into();
    let check = |bytes: &[u8]| {
        let mut build = Build::new(Flags::PLAIN);
        build.add_support("interp_probe");
        build.add_object("thunks", bytes);
        interp::check(&build.link(&[], &[]).unwrap(), &keys, ROUNDS)
    };
    let bytes = object_of(&keys, Contract::WasmThunks);
    check(&bytes).unwrap();
    // The rows: an address, then a function. `5`: the kind, the offset, the symbol of the keys, the offset in them.
    let data = bytes.windows(10).position(|window| window == b"reloc.DATA").unwrap() + 12;
    let entry = [bytes[data], bytes[data + 4]];
    assert_eq!(entry, [5, 2]);
    for (at, with, what) in [(data + 3, 3, "another key"), (data + 6, 1, "another function")] {
        let mut damaged = bytes.clone();
        assert_ne!(damaged[at], with, "{what}");
        damaged[at] = with;
        check(&damaged).expect_err(what);
    }
}
