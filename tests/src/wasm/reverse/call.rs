//! One call of a wrapper: what native code passes and what must reach the runtime.

use crate::wasm::engine::{Machine, STACK_ALLOWANCE};
use crate::wasm::keys::{Kind, Param, Ret, Shape, Ty};
use crate::wasm::patterns::{Bits, Random};

use super::host::{Executed, Host};
use super::put;

/// Untouched bytes around every struct in the arena.
const GUARD: u32 = 64;

/// One call: what goes in and what must reach the runtime.
pub(super) struct Call<'a> {
    shape: &'a Shape,
    pub(super) arguments: Vec<Bits>,
    /// Bytes of the argument block and whether each is prescribed.
    block: Vec<(u8, bool)>,
    /// What the method writes; for a scalar, its bits and then garbage up to the size of the buffer.
    pub(super) result: Vec<u8>,
    /// The caller's buffer of a struct return.
    pub(super) buffer: u32,
}

impl<'a> Call<'a> {
    pub(super) fn prepare(machine: &mut Machine<Host>, shape: &'a Shape, random: &mut Random, round: u32) -> Call<'a> {
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

    pub(super) fn check_block(&self, executed: &Executed, stack_top: u32) -> Result<(), String> {
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

    pub(super) fn check_result(&self, executed: &Executed, results: &[Bits], stack_top: u32) -> Result<(), String> {
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
