//! Sequential layout: metadata order, each field at the next multiple of its alignment.

use super::field::FieldLayout;
use super::{FieldPlacement, align_up};

const TOO_LARGE: &str = "it is larger than the runtime allows";

/// Places fields with alignments capped by `packing`. A class size replaces the final rounding: the type is then as
/// large as asked for, or as its fields need without tail padding.
pub(super) fn place(fields: &[FieldLayout], packing: u32, class_size: u32) -> Result<FieldPlacement, &'static str> {
    let mut offsets = Vec::with_capacity(fields.len());
    let (mut end, mut largest_align) = (0u32, 1);
    for field in fields {
        let align = field.align.min(packing);
        largest_align = largest_align.max(align);
        let offset = align_up(end, align).ok_or(TOO_LARGE)?;
        offsets.push(offset);
        end = offset.checked_add(field.size).ok_or(TOO_LARGE)?;
    }
    let size = finish(end, largest_align, class_size)?;
    Ok(FieldPlacement { size, align: largest_align, offsets })
}

/// The size of a type whose fields end at `end`: never 0, and a multiple of the alignment unless a class size is given.
pub(super) fn finish(end: u32, align: u32, class_size: u32) -> Result<u32, &'static str> {
    let end = end.max(1);
    if class_size != 0 { Ok(end.max(class_size)) } else { align_up(end, align).ok_or(TOO_LARGE) }
}

/// `ExtendedLayoutKind.CStruct`: sequential, with neither Pack nor Size.
pub(super) fn place_c_struct(fields: &[FieldLayout], packing: u32) -> Result<FieldPlacement, &'static str> {
    check_c_type(fields)?;
    place(fields, packing, 0)
}

/// What a type with extended layout must be.
pub(super) fn check_c_type(fields: &[FieldLayout]) -> Result<(), &'static str> {
    if fields.is_empty() {
        return Err("a type with extended layout has at least one field");
    }
    if fields.iter().any(|field| field.is_auto_tainted || field.contains_gc() || field.contains_byref()) {
        return Err("a type with extended layout contains no reference and no auto layout");
    }
    Ok(())
}
