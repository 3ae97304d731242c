//! Passive data that code places: `memory.init` with constant operands, as linkers write it for modules with shared
//! memory (`__wasm_init_memory`).

use std::collections::BTreeMap;

use wasmparser::{BinaryReader, FunctionBody, Operator};

use super::super::{Body, Placement, WasmModule};

/// Most copies of one module.
const MAX_COPIES: usize = 65_536;

/// How many functions that run at the start are read first.
const MAX_FUNCTIONS: usize = 64;

/// Destination and bytes of every copy of passive data to a constant address.
pub(super) fn copies<'a>(module: &WasmModule<'a>) -> Vec<(u32, &'a [u8])> {
    if !module.data.iter().any(|data| data.placement == Placement::Passive) {
        return Vec::new();
    }
    let mut copies = Copies::default();
    // Optimisers inline: the copies may be in the start function or in one that it calls.
    let mut functions = Vec::from_iter(module.start);
    for index in 0..MAX_FUNCTIONS {
        let Some(function) = functions.get(index) else { break };
        let own = function.checked_sub(module.imported_functions);
        if let Some(body) = own.and_then(|own| module.bodies.get(own as usize)) {
            functions.extend(copies.read(body));
        }
    }
    if copies.0.is_empty() {
        module.bodies.iter().for_each(|body| _ = copies.read(body));
    }
    let bytes = |((segment, from), place): ((u32, u32), Option<(u32, u32)>)| {
        let (to, size) = place?;
        let data = module.data.get(segment as usize).filter(|data| data.placement == Placement::Passive)?;
        Some((to, data.bytes.get(from as usize..)?.get(..size as usize)?))
    };
    copies.0.into_iter().filter_map(bytes).collect()
}

/// Destination and size by segment and offset in it. Data that is copied to several places is not what a linker placed:
/// it has none.
#[derive(Default)]
struct Copies(BTreeMap<(u32, u32), Option<(u32, u32)>>);

impl Copies {
    /// Adds the copies of a function; returns the functions that it calls. The rest of code that cannot be read has none.
    fn read(&mut self, body: &Body<'_>) -> Vec<u32> {
        let mut calls = Vec::new();
        let _ = self.read_operators(body, &mut calls);
        calls
    }

    fn read_operators(&mut self, body: &Body<'_>, calls: &mut Vec<u32>) -> Result<(), wasmparser::Error> {
        let body = FunctionBody::new(BinaryReader::new(body.bytes, body.offset as u64));
        let mut constants = [None; 3];
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            match (&operator, constants) {
                (Operator::MemoryInit { data_index, mem: 0 }, [Some(to), Some(from), Some(size)]) => {
                    self.add((*data_index, from), (to, size));
                }
                (Operator::Call { function_index }, _) if calls.len() < MAX_FUNCTIONS => calls.push(*function_index),
                _ => {}
            }
            let [_, second, third] = constants;
            constants = match operator {
                Operator::I32Const { value } => [second, third, Some(value.cast_unsigned())],
                _ => [None; 3],
            };
        }
        Ok(())
    }

    fn add(&mut self, from: (u32, u32), place: (u32, u32)) {
        if self.0.len() < MAX_COPIES {
            let known = self.0.entry(from).or_insert(Some(place));
            *known = known.filter(|known| *known == place);
        }
    }
}
