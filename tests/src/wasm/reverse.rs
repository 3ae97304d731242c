//! Calls every wrapper of a reverse-thunk table the way native code does, with the runtime played by the host.

use std::collections::BTreeMap;

use wasmi::{Caller, Linker};

use crate::Failure;
use crate::hash::djb2_xor;

use super::engine::{Machine, STACK_ALLOWANCE, c_string, caller_memory, caller_stack_pointer};
use super::keys::{Kind, Param, Ret, Shape, Ty};
use super::patterns::{Bits, Random};

/// The host's own frame while a wrapper waits for it.
const HOST_FRAME: usize = 64;
/// Untouched bytes around every struct in the arena.
const GUARD: u32 = 64;

/// A callback the table must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// `Method#paramCount:Assembly:Namespace:Type`.
    pub key: String,
    /// `Type full name, Assembly`, as the wrapper asks the runtime for it.
    pub qualified_type: String,
    /// The method's name.
    pub method: String,
    /// The native signature string.
    pub signature: String,
    /// The name under which it is exported.
    pub export: Option<String>,
}

/// What ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Callbacks in the table.
    pub callbacks: usize,
    /// Calls made through the table.
    pub calls: usize,
    /// Calls made through exports.
    pub export_calls: usize,
}

#[derive(Clone, Debug, Default)]
struct Host {
    /// What the look-up answers.
    method_desc: u32,
    /// What the method writes to its result buffer.
    result: Vec<u8>,
    lookups: Vec<Lookup>,
    runs: Vec<Executed>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Lookup {
    qualified_type: Result<String, String>,
    method: Result<String, String>,
    target: u32,
}

#[derive(Clone, Debug)]
struct Executed {
    method_desc: u32,
    args: u32,
    block: Option<Vec<u8>>,
    args_size: u32,
    ret: u32,
    caller_ip: u32,
    stack_pointer: u32,
}

/// One row of the table.
#[derive(Clone, Debug)]
struct Entry {
    hash: u32,
    key: String,
    target: u32,
    function: u32,
}

/// Checks a linked table (see [`reverse_module`](super::link::reverse_module)): exactly `callbacks`, in any order,
/// each called `rounds` times through the table and, when exported, through its export in a fresh instance.
pub fn check(wasm: &[u8], callbacks: &[Callback], rounds: u32) -> Result<Ran, Vec<Failure>> {
    assert!(!callbacks.is_empty() && rounds >= 2, "the second call differs from the first");
    let whole = |what: String| vec![Failure::new("g_ReverseThunks", what)];
    let mut machine = instantiate(wasm).map_err(whole)?;
    let table = read_table(&mut machine).map_err(whole)?;
    let mut failures = Vec::new();
    if table.len() != callbacks.len() {
        failures.push(Failure::new("g_ReverseThunks", format!("{} rows, not {}", table.len(), callbacks.len())));
    }
    let by_key: BTreeMap<&str, &Entry> = table.iter().map(|entry| (entry.key.as_str(), entry)).collect();
    let mut ran = Ran { callbacks: table.len(), calls: 0, export_calls: 0 };
    let mut exports = instantiate(wasm).map_err(whole)?;
    for callback in callbacks {
        let Some(entry) = by_key.get(callback.key.as_str()) else {
            failures.push(Failure::new(&callback.key, "is missing"));
            continue;
        };
        if entry.hash != djb2_xor(&callback.key) {
            failures.push(Failure::new(&callback.key, format!("the hash {} is wrong", entry.hash)));
        }
        let subject = Subject { callback, entry, shape: Shape::of_signature(&callback.signature), rounds };
        match subject.check(&mut machine, None) {
            Ok(calls) => ran.calls += calls,
            Err(what) => failures.push(Failure::new(&callback.key, what)),
        }
        if let Some(export) = &callback.export {
            match subject.check(&mut exports, Some(export)) {
                Ok(calls) => ran.export_calls += calls,
                Err(what) => failures.push(Failure::new(&callback.key, format!("as export `{export}`: {what}"))),
            }
        }
    }
    if failures.is_empty() { Ok(ran) } else { Err(failures) }
}

fn instantiate(wasm: &[u8]) -> Result<Machine<Host>, String> {
    Machine::new(wasm, Host::default(), |linker: &mut Linker<Host>| {
        linker.func_wrap("env", "LookupUnmanagedCallersOnlyMethodByName", look_up).expect("defined once");
        linker.func_wrap("env", "ExecuteInterpretedMethodFromUnmanaged", execute).expect("defined once");
    })
}

// An entry is { uint32 hash, const char* key, { MethodDesc** target, void* function } }.
fn read_table(machine: &mut Machine<Host>) -> Result<Vec<Entry>, String> {
    let table = machine.call_export("probe_table", &[])?[0].bits as u32;
    let count = machine.call_export("probe_count", &[])?[0].bits as u32;
    let entry = |index: u32| {
        let at = table + index * 16;
        Ok(Entry {
            hash: machine.read_u32(at)?,
            key: machine.read_string(machine.read_u32(at + 4)?)?,
            target: machine.read_u32(at + 8)?,
            function: machine.read_u32(at + 12)?,
        })
    };
    (0..count).map(entry).collect()
}

fn look_up(mut caller: Caller<'_, Host>, qualified_type: i32, method: i32, target: i32) {
    let memory = caller_memory(&caller);
    let bytes = memory.data(&caller);
    let lookup = Lookup {
        qualified_type: c_string(bytes, qualified_type as u32),
        method: c_string(bytes, method as u32),
        target: target as u32,
    };
    let answer = caller.data().method_desc.to_le_bytes();
    let frame = caller_stack_pointer(&caller) as usize;
    let bytes = memory.data_mut(&mut caller);
    bytes[frame - HOST_FRAME..frame].fill(0xcc);
    if let Some(slot) = bytes.get_mut(target as u32 as usize..).and_then(|tail| tail.get_mut(..4)) {
        slot.copy_from_slice(&answer);
    }
    caller.data_mut().lookups.push(lookup);
}

fn execute(mut caller: Caller<'_, Host>, method_desc: i32, args: i32, args_size: i32, ret: i32, caller_ip: i32) {
    let memory = caller_memory(&caller);
    let stack_pointer = caller_stack_pointer(&caller);
    let [method_desc, args, args_size, ret, caller_ip] =
        [method_desc, args, args_size, ret, caller_ip].map(|value| value as u32);
    let result = caller.data().result.clone();
    let bytes = memory.data_mut(&mut caller);
    let start = args as usize;
    let block = bytes.get(start..start.saturating_add(args_size as usize)).map(<[u8]>::to_vec);
    let frame = stack_pointer as usize;
    bytes[frame - HOST_FRAME..frame].fill(0xcc);
    if ret != 0 {
        let target = bytes.get_mut(ret as usize..).and_then(|tail| tail.get_mut(..result.len()));
        if let Some(target) = target {
            target.copy_from_slice(&result);
        }
    }
    let executed = Executed { method_desc, args, block, args_size, ret, caller_ip, stack_pointer };
    caller.data_mut().runs.push(executed);
}

/// A callback with its row of the table.
struct Subject<'a> {
    callback: &'a Callback,
    entry: &'a Entry,
    shape: Shape,
    rounds: u32,
}

impl Subject<'_> {
    fn check(&self, machine: &mut Machine<Host>, export: Option<&str>) -> Result<usize, String> {
        let actual = match export {
            Some(name) => machine.export_type(name)?,
            None => machine.function_type(self.entry.function)?,
        };
        let expected = self.shape.func_type();
        if actual != expected {
            return Err(format!("the function's type is {actual:?}, expected {expected:?}"));
        }
        if machine.read_u32(self.entry.target)? != 0 {
            return Err("the MethodDesc is not null at first".to_owned());
        }
        for round in 0..self.rounds {
            self.round(machine, export, round).map_err(|what| format!("round {round}: {what}"))?;
        }
        Ok(self.rounds as usize)
    }

    fn round(&self, machine: &mut Machine<Host>, export: Option<&str>, round: u32) -> Result<(), String> {
        let first = round == 0;
        let mut random = Random::new(&self.callback.key, round);
        let method_desc = machine.arena() | (random.next_u64() as u32 & 0xff00) | 8;
        if !first {
            // The runtime may set the variable itself; the wrapper must use what is there.
            machine.write(self.entry.target, &method_desc.to_le_bytes());
        }
        let call = Call::prepare(machine, &self.shape, &mut random, round);
        *machine.data() = Host { method_desc, result: call.result.clone(), ..Host::default() };
        let mut expected = machine.snapshot();
        put(&mut expected, self.entry.target, &method_desc.to_le_bytes());
        if let Ret::Struct(size) = self.shape.ret {
            put(&mut expected, call.buffer, &call.result[..size as usize]);
        }
        let results = match export {
            Some(name) => machine.call_export(name, &call.arguments)?,
            None => machine.call(self.entry.function, &call.arguments)?,
        };
        let host = std::mem::take(machine.data());
        self.check_lookups(&host.lookups, first)?;
        let [executed] = host.runs.as_slice() else { return Err(format!("the method ran {} times", host.runs.len())) };
        if executed.method_desc != method_desc {
            return Err(format!("ran MethodDesc {:#x}, expected {method_desc:#x}", executed.method_desc));
        }
        if executed.caller_ip != self.entry.function {
            return Err(format!("callerIp is {}, expected {}", executed.caller_ip, self.entry.function));
        }
        call.check_block(executed, machine.stack_top())?;
        call.check_result(executed, &results, machine.stack_top())?;
        machine.first_difference(&expected).map_or(Ok(()), Err)
    }

    fn check_lookups(&self, lookups: &[Lookup], first: bool) -> Result<(), String> {
        let expected = Lookup {
            qualified_type: Ok(self.callback.qualified_type.clone()),
            method: Ok(self.callback.method.clone()),
            target: self.entry.target,
        };
        let expected = if first { vec![expected] } else { Vec::new() };
        if lookups == expected { Ok(()) } else { Err(format!("looked up {lookups:?}, expected {expected:?}")) }
    }
}

/// One call: what goes in and what must reach the runtime.
struct Call<'a> {
    shape: &'a Shape,
    arguments: Vec<Bits>,
    /// Bytes of the argument block and whether each is prescribed.
    block: Vec<(u8, bool)>,
    /// What the method writes; for a scalar, its bits and then garbage up to the size of the buffer.
    result: Vec<u8>,
    /// The caller's buffer of a struct return.
    buffer: u32,
}

impl<'a> Call<'a> {
    fn prepare(machine: &mut Machine<Host>, shape: &'a Shape, random: &mut Random, round: u32) -> Call<'a> {
        let base = machine.arena();
        let arena = random.bytes(machine.arena_size());
        machine.write(base, &arena);
        machine.write(machine.stack_top() - STACK_ALLOWANCE, &vec![0xa5; STACK_ALLOWANCE as usize]);
        // Structs and the return buffer stand one after the other, at the loosest alignment their size allows.
        let mut next = base + GUARD;
        let mut place = |size: u32| {
            let step = if size.is_multiple_of(4) { 4 } else { 1 };
            let at = next.next_multiple_of(16) + step * (round % 4);
            next = at + size + GUARD;
            at
        };
        // The runtime writes 8 bytes at least, so a smaller struct must not go to the caller's buffer directly.
        let (result_size, returned) = match shape.ret {
            Ret::Void => (0, 0),
            Ret::Value(ty) => (ty.size().max(8), 0),
            Ret::Struct(size) => (size.max(8), size),
        };
        let buffer = place(returned);
        let mut result = random.bytes(result_size);
        if let Ret::Value(ty) = shape.ret {
            put(&mut result, 0, &random.value(ty).bytes());
        }
        let mut call =
            Call { shape, arguments: Vec::new(), block: vec![(0, false); shape.area as usize], result, buffer };
        if let Some(Param::ReturnBuffer) = shape.params().first() {
            call.arguments.push(Bits::i32(buffer));
        }
        // One struct stands at the very end of the memory, where reading past it traps.
        let structs = shape.args.iter().filter(|arg| matches!(arg.kind, Kind::Struct(_))).count() as u32;
        let mut index = 0;
        for arg in &shape.args {
            match arg.kind {
                Kind::Values(ty, count) => call.add_values(ty, count, arg.offset, random),
                Kind::Struct(size) => {
                    let at_end = index == round % structs;
                    index += 1;
                    let end = machine.memory_size();
                    let at = if at_end { end - size } else { place(size) };
                    let content = random.bytes(size);
                    machine.write(at, &content);
                    call.expect(arg.offset, &content);
                    call.arguments.push(Bits::i32(at));
                }
                Kind::Empty => {}
                Kind::Hidden | Kind::Async => panic!("a callback has no hidden arguments"),
            }
        }
        assert!(next <= base + machine.arena_size(), "the structs fit the arena");
        call
    }

    fn add_values(&mut self, ty: Ty, count: u32, offset: u32, random: &mut Random) {
        for k in 0..count {
            let value = random.value(ty);
            let mut bytes = value.bytes();
            // The upper half of a 32-bit argument's slot is zero.
            bytes.resize(bytes.len().max(8), 0);
            self.expect(offset + k * ty.size(), &bytes);
            self.arguments.push(value);
        }
    }

    fn expect(&mut self, offset: u32, bytes: &[u8]) {
        for (slot, byte) in self.block[offset as usize..].iter_mut().zip(bytes) {
            *slot = (*byte, true);
        }
    }

    fn check_block(&self, executed: &Executed, stack_top: u32) -> Result<(), String> {
        let Executed { args, args_size, .. } = *executed;
        if args_size != self.shape.area {
            return Err(format!("argSize is {args_size}, expected {}", self.shape.area));
        }
        if self.shape.area == 0 {
            return if args == 0 { Ok(()) } else { Err("args is not null without arguments".to_owned()) };
        }
        if !args.is_multiple_of(16) {
            return Err(format!("args {args:#x} is not 16-aligned"));
        }
        if args < executed.stack_pointer || args + args_size > stack_top {
            return Err(format!("args {args:#x} is not in the wrapper's frame"));
        }
        let block = executed.block.as_ref().ok_or("args is outside the memory")?;
        for (at, (actual, (expected, prescribed))) in block.iter().zip(&self.block).enumerate() {
            if *prescribed && actual != expected {
                return Err(format!("byte {at} of args is {actual:#04x}, expected {expected:#04x}"));
            }
        }
        Ok(())
    }

    fn check_result(&self, executed: &Executed, results: &[Bits], stack_top: u32) -> Result<(), String> {
        let ret = executed.ret;
        match self.shape.ret {
            Ret::Void if ret == 0 => Ok(()),
            Ret::Void => Err("ret is not null without a result".to_owned()),
            _ if ret == 0 => Err("ret is null".to_owned()),
            // What matters is that the bytes reach the caller's buffer, which the memory comparison shows.
            Ret::Struct(_) => Ok(()),
            Ret::Value(ty) => {
                let size = self.result.len() as u32;
                if ret < executed.stack_pointer || ret + size > stack_top {
                    return Err(format!("ret {ret:#x} is no buffer of {size} bytes in the wrapper's frame"));
                }
                if !ret.is_multiple_of(8) {
                    return Err(format!("ret {ret:#x} is not 8-aligned"));
                }
                if ret < executed.args + executed.args_size && executed.args < ret + size {
                    return Err("ret overlaps args".to_owned());
                }
                let expected = Bits::from_bytes(ty, &self.result);
                let [actual] = results else { panic!("the engine checked the type") };
                if *actual == expected {
                    return Ok(());
                }
                Err(format!("returned {:#x}, expected {:#x}", actual.bits, expected.bits))
            }
        }
    }
}

fn put(memory: &mut [u8], at: u32, bytes: &[u8]) {
    memory[at as usize..at as usize + bytes.len()].copy_from_slice(bytes);
}
