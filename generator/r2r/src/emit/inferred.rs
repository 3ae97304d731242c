//! What is not documented and was concluded: from the form of older code, from numbers in readers of the format, from
//! the only order that fits. Everything else in this module follows sources that say it.

use clr_wasm_abi::slots::{ArgKind, SLOT_SIZE};
use clr_wasm_abi::{MultiSlot, ParamToken, Scalar};

/// `READYTORUN_HELPER_R2RToInterpreter`, a value of the enumeration of helpers. Known from the tests of a reader of
/// ReadyToRun images only; the number before it is `READYTORUN_HELPER_InitInstClass`.
pub const HELPER_R2R_TO_INTERPRETER: u32 = 0x118;

/// The functions of an image that its host calls. They have places in the table behind those of the thunks, and are
/// counted in the size of that part: so it was in version 1 of the wrapper, whose form could be read.
pub(super) const STUBS_IN_TABLE: [&str; 2] = ["getWebcilSize", "patchWebcilHeader"];

/// The table of `I` thunks in a linked runtime; its length has the same name with `Count` behind it. A runtime of the
/// contract `wasm-thunks` reads it in builds for browsers; the newest one finds `I` thunks in images alone. What the
/// other contract would call it is not known.
pub const TO_INTERP_TABLE: &str = "g_wasmGeneratedPortableEntryPointThunks";

/// The wasm parameters that an `I` thunk stores into the slots of an argument, as type and distance in bytes from the
/// first slot. None for structs, whose bytes are copied.
///
/// The form of `I` that could be read knew `this` and explicit arguments of one wasm parameter. That the generic
/// context and the async continuation are stored like any i32, and the parts of `l2`, `V2` and `V4` one after the
/// other, follows from the interpreter-to-R2R direction, which reads them there.
pub(super) fn stored_by_to_interp(kind: ArgKind) -> Vec<(Scalar, u32)> {
    match kind {
        ArgKind::This | ArgKind::GenericContext | ArgKind::AsyncContinuation => vec![(Scalar::I32, 0)],
        ArgKind::Param(_, ParamToken::Scalar(of)) => vec![(of, 0)],
        ArgKind::Param(_, ParamToken::MultiSlot(multi)) => parts(multi).collect(),
        ArgKind::Param(_, ParamToken::Struct { .. } | ParamToken::Empty) => Vec::new(),
    }
}

/// The parts of a multi-slot value, as type and distance in bytes from its first slot.
pub(super) fn parts(multi: MultiSlot) -> impl Iterator<Item = (Scalar, u32)> {
    let element = multi.element();
    let step = element.size().next_multiple_of(SLOT_SIZE);
    (0..multi.count()).map(move |index| (element, index * step))
}
