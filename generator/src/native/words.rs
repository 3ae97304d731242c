//! Function types in words: as C# and as C write them.

use wasmparser::{FuncType, ValType};

use crate::abi::{FunctionType, Scalar};
use crate::collect::ir::declarations::Declaration;

/// Longest type in a message, in characters.
const MAX: usize = 90;

/// A type that is one value of a signature.
pub(super) fn scalar(ty: ValType) -> Option<Scalar> {
    Some(match ty {
        ValType::I32 => Scalar::I32,
        ValType::I64 => Scalar::I64,
        ValType::F32 => Scalar::F32,
        ValType::F64 => Scalar::F64,
        ValType::V128 => Scalar::V128,
        ValType::Ref(_) => return None,
    })
}

/// Whether a native function has the type that a signature lowers to.
pub(super) fn is_same(ours: &FunctionType, theirs: &FuncType) -> bool {
    let params = theirs.params().iter().copied().map(scalar);
    let result = match theirs.results() {
        [] => None,
        [one] => match scalar(*one) {
            None => return false,
            some => some,
        },
        _ => return false,
    };
    ours.result == result && params.eq(ours.params.iter().copied().map(Some))
}

/// What a wasm value is in C.
pub(super) fn c_name(ty: ValType) -> &'static str {
    scalar(ty).map_or("a reference", Scalar::c_name)
}

/// `int32_t (float, int64_t)`
pub(super) fn native(ty: &FuncType) -> String {
    let result = match ty.results() {
        [] => "void",
        [one] => c_name(*one),
        _ => "several values",
    };
    join(result, ty.params().iter().map(|ty| c_name(*ty).to_owned()))
}

/// The same of a declared function.
pub(super) fn lowered(ty: &FunctionType) -> String {
    join(ty.result.map_or("void", Scalar::c_name), ty.params.iter().map(|ty| ty.c_name().to_owned()))
}

/// `int (float x, long y)`
pub(super) fn managed(declaration: &Declaration) -> String {
    let params = declaration.params.iter().map(|param| match &*param.name {
        "" => param.managed.clone(),
        name => format!("{} {name}", param.managed),
    });
    join(&declaration.ret.managed, params)
}

fn join(result: &str, params: impl Iterator<Item = String>) -> String {
    let mut text = format!("{result} (");
    for (index, param) in params.enumerate() {
        if text.chars().count() + param.chars().count() > MAX {
            text.push_str(if index == 0 { "..." } else { ", ..." });
            break;
        }
        if index > 0 {
            text.push_str(", ");
        }
        text.push_str(&param);
    }
    text + ")"
}
