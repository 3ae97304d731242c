//! Visits the method bodies of a module.

use super::Collector;
use clr_metadata::il::MethodBody;
use clr_metadata::{ReadError, TableId};
use clr_wasm_abi::types::{AssemblyId, BadImage, TypeSystem};

impl<'a> Collector<'_, 'a> {
    /// Calls `visit` for every method with a body, in metadata order.
    pub(super) fn for_each_body(
        &mut self,
        index: AssemblyId,
        mut visit: impl FnMut(&mut Self, u32, &MethodBody<'a>) -> Result<(), ReadError>,
    ) -> Result<(), BadImage> {
        let module = &self.assembly(index).module;
        let mut walk = || {
            for row in module.tables.all(TableId::MethodDef) {
                if let Some(body) = module.method_body(row)? {
                    visit(self, row, &body)?;
                }
            }
            Ok(())
        };
        walk().map_err(TypeSystem::bad_image(index))
    }
}
