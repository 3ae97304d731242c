//! How a struct is written so that `repr(C)` gives every field its managed offset.
//!
//! Offsets, packing and sizes in C# become padding bytes, unions of overlapping fields, and `packed` or `align`. A
//! field whose offset is not a multiple of its alignment, though the struct is not packed, is written as bytes.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use clr_wasm_abi::CScalar;
use thunkgen_core::collect::ir::declarations::{Declarations, NativeType, Struct};

/// Size and alignment of a type on wasm32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RustShape {
    pub size: u32,
    pub align: u32,
    /// Whether its definition or a nested one has `align(N)`, which Rust does not allow in a packed type.
    pub is_over_aligned: bool,
    /// Whether it is larger on a 64-bit machine.
    pub has_pointers: bool,
}

impl RustShape {
    const fn plain(size: u32, align: u32) -> RustShape {
        RustShape { size, align, is_over_aligned: false, has_pointers: false }
    }
}

/// How a type is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub is_union: bool,
    pub attribute: Attribute,
    pub members: Vec<RustMember>,
    pub shape: RustShape,
}

/// The argument of `repr` besides `C`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attribute {
    None,
    Packed(u32),
    Align(u32),
}

/// A member of a written type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RustMember {
    /// A field, by its index.
    Field(usize),
    /// A field that is written as bytes.
    Bytes(usize),
    /// Padding: offset and size in bytes.
    Gap { offset: u32, size: u32 },
    /// A union of overlapping fields, with its offset.
    Overlap { offset: u32, plan: Plan },
    /// In a union: a field that does not start at offset 0, in a struct after padding.
    Shifted { field: usize, plan: Plan },
}

/// A member with its offset.
#[derive(Clone, Debug)]
struct Piece {
    offset: u32,
    shape: RustShape,
    member: RustMember,
}

impl Piece {
    fn end(&self) -> u32 {
        self.offset.saturating_add(self.shape.size)
    }

    /// The same piece as bytes, if it is a field.
    fn into_bytes(self) -> Piece {
        let member = match self.member {
            RustMember::Field(field) => RustMember::Bytes(field),
            other => other,
        };
        Piece { shape: RustShape::plain(self.shape.size, 1), member, ..self }
    }
}

/// The Rust type of a scalar field, and the number of elements: arrays, if Rust aligns the scalar differently than C
/// ([`CScalar::align`]), also on other targets.
pub(super) fn as_written(scalar: CScalar) -> (CScalar, u32) {
    match scalar {
        CScalar::Vector(bytes) => (CScalar::Integer(1), bytes),
        CScalar::Int128 => (CScalar::Integer(8), 2),
        other => (other, 1),
    }
}

/// The plans of all structs.
pub(super) struct StructPlans<'d> {
    declarations: &'d Declarations,
    /// `None` while it is being computed.
    plans: BTreeMap<usize, Option<Plan>>,
}

impl<'d> StructPlans<'d> {
    pub fn new(declarations: &'d Declarations) -> StructPlans<'d> {
        let mut layouts = StructPlans { declarations, plans: BTreeMap::new() };
        for index in 0..declarations.structs.len() {
            layouts.make(index);
        }
        layouts
    }

    /// How a struct is written.
    pub fn plan(&self, index: usize) -> Option<&Plan> {
        self.plans.get(&index)?.as_ref()
    }

    /// Size and alignment of a type as a field.
    pub fn shape(&self, ty: &NativeType) -> Option<RustShape> {
        Some(match ty {
            NativeType::Struct(index) => self.plan(*index)?.shape,
            NativeType::Repeated { element, count } => {
                let element = self.shape(element)?;
                RustShape { size: element.size.checked_mul(*count)?, ..element }
            }
            _ => {
                let scalar = ty.scalar()?;
                let (unit, count) = as_written(scalar);
                let shape = RustShape::plain(unit.size() * count, unit.align());
                RustShape { has_pointers: scalar == CScalar::Pointer, ..shape }
            }
        })
    }

    fn make(&mut self, index: usize) {
        let declarations = self.declarations;
        let Some(of) = declarations.structs.get(index) else { return };
        if self.plans.contains_key(&index) {
            return;
        }
        self.plans.insert(index, None);
        for field in of.fields.iter().flatten() {
            self.make_inside(&field.ty);
        }
        let plan = self.arrange(of);
        self.plans.insert(index, Some(plan));
    }

    /// Recursion is limited, because the nesting of described structs is.
    fn make_inside(&mut self, ty: &NativeType) {
        match ty {
            NativeType::Struct(index) => self.make(*index),
            NativeType::Repeated { element, .. } => self.make_inside(element),
            _ => {}
        }
    }

    fn arrange(&self, of: &Struct) -> Plan {
        let mut pieces: Vec<Piece> = Vec::new();
        for (index, field) in of.fields.iter().flatten().enumerate() {
            let whole = self.shape(&field.ty).filter(|shape| shape.size == field.size);
            let (shape, member) = match whole {
                Some(shape) => (shape, RustMember::Field(index)),
                None => (RustShape::plain(field.size, 1), RustMember::Bytes(index)),
            };
            pieces.push(Piece { offset: field.offset, shape, member });
        }
        // A type's size is a multiple of its alignment.
        let align = divisor(of.align.max(1), of.size);
        pieces = fitting(pieces, align);
        pieces.sort_by_key(|piece| piece.offset);
        let mut groups = groups(pieces);
        if let [only] = &mut groups[..]
            && only.len() > 1
        {
            return union(std::mem::take(only), of.size, align, true);
        }
        let alone = groups.into_iter().map(|group| grouped(group, align)).collect();
        record(alone, of.size, align, true)
    }
}

/// Groups pieces that overlap. They are sorted by offset.
fn groups(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut groups: Vec<Vec<Piece>> = Vec::new();
    let mut end = 0;
    for piece in pieces {
        let next = piece.end();
        match groups.last_mut() {
            Some(group) if piece.offset < end => group.push(piece),
            _ => groups.push(vec![piece]),
        }
        end = end.max(next);
    }
    groups
}

/// One piece of a group.
fn grouped(mut group: Vec<Piece>, align: u32) -> Piece {
    let start = group.first().map_or(0, |piece| piece.offset);
    let end = group.iter().map(Piece::end).max().unwrap_or(start);
    if group.len() < 2
        && let Some(piece) = group.pop()
    {
        return piece;
    }
    let size = end - start;
    for piece in &mut group {
        piece.offset -= start;
    }
    let plan = union(group, size, divisor(divisor(align, start), size), false);
    Piece { offset: start, shape: plan.shape, member: RustMember::Overlap { offset: start, plan } }
}

/// A union of pieces with this size. Its alignment is at most `align`, or exactly `align` if required.
fn union(pieces: Vec<Piece>, size: u32, align: u32, exactly: bool) -> Plan {
    let at_start = |piece: Piece| {
        let (RustMember::Field(field) | RustMember::Bytes(field)) = piece.member else { return piece };
        if piece.offset == 0 {
            return piece;
        }
        let size = piece.end();
        let plan = record(vec![piece], size, divisor(align, size), false);
        Piece { offset: 0, shape: plan.shape, member: RustMember::Shifted { field, plan } }
    };
    let pieces: Vec<Piece> = fitting(pieces, align).into_iter().map(at_start).collect();
    let longest = pieces.iter().map(|piece| piece.shape.size).max().unwrap_or(0);
    let (attribute, shape) = finished(&pieces, size, align, exactly);
    let mut members: Vec<RustMember> = pieces.into_iter().map(|piece| piece.member).collect();
    if longest.next_multiple_of(shape.align) < size {
        members.push(RustMember::Gap { offset: 0, size });
    }
    Plan { is_union: true, attribute, members, shape }
}

/// A struct of sorted pieces that do not overlap; size and alignment as for a union.
fn record(pieces: Vec<Piece>, size: u32, align: u32, exactly: bool) -> Plan {
    let pieces = fitting(pieces, align);
    let (attribute, shape) = finished(&pieces, size, align, exactly);
    let (mut members, mut end) = (Vec::new(), 0u32);
    for piece in pieces {
        // If it is packed, it is packed to the alignment.
        if end.next_multiple_of(piece.shape.align.min(align)) < piece.offset {
            members.push(RustMember::Gap { offset: end, size: piece.offset - end });
        }
        end = piece.end();
        members.push(piece.member);
    }
    if end.next_multiple_of(shape.align) < size {
        members.push(RustMember::Gap { offset: end, size: size - end });
    }
    Plan { is_union: false, attribute, members, shape }
}

/// The pieces in the form that is possible in a type of this alignment, packed or not.
fn fitting(pieces: Vec<Piece>, align: u32) -> Vec<Piece> {
    let is_misplaced = |piece: &Piece| !piece.offset.is_multiple_of(piece.shape.align.min(align));
    let is_packed = pieces.iter().any(|piece| piece.shape.align > align && !is_misplaced(piece));
    let is_bytes = |piece: &Piece| is_misplaced(piece) || (is_packed && piece.shape.is_over_aligned);
    pieces.into_iter().map(|piece| if is_bytes(&piece) { piece.into_bytes() } else { piece }).collect()
}

/// The `repr` argument that gives a type of these pieces at most this alignment, or exactly this one.
fn finished(pieces: &[Piece], size: u32, align: u32, exactly: bool) -> (Attribute, RustShape) {
    let natural = pieces.iter().map(|piece| piece.shape.align).max().unwrap_or(1);
    let attribute = match natural.cmp(&align) {
        Ordering::Greater => Attribute::Packed(align),
        Ordering::Less if exactly => Attribute::Align(align),
        _ => Attribute::None,
    };
    let align = if exactly { align } else { align.min(natural) };
    let inside = pieces.iter().any(|piece| piece.shape.is_over_aligned);
    let is_over_aligned = inside || matches!(attribute, Attribute::Align(_));
    let has_pointers = pieces.iter().any(|piece| piece.shape.has_pointers);
    (attribute, RustShape { size, align, is_over_aligned, has_pointers })
}

/// The largest power of two up to `align` that divides `of`.
fn divisor(align: u32, of: u32) -> u32 {
    let align = 1 << align.ilog2();
    if of == 0 { align } else { align.min(1 << of.trailing_zeros()) }
}
