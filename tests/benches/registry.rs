//! Cost of looking thunks up, in one process, beside a sorted array and the C++ library's hash table, over the keys of
//! the checked-in tables and 1,000 made-up ones. Printed, not judged.
//!
//! ```text
//! cargo bench -p thunkgen-tests --bench registry
//! ```
//! needs clang, or what `CLANGXX` names.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Instant;

use thunkgen_r2r::emit::Blob;
use thunkgen_registry::{Image, Registry};
use thunkgen_tests::data::CheckedInKeys;
use thunkgen_tests::registry::native::{Compiler, build};
use thunkgen_tests::wasm::patterns::Random;
use thunkgen_tests::wasm::random_keys::random_keys;

/// Timed runs of the Rust twin, as many as in the program.
const SAMPLES: usize = 101;

/// Lookups in each, in random order.
const LOOKUPS: usize = 20_000;

fn main() {
    let (browser, wasi) = (CheckedInKeys::browser().interp, CheckedInKeys::wasi().interp);
    let program = build(Compiler::Clang, "bench", &["-O2"]).unwrap_or_else(|error| panic!("{error}"));
    for (name, keys) in [
        ("browser", browser.into_iter().collect()),
        ("wasi", wasi.into_iter().collect()),
        ("made up", random_keys("bench", 1000)),
    ] {
        let keys: BTreeSet<String> = keys;
        let bytes: usize = keys.iter().map(String::len).sum();
        println!("\n{name}: {} keys of {:.1} characters; medians", keys.len(), bytes as f64 / keys.len() as f64);
        println!("| | hit | miss | getting ready | memory |\n|---|---|---|---|---|");
        let input: String = keys.iter().flat_map(|key| [key, "\n"]).collect();
        let ended = program.run(&[], &input);
        assert!(ended.success, "the contenders found other things: {}", ended.text);
        for line in ended.text.lines() {
            let [name, hit, miss, ready, bytes] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
            println!("| {name} | {hit} ns | {miss} ns | {ready} us | {bytes} B |");
        }
        let (hit, miss) = twin(&keys);
        println!("| the twin in Rust, hash | {hit:.1} ns | {miss:.1} ns | | |");
    }
}

/// Median nanoseconds of a hit and of a miss.
fn twin(keys: &BTreeSet<String>) -> (f64, f64) {
    let blob = Blob::new(keys.iter().map(String::as_str).zip(0..)).expect("keys");
    let registry = Registry::new();
    registry.inject(&Image { bytes: &blob.bytes, code_base: 1 }, 0).expect("a whole fixup");
    let missing: Vec<String> = keys.iter().map(|key| format!("{key}x")).collect();
    let mut random = Random::new("bench", 0);
    let mut queries = |from: Vec<&'_ str>| -> Vec<String> {
        (0..LOOKUPS).map(|_| from[random.below(from.len())].to_owned()).collect()
    };
    let hits = queries(keys.iter().map(String::as_str).collect());
    let misses = queries(missing.iter().map(String::as_str).collect());
    let time = |queries: &[String]| {
        let mut samples: Vec<f64> = (0..SAMPLES)
            .map(|_| {
                let start = Instant::now();
                let found = queries.iter().filter(|key| registry.lookup(key).is_some()).count();
                black_box(found);
                start.elapsed().as_nanos() as f64 / queries.len() as f64
            })
            .collect();
        samples.sort_by(f64::total_cmp);
        samples[SAMPLES / 2]
    };
    (time(&hits), time(&misses))
}
