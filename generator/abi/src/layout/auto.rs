//! Auto layout, also of sequential types that hold references: large scalars first, value types last.

use super::field::{FieldClass, FieldLayout};
use super::sequential::finish;
use super::{FieldPlacement, LayoutTarget, align_up};

const TOO_LARGE: &str = "it is larger than the runtime allows";

pub(super) fn place(target: LayoutTarget, fields: &[FieldLayout]) -> Result<FieldPlacement, &'static str> {
    let pointer = target.pointer_size;
    let mut offsets = vec![0; fields.len()];
    let mut end = 0u32;
    let mut put = |end: &mut u32, index: usize, align: u32| -> Result<(), &'static str> {
        let offset = align_up(*end, align).ok_or(TOO_LARGE)?;
        offsets[index] = offset;
        *end = offset.checked_add(fields[index].size).ok_or(TOO_LARGE)?;
        Ok(())
    };
    let indices = |wanted: fn(&FieldClass) -> bool| {
        fields.iter().enumerate().filter(move |(_, field)| wanted(&field.class)).map(|(index, _)| index)
    };

    for size in [8, 4, 2, 1] {
        if size == pointer {
            for index in indices(|class| matches!(class, FieldClass::Reference)) {
                put(&mut end, index, pointer)?;
            }
        }
        for index in indices(is_plain).filter(|&index| fields[index].size == size) {
            put(&mut end, index, fields[index].align)?;
        }
    }
    for index in indices(is_struct) {
        put(&mut end, index, fields[index].align)?;
    }

    let align = alignment(target, fields, end);
    let size = finish(end, align, 0)?;
    Ok(FieldPlacement { size, align, offsets })
}

/// Scalars, pointers and managed pointers: placed by size.
fn is_plain(class: &FieldClass) -> bool {
    matches!(class, FieldClass::Scalar | FieldClass::Pointer | FieldClass::ByRef)
}

fn is_struct(class: &FieldClass) -> bool {
    matches!(class, FieldClass::Struct(_) | FieldClass::TypedReference)
}

/// Alignment of a type whose fields end at `end`. A type that is no larger than a pointer is aligned like the scalar
/// that could hold it; with references inside, alignments above 8 are lost.
fn alignment(target: LayoutTarget, fields: &[FieldLayout], end: u32) -> u32 {
    let pointer = target.pointer_size;
    if end <= pointer {
        return end.max(1).next_power_of_two();
    }
    let largest = fields.iter().map(|field| match field.class {
        FieldClass::Struct(_) | FieldClass::TypedReference => field.align,
        FieldClass::Scalar => pointer.max(target.object_align(field.size)),
        FieldClass::Pointer | FieldClass::ByRef | FieldClass::Reference => pointer,
    });
    let largest = largest.max().unwrap_or(1);
    let contains_gc = fields.iter().any(FieldLayout::contains_gc);
    let align = if contains_gc { pointer } else { largest };
    if target.supports_align8 && largest > 4 { align.max(8) } else { align }
}
