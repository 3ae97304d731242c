//! Visits the code of a module.

use super::Collector;
use clr_metadata::il::MethodCode;
use clr_metadata::{ReadError, TableId};
use clr_wasm_abi::types::{AssemblyId, BadImage, TypeSystem};

/// All code of a module is at most so many times as large as its file: methods may share a body, but not all a long one.
const MAX_SHARED: usize = 2;

impl<'a> Collector<'_, 'a> {
    /// Calls `visit` for every method with a body, in metadata order.
    pub(super) fn for_each_body(
        &mut self,
        index: AssemblyId,
        mut visit: impl FnMut(&mut Self, u32, &MethodCode<'a>) -> Result<(), ReadError>,
    ) -> Result<(), BadImage> {
        let module = &self.assembly(index).module;
        let mut left = module.image().size().saturating_mul(MAX_SHARED);
        let mut walk = || {
            for found in module.codes() {
                let (row, code) = found?;
                left = left.checked_sub(code.bytes().len()).ok_or_else(|| {
                    module.tables.error(TableId::MethodDef, row, "fewer methods that share a long body expected")
                })?;
                visit(self, row, &code)?;
            }
            Ok(())
        };
        walk().map_err(TypeSystem::bad_image(index))
    }
}
