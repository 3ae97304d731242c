//! Explicit layout: every field where its FieldLayout row says, overlaps checked.

use super::field::{FieldClass, FieldLayout};
use super::sequential::{check_c_type, finish};
use super::{ExplicitReferenceRules, FieldPlacement, LayoutTarget, align_up, packing};
use crate::types::TypeInfo;

const TOO_MANY: &str = "it contains too many references for an explicit layout to be checked";

/// Most ranges whose overlap is checked.
const MAX_TAGGED_RANGES: usize = 1 << 16;

pub(super) fn place(
    target: LayoutTarget,
    info: &TypeInfo<'_>,
    fields: &[FieldLayout],
) -> Result<FieldPlacement, &'static str> {
    let packing = packing(target, info);
    let mut offsets = Vec::with_capacity(fields.len());
    let (mut end, mut largest_align) = (0u32, 1);
    for (field, row) in fields.iter().zip(&info.fields) {
        let offset = row.offset.ok_or("every field of an explicit layout needs an offset")?;
        if (field.contains_gc() || field.contains_byref()) && offset % target.pointer_size != 0 {
            return Err("a reference in an explicit layout must be pointer-aligned");
        }
        largest_align = largest_align.max(field.align.min(packing));
        end = end.max(offset.checked_add(field.size).ok_or("it is larger than the runtime allows")?);
        offsets.push(offset);
    }
    check_overlaps(target, fields, &offsets)?;
    let mut size = finish(end, largest_align, info.class_size)?;
    let mut align = largest_align;
    if fields.iter().any(FieldLayout::contains_gc) {
        let pointer = target.pointer_size;
        let rounded = align_up(size, pointer).ok_or("it is larger than the runtime allows")?;
        match target.explicit_references {
            ExplicitReferenceRules::TypeSystem if info.class_size == 0 => {}
            ExplicitReferenceRules::TypeSystem => size = rounded,
            ExplicitReferenceRules::ClassLoader => (size, align) = (rounded, pointer),
        }
    }
    Ok(FieldPlacement { size, align, offsets })
}

/// `ExtendedLayoutKind.CUnion`: every field at 0.
pub(super) fn place_c_union(fields: &[FieldLayout]) -> Result<FieldPlacement, &'static str> {
    check_c_type(fields)?;
    let size = fields.iter().map(|field| field.size).max().unwrap_or(0);
    let align = fields.iter().map(|field| field.align).max().unwrap_or(1);
    Ok(FieldPlacement { size: finish(size, align, 0)?, align, offsets: vec![0; fields.len()] })
}

/// What a range of bytes contains, for the garbage collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Plain,
    Reference,
    ByRef,
}

#[derive(Clone, Copy, Debug)]
struct Range {
    start: u32,
    end: u32,
    tag: Tag,
}

/// Overlapping ranges must hold the same kind of thing: a reference may lie over a reference, plain bytes over plain
/// bytes, nothing else.
fn check_overlaps(target: LayoutTarget, fields: &[FieldLayout], offsets: &[u32]) -> Result<(), &'static str> {
    if !fields.iter().any(|field| field.contains_gc() || field.contains_byref()) {
        return Ok(());
    }
    let mut ranges = Vec::new();
    for (field, &offset) in fields.iter().zip(offsets) {
        tag(target, field, offset, &mut ranges)?;
    }
    ranges.sort_unstable_by_key(|range| range.start);
    // The furthest end of each kind so far: an earlier range of another kind that reaches past a start overlaps it.
    let mut reach = [0u32; 3];
    for range in ranges {
        let clash = (0..reach.len()).any(|kind| kind != range.tag as usize && reach[kind] > range.start);
        if clash {
            return Err("a reference overlaps something else in its explicit layout");
        }
        let own = &mut reach[range.tag as usize];
        *own = range.end.max(*own);
    }
    Ok(())
}

/// Adds the ranges of a field; a struct that contains references is tagged part by part, its gaps as plain bytes.
fn tag(target: LayoutTarget, field: &FieldLayout, at: u32, ranges: &mut Vec<Range>) -> Result<(), &'static str> {
    let pointer = target.pointer_size;
    let mut push = |start: u32, size: u32, tag: Tag| {
        ranges.push(Range { start, end: start.saturating_add(size), tag });
        if ranges.len() > MAX_TAGGED_RANGES {
            return Err(TOO_MANY);
        }
        Ok(())
    };
    match &field.class {
        FieldClass::Reference => push(at, pointer, Tag::Reference),
        FieldClass::ByRef => push(at, pointer, Tag::ByRef),
        FieldClass::TypedReference => {
            push(at, pointer, Tag::ByRef)?;
            push(at.saturating_add(pointer), pointer, Tag::Plain)
        }
        FieldClass::Struct(layout) if layout.contains_gc || layout.contains_byref => {
            let mut plain_from = at;
            for slot in layout.references.slots().ok_or(TOO_MANY)? {
                let start = at.saturating_add(slot.offset);
                if start > plain_from {
                    push(plain_from, start - plain_from, Tag::Plain)?;
                }
                push(start, pointer, if slot.is_byref { Tag::ByRef } else { Tag::Reference })?;
                plain_from = start.saturating_add(pointer);
            }
            let end = at.saturating_add(field.size);
            if end > plain_from { push(plain_from, end - plain_from, Tag::Plain) } else { Ok(()) }
        }
        _ => push(at, field.size, Tag::Plain),
    }
}
