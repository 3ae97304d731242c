//! What C makes of a shape: needed to choose offsets and sizes that mean something, and to say of a shape how it
//! differs between the languages. It is held against clang with everything else.

use super::shape::{Field, Kind, Known, Scalar, Struct, Ty, Unit};

/// A struct by the rules of C.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Size in bytes.
    pub size: u32,
    /// Alignment in bytes.
    pub align: u32,
    /// End of the last byte of a field.
    pub end: u32,
}

impl Unit {
    /// Size and alignment of a type in bytes.
    pub fn extent(&self, ty: &Ty) -> (u32, u32) {
        match ty {
            Ty::Scalar(scalar) | Ty::Enum(scalar) => (scalar.size(), scalar.size()),
            Ty::Int128 { .. } | Ty::VectorT(_) => (16, 16),
            Ty::Vector { size, .. } => (*size, *size),
            Ty::Known(known) => known.extent(),
            Ty::FixedBuffer(scalar, count) => (scalar.size() * count, scalar.size()),
            Ty::Struct(index) => (self.measured[*index].size, self.measured[*index].align),
        }
    }

    /// Measures a struct that is not part of the unit yet.
    pub fn measure(&self, of: &Struct) -> Measured {
        let (mut end, mut align) = (0, 1);
        for field in &of.fields {
            let (size, natural) = self.extent(&field.ty);
            let capped = natural.min(of.packing());
            match of.kind {
                Kind::Explicit | Kind::CUnion => {
                    end = end.max(field.offset + size);
                    if self.is_misaligned(of, field) {
                        continue; // must be packed, and is then aligned to one byte
                    }
                }
                Kind::InlineArray(count) => end = size * count,
                Kind::Sequential | Kind::Pair | Kind::CStruct => end = end.next_multiple_of(capped) + size,
            }
            align = align.max(capped);
        }
        Measured { size: end.max(of.class_size).next_multiple_of(align), align, end }
    }

    /// True for an explicit offset where C would put no field of this type.
    pub fn is_misaligned(&self, of: &Struct, field: &Field) -> bool {
        let align = self.extent(&field.ty).1.min(of.packing());
        of.kind == Kind::Explicit && !field.offset.is_multiple_of(align)
    }
}

impl Struct {
    /// Upper bound of the fields' alignments.
    pub fn packing(&self) -> u32 {
        if self.pack == 0 { u32::MAX } else { self.pack }
    }
}

impl Scalar {
    /// Size in bytes on wasm32, which is also the alignment.
    pub fn size(self) -> u32 {
        match self {
            Scalar::Boolean | Scalar::I1 | Scalar::U1 => 1,
            Scalar::Char | Scalar::I2 | Scalar::U2 => 2,
            Scalar::I4 | Scalar::U4 | Scalar::R4 => 4,
            Scalar::I | Scalar::U | Scalar::Pointer | Scalar::FunctionPointer => 4,
            Scalar::I8 | Scalar::U8 | Scalar::R8 => 8,
        }
    }
}

impl Known {
    fn extent(self) -> (u32, u32) {
        match self {
            Known::Decimal => (16, 8),
            Known::Guid | Known::Vector4 => (16, 4),
            Known::Vector2 => (8, 4),
            Known::Vector3 => (12, 4),
        }
    }
}
