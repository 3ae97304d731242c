//! `I`: calls from ReadyToRun code into the interpreter. It has the type of the method's signature.
//!
//! Below the caller's stack pointer it lays out
//!
//! | from `base` | size | holds |
//! |---|---|---|
//! | 0 | 8 | nothing: it makes the arguments 16-aligned |
//! | 8 | 4 | `TransitionBlock::m_ReturnAddress`: 0, derive the caller from the next word |
//! | 12 | 4 | `TransitionBlock::m_StackPointer`: the caller's stack pointer |
//! | 16 | [`Frame::arguments`], rounded up to 16 | the arguments, in the interpreter's slots |
//! | [`Frame::result`] | 8, or 16 for a v128 | the result, zero at first |
//!
//! and calls the helper with the portable entry point, the transition block, the size of the arguments and the address
//! for the result, which is the caller's return buffer when there is one.

use clr_wasm_abi::slots::{AREA_ALIGN, ArgArea, ArgKind, SLOT_SIZE};
use clr_wasm_abi::{FunctionType, ParamToken, ReturnToken, Scalar, Signature};

use super::code::ThunkCode;
use super::parts;

/// Sizes and places in the frame of an `I` thunk, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Size of the argument area, an argument of the helper.
    pub arguments: u32,
    /// Offset of the result.
    pub result: u32,
    /// Size of the whole frame.
    pub total: u32,
}

/// Offset of the transition block.
const TRANSITION_BLOCK: u32 = FIRST_SLOT - TRANSITION_BLOCK_SIZE;
const TRANSITION_BLOCK_SIZE: u32 = 8;

/// Offset of the argument area.
const FIRST_SLOT: u32 = AREA_ALIGN;

/// The parameter with the stack pointer; from the first instructions on, the base of the frame.
const BASE: u32 = 0;

impl Frame {
    /// The frame of a signature with this argument area and result.
    pub fn of(area: &ArgArea, result: Option<Scalar>) -> Frame {
        let arguments = area.slots * SLOT_SIZE;
        let result_size = if result == Some(Scalar::V128) { 16 } else { 8 };
        let result = FIRST_SLOT + arguments.next_multiple_of(AREA_ALIGN);
        Frame { arguments, result, total: (result + result_size).next_multiple_of(AREA_ALIGN) }
    }
}

/// The thunk of `signature`, with the arguments at the places in `area`.
pub(super) fn body(signature: &Signature, area: &ArgArea, own_type: &FunctionType) -> ThunkCode {
    let frame = Frame::of(area, own_type.result);
    let entry_point = own_type.params.len() as u32 - 1; // `thunk` has checked their number
    let saved_stack_pointer = entry_point + 1;
    let mut code = ThunkCode::with_locals(1);
    enter_frame(&mut code, frame);
    // After the stack pointer, and after `this`.
    let has_buffer = matches!(signature.ret, ReturnToken::Struct(_));
    let buffer = has_buffer.then_some(BASE + 1 + u32::from(signature.has_this));
    arguments(&mut code, area, buffer);
    clear_result(&mut code, frame, own_type.result);

    code.plain().local_get(entry_point);
    code.address(BASE, TRANSITION_BLOCK);
    code.plain().i32_const(frame.arguments.cast_signed());
    match buffer {
        Some(local) => drop(code.plain().local_get(local)),
        None => code.address(BASE, frame.result),
    }
    code.get_stack_pointer();
    code.plain().local_set(saved_stack_pointer).local_get(BASE);
    code.set_stack_pointer();
    code.call_helper();
    code.plain().local_get(saved_stack_pointer);
    code.set_stack_pointer();
    if let Some(result) = own_type.result {
        code.plain().local_get(BASE);
        code.load(result, frame.result);
    }
    code.plain().end();
    code
}

fn enter_frame(code: &mut ThunkCode, frame: Frame) {
    code.plain().local_get(BASE).i32_const(frame.total.cast_signed()).i32_sub().local_set(BASE);
    code.plain().local_get(BASE).i32_const(0);
    code.store(Scalar::I32, TRANSITION_BLOCK);
    code.plain().local_get(BASE);
    code.address(BASE, frame.total);
    code.store(Scalar::I32, TRANSITION_BLOCK + 4);
}

/// Stores the parameters into their slots. The return buffer has none: it stays in its local.
fn arguments(code: &mut ThunkCode, area: &ArgArea, buffer: Option<u32>) {
    let mut local = BASE + 1;
    for arg in &area.args {
        if buffer == Some(local) {
            local += 1;
        }
        argument(code, arg.kind, FIRST_SLOT + arg.slot * SLOT_SIZE, &mut local);
    }
}

fn argument(code: &mut ThunkCode, kind: ArgKind, offset: u32, local: &mut u32) {
    for (of, distance) in stored(kind) {
        code.plain().local_get(BASE).local_get(*local);
        code.store(of, offset + distance);
        *local += 1;
    }
    match kind {
        ArgKind::Param(_, ParamToken::Struct { size, .. }) => {
            copy_struct(code, offset, *local, size);
            *local += 1;
        }
        ArgKind::Param(_, ParamToken::Empty) => {
            code.plain().local_get(BASE).i32_const(0);
            code.store(Scalar::I32, offset);
        }
        _ => {}
    }
}

/// The wasm parameters that are stored into the slots of an argument: type, and distance in bytes from the first slot.
/// None for structs, whose bytes are copied.
fn stored(kind: ArgKind) -> Vec<(Scalar, u32)> {
    match kind {
        ArgKind::This | ArgKind::GenericContext | ArgKind::AsyncContinuation => vec![(Scalar::I32, 0)],
        ArgKind::Param(_, ParamToken::Scalar(of)) => vec![(of, 0)],
        ArgKind::Param(_, ParamToken::MultiSlot(multi)) => parts(multi).collect(),
        ArgKind::Param(_, ParamToken::Struct { .. } | ParamToken::Empty) => Vec::new(),
    }
}

/// Copies a struct into its slots. What its last slot, of which up to 4 bytes need only half, has left becomes zero.
fn copy_struct(code: &mut ThunkCode, offset: u32, local: u32, size: u32) {
    code.address(BASE, offset);
    code.plain().local_get(local).i32_const(size.cast_signed());
    code.copy_memory();
    let rounded = size.next_multiple_of(if size <= 4 { 4 } else { SLOT_SIZE });
    if rounded > size {
        clear(code, offset + size, rounded - size);
    }
}

fn clear_result(code: &mut ThunkCode, frame: Frame, result: Option<Scalar>) {
    if result == Some(Scalar::V128) {
        return clear(code, frame.result, Scalar::V128.size());
    }
    code.plain().local_get(BASE).i64_const(0);
    code.store(Scalar::I64, frame.result);
}

fn clear(code: &mut ThunkCode, offset: u32, size: u32) {
    code.address(BASE, offset);
    code.plain().i32_const(0).i32_const(size.cast_signed());
    code.fill_memory();
}
