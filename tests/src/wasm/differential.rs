//! The C++ thunk and the emitted one of the same key, run in one memory and table on the same arguments.
//!
//! The callee must receive the same values, the memory outside of the thunks' stack must be the same afterwards, and
//! the stack pointer must be back. The frames are the thunks' own: of the stack pointer that a managed callee receives,
//! only the alignment and the word there count. Each thunk is also compared with what the key asks for, so that both
//! cannot be wrong in the same way; and the emitted one's frame with its description, to the byte.

use std::collections::{BTreeMap, BTreeSet};

use crate::Failure;

use super::call::{CALLEE, CALLEE_FRAME, Call, Effect, Host, STALE, TERMINATE_R2R_STACK_WALK, add_callee};
use super::engine::{Machine, STACK_ALLOWANCE, position_of_difference};
use super::interp::Ran;
use super::keys::Shape;

/// Size of the frame of an emitted thunk for a managed callee.
const FRAME_SIZE: u32 = 16;

/// Keys and the table indices of their thunks.
pub type Thunks = [(String, u32)];

/// Checks emitted thunks against those of a linked C++ table (see [`interp_module`](super::link::interp_module)). The
/// machine holds both already; each must have exactly `keys`.
pub fn check(
    machine: &mut Machine<Host>,
    keys: &BTreeSet<String>,
    compiled: &Thunks,
    emitted: &Thunks,
    rounds: u32,
) -> Result<Ran, Vec<Failure>> {
    assert!(!keys.is_empty() && rounds > 0, "a check that runs nothing proves nothing");
    let mut failures = Vec::new();
    for (name, table) in [("compiled", compiled), ("emitted", emitted)] {
        if !table.iter().map(|(key, _)| key).eq(keys) {
            failures.push(Failure::new(name, "the keys are not the ones asked for, in byte order"));
        }
    }
    let emitted: BTreeMap<&String, u32> = emitted.iter().map(|(key, thunk)| (key, *thunk)).collect();
    let mut calls = 0;
    for (key, compiled) in compiled {
        let Some(&emitted) = emitted.get(key) else { continue };
        let shape = Shape::of_key(key);
        let callee = add_callee(machine, &shape);
        for round in 0..rounds {
            let call = Call::new(machine, key, &shape, callee, round);
            calls += 2;
            if let Err(what) = both(machine, &call, *compiled, emitted, shape.managed) {
                failures.push(Failure::new(key, format!("round {round}: {what}")));
                break;
            }
        }
    }
    if failures.is_empty() { Ok(Ran { keys: keys.len(), calls }) } else { Err(failures) }
}

fn both(
    machine: &mut Machine<Host>,
    call: &Call<'_>,
    compiled: u32,
    emitted: u32,
    managed: bool,
) -> Result<(), String> {
    let by_compiled = call.make(machine, compiled).map_err(|what| format!("compiled: {what}"))?;
    call.judge(machine, &by_compiled).map_err(|what| format!("compiled: {what}"))?;
    let by_emitted = call.make(machine, emitted).map_err(|what| format!("emitted: {what}"))?;
    same(machine, &by_emitted, &by_compiled, managed)?;
    call.judge(machine, &by_emitted).map_err(|what| format!("emitted: {what}"))?;
    check_stack(machine, &by_emitted, managed).map_err(|what| format!("emitted: {what}"))
}

fn same(machine: &Machine<Host>, emitted: &Effect, compiled: &Effect, managed: bool) -> Result<(), String> {
    let (left, right) = (&emitted.seen, &compiled.seen);
    // `judge` checks the stack pointer.
    let first = usize::from(managed);
    let differs = |(left, right): (&_, &_)| left != right;
    if let Some(at) = left.arguments.iter().zip(&right.arguments).skip(first).position(differs) {
        let (left, right) = (left.arguments[first + at].bits, right.arguments[first + at].bits);
        return Err(format!("parameter {} is {left:#x}, from the compiled thunk {right:#x}", first + at));
    }
    if left.arguments.len() != right.arguments.len() || left.frame_word != right.frame_word {
        return Err(format!("the callee saw {left:?}, from the compiled thunk {right:?}"));
    }
    let difference = machine.difference(&emitted.after, &compiled.after);
    difference.map_or(Ok(()), |what| Err(format!("not as the compiled thunk left it: {what}")))
}

// A native callee starts where the thunk was called; a managed one behind a frame of which one word is used.
fn check_stack(machine: &Machine<Host>, effect: &Effect, managed: bool) -> Result<(), String> {
    let top = machine.stack_top();
    let frame = top - if managed { FRAME_SIZE } else { 0 };
    if effect.seen.stack_pointer != frame {
        return Err(format!("the callee starts at {:#x}, expected {frame:#x}", effect.seen.stack_pointer));
    }
    if managed && effect.seen.arguments[0].bits != frame.into() {
        return Err(format!("sp is {:#x}, expected {frame:#x}", effect.seen.arguments[0].bits));
    }
    let low = top - STACK_ALLOWANCE;
    let mut expected = vec![STALE; STACK_ALLOWANCE as usize];
    let at = (frame - low) as usize;
    expected[at - CALLEE_FRAME as usize..at].fill(CALLEE);
    if managed {
        expected[at..at + 4].copy_from_slice(&TERMINATE_R2R_STACK_WALK.to_le_bytes());
    }
    let actual = &effect.after[low as usize..top as usize];
    match position_of_difference(actual, &expected) {
        Some(at) => Err(format!("the stack {} bytes below its top is not as expected", actual.len() - at)),
        None => Ok(()),
    }
}
