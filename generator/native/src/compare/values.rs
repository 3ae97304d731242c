//! Single values behind pointers: their sizes, and their names in messages.

use clr_wasm_file::{DebugInfo, DebugType};
use thunkgen_core::collect::ir::declarations::{Declarations, Integer, Meaning, NativeType};

/// Size of a value in managed code; `None` for a type that matches anything.
pub(super) fn size(declarations: &Declarations, ty: &NativeType) -> Option<u32> {
    Some(match ty {
        NativeType::Integer(integer) | NativeType::Enum { underlying: integer, .. } => u32::from(integer.bytes),
        NativeType::Float => 4,
        NativeType::Double => 8,
        NativeType::Struct(index) => declarations.structs.get(*index)?.size,
        _ => return None,
    })
}

/// Size of a value in native code; `None` for a type that matches anything.
pub(super) fn native_size(info: &DebugInfo, ty: &DebugType) -> Option<u32> {
    Some(match ty {
        DebugType::Integer { bytes, .. } | DebugType::Enum { bytes, .. } => u32::from(*bytes),
        DebugType::Bool => 1,
        DebugType::Float => 4,
        DebugType::Double => 8,
        DebugType::Struct(index) => info.structs.get(*index)?.layout.as_ref()?.size,
        _ => return None,
    })
}

pub(super) fn is_truth(ty: &NativeType) -> bool {
    matches!(ty, NativeType::Integer(Integer { meaning: Meaning::Bool, .. }))
}

pub(super) fn is_float(ty: &NativeType) -> bool {
    matches!(ty, NativeType::Float | NativeType::Double)
}

pub(super) fn is_native_float(ty: &DebugType) -> bool {
    matches!(ty, DebugType::Float | DebugType::Double)
}

/// `a bool of 4 bytes`
pub(super) fn words(declarations: &Declarations, ty: &NativeType, size: u32) -> String {
    let name = match ty {
        NativeType::Struct(index) => match declarations.structs.get(*index) {
            Some(of) => format!("the struct `{}`", of.name),
            None => "a struct".to_owned(),
        },
        NativeType::Float | NativeType::Double => "a float".to_owned(),
        NativeType::Enum { name, .. } => format!("the enum `{name}`"),
        ty if is_truth(ty) => "a bool".to_owned(),
        _ => "an integer".to_owned(),
    };
    sized(&name, size)
}

/// `` `Color` of 4 bytes``
pub(super) fn native_words(info: &DebugInfo, ty: &DebugType, size: u32) -> String {
    let name = match ty {
        DebugType::Struct(index) => match info.structs.get(*index) {
            Some(of) => format!("`{}`", of.name),
            None => "a struct".to_owned(),
        },
        DebugType::Float | DebugType::Double => "a float".to_owned(),
        DebugType::Enum { name, .. } if !name.is_empty() => format!("the enum `{name}`"),
        DebugType::Enum { .. } => "an enum".to_owned(),
        DebugType::Bool => "a bool".to_owned(),
        _ => "an integer".to_owned(),
    };
    sized(&name, size)
}

fn sized(name: &str, size: u32) -> String {
    format!("{name} of {size} {}", if size == 1 { "byte" } else { "bytes" })
}
