//! Types in C syntax.

use super::header_names::{Names, exact};
use super::used_types::UsedType;
use clr_wasm_abi::Scalar;
use thunkgen_core::collect::ir::declarations::{Direction, Integer, Meaning, NativeType};

/// The macro for UTF-16 characters, which an author may define.
pub(super) const CHAR16: &str = "THUNKGEN_CHAR16";

/// A C type; the declared name goes between its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CType {
    base: String,
    stars: String,
    lengths: String,
}

impl CType {
    pub(super) fn plain(base: impl Into<String>) -> CType {
        CType { base: base.into(), stars: String::new(), lengths: String::new() }
    }

    /// The C type of a wasm value.
    pub(super) fn scalar(scalar: Scalar, names: &Names) -> CType {
        match scalar {
            Scalar::V128 => CType::plain(names.of(&UsedType::Vector(16))),
            _ => CType::plain(scalar.c_name()),
        }
    }

    /// The type of a parameter, field or result.
    pub(super) fn of(ty: &NativeType, names: &Names) -> CType {
        match ty {
            NativeType::Void => CType::plain("void"),
            NativeType::Integer(of) => CType::plain(integer(*of)),
            NativeType::Float => CType::plain("float"),
            NativeType::Double => CType::plain("double"),
            NativeType::Enum { name, underlying } => CType::plain(names.of(&UsedType::Enum(name.clone(), *underlying))),
            NativeType::Pointer(to) | NativeType::Array(to) => pointee(to, names).pointer(),
            NativeType::Reference { to, direction: Direction::In } => pointee(to, names).constant().pointer(),
            NativeType::Reference { to, .. } => pointee(to, names).pointer(),
            NativeType::String { unit, writable } => {
                let unit = CType::plain(if *unit == 1 { "char" } else { CHAR16 });
                if *writable { unit.pointer() } else { unit.constant().pointer() }
            }
            NativeType::Function { prototype: Some(index), .. } => CType::plain(names.of(&UsedType::Prototype(*index))),
            NativeType::Function { prototype: None, .. } => CType::plain(&*names.function),
            NativeType::Handle(name) => CType::plain(names.of(&UsedType::Handle(name.clone()))),
            NativeType::Struct(index) => CType::plain(names.of(&UsedType::Struct(*index))),
            NativeType::Vector(bytes) => CType::plain(names.of(&UsedType::Vector(*bytes))),
            NativeType::Wide { signed } => CType::plain(names.of(&UsedType::Wide { signed: *signed })),
            NativeType::Repeated { element, count } => CType::of(element, names).repeated(*count),
            NativeType::Object(_) | NativeType::Unknown(_) => CType::plain("void").pointer(),
        }
    }

    /// A pointer to it.
    pub(super) fn pointer(mut self) -> CType {
        self.stars.push('*');
        self
    }

    /// Adds `const`.
    pub(super) fn constant(mut self) -> CType {
        if self.stars.is_empty() {
            self.base.insert_str(0, "const ");
        } else {
            self.stars.push_str("const ");
        }
        self
    }

    fn repeated(mut self, count: u32) -> CType {
        self.lengths.insert_str(0, &format!("[{count}]"));
        self
    }

    /// `const char *name[3]`
    pub(super) fn declare(&self, name: &str) -> String {
        let CType { base, stars, lengths } = self;
        format!("{base} {stars}{name}{lengths}")
    }

    /// The type of a result, before the function's name.
    pub(super) fn result(&self) -> String {
        format!("{} {}", self.base, self.stars)
    }
}

/// The target of a pointer; the first element of an array.
fn pointee(ty: &NativeType, names: &Names) -> CType {
    match ty {
        NativeType::Unknown(name) => CType::plain(names.of(&UsedType::Unknown(name.clone()))),
        NativeType::Repeated { element, .. } => pointee(element, names),
        _ => CType::of(ty, names),
    }
}

fn integer(of: Integer) -> String {
    let Integer { bytes, signed, meaning } = of;
    match (meaning, bytes) {
        (Meaning::Bool, 1) => "bool".to_owned(),
        (Meaning::Char, 1) => "char".to_owned(),
        (Meaning::Char, 2) => CHAR16.to_owned(),
        (Meaning::Size, _) => (if signed { "intptr_t" } else { "uintptr_t" }).to_owned(),
        _ => exact(of),
    }
}
