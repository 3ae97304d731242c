//! Runs every thunk of an interp-to-native table against host functions of the exact type its key asks for.

use std::collections::BTreeSet;

use crate::Failure;

use super::call::{Call, Host, add_callee};
use super::engine::Machine;
use super::keys::Shape;

/// What ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Keys in the table.
    pub keys: usize,
    /// Calls made.
    pub calls: usize,
}

/// Checks a linked table (see [`interp_module`](super::link::interp_module)).
///
/// The table must hold exactly `keys`, sorted by bytes; each thunk is called `rounds` times with other patterns.
pub fn check(wasm: &[u8], keys: &BTreeSet<String>, rounds: u32) -> Result<Ran, Vec<Failure>> {
    assert!(!keys.is_empty() && rounds > 0, "a check that runs nothing proves nothing");
    let whole = |what: String| vec![Failure::new("g_wasmThunks", what)];
    let mut machine = Machine::new(wasm, Host::default(), |_| {}).map_err(whole)?;
    let table = read_table(&mut machine, "probe_table", "probe_count").map_err(whole)?;
    let mut failures = compare_table(&table, keys);
    let mut calls = 0;
    for (key, thunk) in table.iter().filter(|(key, _)| keys.contains(key)) {
        let shape = Shape::of_key(key);
        let callee = add_callee(&mut machine, &shape);
        for round in 0..rounds {
            let call = Call::new(&machine, key, &shape, callee, round);
            calls += 1;
            let effect = call.make(&mut machine, *thunk);
            if let Err(what) = effect.and_then(|effect| call.judge(&machine, &effect)) {
                failures.push(Failure::new(key, format!("round {round}: {what}")));
                break;
            }
        }
    }
    if failures.is_empty() { Ok(Ran { keys: table.len(), calls }) } else { Err(failures) }
}

/// The keys of a linked table and the table indices of its functions; `{ const char* key; void* value }` is a row.
///
/// `rows` and `count` name the functions that return where the rows are and how many.
pub fn read_table<T>(machine: &mut Machine<T>, rows: &str, count: &str) -> Result<Vec<(String, u32)>, String> {
    let table = machine.call_export(rows, &[])?[0].bits as u32;
    let count = machine.call_export(count, &[])?[0].bits as u32;
    let entry = |index: u32| {
        let at = table + index * 8;
        Ok((machine.read_string(machine.read_u32(at)?)?, machine.read_u32(at + 4)?))
    };
    (0..count).map(entry).collect()
}

fn compare_table(table: &[(String, u32)], keys: &BTreeSet<String>) -> Vec<Failure> {
    let mut failures = Vec::new();
    for pair in table.windows(2) {
        if pair[0].0.as_bytes() >= pair[1].0.as_bytes() {
            failures.push(Failure::new(&pair[1].0, format!("stands after `{}`", pair[0].0)));
        }
    }
    let present: BTreeSet<&String> = table.iter().map(|(key, _)| key).collect();
    failures.extend(keys.iter().filter(|key| !present.contains(key)).map(|key| Failure::new(key, "is missing")));
    let unasked = present.iter().filter(|key| !keys.contains(**key));
    failures.extend(unasked.map(|key| Failure::new(*key, "was not asked for")));
    let functions: BTreeSet<u32> = table.iter().map(|(_, function)| *function).collect();
    if functions.len() != table.len() {
        failures.push(Failure::new("g_wasmThunks", "two keys share a function"));
    }
    failures
}
