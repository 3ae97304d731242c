//! A single target of a pointer: its size and its name in messages.

use thunkgen_core::collect::ir::declarations::{Declarations, Integer, Meaning, NativeType};
use thunkgen_rust_source::{Crate, RustType};

/// Size of a value in managed code; `None` if it is unknown.
pub(super) fn size(declarations: &Declarations, ty: &NativeType) -> Option<u32> {
    Some(match ty {
        NativeType::Integer(integer) | NativeType::Enum { underlying: integer, .. } => u32::from(integer.bytes),
        NativeType::Float => 4,
        NativeType::Double => 8,
        NativeType::Struct(index) => declarations.structs.get(*index)?.size,
        _ => return None,
    })
}

/// Size of a value in Rust; `None` if it is unknown.
pub(super) fn size_in_rust(source: &Crate, ty: &RustType) -> Option<u32> {
    Some(match ty {
        RustType::Integer { bytes, .. } | RustType::Enum { bytes, .. } => u32::from(*bytes),
        RustType::Bool => 1,
        RustType::Char | RustType::Float => 4,
        RustType::Double => 8,
        RustType::Struct(index) => source.structs.get(*index)?.layout.as_ref().ok()?.size,
        _ => return None,
    })
}

pub(super) fn is_bool(ty: &NativeType) -> bool {
    matches!(ty, NativeType::Integer(Integer { meaning: Meaning::Bool, .. }))
}

pub(super) fn is_float(ty: &NativeType) -> bool {
    matches!(ty, NativeType::Float | NativeType::Double)
}

pub(super) fn is_float_in_rust(ty: &RustType) -> bool {
    matches!(ty, RustType::Float | RustType::Double)
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
        ty if is_bool(ty) => "a bool".to_owned(),
        _ => "an integer".to_owned(),
    };
    sized(&name, size)
}

/// `a bool of 1 byte`
pub(super) fn words_in_rust(source: &Crate, ty: &RustType, size: u32) -> String {
    let name = match ty {
        RustType::Struct(index) => match source.structs.get(*index) {
            Some(of) => format!("`{}`", of.name),
            None => "a struct".to_owned(),
        },
        RustType::Float | RustType::Double => "a float".to_owned(),
        RustType::Enum { name, .. } => format!("the enum `{name}`"),
        RustType::Bool => "a bool".to_owned(),
        RustType::Char => "a char".to_owned(),
        _ => "an integer".to_owned(),
    };
    sized(&name, size)
}

fn sized(name: &str, size: u32) -> String {
    format!("{name} of {size} {}", if size == 1 { "byte" } else { "bytes" })
}
