//! The members of a C struct with the offsets, size and alignment of a managed one.
//!
//! Without attributes if possible; otherwise packed, with explicit padding. Overlapping fields
//! are in a union of structs without overlapping fields.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::abi;
use thunkgen_core::collect::ir::declarations::Struct;

/// The body of a struct or union.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Body {
    /// Whether it is a union.
    pub is_union: bool,
    /// Whether it is packed.
    pub packed: bool,
    /// The alignment, if it needs an attribute.
    pub aligned: Option<u32>,
    /// The members in order.
    pub members: Vec<CMember>,
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CMember {
    /// A field by its index; written as bytes if its type is unknown.
    Field { index: usize, as_bytes: bool },
    /// Padding of this many bytes.
    Gap(u32),
    /// An anonymous struct.
    Struct(Vec<CMember>),
    /// An anonymous union.
    Union(Vec<CMember>),
}

#[derive(Clone, Copy)]
struct Item {
    index: usize,
    offset: u32,
    size: u32,
    align: u32,
    as_bytes: bool,
}

/// A member with its offset.
struct PlacedMember {
    offset: u32,
    size: u32,
    align: u32,
    member: CMember,
}

/// The body of a struct; bytes if its fields are unknown.
pub(super) fn body(of: &Struct, structs: &[Struct]) -> Body {
    let items = items(of, structs).unwrap_or_default();
    let body = arrange(of, &items, false).or_else(|| arrange(of, &items, true));
    body.unwrap_or_else(|| Body {
        is_union: false,
        packed: false,
        aligned: Some(abi::align(of)),
        members: vec![CMember::Gap(of.size)],
    })
}

/// Fields in the order of their offsets; `None` if one is outside the struct.
fn items(of: &Struct, structs: &[Struct]) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    for (index, field) in of.fields.iter().flatten().enumerate() {
        if field.offset.checked_add(field.size)? > of.size {
            return None;
        }
        let (size, align) = abi::measure(&field.ty, structs);
        let as_bytes = size != field.size;
        let align = if as_bytes { 1 } else { align };
        // C has no fields of size 0.
        if field.size > 0 {
            items.push(Item { index, offset: field.offset, size: field.size, align, as_bytes });
        }
    }
    items.sort_by_key(|item| (item.offset, item.index));
    Some(items)
}

fn arrange(of: &Struct, items: &[Item], packed: bool) -> Option<Body> {
    let wanted = abi::align(of);
    let mut parts = Vec::new();
    for cluster in clusters(items) {
        parts.push(place(&cluster, packed)?);
    }
    let natural = parts.iter().map(|part| part.align).max().unwrap_or(1);
    if natural > wanted {
        return None;
    }
    let aligned = (wanted > natural).then_some(wanted);
    if let [PlacedMember { offset: 0, member: CMember::Union(runs), size, .. }] = &*parts
        && size.next_multiple_of(wanted) == of.size
    {
        return Some(Body { is_union: true, packed, aligned, members: runs.clone() });
    }
    let (mut members, end) = sequence(parts, 0)?;
    if end > of.size {
        return None;
    }
    if end.next_multiple_of(wanted) < of.size || members.is_empty() {
        members.push(CMember::Gap(of.size - end));
    }
    Some(Body { is_union: false, packed, aligned, members })
}

/// Groups of fields that overlap, directly or through others.
fn clusters(items: &[Item]) -> Vec<Vec<Item>> {
    let mut clusters: Vec<Vec<Item>> = Vec::new();
    let mut end = 0;
    for item in items {
        match clusters.last_mut() {
            Some(last) if item.offset < end => last.push(*item),
            _ => clusters.push(vec![*item]),
        }
        end = end.max(item.offset + item.size);
    }
    clusters
}

/// A field, or a union of several; `None` if C gives it a different offset.
fn place(cluster: &[Item], packed: bool) -> Option<PlacedMember> {
    let start = cluster.first()?.offset;
    if let [item] = cluster {
        return field(item, packed);
    }
    // A field is appended to the run that ends first, if it starts after that end.
    let mut runs: Vec<Vec<Item>> = Vec::new();
    let mut ends = BinaryHeap::new();
    for item in cluster {
        let run = match ends.pop() {
            Some(Reverse((end, run))) if end <= item.offset => run,
            other => {
                ends.extend(other);
                runs.push(Vec::new());
                runs.len() - 1
            }
        };
        ends.push(Reverse((item.offset + item.size, run)));
        runs.get_mut(run)?.push(*item);
    }
    let (mut size, mut align) = (0, 1);
    let mut members = Vec::new();
    for run in runs {
        let parts: Vec<PlacedMember> = run.iter().map(|item| field(item, packed)).collect::<Option<_>>()?;
        let of_run = parts.iter().map(|part| part.align).max().unwrap_or(1);
        align = align.max(of_run);
        let (mut run, end) = sequence(parts, start)?;
        size = size.max((end - start).next_multiple_of(of_run));
        members.push(match (run.pop(), run.is_empty()) {
            (Some(only @ CMember::Field { .. }), true) => only,
            (last, _) => CMember::Struct(run.into_iter().chain(last).collect()),
        });
    }
    start.is_multiple_of(align).then_some(())?;
    Some(PlacedMember { offset: start, size: size.next_multiple_of(align), align, member: CMember::Union(members) })
}

fn field(item: &Item, packed: bool) -> Option<PlacedMember> {
    let &Item { index, offset, size, as_bytes, .. } = item;
    let align = if packed { 1 } else { item.align };
    offset.is_multiple_of(align).then_some(PlacedMember {
        offset,
        size,
        align,
        member: CMember::Field { index, as_bytes },
    })
}

/// Members in order from an offset, with explicit padding where C inserts none; and their end.
fn sequence(parts: Vec<PlacedMember>, start: u32) -> Option<(Vec<CMember>, u32)> {
    let mut members = Vec::new();
    let mut end = start;
    for part in parts {
        if part.offset < end {
            return None;
        }
        if end.next_multiple_of(part.align) < part.offset {
            members.push(CMember::Gap(part.offset - end));
        }
        end = part.offset.checked_add(part.size)?;
        members.push(part.member);
    }
    Some((members, end))
}
