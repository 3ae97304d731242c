//! Primitive types and enums: the same by value, except `bool` and `char`.

use super::{DROP_MARSHAL_AS, refuse};
use crate::LowerError;
use clr_metadata::{Primitive, UnmanagedType};

/// The native form of a primitive type. `ansi` says that a `char` is one byte unless its `MarshalAs` says otherwise.
pub(super) fn native(primitive: Primitive, given: Option<UnmanagedType>, ansi: bool) -> Result<Primitive, LowerError> {
    let native = match (primitive, given) {
        (Primitive::Boolean, None | Some(UnmanagedType::Bool)) => Some(Primitive::I4),
        (Primitive::Boolean, Some(UnmanagedType::I1 | UnmanagedType::U1)) => Some(Primitive::U1),
        (Primitive::Char, None) => Some(if ansi { Primitive::U1 } else { Primitive::U2 }),
        (Primitive::Char, Some(UnmanagedType::I1 | UnmanagedType::U1)) => Some(Primitive::U1),
        (Primitive::Char, Some(UnmanagedType::I2 | UnmanagedType::U2)) => Some(Primitive::U2),
        _ => is_same(primitive, given, ansi).then_some(primitive),
    };
    native.ok_or_else(|| {
        let given = given.map_or("", UnmanagedType::name);
        refuse(format!("`{}` is not marshalled as {given}", primitive.keyword()), DROP_MARSHAL_AS)
    })
}

/// True when a field of this type has the same bytes on both sides.
pub(super) fn is_same(primitive: Primitive, given: Option<UnmanagedType>, ansi: bool) -> bool {
    let Some(given) = given else {
        return match primitive {
            Primitive::Boolean => false,
            Primitive::Char => !ansi,
            _ => true,
        };
    };
    use UnmanagedType::{Error, I1, I2, I4, I8, R4, R8, SysInt, SysUInt, U1, U2, U4, U8};
    match primitive {
        Primitive::Void | Primitive::Boolean => false,
        Primitive::I1 | Primitive::U1 => matches!(given, I1 | U1),
        Primitive::Char | Primitive::I2 | Primitive::U2 => matches!(given, I2 | U2),
        Primitive::I4 | Primitive::U4 => matches!(given, I4 | U4 | Error),
        Primitive::I8 | Primitive::U8 => matches!(given, I8 | U8),
        Primitive::R4 => given == R4,
        Primitive::R8 => given == R8,
        Primitive::I | Primitive::U => matches!(given, SysInt | SysUInt),
    }
}
