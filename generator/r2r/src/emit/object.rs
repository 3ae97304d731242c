//! Thunks as a relocatable object, for the linker that makes the native module (WebAssembly tool conventions,
//! `Linking.md`, version 2).
//!
//! It defines the same symbols as the generated C++: a table of rows `{ key, function }` in byte order, and its length.
//! Functions are local symbols, named as in an image; the table is a hidden symbol, like those of compilers.

mod data;
mod relocations;
mod symbols;

use wasm_encoder::{
    ConstExpr, CustomSection, ElementSection, Elements, Encode, FunctionSection, GlobalType, ImportSection, MemoryType,
    Module, RawSection, RefType, SectionId, TableType, ValType,
};

use super::type_section::TypeIndices;
use super::{Blob, BlobError, Thunk};
use clr_wasm_abi::Scalar;
use data::Data;
use relocations::{RelocationKind, Relocations};
use symbols::Symbols;
use thunkgen_core::emit::Contract;
use thunkgen_diagnostics::shorten_quoted;

pub use super::image::MAX_THUNKS;

/// Why there is no object of these thunks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// The runtime could not find them.
    #[error(transparent)]
    Keys(#[from] BlobError),
    /// Engines allow no more functions in a module.
    #[error("{0} thunks are more than the {MAX_THUNKS} that an object can hold")]
    TooMany(usize),
    /// No runtime reads a linked table of thunks into the interpreter.
    #[error("`{0}`: the runtime finds thunks into the interpreter only in images")]
    ToInterp(String),
}

/// Module of all imports of an object.
const MODULE: &str = "env";

/// Sections of an object in their order; a relocation section names the one it is for by its place.
const CODE_SECTION: u32 = 4;
const DATA_SECTION: u32 = 5;

const PAGE: u64 = 65536;

/// The bytes of the object.
///
/// ```
/// use thunkgen_core::emit::Contract;
/// use thunkgen_r2r::emit::{object, thunk};
/// let thunks = ["MviS8", "MviS8p"].map(|key| thunk(&key.parse().unwrap()).unwrap());
/// let bytes = object(&thunks, Contract::WasmThunks).unwrap();
/// assert!(bytes.starts_with(b"\0asm"));
/// ```
pub fn object(thunks: &[Thunk], contract: Contract) -> Result<Vec<u8>, ObjectError> {
    if thunks.len() > MAX_THUNKS {
        return Err(ObjectError::TooMany(thunks.len()));
    }
    let mut thunks: Vec<&Thunk> = thunks.iter().collect();
    thunks.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    Blob::new(thunks.iter().map(|thunk| (thunk.key.as_str(), 0)))?; // keys that an image could not hold
    Object::new(&thunks, contract).encode()
}

/// What is in the object.
struct Object<'a> {
    thunks: &'a [&'a Thunk],
    types: TypeIndices,
    symbols: Symbols,
    data: Data,
}

impl<'a> Object<'a> {
    fn new(thunks: &'a [&'a Thunk], contract: Contract) -> Object<'a> {
        let uses_stack_pointer = thunks.iter().any(|thunk| thunk.code.uses_stack_pointer());
        let mut symbols = Symbols::default();
        for (thunk, index) in thunks.iter().zip(0..) {
            symbols.function(&thunk.name, index);
        }
        if uses_stack_pointer {
            symbols.import_stack_pointer();
        }
        let data = Data::new(thunks, contract, &mut symbols);
        Object { thunks, types: TypeIndices::of(thunks, &[]), symbols, data }
    }

    fn encode(&self) -> Result<Vec<u8>, ObjectError> {
        let (code, code_relocations) = self.code()?;
        let mut functions = FunctionSection::new();
        for thunk in self.thunks {
            functions.function(self.types.index(&thunk.function_type));
        }
        let all: Vec<u32> = (0..self.thunks.len() as u32).collect();
        let mut elements = ElementSection::new();
        elements.active(
            None,
            &ConstExpr::i32_const(data::FIRST_FUNCTION.cast_signed()),
            Elements::Functions(all.into()),
        );

        let mut module = Module::new();
        module.section(&self.types.section()).section(&self.imports()).section(&functions).section(&elements);
        module.section(&RawSection { id: SectionId::Code.into(), data: &code });
        module.section(&RawSection { id: SectionId::Data.into(), data: &self.data.section });
        module.section(&custom("linking", &symbols::linking(&self.symbols, &self.data.segments)));
        module.section(&custom("reloc.CODE", &code_relocations.section(CODE_SECTION)));
        module.section(&custom("reloc.DATA", &self.data.relocations.section(DATA_SECTION)));
        module.section(&custom("target_features", &self.target_features()));
        Ok(module.finish())
    }

    fn code(&self) -> Result<(Vec<u8>, Relocations), ObjectError> {
        let mut section = Vec::new();
        let mut relocations = Relocations::default();
        (self.thunks.len() as u32).encode(&mut section);
        for thunk in self.thunks {
            let body = thunk.code.in_object(|of_type| self.types.index(of_type));
            let (body, operands) = body.ok_or_else(|| ObjectError::ToInterp(shorten_quoted(&thunk.key)))?;
            (body.len() as u32).encode(&mut section);
            for operand in operands {
                let (kind, index) = match &operand.of_type {
                    None => (RelocationKind::GlobalIndexLeb, self.symbols.stack_pointer),
                    Some(of_type) => (RelocationKind::TypeIndexLeb, Some(self.types.index(of_type))),
                };
                relocations.add(kind, section.len() + operand.offset, index.unwrap_or(u32::MAX));
            }
            section.extend_from_slice(&body);
        }
        Ok((section, relocations))
    }

    fn imports(&self) -> ImportSection {
        let memory = MemoryType {
            minimum: u64::from(self.data.size).div_ceil(PAGE),
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        let table = TableType {
            element_type: RefType::FUNCREF,
            minimum: u64::from(data::FIRST_FUNCTION) + self.thunks.len() as u64,
            maximum: None,
            table64: false,
            shared: false,
        };
        let mut imports = ImportSection::new();
        imports.import(MODULE, "__linear_memory", memory);
        if self.symbols.stack_pointer.is_some() {
            let global = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
            imports.import(MODULE, "__stack_pointer", global);
        }
        imports.import(MODULE, "__indirect_function_table", table);
        imports
    }

    /// Features that an engine must support in addition to the first version of WebAssembly (tool conventions, "Target Features Section").
    fn target_features(&self) -> Vec<u8> {
        let has_vectors = |thunk: &&Thunk| {
            let mut types = thunk.code.types().chain([&thunk.function_type]);
            types.any(|of_type| of_type.params.iter().chain(&of_type.result).any(|value| *value == Scalar::V128))
        };
        let used: &[&str] = if self.thunks.iter().any(has_vectors) { &["simd128"] } else { &[] };
        let mut section = Vec::new();
        (used.len() as u32).encode(&mut section);
        for name in used {
            section.push(b'+');
            (*name).encode(&mut section);
        }
        section
    }
}

fn custom<'a>(name: &'a str, data: &'a [u8]) -> CustomSection<'a> {
    CustomSection { name: name.into(), data: data.into() }
}

#[cfg(test)]
mod tests;
