//! Size limits of engines (WebAssembly JavaScript interface, section "Implementation-defined Limits").
//!
//! The parameters and results of a function type are checked where the module is read.

use wasmparser::{BinaryReader, FunctionBody};

use crate::emit::MAX_BODY;
use clr_wasm_file::WasmModule;

/// Maximum size of a module in bytes.
const MAX_MODULE: usize = 1_073_741_824;

/// Maximum number of locals of a function, parameters included.
const MAX_LOCALS: u64 = 50_000;

/// Maximum number of types, of functions, of imports, and of exports.
const MAX_ENTRIES: usize = 1_000_000;

/// Maximum number of data segments, and of element segments.
const MAX_SEGMENTS: usize = 100_000;

/// Maximum number of functions in an element segment, and of table slots.
const MAX_TABLE: usize = 10_000_000;

/// The limits that the module exceeds.
pub(super) fn beyond(wasm: &WasmModule<'_>, size: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, unit: &str, found_size: u64, most: u64| {
        if found_size > most {
            found.push(format!("{what} has {found_size} {unit}; engines allow {most}"));
        }
    };
    compare("the module", "bytes", size as u64, MAX_MODULE as u64);
    let counts = [
        ("types", wasm.types.len(), MAX_ENTRIES),
        ("functions", wasm.function_count(), MAX_ENTRIES),
        ("imports", wasm.imports.len(), MAX_ENTRIES),
        ("exports", wasm.exports.len(), MAX_ENTRIES),
        ("data segments", wasm.data.len(), MAX_SEGMENTS),
        ("element segments", wasm.elements.len(), MAX_SEGMENTS),
    ];
    for (unit, count, most) in counts {
        compare("the module", unit, count as u64, most as u64);
    }
    compare("the table", "functions", wasm.table_functions().len() as u64, MAX_TABLE as u64);
    for index in wasm.imported_function_count()..u32::try_from(wasm.function_count()).unwrap_or(u32::MAX) {
        let Some(function) = wasm.function(index) else { continue };
        let body = function.body.unwrap_or_default();
        let name = function.name.map(|name| format!(" {name}")).unwrap_or_default();
        let what = format!("function {index}{name}");
        compare(&what, "bytes", body.len() as u64, MAX_BODY as u64);
        let params = function.ty.map_or(0, |ty| ty.params().len());
        compare(&what, "locals", params as u64 + locals(body), MAX_LOCALS);
    }
    found
}

/// Number of locals that a body declares, up to the first malformed byte.
fn locals(body: &[u8]) -> u64 {
    let Ok(groups) = FunctionBody::new(BinaryReader::new(body, 0)).get_locals_reader() else { return 0 };
    groups.into_iter().map_while(Result::ok).map(|(count, _)| u64::from(count)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{CodeSection, FunctionSection, Module, TypeSection, ValType};

    fn module(params: usize, locals: &[u8], nops: usize) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function(vec![ValType::I32; params], []);
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut code = CodeSection::new();
        code.raw(&[locals, &vec![1; nops], &[0x0B]].concat());
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&code);
        module.finish()
    }

    fn problems(bytes: &[u8]) -> Vec<String> {
        beyond(&WasmModule::open(bytes).unwrap().unwrap(), bytes.len())
    }

    #[test]
    fn the_largest_function_and_one_byte_more() {
        // One byte for the number of groups of locals, one for `end`.
        assert_eq!(problems(&module(0, &[0], MAX_BODY - 2)), [] as [&str; 0]);
        let expected = ["function 0 has 7654322 bytes; engines allow 7654321"];
        assert_eq!(problems(&module(0, &[0], MAX_BODY - 1)), expected);
    }

    #[test]
    fn most_exports_and_one_more() {
        let module = |count: u32| {
            let mut exports = wasm_encoder::ExportSection::new();
            for _ in 0..count {
                exports.export("", wasm_encoder::ExportKind::Global, 0);
            }
            let mut module = Module::new();
            module.section(&exports);
            module.finish()
        };
        assert_eq!(problems(&module(1_000_000)), [] as [&str; 0]);
        assert_eq!(problems(&module(1_000_001)), ["the module has 1000001 exports; engines allow 1000000"]);
    }

    #[test]
    fn most_locals_and_one_more() {
        // One group of 49,990 i32.
        let group = [1, 0xC6, 0x86, 0x03, 0x7F];
        assert_eq!(problems(&module(10, &group, 0)), [] as [&str; 0]);
        assert_eq!(problems(&module(11, &group, 0)), ["function 0 has 50001 locals; engines allow 50000"]);
    }
}
