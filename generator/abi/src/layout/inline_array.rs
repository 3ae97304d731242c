//! `[InlineArray(n)]`: the layout of the one field, n times.

use super::{FieldPlacement, InlineArrayRules, LayoutAlgorithm, LayoutTarget, MAX_SIZE};
use crate::types::{LayoutKind, TypeInfo};

/// Repeats a placed element.
pub(super) fn repeat(
    target: LayoutTarget,
    info: &TypeInfo<'_>,
    kind: LayoutAlgorithm,
    element: FieldPlacement,
    length: i64,
) -> Result<FieldPlacement, &'static str> {
    if length <= 0 {
        return Err("an inline array needs a positive length");
    }
    if info.fields.len() != 1 {
        return Err("an inline array has exactly one instance field");
    }
    if info.class_size != 0 && target.inline_arrays == InlineArrayRules::Current {
        return Err("an inline array cannot have a Size");
    }
    if matches!(info.layout, LayoutKind::Explicit | LayoutKind::Extended) {
        return Err("an inline array cannot have explicit or extended layout");
    }
    let size = i64::from(element.size).checked_mul(length).and_then(|size| u32::try_from(size).ok());
    let size = size.filter(|size| *size <= MAX_SIZE).ok_or("it is larger than the runtime allows")?;
    let align = match target.inline_arrays {
        InlineArrayRules::Net8 if kind == LayoutAlgorithm::Auto => net8_auto_align(target, &element, size),
        InlineArrayRules::Net8 | InlineArrayRules::Current => element.align,
    };
    Ok(FieldPlacement { size, align, ..element })
}

/// .NET 8 keeps the alignment of an auto type only where it is not the size or a pointer's, and repeats the element
/// after that. Where this makes an alignment of 3 or the like, that runtime fails on whatever holds the array.
fn net8_auto_align(target: LayoutTarget, element: &FieldPlacement, size: u32) -> u32 {
    let implied = |size: u32| size.min(target.pointer_size);
    if element.align == implied(element.size) { implied(size) } else { element.align }
}
