//! Types whose layout the runtime decides by name: they must be CoreLib's own and carry `[Intrinsic]`.

use super::LayoutEngine;
use crate::types::{Definition, Named, TypeInfo};
use clr_metadata::Primitive;

/// Simple name of the assembly with the runtime's own types.
pub const CORE_LIBRARY: &str = "System.Private.CoreLib";

/// The vector types of fixed size: name and size in bytes.
const VECTORS: [(&str, u32); 4] = [("Vector64`1", 8), ("Vector128`1", 16), ("Vector256`1", 32), ("Vector512`1", 64)];

/// An intrinsic type of CoreLib.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intrinsic {
    /// `Vector64<T>` to `Vector512<T>`, with its size in bytes.
    Vector(u32),
    /// `System.Numerics.Vector<T>`
    VectorT,
    /// `Int128`, `UInt128`
    Int128,
    /// `Decimal128`
    Decimal128,
    /// `Decimal32`, `Decimal64`
    Decimal,
}

impl LayoutEngine<'_, '_> {
    /// True for a definition in CoreLib.
    pub fn is_core_library(&self, info: &TypeInfo<'_>) -> bool {
        self.type_system()[info.id.assembly].name.eq_ignore_ascii_case(CORE_LIBRARY)
    }

    /// The built-in type that a struct of CoreLib defines.
    pub fn built_in(&self, named: &Named) -> Option<Primitive> {
        as_primitive(self, named)
    }

    /// The intrinsic a definition is.
    pub fn intrinsic(&self, info: &TypeInfo<'_>) -> Option<Intrinsic> {
        if !info.is_intrinsic || info.is_nested || !self.is_core_library(info) {
            return None;
        }
        match (info.namespace, info.name) {
            ("System.Runtime.Intrinsics", name) => {
                VECTORS.iter().find(|(vector, _)| *vector == name).map(|(_, size)| Intrinsic::Vector(*size))
            }
            ("System.Numerics", "Vector`1") => Some(Intrinsic::VectorT),
            ("System.Numerics", "Decimal128") => Some(Intrinsic::Decimal128),
            ("System.Numerics", "Decimal32" | "Decimal64") => Some(Intrinsic::Decimal),
            ("System", "Int128" | "UInt128") => Some(Intrinsic::Int128),
            _ => None,
        }
    }
}

/// Alignment in bytes that replaces the computed one.
pub(super) fn forced_align(layouts: &LayoutEngine<'_, '_>, info: &TypeInfo<'_>) -> Option<u32> {
    let target = layouts.target();
    Some(match layouts.intrinsic(info)? {
        Intrinsic::Vector(size) => size.min(target.max_vector_align),
        Intrinsic::VectorT => target.vector_t_align,
        Intrinsic::Int128 | Intrinsic::Decimal128 => target.int128_align,
        Intrinsic::Decimal => return None,
    })
}

/// Size in bytes that replaces the computed one.
pub(super) fn forced_size(layouts: &LayoutEngine<'_, '_>, info: &TypeInfo<'_>) -> Option<u32> {
    (layouts.intrinsic(info)? == Intrinsic::VectorT).then_some(layouts.target().vector_t_size)
}

/// The built-in type that a struct of CoreLib defines, for signatures that name it by its definition.
pub(crate) fn as_primitive(layouts: &LayoutEngine<'_, '_>, named: &Named) -> Option<Primitive> {
    let Definition::Resolved(id) = &named.definition else { return None };
    let assembly = &layouts.type_system()[id.assembly];
    let ("System", name) = assembly.module.type_name(id.row).ok()? else { return None };
    if !assembly.name.eq_ignore_ascii_case(CORE_LIBRARY) {
        return None;
    }
    Primitive::from_core_name(name)
}
