//! Every interleaving of two or three threads:
//!
//! ```text
//! RUSTFLAGS="--cfg loom" cargo test -p thunkgen-registry --test loom --target-dir target/loom
//! ```
#![cfg(loom)]

mod flagged;
mod injections;
mod pending;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use thunkgen_registry::{Image, Registry};

/// The keys `IA` and `IB` with table indices 11 and 12.
const FIRST: Image<'static> = Image { bytes: b"\x39IA\0\x01\0\0\0IB\0\x02\0\0\0\0", code_base: 10 };
/// The keys `IB` and `IC` with table indices 21 and 22.
const SECOND: Image<'static> = Image { bytes: b"\x39IB\0\x01\0\0\0IC\0\x02\0\0\0\0", code_base: 20 };

/// Runs a model in every interleaving (up to those that cannot differ, and to a number of switches that no thread asked
/// for) and returns what came out of it: a model that has only one outcome where several are possible shows nothing.
fn outcomes<T>(preemptions: impl Into<Option<usize>>, model: impl Fn() -> T + Send + Sync + 'static) -> BTreeSet<T>
where
    T: Ord + Send + 'static,
{
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let collected = seen.clone();
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions.into();
    builder.max_branches = 10_000;
    builder.check(move || {
        let outcome = model();
        collected.lock().expect("no panic").insert(outcome);
    });
    std::mem::take(&mut *seen.lock().expect("no panic"))
}

fn registry() -> Arc<Registry<'static>> {
    Arc::new(Registry::new())
}

/// The table index of a key's thunk, 0 for none.
fn thunk(registry: &Registry<'_>, key: &str) -> u32 {
    registry.lookup(key).map_or(0, |found| found.thunk)
}

fn spawn<T: 'static>(run: impl FnOnce() -> T + 'static) -> loom::thread::JoinHandle<T> {
    loom::thread::spawn(run)
}
