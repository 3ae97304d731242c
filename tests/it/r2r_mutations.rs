//! Emitted bodies, damaged on purpose: the checks of emitted thunks notice it, at the damaged thunk and nowhere else.

use std::collections::BTreeSet;

use thunkgen_r2r::emit::{Identity, Thunk, image, thunk};
use thunkgen_r2r::ready_to_run;
use thunkgen_tests::generated::interp_to_native;
use thunkgen_tests::wasm::engine::Machine;
use thunkgen_tests::wasm::image::load;
use thunkgen_tests::wasm::interp::read_table;
use thunkgen_tests::wasm::link::interp_module;
use thunkgen_tests::wasm::random_keys::to_interp_keys;
use thunkgen_tests::wasm::toolchain::Flags;
use thunkgen_tests::wasm::{call, differential, to_interp};

const ROUNDS: u32 = 3;

/// One signature for each thing that can go wrong.
const KEYS: [&str; 6] = ["MiS12lp", "MS16Tiip", "MiTailp", "Mdfdp", "MvS3p", "Mvp"];

/// Whether both directions of the image's thunks do what the keys ask for; the error names what was wrong.
fn check(compiled: &[u8], image: &[u8], keys: &BTreeSet<String>) -> Result<(), BTreeSet<String>> {
    let refused = |_| BTreeSet::new();
    let is_to_interp = |(key, _): &(String, u32)| key.starts_with('I');
    let mut machine = Machine::new(compiled, call::Host::default(), |_| {}).unwrap();
    let table = read_table(&mut machine, "probe_table", "probe_count").unwrap();
    let thunks = load(&mut machine, image).and_then(|image| image.resolve(&mut machine, 0)).map_err(refused)?;
    let thunks: Vec<_> = thunks.into_iter().filter(|thunk| !is_to_interp(thunk)).collect();
    let out = differential::check(&mut machine, keys, &table, &thunks, ROUNDS);
    let mut machine = Machine::new(compiled, to_interp::Host::default(), |_| {}).unwrap();
    let table = read_table(&mut machine, "probe_table", "probe_count").unwrap();
    let helper = to_interp::add_helper(&mut machine);
    let thunks = load(&mut machine, image).and_then(|image| image.resolve(&mut machine, helper)).map_err(refused)?;
    let thunks: Vec<_> = thunks.into_iter().filter(is_to_interp).collect();
    let into = to_interp::check(&mut machine, &thunks, &[&table], ROUNDS);
    let failures = [out.err(), into.err()].into_iter().flatten().flatten();
    let failures: BTreeSet<String> = failures.map(|failure| failure.subject).collect();
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

/// Each byte of each body, with one bit turned. The engine refuses most; what it runs has to be noticed, but for bytes
/// that mean nothing, such as the hint of an alignment.
#[test]
#[ignore = "needs clang and wasm-ld"]
fn every_byte_of_the_bodies_matters() {
    let keys: BTreeSet<String> = KEYS.map(str::to_owned).into();
    let compiled = interp_module(&interp_to_native(&keys), Flags::PLAIN).unwrap_or_else(|error| panic!("{error}"));
    let all = keys.union(&to_interp_keys(&keys)).cloned().collect::<BTreeSet<_>>();
    let thunks: Vec<Thunk> = all.iter().map(|key| thunk(&key.parse().unwrap()).unwrap()).collect();
    let good = image(&thunks, &Identity::new("Damaged".parse().unwrap())).unwrap();
    check(&compiled, &good, &keys).unwrap();
    let file = ready_to_run::open(&good).unwrap();
    let (mut noticed, mut unnoticed) = (BTreeSet::new(), 0);
    for thunk in file.thunks().unwrap() {
        let range = thunk.function.expect("a function").range;
        for at in range {
            let mut damaged = good.clone();
            damaged[at] ^= 1 << (at % 7);
            match check(&compiled, &damaged, &keys) {
                Ok(()) => unnoticed += 1,
                Err(found) if found.is_empty() => {}
                Err(found) => {
                    assert!(found.iter().all(|key| key == thunk.key), "{}: {found:?}", thunk.key);
                    noticed.insert(at);
                }
            }
        }
    }
    println!("{} noticed, {unnoticed} not", noticed.len());
    assert!(noticed.len() > 100 && unnoticed * 10 < noticed.len(), "{} noticed, {unnoticed} not", noticed.len());
}
