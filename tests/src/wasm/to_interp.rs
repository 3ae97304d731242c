//! Calls from compiled code into the interpreter and back: an `I` thunk lays out its arguments, a host function in the
//! helper's place looks at them and passes them on to the `M` thunk of the same signature, and that calls the callee.
//!
//! What the helper must find is computed here from [`arg_iterator`](super::arg_iterator). The whole memory is compared
//! at that moment: a thunk writes its frame and nothing else, and in its frame no byte that is not described.

use wasmi::{AsContext, Caller, Func, FuncType, Val, ValType};

use crate::Failure;

use super::arg_iterator::{Located, SIZE_OF_TRANSITION_BLOCK, What, arguments};
use super::call::{CALLEE, CALLEE_FRAME, Seen, check_frame};
use super::differential::Thunks;
use super::engine::{Machine, STACK_ALLOWANCE, Shared, position_of_difference};
use super::interp::Ran;
use super::keys::{Kind, Param, Ret, Shape};
use super::patterns::{Bits, Random};

/// Untouched bytes around every region of the arena.
const GUARD: u32 = 64;

/// What the callee does, and what it and the helper saw.
#[derive(Clone, Debug, Default)]
pub struct Host {
    shared: Option<Shared>,
    /// Table index of the `M` thunk the helper passes the arguments on to.
    from_interp: u32,
    /// The callee's entry point.
    callee: u32,
    result: Option<Bits>,
    /// Bytes to write through the return buffer, and the index of the parameter that holds it.
    buffer: Option<(usize, Vec<u8>)>,
    /// Index and size of every parameter that is the address of a struct.
    structs: Vec<(usize, u32)>,
    helper: Vec<HelperSeen>,
    seen: Vec<(Seen, Vec<Vec<u8>>)>,
}

/// One call of the helper.
#[derive(Clone, Debug)]
struct HelperSeen {
    arguments: [u32; 4],
    stack_pointer: u32,
    memory: Vec<u8>,
}

/// Puts the function that stands for the runtime's into the table; its index is returned.
pub fn add_helper(machine: &mut Machine<Host>) -> u32 {
    machine.add_function(|store| Func::new(store, helper_type(), helper))
}

/// `(entry point, transition block, size of the arguments, result)`
fn helper_type() -> FuncType {
    FuncType::new([ValType::I32; 4], [])
}

/// Checks every `I` thunk together with the `M` thunk of the same signature, from each of the tables in turn.
///
/// The machine holds both already, and the `I` thunks call what [`add_helper`] has added.
pub fn check(
    machine: &mut Machine<Host>,
    to_interp: &Thunks,
    from_interp: &[&Thunks],
    rounds: u32,
) -> Result<Ran, Vec<Failure>> {
    assert!(!to_interp.is_empty() && rounds >= from_interp.len() as u32, "a check that runs nothing proves nothing");
    let mut failures = Vec::new();
    let mut calls = 0;
    for (key, thunk) in to_interp {
        let signature = key.strip_prefix('I').unwrap_or_else(|| panic!("`{key}` does not start with I"));
        let shape = Shape::of_signature(signature);
        let ty = shape.func_type();
        if machine.function_type(*thunk).as_ref() != Ok(&ty) {
            failures.push(Failure::new(key, "the thunk has not the type of the signature"));
            continue;
        }
        let callee = machine.add_function(|store| Func::new(store, ty, answer));
        for round in 0..rounds {
            let table = from_interp[round as usize % from_interp.len()];
            let partner = table.iter().find(|(other, _)| other.strip_prefix('M') == Some(signature));
            let partner = partner.unwrap_or_else(|| panic!("no M{signature}")).1;
            let call = Call::new(machine, signature, &shape, (callee, partner), round);
            calls += 1;
            if let Err(what) = call.check(machine, *thunk) {
                failures.push(Failure::new(key, format!("round {round}: {what}")));
                break;
            }
        }
    }
    if failures.is_empty() { Ok(Ran { keys: to_interp.len(), calls }) } else { Err(failures) }
}

fn helper(mut caller: Caller<'_, Host>, arguments: &[Val], _: &mut [Val]) -> Result<(), wasmi::Error> {
    let arguments: [u32; 4] = std::array::from_fn(|index| Bits::of(&arguments[index]).bits as u32);
    let host = caller.data();
    let (shared, from_interp, callee) = (host.shared.expect("the handles"), host.from_interp, host.callee);
    let memory = shared.memory.data(caller.as_context()).to_vec();
    let stack_pointer = shared.stack_pointer(caller.as_context());
    caller.data_mut().helper.push(HelperSeen { arguments, stack_pointer, memory });
    let func = shared.function(caller.as_context(), from_interp).map_err(wasmi::Error::new)?;
    let args = arguments[1].wrapping_add(SIZE_OF_TRANSITION_BLOCK);
    let values = [callee, args, arguments[3]].map(|value| Val::I32(value.cast_signed()));
    func.call(&mut caller, &values, &mut [])
}

fn answer(mut caller: Caller<'_, Host>, arguments: &[Val], results: &mut [Val]) -> Result<(), wasmi::Error> {
    let arguments: Vec<Bits> = arguments.iter().map(Bits::of).collect();
    let host = caller.data();
    let (shared, result) = (host.shared.expect("the handles"), host.result);
    let (buffer, structs) = (host.buffer.clone(), host.structs.clone());
    let stack_pointer = shared.stack_pointer(caller.as_context());
    let memory = shared.memory.data_mut(&mut caller);
    let frame = arguments[0].bits as u32 as usize;
    let frame_word = memory.get(frame..frame + 4).map(|word| u32::from_le_bytes(word.try_into().expect("4 bytes")));
    let mut contents = Vec::new();
    let at = |parameter: usize, size: u32| {
        let start = arguments[parameter].bits as u32 as usize;
        start..start + size as usize
    };
    for (parameter, size) in structs {
        // The callee has a copy of its own, and changes it.
        let own = memory.get_mut(at(parameter, size)).unwrap_or_default();
        contents.push(own.to_vec());
        own.fill(CALLEE);
    }
    if let Some(own) = frame.checked_sub(CALLEE_FRAME as usize).and_then(|low| memory.get_mut(low..frame)) {
        own.fill(CALLEE);
    }
    if let Some((parameter, content)) = &buffer
        && let Some(target) = memory.get_mut(at(*parameter, content.len() as u32))
    {
        target.copy_from_slice(content);
    }
    if let (Some(slot), Some(result)) = (results.first_mut(), result) {
        *slot = result.val();
    }
    caller.data_mut().seen.push((Seen { arguments, stack_pointer, frame_word }, contents));
    Ok(())
}

/// One call of one `I` thunk.
struct Call<'a> {
    shape: &'a Shape,
    signature: &'a str,
    /// The arguments in wasm order.
    arguments: Vec<Bits>,
    /// The arena before the call.
    arena: Vec<u8>,
    host: Host,
    entry_point: u32,
    stack_pointer: u32,
}

impl<'a> Call<'a> {
    fn new(
        machine: &Machine<Host>,
        signature: &'a str,
        shape: &'a Shape,
        (callee, from_interp): (u32, u32),
        round: u32,
    ) -> Call<'a> {
        let mut random = Random::new(signature, round);
        let base = machine.arena();
        let size = machine.arena_size();
        let mut arena = random.bytes(size);
        // The caller's stack grows down from here, the rest lies at the start of the arena, where the caller's structs
        // have any alignment.
        let stack_pointer = base + size - GUARD;
        let mut free = base + GUARD;
        let mut reserve = |size: u32, align: u32, shift: u32| {
            let at = free.next_multiple_of(align) + shift;
            free = at + size + GUARD;
            at
        };
        let sizes = |kind| match kind {
            Kind::Struct(size) => Some(size),
            _ => None,
        };
        let mut sizes = shape.args.iter().filter_map(|arg| sizes(arg.kind));
        let entry_point = reserve(16, 16, 0);
        let own_entry_point = reserve(16, 16, 0);
        let (mut arguments, mut structs, mut buffer) = (Vec::new(), Vec::new(), None);
        for (index, param) in shape.params().into_iter().enumerate() {
            arguments.push(match param {
                Param::StackPointer => Bits::i32(stack_pointer),
                Param::Load(ty, _) => random.value(ty),
                // The continuation is the only one `M` does not pass on.
                Param::Zero => random.value(param.ty()),
                Param::Address(_) => {
                    let size = sizes.next().expect("a struct for every address");
                    structs.push((index, size));
                    Bits::i32(reserve(size, 8, random.below(8) as u32))
                }
                Param::ReturnBuffer => {
                    let Ret::Struct(size) = shape.ret else { panic!("a buffer without a struct") };
                    let content = random.bytes(size);
                    buffer = Some((index, content));
                    Bits::i32(reserve(size, 8, 0))
                }
                Param::EntryPoint => Bits::i32(own_entry_point),
            });
        }
        let (_, area) = super::arg_iterator::arguments(signature);
        let needed = area + 128 + STACK_ALLOWANCE + GUARD;
        assert!(free + needed <= stack_pointer, "{signature} does not fit the arena");
        put(&mut arena, entry_point - base, &callee.to_le_bytes());
        let host = Host {
            shared: Some(machine.shared()),
            from_interp,
            callee: entry_point,
            result: shape.result().map(|ty| random.value(ty)),
            buffer,
            structs,
            ..Host::default()
        };
        Call { shape, signature, arguments, arena, host, entry_point: own_entry_point, stack_pointer }
    }

    fn check(&self, machine: &mut Machine<Host>, thunk: u32) -> Result<(), String> {
        machine.write(machine.arena(), &self.arena);
        *machine.data() = self.host.clone();
        let before = machine.snapshot();
        let results = machine.call(thunk, &self.arguments)?;
        let host = std::mem::take(machine.data());
        let [helper] = host.helper.as_slice() else {
            return Err(format!("the helper was called {} times", host.helper.len()));
        };
        let [(seen, contents)] = host.seen.as_slice() else {
            return Err(format!("the callee was called {} times", host.seen.len()));
        };
        let frame = self.frame();
        self.check_helper(helper, &frame)?;
        self.check_block(helper, &before, &frame)?;
        self.check_callee(seen, contents, &before, &frame)?;
        if results != self.host.result.into_iter().collect::<Vec<_>>() {
            return Err(format!("returns {results:x?}, the callee returned {:x?}", self.host.result));
        }
        // Behind the call, the caller's stack below its pointer is free, and the buffer is filled.
        let mut after = machine.snapshot();
        let mut expected = before;
        if let Some((parameter, content)) = &self.host.buffer {
            put(&mut expected, self.arguments[*parameter].bits as u32, content);
        }
        let free = (frame.base - STACK_ALLOWANCE) as usize..self.stack_pointer as usize;
        after[free.clone()].copy_from_slice(&expected[free]);
        machine.difference(&after, &expected).map_or(Ok(()), Err)
    }

    fn frame(&self) -> Frame {
        let (arguments, size) = arguments(self.signature);
        let result_size = if self.shape.result().is_some_and(|ty| ty.size() == 16) { 16 } else { 8 };
        let result = 16 + size.next_multiple_of(16);
        let total = (result + result_size).next_multiple_of(16);
        let base = self.stack_pointer - total;
        Frame { base, arguments, size, result: base + result, result_size }
    }

    fn check_helper(&self, seen: &HelperSeen, frame: &Frame) -> Result<(), String> {
        let buffer = self.host.buffer.as_ref().map(|(parameter, _)| self.arguments[*parameter].bits as u32);
        let expected = [self.entry_point, frame.transition_block(), frame.size, buffer.unwrap_or(frame.result)];
        if seen.arguments != expected {
            return Err(format!("the helper received {:#x?}, expected {expected:#x?}", seen.arguments));
        }
        assert_eq!(frame.base % 16, 0);
        if seen.stack_pointer != frame.base {
            return Err(format!("the helper starts at {:#x}, expected {:#x}", seen.stack_pointer, frame.base));
        }
        Ok(())
    }

    /// The memory when the helper is called.
    fn check_block(&self, seen: &HelperSeen, before: &[u8], frame: &Frame) -> Result<(), String> {
        let mut expected = before.to_vec();
        let block = frame.transition_block();
        put(&mut expected, block, &0_u32.to_le_bytes());
        put(&mut expected, block + 4, &self.stack_pointer.to_le_bytes());
        let mut values = self.stored();
        for arg in &frame.arguments {
            let at = block + arg.offset;
            match arg.what {
                What::Hidden => put(&mut expected, at, &values.next().expect("a value").bytes()),
                What::Values { count, width } => {
                    for index in 0..count {
                        let value = values.next().expect("a value").bytes();
                        assert_eq!(value.len() as u32, width);
                        put(&mut expected, at + index * width, &value);
                    }
                }
                What::Struct(size) => {
                    let source = values.next().expect("an address").bits as usize;
                    let bytes = before[source..source + size as usize].to_vec();
                    put(&mut expected, at, &bytes);
                    let rounded = if size <= 4 { 4 } else { size.next_multiple_of(8) };
                    put(&mut expected, at + size, &vec![0; (rounded - size) as usize]);
                }
                What::Empty => put(&mut expected, at, &0_u32.to_le_bytes()),
            }
        }
        assert!(values.next().is_none(), "every value is stored");
        put(&mut expected, frame.result, &vec![0; frame.result_size as usize]);
        match position_of_difference(&seen.memory, &expected) {
            Some(at) => Err(format!(
                "when the helper is called, byte at base {:+} is {:#04x}, expected {:#04x}",
                at as i64 - i64::from(frame.base),
                seen.memory[at],
                expected[at]
            )),
            None => Ok(()),
        }
    }

    /// The arguments without the stack pointer, the return buffer and the entry point.
    fn stored(&self) -> impl Iterator<Item = Bits> {
        let params = self.shape.params().into_iter().zip(&self.arguments);
        let in_locals = [Param::StackPointer, Param::ReturnBuffer, Param::EntryPoint];
        params.filter(move |(param, _)| !in_locals.contains(param)).map(|(_, value)| *value)
    }

    fn check_callee(&self, seen: &Seen, contents: &[Vec<u8>], before: &[u8], frame: &Frame) -> Result<(), String> {
        check_frame(seen, frame.base)?;
        let structs = frame.arguments.iter().filter(|arg| matches!(arg.what, What::Struct(_)));
        let mut structs = structs.map(|arg| frame.transition_block() + arg.offset);
        for (index, (param, passed)) in self.shape.params().into_iter().zip(&self.arguments).enumerate() {
            let expected = match param {
                Param::StackPointer => continue,
                Param::Zero => Bits::i32(0),
                Param::Address(_) => Bits::i32(structs.next().expect("a place for every struct")),
                Param::EntryPoint => Bits::i32(self.host.callee),
                Param::Load(..) | Param::ReturnBuffer => *passed,
            };
            if seen.arguments[index] != expected {
                let (got, want) = (seen.arguments[index].bits, expected.bits);
                return Err(format!("the callee's parameter {index} ({param:?}) is {got:#x}, expected {want:#x}"));
            }
        }
        for ((parameter, size), content) in self.host.structs.iter().zip(contents) {
            let source = self.arguments[*parameter].bits as usize;
            if content.as_slice() != &before[source..source + *size as usize] {
                return Err(format!("the struct of parameter {parameter} arrives as {content:02x?}"));
            }
        }
        Ok(())
    }
}

/// What the frame of an `I` thunk must be.
struct Frame {
    base: u32,
    arguments: Vec<Located>,
    size: u32,
    result: u32,
    result_size: u32,
}

impl Frame {
    // Such that the first argument, 8 bytes behind it, is 16-aligned.
    fn transition_block(&self) -> u32 {
        self.base + 8
    }
}

fn put(memory: &mut [u8], at: u32, bytes: &[u8]) {
    memory[at as usize..at as usize + bytes.len()].copy_from_slice(bytes);
}
