//! The runtime as a reverse thunk sees it, played by the host.

use wasmi::{Caller, Linker};

use crate::wasm::engine::{Machine, c_string, caller_memory, caller_stack_pointer};

/// The host's own frame while a wrapper waits for it.
const HOST_FRAME: usize = 64;

/// What the runtime answers and what it was asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Host {
    /// What the look-up answers.
    pub(super) method_desc: u32,
    /// What the method writes to its result buffer.
    pub(super) result: Vec<u8>,
    pub(super) lookups: Vec<Lookup>,
    pub(super) runs: Vec<Executed>,
}

/// A look-up of a method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lookup {
    pub(super) qualified_type: Result<String, String>,
    pub(super) method: Result<String, String>,
    pub(super) target: u32,
}

/// A run of a method.
#[derive(Clone, Debug)]
pub(super) struct Executed {
    pub(super) method_desc: u32,
    pub(super) args: u32,
    pub(super) block: Option<Vec<u8>>,
    pub(super) args_size: u32,
    pub(super) ret: u32,
    pub(super) caller_ip: u32,
    pub(super) stack_pointer: u32,
}

/// Instantiates a module with these imports.
pub(super) fn instantiate(wasm: &[u8]) -> Result<Machine<Host>, String> {
    Machine::new(wasm, Host::default(), |linker: &mut Linker<Host>| {
        linker.func_wrap("env", "LookupUnmanagedCallersOnlyMethodByName", look_up).expect("defined once");
        linker.func_wrap("env", "ExecuteInterpretedMethodFromUnmanaged", execute).expect("defined once");
    })
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
