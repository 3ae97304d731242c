//! Passive data that code places: `memory.init` with constant operands, as linkers write it for modules with shared
//! memory (`__wasm_init_memory`).

use std::collections::BTreeMap;

use wasmparser::{BinaryReader, FunctionBody, Operator};

use super::super::{Placement, WasmModule};

/// Most copies of one module.
const MAX_COPIES: usize = 65_536;

/// Destination and bytes of every copy of passive data to a constant address.
pub(super) fn copies<'a>(module: &WasmModule<'a>) -> Vec<(u32, &'a [u8])> {
    let is_passive = |index: usize| module.data.get(index).is_some_and(|data| data.placement == Placement::Passive);
    if !(0..module.data.len()).any(is_passive) {
        return Vec::new();
    }
    // Data that is copied to several places is not what a linker placed.
    let mut found = BTreeMap::<(u32, u32), Option<(u32, u32)>>::new();
    for body in &module.bodies {
        // Code that cannot be read places nothing.
        let _ = in_body(body.bytes, body.offset, &mut |copy| {
            let Copy { segment, from, to, size } = copy;
            if found.len() < MAX_COPIES && is_passive(segment as usize) {
                let place = Some((to, size));
                found
                    .entry((segment, from))
                    .and_modify(|known| *known = known.filter(|_| *known == place))
                    .or_insert(place);
            }
        });
    }
    let bytes = |((segment, from), place): ((u32, u32), Option<(u32, u32)>)| {
        let (to, size) = place?;
        let bytes = module.data.get(segment as usize)?.bytes;
        Some((to, bytes.get(from as usize..)?.get(..size as usize)?))
    };
    found.into_iter().filter_map(bytes).collect()
}

/// A `memory.init` whose operands are constants.
struct Copy {
    segment: u32,
    from: u32,
    to: u32,
    size: u32,
}

fn in_body(bytes: &[u8], offset: usize, found: &mut impl FnMut(Copy)) -> Result<(), wasmparser::Error> {
    let body = FunctionBody::new(BinaryReader::new(bytes, offset as u64));
    let mut constants = [None; 3];
    for operator in body.get_operators_reader()? {
        let operator = operator?;
        if let (Operator::MemoryInit { data_index, mem: 0 }, [Some(to), Some(from), Some(size)]) =
            (&operator, constants)
        {
            found(Copy { segment: *data_index, from, to, size });
        }
        let [_, second, third] = constants;
        constants = match operator {
            Operator::I32Const { value } => [second, third, Some(value.cast_unsigned())],
            _ => [None; 3],
        };
    }
    Ok(())
}
