//! An image of thunks as a wasm module that installs itself: Webcil wrapper, version 2.
//!
//! The host reserves memory for the payload and a place in the table, both told by the first data segment, and
//! instantiates the module with them: the second segment puts the payload at `__memory_base`, the element segment the
//! functions at `__table_base`. Then it calls `patchWebcilHeader`, which writes the place in the table into the payload.
//!
//! No function is imported, so that a function's index is also its place in the table. The thunks come first, in the
//! byte order of their keys.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection, MemArg, MemArgTarget,
    MemoryType, Module, NameMap, NameSection, RefType, TableType, ValType,
};

use super::code::ImageLayout;
use super::identity::{Guid, Identity};
use super::inferred::STUBS_IN_TABLE;
use super::type_section::TypeIndices;
use super::{Blob, BlobError, Thunk, payload};
use clr_wasm_abi::{FunctionType, Scalar};

/// Why there is no image of these thunks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The runtime could not find them.
    #[error(transparent)]
    Keys(#[from] BlobError),
    /// Engines allow no more functions in a module.
    #[error("{0} thunks are more than the {MAX_THUNKS} that an image can hold")]
    TooMany(usize),
}

/// Engines allow 1,000,000 functions and types in a module (WebAssembly JavaScript interface, section
/// "Implementation-defined Limits"); a thunk has a type of its own and calls another one.
pub const MAX_THUNKS: usize = 400_000;

/// Version of the wrapper.
const WRAPPER_VERSION: i32 = 2;

/// Module of all imports.
const MODULE: &str = "webcil";

/// Indices of the imported globals.
const STACK_POINTER: u32 = 0;
const MEMORY_BASE: u32 = 1;
const TABLE_BASE: u32 = 2;
const IMPORTED_GLOBALS: [(&str, bool); 4] =
    [("__stack_pointer", true), ("__memory_base", false), ("__table_base", false), ("__async_continuation", true)];

/// The data segment with the sizes that the host needs; that of the payload comes first.
const SIZES_SEGMENT: u32 = 0;
const PAYLOAD_SIZE_BYTES: i32 = 4;

/// A payload that is shorter has no field for the place in the table.
const LEAST_PATCHED: i32 = 32;

const PAGE: u64 = 65536;

/// The bytes of the module.
///
/// ```
/// use thunkgen_r2r::emit::{Identity, image, thunk};
/// let thunks = ["MviS8", "IviS8p"].map(|key| thunk(&key.parse().unwrap()).unwrap());
/// let bytes = image(&thunks, &Identity::new("Thunks".parse().unwrap())).unwrap();
/// assert!(bytes.starts_with(b"\0asm"));
/// ```
pub fn image(thunks: &[Thunk], identity: &Identity) -> Result<Vec<u8>, ImageError> {
    if thunks.len() > MAX_THUNKS {
        return Err(ImageError::TooMany(thunks.len()));
    }
    let mut thunks: Vec<&Thunk> = thunks.iter().collect();
    thunks.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    let blob = Blob::new(thunks.iter().zip(0..).map(|(thunk, index)| (thunk.key.as_str(), index)))?;
    let types = TypeIndices::of(&thunks, &[stub_type(1), stub_type(2)]);
    let layout =
        ImageLayout { stack_pointer: STACK_POINTER, memory_base: MEMORY_BASE, helper_cell: payload::HELPER_CELL };
    let bodies: Vec<Vec<u8>> =
        thunks.iter().map(|thunk| thunk.code.in_image(layout, |of_type| types.index(of_type))).collect();
    let mvid = identity.mvid.unwrap_or_else(|| mvid(identity, &thunks, &bodies));
    let calls_helper = thunks.iter().any(|thunk| thunk.code.calls_helper());
    let payload = payload::payload(identity, mvid, &blob, calls_helper);
    Ok(module(&thunks, &types, &bodies, payload))
}

/// Of the same thunks with the same name and versions, the same.
fn mvid(identity: &Identity, thunks: &[&Thunk], bodies: &[Vec<u8>]) -> Guid {
    let versions = format!("{}\0{}\0{}\0", identity.name, identity.version, identity.ready_to_run);
    let parts = thunks.iter().zip(bodies).flat_map(|(thunk, body)| [thunk.key.as_bytes(), b"\0", body]);
    Guid::from_hash(fnv1a128([versions.as_bytes()].into_iter().chain(parts)))
}

/// FNV-1a 128 over the concatenation of `parts`. Its values are part of the output, so they must never change.
fn fnv1a128<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u128 {
    let bytes = parts.into_iter().flatten();
    bytes.fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash, &byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    })
}

fn module(thunks: &[&Thunk], types: &TypeIndices, bodies: &[Vec<u8>], payload: Vec<u8>) -> Vec<u8> {
    let stubs = STUBS_IN_TABLE.into_iter().zip([get_webcil_size(), patch_webcil_header()]);
    let count = (thunks.len() + STUBS_IN_TABLE.len()) as u32;
    let (mut functions, mut code, mut names) = (FunctionSection::new(), CodeSection::new(), NameMap::new());
    let mut exports = ExportSection::new();
    exports.export("webcilVersion", ExportKind::Global, IMPORTED_GLOBALS.len() as u32);
    for (thunk, body) in thunks.iter().zip(bodies) {
        names.append(functions.len(), &thunk.name);
        functions.function(types.index(&thunk.function_type));
        code.raw(body);
    }
    for (name, Stub { function_type, body }) in stubs {
        exports.export(name, ExportKind::Func, functions.len());
        names.append(functions.len(), name);
        functions.function(types.index(&function_type));
        code.function(&body);
    }
    let mut globals = GlobalSection::new();
    globals.global(global(false), &ConstExpr::i32_const(WRAPPER_VERSION));
    let mut elements = ElementSection::new();
    let all: Vec<u32> = (0..count).collect();
    elements.active(None, &ConstExpr::global_get(TABLE_BASE), Elements::Functions(all.into()));
    let mut data = DataSection::new();
    data.passive([(payload.len() as u32).to_le_bytes(), count.to_le_bytes()].concat());
    let pages = (payload.len() as u64).div_ceil(PAGE).max(1);
    data.active(0, &ConstExpr::global_get(MEMORY_BASE), payload);
    let mut name_section = NameSection::new();
    name_section.functions(&names);

    let mut module = Module::new();
    module.section(&types.section());
    module.section(&imports(count, pages));
    module.section(&functions).section(&globals).section(&exports).section(&elements);
    module.section(&DataCountSection { count: data.len() });
    module.section(&code).section(&data).section(&name_section);
    module.finish()
}

/// The globals always, in the order that fixes their indices. The exception tag of the wrapper is left out: no thunk
/// throws or catches, and an engine without exceptions then needs to know nothing of it.
fn imports(table_slots: u32, pages: u64) -> ImportSection {
    let mut imports = ImportSection::new();
    for (name, mutable) in IMPORTED_GLOBALS {
        imports.import(MODULE, name, EntityType::Global(global(mutable)));
    }
    let table = TableType {
        element_type: RefType::FUNCREF,
        minimum: table_slots.into(),
        maximum: None,
        table64: false,
        shared: false,
    };
    imports.import(MODULE, "__indirect_function_table", table);
    let memory = MemoryType { minimum: pages, maximum: None, memory64: false, shared: false, page_size_log2: None };
    imports.import(MODULE, "memory", memory);
    imports
}

fn global(mutable: bool) -> GlobalType {
    GlobalType { val_type: ValType::I32, mutable, shared: false }
}

/// A function that the host calls.
struct Stub {
    function_type: FunctionType,
    body: Function,
}

/// `(to)`: writes the size of the payload there.
fn get_webcil_size() -> Stub {
    let mut body = Function::new([]);
    let (to, from) = (0, 0);
    body.instructions().local_get(to).i32_const(from).i32_const(PAYLOAD_SIZE_BYTES).memory_init(0, SIZES_SEGMENT).end();
    Stub { function_type: stub_type(1), body }
}

/// `(payload, size)`: writes the place in the table into the payload's header.
fn patch_webcil_header() -> Stub {
    let mut body = Function::new([]);
    let (payload, size) = (0, 1);
    let table_base =
        MemArg { align: 2, offset: payload::TABLE_BASE_OFFSET.into(), target: MemArgTarget::default(), ordering: None };
    let mut sink = body.instructions();
    sink.local_get(size).i32_const(LEAST_PATCHED).i32_ge_u().if_(BlockType::Empty);
    sink.local_get(payload).global_get(TABLE_BASE).i32_store(table_base).end().end();
    Stub { function_type: stub_type(2), body }
}

fn stub_type(params: usize) -> FunctionType {
    FunctionType { params: vec![Scalar::I32; params], result: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_vectors_of_fnv1a128() {
        assert_eq!(fnv1a128([b"".as_slice()]), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        assert_eq!(fnv1a128([b"a".as_slice()]), 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
        assert_eq!(fnv1a128([b"foo".as_slice(), b"bar"]), 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18);
    }
}
