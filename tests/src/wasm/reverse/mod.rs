//! Calls every wrapper of a reverse-thunk table the way native code does, with the runtime played by the host.

mod call;
mod host;

use std::collections::BTreeMap;

use crate::Failure;
use crate::hash::djb2_xor;

use super::engine::Machine;
use super::keys::{Ret, Shape};
use super::patterns::Random;
use call::Call;
use host::{Host, Lookup, instantiate};

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

fn put(memory: &mut [u8], at: u32, bytes: &[u8]) {
    memory[at as usize..at as usize + bytes.len()].copy_from_slice(bytes);
}
