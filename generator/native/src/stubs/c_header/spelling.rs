//! Types as a native author writes them.

use super::mentioned::MentionedType;
use super::names::{Names, exact};
use clr_wasm_abi::Scalar;
use thunkgen_core::collect::ir::declarations::{Direction, Integer, Meaning, NativeType};

/// The character of UTF-16, which an author may define otherwise.
pub(super) const CHAR16: &str = "THUNKGEN_CHAR16";

/// A type around the name it declares.
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

    /// What a wasm value is.
    pub(super) fn scalar(scalar: Scalar, names: &Names) -> CType {
        match scalar {
            Scalar::V128 => CType::plain(names.of(&MentionedType::Vector(16))),
            _ => CType::plain(scalar.c_name()),
        }
    }

    /// Of a parameter, field, or function that returns it.
    pub(super) fn of(ty: &NativeType, names: &Names) -> CType {
        match ty {
            NativeType::Void => CType::plain("void"),
            NativeType::Integer(of) => CType::plain(integer(*of)),
            NativeType::Float => CType::plain("float"),
            NativeType::Double => CType::plain("double"),
            NativeType::Enum { name, underlying } => {
                CType::plain(names.of(&MentionedType::Enum(name.clone(), *underlying)))
            }
            NativeType::Pointer(to) | NativeType::Array(to) => pointee(to, names).pointer(),
            NativeType::Reference { to, direction: Direction::In } => pointee(to, names).constant().pointer(),
            NativeType::Reference { to, .. } => pointee(to, names).pointer(),
            NativeType::String { unit, writable } => {
                let unit = CType::plain(if *unit == 1 { "char" } else { CHAR16 });
                if *writable { unit.pointer() } else { unit.constant().pointer() }
            }
            NativeType::Function { prototype: Some(index), .. } => {
                CType::plain(names.of(&MentionedType::Prototype(*index)))
            }
            NativeType::Function { prototype: None, .. } => CType::plain(&*names.function),
            NativeType::Handle(name) => CType::plain(names.of(&MentionedType::Handle(name.clone()))),
            NativeType::Struct(index) => CType::plain(names.of(&MentionedType::Struct(*index))),
            NativeType::Vector(bytes) => CType::plain(names.of(&MentionedType::Vector(*bytes))),
            NativeType::Wide { signed } => CType::plain(names.of(&MentionedType::Wide { signed: *signed })),
            NativeType::Repeated { element, count } => CType::of(element, names).repeated(*count),
            NativeType::Object(_) | NativeType::Unknown(_) => CType::plain("void").pointer(),
        }
    }

    /// The address of one.
    pub(super) fn pointer(mut self) -> CType {
        self.stars.push('*');
        self
    }

    /// One that is not written.
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

/// What is behind a pointer; of several in a row, the first.
fn pointee(ty: &NativeType, names: &Names) -> CType {
    match ty {
        NativeType::Unknown(name) => CType::plain(names.of(&MentionedType::Unknown(name.clone()))),
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
