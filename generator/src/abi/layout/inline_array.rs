//! `[InlineArray(n)]`: the layout of the one field, n times.

use super::{MAX_SIZE, Placed};
use crate::types::{LayoutKind, TypeInfo};

/// Repeats a placed element; the alignment stays.
pub(super) fn repeat(info: &TypeInfo<'_>, element: Placed, length: i64) -> Result<Placed, &'static str> {
    if length <= 0 {
        return Err("an inline array needs a positive length");
    }
    if info.fields.len() != 1 {
        return Err("an inline array has exactly one instance field");
    }
    if info.class_size != 0 {
        return Err("an inline array cannot have a Size");
    }
    if matches!(info.layout, LayoutKind::Explicit | LayoutKind::Extended) {
        return Err("an inline array cannot have explicit or extended layout");
    }
    let size = i64::from(element.size).checked_mul(length).and_then(|size| u32::try_from(size).ok());
    let size = size.filter(|size| *size <= MAX_SIZE).ok_or("it is larger than the runtime allows")?;
    Ok(Placed { size, ..element })
}
