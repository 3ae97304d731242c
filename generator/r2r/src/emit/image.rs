//! An image of thunks as a wasm module: Webcil wrapper, version 1, as crossgen2 11.0.0 writes it.
//!
//! The host reserves memory for the payload and table slots, as many as the first data segment says, and instantiates the
//! module with both addresses. `getWebcilPayload` copies the second segment and writes the table base to it;
//! `fillWebcilTable` fills the table slots with the functions of the element segment.
//!
//! No function is imported, so that a function's index is also its place in the table. The thunks come first, in the
//! byte order of their keys; functions are exported by name. Only imports that are used are declared.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection, MemArg, MemArgTarget,
    MemoryType, Module, RefType, TableType, ValType,
};

use super::code::ImageLayout;
use super::identity::{Guid, Identity};
use super::il_twin::il_twin;
use super::type_section::TypeIndices;
use super::{Blob, BlobError, Thunk, assembly, payload};
use clr_wasm_abi::{FunctionType, Scalar};
use thunkgen_core::runtime_version::ImageFormat;

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

/// Module of all imports.
const MODULE: &str = "webcil";

/// The functions that the host calls. They have table slots after those of the thunks, and are part of the table size.
pub(crate) const HOST_FUNCTIONS: [&str; 3] = ["getWebcilSize", "getWebcilPayload", "fillWebcilTable"];

/// The data segment with the sizes that the host needs; that of the payload comes first.
const SIZES_SEGMENT: u32 = 0;
const PAYLOAD_SIZE_BYTES: i32 = 4;

/// The data segment with the payload.
const PAYLOAD_SEGMENT: u32 = 1;

/// The element segment with all functions.
const FUNCTIONS_SEGMENT: u32 = 0;

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
    image_and_twin(thunks, identity).map(|(image, _)| image)
}

/// The bytes of the module, and those of a .dll of IL: the same assembly (name, version, MVID and public type) without
/// thunks.
pub fn image_and_twin(thunks: &[Thunk], identity: &Identity) -> Result<(Vec<u8>, Vec<u8>), ImageError> {
    if thunks.len() > MAX_THUNKS {
        return Err(ImageError::TooMany(thunks.len()));
    }
    let mut thunks: Vec<&Thunk> = thunks.iter().collect();
    thunks.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    let blob = Blob::new(thunks.iter().zip(0..).map(|(thunk, index)| (thunk.key.as_str(), index)))?;
    let types = TypeIndices::of(&thunks, &[stub_type(0), stub_type(1), stub_type(2)]);
    let globals = Globals::of(&thunks);
    let layout = ImageLayout {
        stack_pointer: globals.stack_pointer.unwrap_or(u32::MAX),
        image_base: globals.image_base.unwrap_or(u32::MAX),
        helper_cell: payload::HELPER_CELL,
    };
    let bodies: Vec<Vec<u8>> =
        thunks.iter().map(|thunk| thunk.code.in_image(layout, |of_type| types.index(of_type))).collect();
    let mvid = identity.mvid.unwrap_or_else(|| mvid(identity, &thunks, &bodies));
    let metadata = assembly::metadata(identity, mvid);
    let payload = payload::payload(&identity.format, &metadata, &blob, globals.image_base.is_some());
    let format = &identity.format;
    let module = WrapperModule { thunks: &thunks, types: &types, bodies: &bodies, globals, format };
    Ok((module.bytes(payload), il_twin(&metadata)))
}

/// Of the same thunks with the same name and versions, the same.
fn mvid(identity: &Identity, thunks: &[&Thunk], bodies: &[Vec<u8>]) -> Guid {
    let Identity { name, version, format, .. } = identity;
    let imports = &format.imports;
    let versions = format!(
        "{name}\0{version}\0{}\0{}\0{}\0{}\0{}\0",
        format.ready_to_run, format.wrapper_version, format.flags, imports.table_base, imports.table
    );
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

/// Indices of the imported globals.
#[derive(Clone, Copy)]
struct Globals {
    stack_pointer: Option<u32>,
    image_base: Option<u32>,
    table_base: u32,
}

impl Globals {
    /// The globals that thunks use, in the order of crossgen2's images.
    fn of(thunks: &[&Thunk]) -> Globals {
        let mut count = 0;
        let mut next = |used: bool| {
            let index = used.then_some(count);
            count += u32::from(used);
            index
        };
        let stack_pointer = next(thunks.iter().any(|thunk| thunk.code.uses_stack_pointer()));
        let image_base = next(thunks.iter().any(|thunk| thunk.code.calls_helper()));
        Globals { stack_pointer, image_base, table_base: count }
    }

    /// Index of the module's own global.
    fn own(self) -> u32 {
        self.table_base + 1
    }
}

/// The parts of the module.
struct WrapperModule<'a> {
    thunks: &'a [&'a Thunk],
    types: &'a TypeIndices,
    bodies: &'a [Vec<u8>],
    globals: Globals,
    format: &'a ImageFormat,
}

impl WrapperModule<'_> {
    fn bytes(&self, payload: Vec<u8>) -> Vec<u8> {
        let count = (self.thunks.len() + HOST_FUNCTIONS.len()) as u32;
        let stubs = [get_webcil_size(), self.get_webcil_payload(), self.fill_webcil_table(count)];
        let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
        let mut exports = ExportSection::new();
        exports.export("table", ExportKind::Table, 0);
        exports.export("webcilVersion", ExportKind::Global, self.globals.own());
        for (thunk, body) in self.thunks.iter().zip(self.bodies) {
            exports.export(&thunk.name, ExportKind::Func, functions.len());
            functions.function(self.types.index(&thunk.function_type));
            code.raw(body);
        }
        for (name, Stub { function_type, body }) in HOST_FUNCTIONS.into_iter().zip(stubs) {
            exports.export(name, ExportKind::Func, functions.len());
            functions.function(self.types.index(&function_type));
            code.function(&body);
        }
        let mut globals = GlobalSection::new();
        globals.global(global(false), &ConstExpr::i32_const(self.format.wrapper_version.cast_signed()));
        let mut elements = ElementSection::new();
        elements.passive(Elements::Functions((0..count).collect()));
        let mut data = DataSection::new();
        data.passive([(payload.len() as u32).to_le_bytes(), count.to_le_bytes()].concat());
        let pages = (payload.len() as u64).div_ceil(PAGE).max(1);
        data.passive(payload);

        let mut module = Module::new();
        module.section(&self.types.section());
        module.section(&self.imports(pages));
        module.section(&functions).section(&globals).section(&exports).section(&elements);
        module.section(&DataCountSection { count: data.len() });
        module.section(&code).section(&data);
        module.finish()
    }

    fn imports(&self, pages: u64) -> ImportSection {
        let names = &self.format.imports;
        let mut imports = ImportSection::new();
        if self.globals.stack_pointer.is_some() {
            imports.import(MODULE, &names.stack_pointer, EntityType::Global(global(true)));
        }
        if self.globals.image_base.is_some() {
            imports.import(MODULE, &names.image_base, EntityType::Global(global(false)));
        }
        imports.import(MODULE, &names.table_base, EntityType::Global(global(false)));
        // A minimum of one slot, like crossgen2: the host has grown the table before.
        let element_type = RefType::FUNCREF;
        let table = TableType { element_type, minimum: 1, maximum: None, table64: false, shared: false };
        imports.import(MODULE, &names.table, table);
        let memory = MemoryType { minimum: pages, maximum: None, memory64: false, shared: false, page_size_log2: None };
        imports.import(MODULE, &names.memory, memory);
        imports
    }

    /// `(to, size)`: copies the payload, and writes the table base to its header.
    fn get_webcil_payload(&self) -> Stub {
        let mut body = Function::new([]);
        let (to, size, from) = (0, 1, 0);
        let offset = payload::TABLE_BASE_OFFSET.into();
        let table_base = MemArg { align: 2, offset, target: MemArgTarget::default(), ordering: None };
        let mut sink = body.instructions();
        sink.local_get(to).i32_const(from).local_get(size).memory_init(0, PAYLOAD_SEGMENT);
        sink.local_get(size).i32_const(LEAST_PATCHED).i32_ge_s().if_(BlockType::Empty);
        sink.local_get(to).global_get(self.globals.table_base).i32_store(table_base).end().end();
        Stub { function_type: stub_type(2), body }
    }

    /// `()`: fills the table.
    fn fill_webcil_table(&self, count: u32) -> Stub {
        let mut body = Function::new([]);
        let from = 0;
        let mut sink = body.instructions();
        sink.global_get(self.globals.table_base).i32_const(from).i32_const(count.cast_signed());
        sink.table_init(0, FUNCTIONS_SEGMENT).end();
        Stub { function_type: stub_type(0), body }
    }
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
