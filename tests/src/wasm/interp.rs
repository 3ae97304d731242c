//! Runs every thunk of an interp-to-native table against host functions of the exact type its key asks for.

use std::collections::BTreeSet;

use wasmi::{Caller, Func, Val};

use crate::Failure;

use super::engine::{Machine, caller_memory, caller_stack_pointer};
use super::keys::{Param, Ret, Shape, Ty};
use super::patterns::{Bits, Random};

/// The word that ends a stack walk of compiled frames.
const TERMINATE_R2R_STACK_WALK: u32 = 1;
/// A managed callee's frame starts at its stack pointer and grows down; the host writes as much as this.
const CALLEE_FRAME: u32 = 64;
/// Untouched bytes around every region of the arena.
const GUARD: u32 = 256;

/// What ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Keys in the table.
    pub keys: usize,
    /// Calls made.
    pub calls: usize,
}

/// How the callee answers.
#[derive(Clone, Debug, Default)]
struct Host {
    result: Option<Bits>,
    /// Bytes to write through the return buffer, and the index of the parameter that holds it.
    buffer: Option<(usize, Vec<u8>)>,
    managed: bool,
    seen: Vec<Seen>,
}

/// One call as the callee saw it.
#[derive(Clone, Debug)]
struct Seen {
    arguments: Vec<Bits>,
    stack_pointer: u32,
    /// The word the first argument points to, in a managed callee.
    frame_word: Option<u32>,
}

/// Checks a linked table (see [`interp_module`](super::link::interp_module)).
///
/// The table must hold exactly `keys`, sorted by bytes; each thunk is called `rounds` times with other patterns.
pub fn check(wasm: &[u8], keys: &BTreeSet<String>, rounds: u32) -> Result<Ran, Vec<Failure>> {
    assert!(!keys.is_empty() && rounds > 0, "a check that runs nothing proves nothing");
    let whole = |what: String| vec![Failure::new("g_wasmThunks", what)];
    let mut machine = Machine::new(wasm, Host::default(), |_| {}).map_err(whole)?;
    let table = read_table(&mut machine).map_err(whole)?;
    let mut failures = compare_table(&table, keys);
    let mut calls = 0;
    for (key, thunk) in table.iter().filter(|(key, _)| keys.contains(key)) {
        let shape = Shape::of_key(key);
        let callee = add_callee(&mut machine, &shape);
        for round in 0..rounds {
            let run = Run::new(&machine, key, &shape, callee, round);
            calls += 1;
            if let Err(what) = run.check(&mut machine, *thunk) {
                failures.push(Failure::new(key, format!("round {round}: {what}")));
                break;
            }
        }
    }
    if failures.is_empty() { Ok(Ran { keys: table.len(), calls }) } else { Err(failures) }
}

// An entry is { const char* key; void* value }.
fn read_table(machine: &mut Machine<Host>) -> Result<Vec<(String, u32)>, String> {
    let table = machine.call_export("probe_table", &[])?[0].bits as u32;
    let count = machine.call_export("probe_count", &[])?[0].bits as u32;
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

// The engine compares the type of a `call_indirect` with this function's and traps on any difference.
fn add_callee(machine: &mut Machine<Host>, shape: &Shape) -> u32 {
    let ty = shape.func_type();
    machine.add_function(|store| Func::new(store, ty, answer))
}

fn answer(mut caller: Caller<'_, Host>, arguments: &[Val], results: &mut [Val]) -> Result<(), wasmi::Error> {
    let arguments: Vec<Bits> = arguments.iter().map(Bits::of).collect();
    let stack_pointer = caller_stack_pointer(&caller);
    let memory = caller_memory(&caller);
    let host = caller.data().clone();
    let bytes = memory.data_mut(&mut caller);
    let mut frame_word = None;
    if host.managed {
        let frame = arguments[0].bits as u32 as usize;
        frame_word = bytes.get(frame..frame + 4).map(|word| u32::from_le_bytes(word.try_into().expect("4 bytes")));
        // The callee's own frame: the thunk may keep nothing there.
        if let Some(own) = frame.checked_sub(CALLEE_FRAME as usize).and_then(|low| bytes.get_mut(low..frame)) {
            own.fill(0xcc);
        }
    } else {
        let frame = stack_pointer as usize;
        bytes[frame - CALLEE_FRAME as usize..frame].fill(0xcc);
    }
    if let Some((parameter, content)) = &host.buffer {
        let at = arguments[*parameter].bits as u32 as usize;
        if let Some(target) = bytes.get_mut(at..at + content.len()) {
            target.copy_from_slice(content);
        }
    }
    if let (Some(slot), Some(result)) = (results.first_mut(), host.result) {
        *slot = result.val();
    }
    caller.data_mut().seen.push(Seen { arguments, stack_pointer, frame_word });
    Ok(())
}

/// One call of one thunk.
struct Run<'a> {
    shape: &'a Shape,
    target: u32,
    args: u32,
    ret: u32,
    /// The arena before the call.
    arena: Vec<u8>,
    host: Host,
}

impl<'a> Run<'a> {
    fn new(machine: &Machine<Host>, key: &str, shape: &'a Shape, callee: u32, round: u32) -> Run<'a> {
        let mut random = Random::new(key, round);
        let base = machine.arena();
        let mut arena = random.bytes(machine.arena_size());
        // Arguments, return area and entry point, each 16-aligned between guards. Every other round the return area
        // is only 8-aligned: interpreter slots are.
        let args = base + GUARD;
        let ret = (args + shape.area + GUARD).next_multiple_of(16) + 8 * (round % 2);
        let ret_size = match shape.ret {
            Ret::Struct(size) => size,
            _ => 16,
        };
        let entry_point = (ret + ret_size + GUARD).next_multiple_of(16);
        assert!(entry_point + 16 + GUARD <= base + machine.arena_size(), "{key} does not fit the arena");
        for param in shape.params() {
            if let Param::Load(ty, offset) = param {
                // The rest of a 32-bit slot stays random.
                put(&mut arena, args + offset - base, &random.value(ty).bytes());
            }
        }
        put(&mut arena, entry_point - base, &callee.to_le_bytes());
        let buffer_at = shape.params().iter().position(|param| *param == Param::ReturnBuffer);
        let host = Host {
            result: shape.result().map(|ty| random.value(ty)),
            buffer: buffer_at.map(|at| (at, random.bytes(ret_size))),
            managed: shape.managed,
            seen: Vec::new(),
        };
        let target = if shape.managed { entry_point } else { callee };
        Run { shape, target, args, ret, arena, host }
    }

    fn check(&self, machine: &mut Machine<Host>, thunk: u32) -> Result<(), String> {
        let base = machine.arena();
        machine.write(base, &self.arena);
        // Stale stack content must not pass for what a thunk stores.
        let below = machine.stack_top() - super::engine::STACK_ALLOWANCE;
        machine.write(below, &vec![0xa5; super::engine::STACK_ALLOWANCE as usize]);
        *machine.data() = self.host.clone();
        let mut expected = machine.snapshot();
        match (&self.host.result, &self.host.buffer) {
            (Some(result), _) => put(&mut expected, self.ret, &result.bytes()),
            (None, Some((_, content))) => put(&mut expected, self.ret, content),
            (None, None) => {}
        }
        let results = machine.call(thunk, &[Bits::i32(self.target), Bits::i32(self.args), Bits::i32(self.ret)])?;
        if !results.is_empty() {
            return Err("the thunk itself returns a value".to_owned());
        }
        let stack_top = machine.stack_top();
        let seen = std::mem::take(&mut machine.data().seen);
        let [seen] = seen.as_slice() else { return Err(format!("the callee was called {} times", seen.len())) };
        self.check_arguments(seen, stack_top)?;
        machine.first_difference(&expected).map_or(Ok(()), Err)
    }

    fn check_arguments(&self, seen: &Seen, stack_top: u32) -> Result<(), String> {
        let params = self.shape.params();
        assert_eq!(seen.arguments.len(), params.len(), "the engine checked the type");
        for (index, (param, actual)) in params.iter().zip(&seen.arguments).enumerate() {
            let expected = match *param {
                Param::StackPointer => {
                    check_frame(seen, stack_top)?;
                    continue;
                }
                Param::ReturnBuffer => Bits::i32(self.ret),
                Param::Zero => Bits::i32(0),
                Param::Load(ty, offset) => self.argument(ty, offset),
                Param::Address(offset) => Bits::i32(self.args + offset),
                Param::EntryPoint => Bits::i32(self.target),
            };
            if *actual != expected {
                let (got, want) = (actual.bits, expected.bits);
                return Err(format!("parameter {index} ({param:?}) is {got:#x}, expected {want:#x}"));
            }
        }
        Ok(())
    }

    fn argument(&self, ty: Ty, offset: u32) -> Bits {
        Bits::from_bytes(ty, &self.arena[(GUARD + offset) as usize..])
    }
}

fn check_frame(seen: &Seen, stack_top: u32) -> Result<(), String> {
    let frame = seen.arguments[0].bits as u32;
    if !frame.is_multiple_of(16) {
        return Err(format!("sp {frame:#x} is not 16-aligned"));
    }
    if frame < seen.stack_pointer || frame + 4 > stack_top {
        let own = format!("{:#x}..{stack_top:#x}", seen.stack_pointer);
        return Err(format!("sp {frame:#x} is outside the thunk's own frame {own}"));
    }
    match seen.frame_word {
        Some(TERMINATE_R2R_STACK_WALK) => Ok(()),
        word => Err(format!("sp points to {word:?}, expected the word {TERMINATE_R2R_STACK_WALK}")),
    }
}

fn put(memory: &mut [u8], at: u32, bytes: &[u8]) {
    memory[at as usize..at as usize + bytes.len()].copy_from_slice(bytes);
}
