//! `M`: calls out of the interpreter. `(target, pArgs, pRet)`.
//!
//! The arguments are read from the interpreter's slots at `pArgs`, the result is written to `pRet`. The target of a
//! native signature is an index into the table. That of a managed one is a portable entry point: its first word is the
//! index, and the callee receives it as the last parameter. A managed callee also receives the stack pointer, as the
//! first parameter: the address of a word by which the stack walk recognises that no managed frame follows.

use clr_wasm_abi::slots::{AREA_ALIGN, ArgArea, ArgKind, ArgSlot, SLOT_SIZE};
use clr_wasm_abi::{FunctionType, ParamToken, ReturnToken, Scalar, Signature};

use super::code::ThunkCode;
use super::parts;

const TARGET: u32 = 0;
const ARGS: u32 = 1;
const RET: u32 = 2;
const SAVED_STACK_POINTER: u32 = 3;

/// What the stack walk finds in the first word of the frame.
const TERMINATE_R2R_STACK_WALK: i32 = 1;

/// Its one word is used, but the callee counts on the alignment.
const FRAME_SIZE: i32 = AREA_ALIGN.cast_signed();

/// Offset of the table index in a portable entry point.
const ACTUAL_CODE: u32 = 0;

/// The thunk of `signature`, with the arguments at the places in `area`.
pub(super) fn body(signature: &Signature, area: &ArgArea, callee: &FunctionType) -> ThunkCode {
    let mut code = ThunkCode::with_locals(u32::from(signature.managed));
    if signature.managed {
        enter_frame(&mut code);
    }
    if callee.result.is_some() {
        code.plain().local_get(RET); // the address for the store at the end
    }
    if signature.managed {
        code.get_stack_pointer();
    }
    arguments(&mut code, signature, area);
    code.plain().local_get(TARGET);
    if signature.managed {
        code.plain().local_get(TARGET);
        code.load(Scalar::I32, ACTUAL_CODE);
    }
    code.call_indirect(callee);
    if let Some(result) = callee.result {
        code.store(result, 0);
    }
    if signature.managed {
        code.plain().local_get(SAVED_STACK_POINTER);
        code.set_stack_pointer();
    }
    code.plain().end();
    code
}

fn enter_frame(code: &mut ThunkCode) {
    code.get_stack_pointer();
    code.plain().local_tee(SAVED_STACK_POINTER).i32_const(FRAME_SIZE).i32_sub();
    code.set_stack_pointer();
    code.get_stack_pointer();
    code.plain().i32_const(TERMINATE_R2R_STACK_WALK);
    code.store(Scalar::I32, 0);
}

/// `[this], [buffer], [context], [continuation], args`
fn arguments(code: &mut ThunkCode, signature: &Signature, area: &ArgArea) {
    let mut args = area.args.iter().peekable();
    if let Some(this) = args.next_if(|arg| arg.kind == ArgKind::This) {
        argument(code, this);
    }
    if let ReturnToken::Struct(_) = signature.ret {
        code.plain().local_get(RET);
    }
    args.for_each(|arg| argument(code, arg));
}

fn argument(code: &mut ThunkCode, arg: &ArgSlot) {
    let offset = arg.slot * SLOT_SIZE;
    let load = |code: &mut ThunkCode, of, distance: u32| {
        code.plain().local_get(ARGS);
        code.load(of, offset + distance);
    };
    match arg.kind {
        ArgKind::This | ArgKind::GenericContext => load(code, Scalar::I32, 0),
        // The interpreter starts a method from its beginning: a suspended one goes on by another way.
        ArgKind::AsyncContinuation => drop(code.plain().i32_const(0)),
        ArgKind::Param(_, ParamToken::Scalar(of)) => load(code, of, 0),
        ArgKind::Param(_, ParamToken::MultiSlot(multi)) => {
            parts(multi).for_each(|(of, distance)| load(code, of, distance));
        }
        ArgKind::Param(_, ParamToken::Struct { .. }) => code.address(ARGS, offset),
        ArgKind::Param(_, ParamToken::Empty) => {}
    }
}
