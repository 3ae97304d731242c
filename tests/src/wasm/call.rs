//! One call of an interp-to-native thunk, and what it did, compared with what its key asks for.

use wasmi::{AsContext, Caller, Func, Val};

use super::engine::{Machine, STACK_ALLOWANCE, Shared};
use super::keys::{Param, Ret, Shape, Ty};
use super::patterns::{Bits, Random};

/// The word that ends a stack walk of compiled frames.
pub const TERMINATE_R2R_STACK_WALK: u32 = 1;
/// A callee's frame starts at its stack pointer and grows down; the host fills as much as this with [`CALLEE`].
pub const CALLEE_FRAME: u32 = 64;
/// What the callee leaves in its frame.
pub const CALLEE: u8 = 0xcc;
/// What the unused stack holds, so that stale content does not pass for what a thunk stores.
pub const STALE: u8 = 0xa5;
/// Untouched bytes around every region of the arena.
const GUARD: u32 = 256;

/// How the callee answers, and what it saw.
#[derive(Clone, Debug, Default)]
pub struct Host {
    shared: Option<Shared>,
    result: Option<Bits>,
    /// Bytes to write through the return buffer, and the index of the parameter that holds it.
    buffer: Option<(usize, Vec<u8>)>,
    managed: bool,
    seen: Vec<Seen>,
}

/// One call as the callee saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it received.
    pub arguments: Vec<Bits>,
    /// `__stack_pointer` at that time.
    pub stack_pointer: u32,
    /// The word the first argument points to, in a managed callee.
    pub frame_word: Option<u32>,
}

/// What a call did.
#[derive(Clone, Debug)]
pub struct Effect {
    /// What the callee saw.
    pub seen: Seen,
    /// The whole memory before the call.
    before: Vec<u8>,
    /// The whole memory after it.
    pub after: Vec<u8>,
}

/// A new table index of a function with the shape's exact type: the engine compares the type of a `call_indirect` with
/// it and traps on any difference.
pub fn add_callee(machine: &mut Machine<Host>, shape: &Shape) -> u32 {
    let ty = shape.func_type();
    machine.add_function(|store| Func::new(store, ty, answer))
}

fn answer(mut caller: Caller<'_, Host>, arguments: &[Val], results: &mut [Val]) -> Result<(), wasmi::Error> {
    let arguments: Vec<Bits> = arguments.iter().map(Bits::of).collect();
    let host = caller.data();
    let shared = host.shared.expect("the machine's handles");
    let (managed, buffer, result) = (host.managed, host.buffer.clone(), host.result);
    let stack_pointer = shared.stack_pointer(caller.as_context());
    let bytes = shared.memory.data_mut(&mut caller);
    let mut frame_word = None;
    let mut frame = stack_pointer as usize;
    if managed {
        frame = arguments[0].bits as u32 as usize;
        frame_word = bytes.get(frame..frame + 4).map(|word| u32::from_le_bytes(word.try_into().expect("4 bytes")));
    }
    // The callee's own frame: the thunk may keep nothing there.
    if let Some(own) = frame.checked_sub(CALLEE_FRAME as usize).and_then(|low| bytes.get_mut(low..frame)) {
        own.fill(CALLEE);
    }
    if let Some((parameter, content)) = &buffer {
        let at = arguments[*parameter].bits as u32 as usize;
        if let Some(target) = bytes.get_mut(at..at + content.len()) {
            target.copy_from_slice(content);
        }
    }
    if let (Some(slot), Some(result)) = (results.first_mut(), result) {
        *slot = result.val();
    }
    caller.data_mut().seen.push(Seen { arguments, stack_pointer, frame_word });
    Ok(())
}

/// The arguments of one call, and the memory it starts with.
pub struct Call<'a> {
    shape: &'a Shape,
    target: u32,
    args: u32,
    ret: u32,
    /// The arena before the call.
    arena: Vec<u8>,
    host: Host,
}

impl<'a> Call<'a> {
    /// The call of the thunk for `key` whose target is the function at the table index `callee`.
    ///
    /// Every third round, the result overwrites the arguments, and every other one it is only 8-aligned.
    pub fn new(machine: &Machine<Host>, key: &str, shape: &'a Shape, callee: u32, round: u32) -> Call<'a> {
        let mut random = Random::new(key, round);
        let base = machine.arena();
        // Arguments, return area and entry point, each 16-aligned between guards.
        let args = base + GUARD;
        let behind = (args + shape.area + GUARD).next_multiple_of(16);
        let ret = if round % 3 == 2 { args } else { behind + 8 * (round % 2) };
        let ret_size = match shape.ret {
            Ret::Struct(size) => size,
            _ => 16,
        };
        let entry_point = (behind + 8 + ret_size + GUARD).next_multiple_of(16);
        let end = entry_point + 16 + GUARD;
        assert!(end <= base + machine.arena_size(), "{key} does not fit the arena");
        let mut arena = random.bytes(end - base);
        for param in shape.params() {
            if let Param::Load(ty, offset) = param {
                // The rest of a 32-bit slot stays random.
                put(&mut arena, args + offset - base, &random.value(ty).bytes());
            }
        }
        put(&mut arena, entry_point - base, &callee.to_le_bytes());
        let buffer_at = shape.params().iter().position(|param| *param == Param::ReturnBuffer);
        let host = Host {
            shared: Some(machine.shared()),
            result: shape.result().map(|ty| random.value(ty)),
            buffer: buffer_at.map(|at| (at, random.bytes(ret_size))),
            managed: shape.managed,
            seen: Vec::new(),
        };
        let target = if shape.managed { entry_point } else { callee };
        Call { shape, target, args, ret, arena, host }
    }

    /// Makes the call through a thunk; the error is the trap. It can be repeated: the memory starts as before.
    pub fn make(&self, machine: &mut Machine<Host>, thunk: u32) -> Result<Effect, String> {
        machine.write(machine.arena(), &self.arena);
        machine.write(machine.stack_top() - STACK_ALLOWANCE, &[STALE; STACK_ALLOWANCE as usize]);
        *machine.data() = self.host.clone();
        let before = machine.snapshot();
        let results = machine.call(thunk, &[Bits::i32(self.target), Bits::i32(self.args), Bits::i32(self.ret)])?;
        if !results.is_empty() {
            return Err("the thunk itself returns a value".to_owned());
        }
        let mut seen = std::mem::take(&mut machine.data().seen);
        match (seen.pop(), seen.len()) {
            (Some(seen), 0) => Ok(Effect { seen, before, after: machine.snapshot() }),
            (None, _) => Err("the callee was not called".to_owned()),
            (Some(_), more) => Err(format!("the callee was called {} times", more + 1)),
        }
    }

    /// Compares what a call did with what the key asks for.
    pub fn judge(&self, machine: &Machine<Host>, effect: &Effect) -> Result<(), String> {
        self.check_arguments(&effect.seen, machine.stack_top())?;
        let mut expected = effect.before.clone();
        match (&self.host.result, &self.host.buffer) {
            (Some(result), _) => put(&mut expected, self.ret, &result.bytes()),
            (None, Some((_, content))) => put(&mut expected, self.ret, content),
            (None, None) => {}
        }
        machine.difference(&effect.after, &expected).map_or(Ok(()), Err)
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

/// Whether what a managed callee received as stack pointer, below `stack_top`, is one the stack walk can start from.
pub fn check_frame(seen: &Seen, stack_top: u32) -> Result<(), String> {
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
