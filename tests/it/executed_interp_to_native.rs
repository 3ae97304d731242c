//! Every thunk of the interp-to-native table, called.

use thunkgen_core::emit::Contract;
use thunkgen_tests::failure::expect_none;
use thunkgen_tests::generated::{interp_to_native, interp_to_native_for};
use thunkgen_tests::wasm::interp;
use thunkgen_tests::wasm::link::{interp_module, portable_interp_module};
use thunkgen_tests::wasm::synthetic::{all_keys, without_simd};
use thunkgen_tests::wasm::toolchain::Flags;

const ROUNDS: u32 = 6;

#[test]
#[ignore = "needs clang and wasm-ld"]
fn every_key_calls_its_callee_exactly() {
    let keys = all_keys();
    let text = interp_to_native(&keys);
    for optimize in ["0", "1", "2", "s"] {
        let wasm = interp_module(&text, Flags::SIMD.at(optimize)).unwrap();
        let ran = expect_none(optimize, interp::check(&wasm, &keys, ROUNDS));
        assert_eq!((ran.keys, ran.calls), (keys.len(), keys.len() * ROUNDS as usize));
    }
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn the_other_contract_s_table_does_the_same() {
    let keys = all_keys();
    let text = interp_to_native_for(Contract::PortableCallhelpers, &keys);
    let wasm = portable_interp_module(&text, Flags::SIMD).unwrap();
    let ran = expect_none("portable-callhelpers", interp::check(&wasm, &keys, ROUNDS));
    assert_eq!((ran.keys, ran.calls), (keys.len(), keys.len() * ROUNDS as usize));
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn keys_without_vectors_need_no_simd() {
    let keys = without_simd(&all_keys());
    assert!(keys.len() > 250, "{}", keys.len());
    let wasm = interp_module(&interp_to_native(&keys), Flags::PLAIN).unwrap();
    let ran = expect_none("no simd", interp::check(&wasm, &keys, ROUNDS));
    assert_eq!((ran.keys, ran.calls), (keys.len(), keys.len() * ROUNDS as usize));
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn a_table_of_one_key_links_and_runs() {
    let keys = ["Mv".to_owned()].into();
    let wasm = interp_module(&interp_to_native(&keys), Flags::PLAIN).unwrap();
    assert_eq!(expect_none("one key", interp::check(&wasm, &keys, ROUNDS)).keys, 1);
}
