//! Where .NET and C differ on purpose, by the shape of the struct.

use super::facts::Facet;
use super::shape::{Ty, Unit};

/// A difference that is no mistake.
#[derive(Clone, Copy)]
pub struct Exception {
    /// Which structs.
    pub name: &'static str,
    /// Why the two differ.
    pub reason: &'static str,
    /// What may differ.
    pub excuses: &'static [Facet],
    /// Whether a struct is one.
    pub applies: fn(&Unit, usize) -> bool,
}

/// Every difference there is.
pub const EXCEPTIONS: &[Exception] = &[
    Exception {
        name: "holds an empty struct",
        reason: "an empty struct takes one byte in .NET and is passed by address; in C it takes none, is no parameter, \
                 and does not count when a struct is taken for its only field",
        excuses: Facet::ALL,
        applies: |unit, index| unit.anywhere(index, &|index| unit.structs[index].fields.is_empty()),
    },
    Exception {
        name: "holds a struct whose Size is no multiple of its alignment",
        reason: "a Size replaces .NET's rounding to the alignment; in C a size is always a multiple of the alignment",
        excuses: Facet::ALL,
        applies: |unit, index| unit.anywhere(index, &|index| has_partial_size(unit, index)),
    },
    Exception {
        name: "holds an explicit layout with a field at an offset that is no multiple of its alignment",
        reason: "a misaligned FieldOffset leaves .NET's alignment what the field's type asks for; C must pack the \
                 field, which takes its alignment away",
        excuses: Facet::ALL,
        applies: |unit, index| {
            let misaligned = |index: usize| {
                let made = &unit.structs[index];
                made.fields.iter().any(|field| unit.is_misaligned(made, field))
            };
            unit.anywhere(index, &misaligned)
        },
    },
    Exception {
        name: "is a Vector64<T>",
        reason: "a Vector64<T> is a struct of one ulong to .NET and passed as an i64; clang widens an 8-byte vector to \
                 a v128",
        excuses: Facet::WASM_TYPES,
        applies: |unit, index| matches!(core(unit, index), Some(Ty::Vector { size: 8, .. })),
    },
    Exception {
        name: "is a larger vector of bool or char",
        reason: "the runtime has no instructions for vectors of what is no number, and passes such a vector by address",
        excuses: Facet::WASM_TYPES,
        applies: |unit, index| {
            let core = core(unit, index);
            matches!(core, Some(Ty::Vector { size: 16.., element }) if !element.is_numeric())
        },
    },
];

/// True when nothing about a struct differs between the languages.
pub fn is_ordinary(unit: &Unit, index: usize) -> bool {
    !EXCEPTIONS.iter().any(|exception| (exception.applies)(unit, index))
}

fn has_partial_size(unit: &Unit, index: usize) -> bool {
    let (made, measured) = (&unit.structs[index], &unit.measured[index]);
    made.class_size != 0 && !made.class_size.max(measured.end).is_multiple_of(measured.align)
}

/// What a struct is when everything around its only field is taken off, as long as the field fills it.
fn core(unit: &Unit, index: usize) -> Option<Ty> {
    let [field] = &*unit.structs[index].fields else { return None };
    if unit.extent(&field.ty).0 != unit.measured[index].size {
        return None;
    }
    match field.ty {
        Ty::Struct(inner) => core(unit, inner),
        ref ty => Some(ty.clone()),
    }
}
