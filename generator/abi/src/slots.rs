//! Where each argument of a signature is in the interpreter's argument area.
//!
//! The area is an array of 8-byte slots whose base is 16-aligned. A scalar, `this`, the generic context and the async
//! continuation take one slot; `S<N>` and `A<N>` take `max(ceil(N / 8), 1)`; a v128, `l2`, `V2`, `V4` take their size;
//! `A`, v128 and multi-slot arguments start at an even slot. The return buffer takes none.
//!
//! The slot of the async continuation is before that of the generic context, but among the wasm parameters it is after
//! it, as in the images that crossgen2 11.0.0 writes.

use super::signature_string::{MultiSlot, ParamToken, Scalar, Signature, StructAlign};

/// Size of one interpreter slot in bytes (`INTERP_STACK_SLOT_SIZE`).
pub const SLOT_SIZE: u32 = 8;

/// Alignment of the argument area in bytes (`INTERP_STACK_ALIGNMENT`).
pub const AREA_ALIGN: u32 = 16;

/// What is at a place of the argument area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgKind {
    /// `this`, one i32.
    This,
    /// The hidden generic context, one i32.
    GenericContext,
    /// The async continuation: its slot is reserved, the callee always receives 0.
    AsyncContinuation,
    /// The explicit parameter with this index.
    Param(usize, ParamToken),
}

/// One argument's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArgSlot {
    /// What it is.
    pub kind: ArgKind,
    /// First slot, counted in [`SLOT_SIZE`] units from the start of the area.
    pub slot: u32,
}

/// The argument area of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArgArea {
    /// Every argument, in wasm parameter order (the return buffer, which takes no slot, left out).
    pub args: Vec<ArgSlot>,
    /// Number of slots the arguments take.
    pub slots: u32,
}

impl ArgArea {
    /// Places the arguments of `signature`.
    pub fn of(signature: &Signature) -> ArgArea {
        let mut area = ArgArea { args: Vec::with_capacity(signature.params.len() + 1), slots: 0 };
        if signature.has_this {
            area.push(ArgKind::This, 1, false);
        }
        let continuation = area.slots;
        area.slots += u32::from(signature.is_async);
        if signature.has_generic_context {
            area.push(ArgKind::GenericContext, 1, false);
        }
        if signature.is_async {
            area.args.push(ArgSlot { kind: ArgKind::AsyncContinuation, slot: continuation });
        }
        for (index, &param) in signature.params.iter().enumerate() {
            let (slots, even) = extent(param);
            area.push(ArgKind::Param(index, param), slots, even);
        }
        area
    }

    fn push(&mut self, kind: ArgKind, slots: u32, even: bool) {
        let slot = if even { self.slots.next_multiple_of(AREA_ALIGN / SLOT_SIZE) } else { self.slots };
        self.args.push(ArgSlot { kind, slot });
        self.slots = slot + slots;
    }
}

/// Slots a parameter takes, and whether they start at an even index.
fn extent(param: ParamToken) -> (u32, bool) {
    match param {
        ParamToken::Scalar(Scalar::V128) => (2, true),
        ParamToken::Scalar(_) => (1, false),
        ParamToken::MultiSlot(multi @ (MultiSlot::L2 | MultiSlot::V2 | MultiSlot::V4)) => {
            (multi.size() / SLOT_SIZE, true)
        }
        ParamToken::Struct { size, align } => (size.div_ceil(SLOT_SIZE).max(1), align == StructAlign::Sixteen),
        ParamToken::Empty => (1, false),
    }
}
