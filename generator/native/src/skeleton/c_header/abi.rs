//! What clang makes of the types of a header on wasm32: sizes, alignments, and the wasm values a type is passed as
//! (WebAssembly tool conventions, "Basic C ABI").

use std::collections::BTreeSet;

use clr_wasm_abi::{ParamToken, ReturnToken, Scalar};
use thunkgen_core::collect::ir::declarations::{Integer, Meaning, NativeType, Struct};

const POINTER: u32 = 4;

/// Size and alignment of a type in a struct.
pub(super) fn measure(ty: &NativeType, structs: &[Struct]) -> (u32, u32) {
    match ty {
        NativeType::Void => (0, 1),
        NativeType::Integer(of) | NativeType::Enum { underlying: of, .. } => (of.bytes.into(), of.bytes.max(1).into()),
        NativeType::Float => (4, 4),
        NativeType::Double => (8, 8),
        NativeType::Struct(index) => structs.get(*index).map_or((0, 1), |of| (of.size, align(of))),
        NativeType::Vector(bytes) => (*bytes, (*bytes).max(1)),
        NativeType::Wide { .. } => (16, 16),
        NativeType::Repeated { element, count } => {
            let (size, align) = measure(element, structs);
            (size.saturating_mul(*count), align)
        }
        _ => (POINTER, POINTER),
    }
}

/// The alignment a struct has in C, where every size is a multiple of it.
pub(super) fn align(of: &Struct) -> u32 {
    let fits = |align: &u32| *align <= of.align.max(1) && of.size.is_multiple_of(*align);
    (0..16).rev().map(|power| 1 << power).find(fits).unwrap_or(1)
}

/// The wasm values that a type is passed as; `None` by address.
pub(super) fn values(ty: &NativeType, structs: &[Struct]) -> Option<Vec<Scalar>> {
    Some(match ty {
        NativeType::Void => vec![],
        NativeType::Integer(of) | NativeType::Enum { underlying: of, .. } => {
            vec![if of.bytes == 8 { Scalar::I64 } else { Scalar::I32 }]
        }
        NativeType::Float => vec![Scalar::F32],
        NativeType::Double => vec![Scalar::F64],
        NativeType::Vector(bytes) => (0..bytes / 16).map(|_| Scalar::V128).collect(),
        NativeType::Wide { .. } => vec![Scalar::I64; 2],
        NativeType::Struct(index) => {
            let of = structs.get(*index)?;
            return match of.fields.as_deref() {
                // Of one field of its own size, a struct is that field.
                Some([field]) if field.size == of.size => match measure(&field.ty, structs) {
                    (size, _) if size == field.size => values(&field.ty, structs),
                    _ => bytes(of.size),
                },
                Some([]) | None => bytes(of.size),
                Some(_) => None,
            };
        }
        NativeType::Repeated { element, count: 1 } => return values(element, structs),
        NativeType::Repeated { .. } => return None,
        _ => vec![Scalar::I32],
    })
}

/// What is written as an array of bytes.
fn bytes(size: u32) -> Option<Vec<Scalar>> {
    (size == 1).then(|| vec![Scalar::I32])
}

/// A type as managed code passes it, where C would pass it otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passed {
    /// As C does it.
    AsIs,
    /// Its address.
    ByAddress,
    /// This value.
    As(Scalar),
    /// Not at all.
    Nothing,
}

/// How a parameter is written.
pub(super) fn param(ty: &NativeType, token: Option<&ParamToken>, structs: &[Struct]) -> Passed {
    let values = values(ty, structs);
    match (token, values.as_deref()) {
        (Some(ParamToken::Scalar(scalar)), Some([one])) if scalar == one => Passed::AsIs,
        (Some(ParamToken::Scalar(scalar)), _) => Passed::As(*scalar),
        (Some(ParamToken::Struct { .. }), Some(_)) => Passed::ByAddress,
        (Some(ParamToken::Empty), _) => Passed::Nothing,
        _ => Passed::AsIs,
    }
}

/// How a result is written; [`Passed::ByAddress`] is a parameter before the others.
pub(super) fn result(ty: &NativeType, token: ReturnToken, structs: &[Struct]) -> Passed {
    let values = values(ty, structs);
    match (token, values.as_deref()) {
        (ReturnToken::Void, Some([])) => Passed::AsIs,
        (ReturnToken::Void, _) => Passed::Nothing,
        (ReturnToken::Scalar(scalar), Some([one])) if scalar == *one => Passed::AsIs,
        (ReturnToken::Scalar(scalar), _) => Passed::As(scalar),
        (ReturnToken::Struct(_), Some([_])) => Passed::ByAddress,
        (ReturnToken::Struct(_), _) => Passed::AsIs,
    }
}

/// True when a type is laid out otherwise where pointers have another size, given the structs that are.
pub(super) fn holds_pointer(ty: &NativeType, structs: &BTreeSet<usize>) -> bool {
    match ty {
        NativeType::Integer(Integer { meaning: Meaning::Size, .. }) => true,
        NativeType::Void
        | NativeType::Integer(_)
        | NativeType::Enum { .. }
        | NativeType::Float
        | NativeType::Double
        | NativeType::Vector(_)
        | NativeType::Wide { .. } => false,
        NativeType::Struct(index) => structs.contains(index),
        NativeType::Repeated { element, .. } => holds_pointer(element, structs),
        _ => true,
    }
}
