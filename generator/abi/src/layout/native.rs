//! Placement of the fields of a native layout: the same algorithms over the sizes that marshalling gives.

use super::field::{FieldClass, FieldLayout};
use super::{LayoutAlgorithm, LayoutEngine, LayoutError, MAX_SIZE, explicit, inline_array, packing, sequential};
use crate::types::{Named, TypeInfo};

impl LayoutEngine<'_, '_> {
    /// Size, alignment and offsets of fields, all in bytes, of a type whose fields have these sizes and alignments in native code.
    pub(crate) fn place_native(
        &self,
        named: &Named,
        info: &TypeInfo<'_>,
        fields: &[(u32, u32)],
    ) -> Result<(u32, u32, Vec<u32>), LayoutError> {
        let fields: Vec<FieldLayout> =
            fields.iter().map(|&(size, align)| FieldLayout::new(FieldClass::Pointer, size, align)).collect();
        let kind = match LayoutAlgorithm::of(info, &fields) {
            LayoutAlgorithm::Auto => LayoutAlgorithm::Sequential,
            kind => kind,
        };
        let placed = match kind {
            LayoutAlgorithm::Explicit => explicit::place(self.target, info, &fields),
            LayoutAlgorithm::CUnion => explicit::place_c_union(&fields),
            LayoutAlgorithm::CStruct => sequential::place_c_struct(&fields, self.target.default_packing),
            LayoutAlgorithm::Sequential | LayoutAlgorithm::Auto => {
                sequential::place(&fields, packing(self.target, info), info.class_size)
            }
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
