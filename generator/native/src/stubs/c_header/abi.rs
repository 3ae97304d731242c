//! How clang lays out and passes the types of a header on wasm32.

use std::collections::BTreeSet;
use std::convert::Infallible;

use clr_wasm_abi::basic_c_abi::{self, Outline};
use clr_wasm_abi::{CScalar, Crossing, Lowered, ParamToken, ReturnToken};
use thunkgen_core::collect::ir::declarations::{NativeType, Struct};

/// Size and alignment of a type in a struct.
pub(super) fn measure(ty: &NativeType, structs: &[Struct]) -> (u32, u32) {
    match ty {
        NativeType::Void => (0, 1),
        NativeType::Struct(index) => structs.get(*index).map_or((0, 1), |of| (of.size, align(of))),
        NativeType::Repeated { element, count } => {
            let (size, align) = measure(element, structs);
            (size.saturating_mul(*count), align)
        }
        _ => {
            let scalar = ty.scalar().unwrap_or(CScalar::Pointer);
            (scalar.size(), scalar.align())
        }
    }
}

/// The alignment of a struct in C, where the size is a multiple of the alignment.
pub(super) fn align(of: &Struct) -> u32 {
    let fits = |align: &u32| *align <= of.align.max(1) && of.size.is_multiple_of(*align);
    (0..16).rev().map(|power| 1 << power).find(fits).unwrap_or(1)
}

/// How clang passes a type.
fn lowered(ty: &NativeType, structs: &[Struct]) -> Lowered {
    let Ok(lowered) = basic_c_abi::lower(ty, |ty| Ok::<_, Infallible>(outline(ty, structs)));
    lowered
}

fn outline<'d>(ty: &&'d NativeType, structs: &'d [Struct]) -> Outline<&'d NativeType> {
    match *ty {
        NativeType::Void => Outline::Value(Lowered::Void),
        NativeType::Struct(index) => {
            let Some(of) = structs.get(*index) else { return Outline::Struct { size: 0, align: 1, only: None } };
            let (only, is_bytes) = match of.fields.as_deref() {
                Some([field]) if field.size == of.size => {
                    let only = (measure(&field.ty, structs).0 == field.size).then_some(&field.ty);
                    (only, only.is_none())
                }
                Some([]) | None => (None, true),
                Some(_) => (None, false),
            };
            if is_bytes && of.size == 1 {
                // Written as an array of one byte.
                return Outline::Value(CScalar::Integer(1).lowered());
            }
            Outline::Struct { size: of.size, align: align(of), only }
        }
        NativeType::Repeated { element, count } => {
            let (size, align) = measure(ty, structs);
            Outline::Struct { size, align, only: (*count == 1).then_some(&**element) }
        }
        _ => Outline::Value(ty.scalar().unwrap_or(CScalar::Pointer).lowered()),
    }
}

/// How a parameter is written.
pub(super) fn param(ty: &NativeType, token: Option<&ParamToken>, structs: &[Struct]) -> Crossing {
    token.map_or(Crossing::AsIs, |token| Crossing::of_param(lowered(ty, structs), *token))
}

/// How a result is written.
pub(super) fn result(ty: &NativeType, token: ReturnToken, structs: &[Struct]) -> Crossing {
    Crossing::of_result(lowered(ty, structs), token)
}

/// True if the layout of a type depends on the size of pointers, given the structs for which it does.
pub(super) fn holds_pointer(ty: &NativeType, structs: &BTreeSet<usize>) -> bool {
    match ty {
        NativeType::Struct(index) => structs.contains(index),
        NativeType::Repeated { element, .. } => holds_pointer(element, structs),
        NativeType::Unknown(_) => true,
        _ => ty.scalar() == Some(CScalar::Pointer),
    }
}
