//! The types of the functions that a function calls through the table.

use std::collections::BTreeMap;

use wasmparser::{BinaryReader, FunctionBody, Operator};

use super::super::WasmModule;
use crate::FuncType;

/// The answers for functions that were asked about; each body is read once.
pub(super) struct Callees<'m, 'a> {
    module: &'m WasmModule<'a>,
    /// Type indices by function.
    known: BTreeMap<u32, Vec<u32>>,
}

/// Most calls of a function that are kept.
const MAX_CALLS: usize = 64;

impl<'m, 'a> Callees<'m, 'a> {
    pub(super) fn of(module: &'m WasmModule<'a>) -> Callees<'m, 'a> {
        Callees { module, known: BTreeMap::new() }
    }

    /// Whether the function calls a function of this type through the table.
    pub(super) fn calls(&mut self, function: u32, ty: &FuncType) -> bool {
        let module = self.module;
        let is = |index: &u32| module.types.get(*index as usize).and_then(Option::as_ref) == Some(ty);
        self.of_function(function).iter().any(is)
    }

    /// The type indices of the calls through the table.
    pub(super) fn of_function(&mut self, function: u32) -> &[u32] {
        let module = self.module;
        self.known.entry(function).or_insert_with(|| {
            let own = function.checked_sub(module.imported_functions);
            let body = own.and_then(|own| module.bodies.get(own as usize));
            body.map(|body| called(body.bytes, body.offset).unwrap_or_default()).unwrap_or_default()
        })
    }
}

fn called(bytes: &[u8], offset: usize) -> Result<Vec<u32>, wasmparser::Error> {
    let body = FunctionBody::new(BinaryReader::new(bytes, offset as u64));
    let mut called = Vec::new();
    for operator in body.get_operators_reader()? {
        if let Operator::CallIndirect { type_index, .. } | Operator::ReturnCallIndirect { type_index, .. } = operator?
            && called.len() < MAX_CALLS
        {
            called.push(type_index);
        }
    }
    Ok(called)
}
