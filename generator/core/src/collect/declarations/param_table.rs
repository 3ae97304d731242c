//! The Param table: names and attributes of parameters.

use std::collections::BTreeMap;

use crate::collect::ir::declarations::Direction;
use clr_metadata::ReadError;
use clr_metadata::columns::{method_def, param};
use clr_wasm_abi::types::{AssemblyId, BadImage, TypeSystem};

/// ParamAttributes.
mod flags {
    pub const IN: u32 = 1;
    pub const OUT: u32 = 2;
}

/// A row of Param.
#[derive(Clone, Copy, Debug)]
pub(in crate::collect) struct ParamRow<'a> {
    pub name: &'a str,
    /// For a reference.
    pub direction: Direction,
}

impl Default for ParamRow<'_> {
    fn default() -> Self {
        ParamRow { name: "", direction: Direction::Both }
    }
}

/// The Param rows of a method by sequence number: 0 is the return, parameters count from 1.
pub(in crate::collect) fn params<'a>(
    type_system: &TypeSystem<'a>,
    index: AssemblyId,
    method: u32,
) -> Result<BTreeMap<usize, ParamRow<'a>>, BadImage> {
    let module = &type_system[index].module;
    let read = || -> Result<_, ReadError> {
        let mut rows = BTreeMap::new();
        for row in module.owned(method_def::PARAM_LIST, method)? {
            let direction = match module.tables.cell(param::FLAGS, row)? & (flags::IN | flags::OUT) {
                flags::IN => Direction::In,
                flags::OUT => Direction::Out,
                _ => Direction::Both,
            };
            let name = module.string(param::NAME, row)?;
            rows.entry(module.tables.cell(param::SEQUENCE, row)? as usize).or_insert(ParamRow { name, direction });
        }
        Ok(rows)
    };
    read().map_err(TypeSystem::bad_image(index))
}
