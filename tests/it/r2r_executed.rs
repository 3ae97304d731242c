//! The emitted wasm thunks, called in an image a host has loaded: as what clang makes of the generated C++ calls its callees, and into the
//! interpreter and out of it again.

use std::collections::BTreeSet;

use thunkgen_r2r::emit::{Identity, Thunk, image, thunk};
use thunkgen_tests::failure::expect_none;
use thunkgen_tests::generated::interp_to_native;
use thunkgen_tests::wasm::engine::Machine;
use thunkgen_tests::wasm::image::load;
use thunkgen_tests::wasm::interp::read_table;
use thunkgen_tests::wasm::link::interp_module;
use thunkgen_tests::wasm::random_keys::{long_keys, random_keys, to_interp_keys};
use thunkgen_tests::wasm::synthetic::all_keys;
use thunkgen_tests::wasm::toolchain::Flags;
use thunkgen_tests::wasm::{call, differential, to_interp};

/// Patterns each thunk is called with: the result behind the arguments, only 8-aligned, and over the arguments; the
/// `I` thunks with the compiled `M` thunk and with the emitted one.
const ROUNDS: u32 = 3;

/// Keys of each test of generated ones.
const BATCH: usize = 550;

/// An image of the thunks for both directions.
fn emitted(name: &str, from_interp: &BTreeSet<String>, to_interp: &BTreeSet<String>) -> Vec<u8> {
    let keys = from_interp.union(to_interp);
    let thunks: Vec<Thunk> = keys.map(|key| thunk(&key.parse().unwrap()).unwrap()).collect();
    image(&thunks, &Identity::new(name.parse().unwrap())).unwrap()
}

/// Both directions of these `M` keys.
fn run(name: &str, keys: &BTreeSet<String>) {
    let wasm = interp_module(&interp_to_native(keys), Flags::SIMD).unwrap_or_else(|error| panic!("{name}: {error}"));

    let back = to_interp_keys(keys);
    let emitted = emitted(name, keys, &back);
    let is_to_interp = |(key, _): &(String, u32)| key.starts_with('I');
    let mut machine = Machine::new(&wasm, call::Host::default(), |_| {}).unwrap();
    let compiled = read_table(&mut machine, "probe_table", "probe_count").unwrap();
    let thunks = load(&mut machine, &emitted).unwrap().resolve(&mut machine, 0).unwrap();
    let (_, thunks): (Vec<_>, Vec<_>) = thunks.into_iter().partition(is_to_interp);
    let ran = differential::check(&mut machine, keys, &compiled, &thunks, ROUNDS);
    let ran = expect_none(name, ran);
    assert_eq!((ran.keys, ran.calls), (keys.len(), 2 * keys.len() * ROUNDS as usize));

    let mut machine = Machine::new(&wasm, to_interp::Host::default(), |_| {}).unwrap();
    let compiled = read_table(&mut machine, "probe_table", "probe_count").unwrap();
    let helper = to_interp::add_helper(&mut machine);
    let thunks = load(&mut machine, &emitted).unwrap().resolve(&mut machine, helper).unwrap();
    let (thunks, emitted): (Vec<_>, Vec<_>) = thunks.into_iter().partition(is_to_interp);
    assert!(thunks.iter().map(|(key, _)| key).eq(&back), "{name}: the keys of the `I` thunks");
    let ran = to_interp::check(&mut machine, &thunks, &[&compiled, &emitted], ROUNDS);
    let ran = expect_none(name, ran);
    assert_eq!((ran.keys, ran.calls), (back.len(), back.len() * ROUNDS as usize));
    println!("{name}: {} keys out of the interpreter, {} into it", keys.len(), back.len());
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn every_checked_in_and_made_up_key() {
    let keys = all_keys();
    assert!(keys.len() > 300 && to_interp_keys(&keys).len() > 150);
    run("checked in and made up", &keys);
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn keys_at_the_limits() {
    run("long", &long_keys());
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn generated_keys_a() {
    run("a", &random_keys("a", BATCH));
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn generated_keys_b() {
    run("b", &random_keys("b", BATCH));
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn generated_keys_c() {
    run("c", &random_keys("c", BATCH));
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn generated_keys_d() {
    run("d", &random_keys("d", BATCH));
}

#[test]
fn more_than_two_thousand_generated_keys_are_different() {
    let keys: BTreeSet<String> = ["a", "b", "c", "d"].iter().flat_map(|seed| random_keys(seed, BATCH)).collect();
    assert!(keys.len() > 2000, "{}", keys.len());
}
