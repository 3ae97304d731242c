//! How values are passed in wasm: the C ABI of wasm32 (tool-conventions, "Basic C ABI") as clang and rustc implement it.
//!
//! A scalar is one value, a 128-bit integer two. A struct that contains one scalar is passed as that scalar, an empty
//! struct not at all, and any other struct by address. A result of more than one value is written to an address, which is
//! the first parameter.

use super::{DebugType, Language, Layout, StructKind};
use crate::ValType;

/// What a type consists of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// No bytes, or only padding.
    Nothing,
    /// Scalars of one kind and size in bytes.
    Scalars(Kind, u32),
    /// Anything else.
    Mixed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Float,
    Vector,
}

/// How a value is passed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Passed {
    /// Not at all.
    Nothing,
    /// As one value.
    One(ValType),
    /// As two values; a result by address.
    Two,
    /// By address.
    Address,
}

impl Passed {
    /// The values of a parameter.
    pub fn values(self) -> Vec<ValType> {
        match self {
            Passed::Nothing => Vec::new(),
            Passed::One(ty) => vec![ty],
            Passed::Address => vec![ValType::I32],
            Passed::Two => vec![ValType::I64; 2],
        }
    }
}

/// How a type is passed; `layout` is the layout of a struct.
pub(super) fn passed(content: Content, layout: Option<&Layout>) -> Passed {
    match (layout, content) {
        (Some(layout), _) if layout.by_reference => Passed::Address,
        (Some(layout), _) if layout.size == 0 => Passed::Nothing,
        (Some(layout), Content::Scalars(_, size)) if size != layout.size => Passed::Address,
        (_, Content::Scalars(Kind::Float, 4)) => Passed::One(ValType::F32),
        (_, Content::Scalars(Kind::Float, _)) => Passed::One(ValType::F64),
        (_, Content::Scalars(Kind::Vector, _)) => Passed::One(ValType::V128),
        (_, Content::Scalars(Kind::Integer, 16)) => Passed::Two,
        (_, Content::Scalars(Kind::Integer, 8)) => Passed::One(ValType::I64),
        (_, Content::Scalars(Kind::Integer, _)) => Passed::One(ValType::I32),
        (None, Content::Nothing) => Passed::Nothing,
        _ => Passed::Address,
    }
}

/// What a type consists of; `structs` has the content of each struct.
pub(super) fn content(structs: &[Content], ty: &DebugType) -> Content {
    match ty {
        DebugType::Void | DebugType::Array { count: 0, .. } => Content::Nothing,
        DebugType::Bool => Content::Scalars(Kind::Integer, 1),
        DebugType::Integer { bytes, .. } | DebugType::Enum { bytes, .. } => {
            Content::Scalars(Kind::Integer, (*bytes).into())
        }
        DebugType::Pointer(_) | DebugType::Function(_) => Content::Scalars(Kind::Integer, 4),
        DebugType::Float => Content::Scalars(Kind::Float, 4),
        DebugType::Double => Content::Scalars(Kind::Float, 8),
        DebugType::Vector => Content::Scalars(Kind::Vector, 16),
        DebugType::Array { element, .. } => content(structs, element),
        DebugType::Struct(index) => structs.get(*index).copied().unwrap_or(Content::Mixed),
        DebugType::Unknown => Content::Mixed,
    }
}

/// What a layout consists of; one with padding is mixed.
///
/// rustc passes a union of scalars of one kind and size as such a scalar; clang passes every union of more than one field
/// by address.
pub(super) fn layout_content(structs: &[Content], language: Language, layout: &Layout) -> Content {
    let fields = || layout.fields.iter().filter(|field| field.size > 0);
    let is_one = language == Language::Rust || fields().count() <= 1;
    if layout.kind == StructKind::TaggedUnion || layout.kind == StructKind::Union && !is_one {
        return Content::Mixed;
    }
    let (mut all, mut end) = (Content::Nothing, 0);
    for field in fields() {
        if layout.kind == StructKind::Struct && field.offset != end {
            return Content::Mixed;
        }
        all = match (all, content(structs, &field.ty)) {
            (Content::Nothing, content) | (content, Content::Nothing) => content,
            (one, two) if one == two => one,
            _ => return Content::Mixed,
        };
        end = end.max(field.offset.saturating_add(field.size));
    }
    if end == layout.size { all } else { Content::Mixed }
}
