//! Placement of the fields of a native layout: the same algorithms over the sizes that marshalling gives.

use super::field::{FieldClass, FieldLayout};
use super::{Kind, LayoutError, Layouts, MAX_SIZE, explicit, inline_array, packing, sequential};
use crate::types::{Named, TypeInfo};

impl Layouts<'_, '_> {
    /// Size, alignment and offsets of fields, all in bytes, of a type whose fields have these sizes and alignments in native code.
    pub(crate) fn place_native(
        &self,
        named: &Named,
        info: &TypeInfo<'_>,
        fields: &[(u32, u32)],
    ) -> Result<(u32, u32, Vec<u32>), LayoutError> {
        let fields: Vec<FieldLayout> =
            fields.iter().map(|&(size, align)| FieldLayout::new(FieldClass::Pointer, size, align)).collect();
        let kind = match Kind::of(info, &fields) {
            Kind::Auto => Kind::Sequential,
            kind => kind,
        };
        let placed = match kind {
            Kind::Explicit => explicit::place(self.target, info, &fields),
            Kind::CUnion => explicit::place_c_union(&fields),
            Kind::CStruct => sequential::place_c_struct(&fields, self.target.default_packing),
            Kind::Sequential | Kind::Auto => sequential::place(&fields, packing(self.target, info), info.class_size),
        };
        let mut placed = placed.map_err(|reason| self.invalid(named, reason))?;
        if let Some(length) = info.inline_array {
            let repeated = inline_array::repeat(self.target, info, kind, placed, length);
            placed = repeated.map_err(|reason| self.invalid(named, reason))?;
        }
        if placed.size > MAX_SIZE {
            return Err(self.invalid(named, "it is larger than the runtime allows"));
        }
        Ok((placed.size, placed.align, placed.offsets))
    }
}
