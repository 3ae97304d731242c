//! How values cross to wasm: the C ABI of wasm32 (tool-conventions, "Basic C ABI") as rustc has it.
//!
//! A scalar is one value, a 128-bit integer two; a struct that is one scalar and nothing else is passed as that, an
//! empty one not at all, any other by address. Results of more than one value are written to an address that comes
//! first. rustc before 1.89 passed structs by their fields on `wasm32-unknown-unknown`; emscripten never linked that.

use clr_wasm_file::ValType;

use super::entries::State;
use super::model::{Layout, RustType, StructKind};
use super::types::Types;

/// What a type consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// No bytes, or only padding.
    Nothing,
    /// Scalars of one kind and size.
    Of(Scalar),
    /// Anything else.
    Mixed,
}

/// A scalar in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scalar {
    kind: Kind,
    size: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Integer,
    Float,
    Vector,
}

/// How a value is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    pub(super) fn values(self) -> &'static [ValType] {
        match self {
            Passed::Nothing => &[],
            Passed::One(ValType::I64) => &[ValType::I64],
            Passed::One(ValType::F32) => &[ValType::F32],
            Passed::One(ValType::F64) => &[ValType::F64],
            Passed::One(ValType::V128) => &[ValType::V128],
            Passed::One(_) | Passed::Address => &[ValType::I32],
            Passed::Two => &[ValType::I64, ValType::I64],
        }
    }
}

impl Scalar {
    fn passed(self) -> Passed {
        match (self.kind, self.size) {
            (Kind::Float, 4) => Passed::One(ValType::F32),
            (Kind::Float, _) => Passed::One(ValType::F64),
            (Kind::Vector, _) => Passed::One(ValType::V128),
            (Kind::Integer, 16) => Passed::Two,
            (Kind::Integer, 8) => Passed::One(ValType::I64),
            (Kind::Integer, _) => Passed::One(ValType::I32),
        }
    }
}

impl Unit {
    fn and(self, other: Unit) -> Unit {
        match (self, other) {
            (Unit::Nothing, unit) | (unit, Unit::Nothing) => unit,
            (Unit::Of(one), Unit::Of(two)) if one == two => self,
            _ => Unit::Mixed,
        }
    }
}

impl Types<'_> {
    /// How a type whose layout is known is passed.
    pub(super) fn passed(&self, ty: &RustType) -> Passed {
        match (ty, self.unit(ty)) {
            (RustType::Struct(index), unit) => match (self.layout_of(*index), unit) {
                (Some((0, _)), _) => Passed::Nothing,
                (Some((size, _)), Unit::Of(scalar)) if scalar.size == size => scalar.passed(),
                _ => Passed::Address,
            },
            (_, Unit::Of(scalar)) => scalar.passed(),
            _ => Passed::Nothing,
        }
    }

    fn unit(&self, ty: &RustType) -> Unit {
        let of = |kind, size: u32| Unit::Of(Scalar { kind, size });
        match ty {
            RustType::Void => Unit::Nothing,
            RustType::Bool => of(Kind::Integer, 1),
            RustType::Integer { bytes, .. } | RustType::Enum { bytes, .. } => of(Kind::Integer, (*bytes).into()),
            RustType::Char | RustType::Pointer(_) | RustType::Function(_) => of(Kind::Integer, 4),
            RustType::Float => of(Kind::Float, 4),
            RustType::Double => of(Kind::Float, 8),
            RustType::Vector => of(Kind::Vector, 16),
            RustType::Array { count: 0, .. } => Unit::Nothing,
            RustType::Array { element, .. } => self.unit(element),
            RustType::Struct(index) => match self.entries.get(*index).map(|entry| &entry.state) {
                Some(State::Done(Ok((_, unit)))) => *unit,
                _ => Unit::Mixed,
            },
            RustType::Unknown(_) => Unit::Mixed,
        }
    }

    fn layout_of(&self, index: usize) -> Option<(u32, u32)> {
        match self.entries.get(index).map(|entry| &entry.state) {
            Some(State::Done(Ok((layout, _)))) => Some((layout.size, layout.align)),
            _ => None,
        }
    }

    /// What a layout consists of; padding makes it mixed. `tag` is the size of an enum's tag.
    ///
    /// rustc differs from clang in two: a union of scalars of one kind and size is such a scalar, though clang passes every
    /// union of more than one field by address; and a tag with data of no size is the tag.
    pub(super) fn unit_of(&self, layout: &Layout, tag: Option<u32>) -> Unit {
        if layout.kind == StructKind::TaggedUnion {
            let tag = tag.filter(|tag| *tag == layout.size);
            return tag.map_or(Unit::Mixed, |size| Unit::Of(Scalar { kind: Kind::Integer, size }));
        }
        let (mut unit, mut end) = (Unit::Nothing, 0);
        for field in &layout.fields {
            if field.size == 0 && self.align_of(&field.ty) == 1 {
                continue;
            }
            if layout.kind == StructKind::Struct && field.offset != end {
                return Unit::Mixed;
            }
            unit = unit.and(self.unit(&field.ty));
            end = end.max(field.offset + field.size);
        }
        if end == layout.size { unit } else { Unit::Mixed }
    }

    /// Alignment of a type without size.
    fn align_of(&self, ty: &RustType) -> u32 {
        match ty {
            RustType::Struct(index) => self.layout_of(*index).map_or(1, |(_, align)| align),
            RustType::Array { element, .. } => self.align_of(element),
            RustType::Integer { bytes, .. } | RustType::Enum { bytes, .. } => (*bytes).into(),
            RustType::Void | RustType::Bool | RustType::Unknown(_) => 1,
            RustType::Char | RustType::Float | RustType::Pointer(_) | RustType::Function(_) => 4,
            RustType::Double => 8,
            RustType::Vector => 16,
        }
    }
}
