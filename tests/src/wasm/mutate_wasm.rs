//! Edits that break the body of a wasm function on purpose, to show that a suite would notice.
//!
//! Every edit panics when it finds nothing to change: a mutation that does not apply proves nothing.

use std::ops::Range;

use wasm_encoder::{Encode, Instruction};
use wasmparser::{BinaryReader, FunctionBody, Operator};

/// The instructions of a body and where they are.
fn instructions(body: &[u8]) -> Vec<(Operator<'_>, Range<usize>)> {
    let body_reader = FunctionBody::new(BinaryReader::new(body, 0));
    let reader = body_reader.get_operators_reader().expect("instructions behind the locals");
    let found: Vec<_> = reader.into_iter_with_offsets().map(|item| item.expect("an instruction")).collect();
    let ends: Vec<usize> = found.iter().skip(1).map(|(_, at)| *at).chain([body.len()]).collect();
    found.into_iter().zip(ends).map(|((op, at), end)| (op, at..end)).collect()
}

/// Puts other instructions in the place of `count` ones; the first is the `nth` that `wanted` accepts, from 0.
pub fn replace(
    body: &[u8],
    nth: usize,
    count: usize,
    wanted: impl Fn(&Operator<'_>) -> bool,
    with: &[Instruction<'_>],
) -> Vec<u8> {
    let all = instructions(body);
    let at = all.iter().enumerate().filter(|(_, (op, _))| wanted(op)).nth(nth).map(|(at, _)| at);
    let at =
        at.unwrap_or_else(|| panic!("no such instruction in {:?}", all.iter().map(|(op, _)| op).collect::<Vec<_>>()));
    let mut changed = body[..all[at].1.start].to_vec();
    with.iter().for_each(|instruction| instruction.encode(&mut changed));
    changed.extend(&body[all[at + count - 1].1.end..]);
    assert!(changed != body, "the edit changed nothing");
    changed
}
