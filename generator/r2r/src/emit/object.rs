//! Thunks as a relocatable object, for the linker that makes the native module (WebAssembly tool conventions,
//! `Linking.md`, version 2).
//!
//! It defines what the generated C++ would: a table of rows `{ key, function }` in byte order and its length; and such
//! a table of the `I` thunks, which call the runtime's function as one of their own module. A table without rows is
//! left out, so that an object of `I` thunks can stand beside the C++ of the others. Functions are local symbols, named
//! as in an image; the tables are hidden ones, as compilers make them.

mod data;
mod relocations;
mod symbols;

use wasm_encoder::{
    ConstExpr, CustomSection, ElementSection, Elements, Encode, EntityType, FunctionSection, GlobalType, ImportSection,
    MemoryType, Module, RawSection, RefType, SectionId, TableType, ValType,
};

use super::code::Symbol;
use super::type_section::TypeIndices;
use super::{Blob, BlobError, Thunk, helper_type};
use clr_wasm_abi::Scalar;
use data::Data;
use relocations::{RelocationKind, Relocations};
use symbols::Symbols;
use thunkgen_core::emit::Contract;

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
}

/// Module of all imports of an object.
const MODULE: &str = "env";

/// The runtime's function behind the helper of `I` thunks.
const HELPER: &str = "ExecuteInterpretedMethodWithArgs_PortableEntryPoint";

/// Sections of an object in their order; a relocation section names the one it is for by its place.
const CODE_SECTION: u32 = 4;
const DATA_SECTION: u32 = 5;

const PAGE: u64 = 65536;

/// The bytes of the object.
///
/// ```
/// use thunkgen_core::emit::Contract;
/// use thunkgen_r2r::emit::{object, thunk};
/// let thunks = ["MviS8", "IviS8p"].map(|key| thunk(&key.parse().unwrap()).unwrap());
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
    Ok(Object::new(&thunks, contract).encode())
}

/// What is in the object.
struct Object<'a> {
    thunks: &'a [&'a Thunk],
    types: TypeIndices,
    calls_helper: bool,
    symbols: Symbols,
    data: Data,
}

impl<'a> Object<'a> {
    fn new(thunks: &'a [&'a Thunk], contract: Contract) -> Object<'a> {
        let calls_helper = thunks.iter().any(|thunk| thunk.code.calls_helper());
        let uses_stack_pointer = thunks.iter().any(|thunk| thunk.code.uses_stack_pointer());
        let mut symbols = Symbols::default();
        for (thunk, index) in thunks.iter().zip(u32::from(calls_helper)..) {
            symbols.function(&thunk.name, index);
        }
        if uses_stack_pointer {
            symbols.import_stack_pointer();
        }
        if calls_helper {
            symbols.import_helper();
        }
        let data = Data::new(thunks, contract, &mut symbols);
        Object { thunks, types: TypeIndices::of(thunks, &[]), calls_helper, symbols, data }
    }

    fn encode(&self) -> Vec<u8> {
        let (code, code_relocations) = self.code();
        let mut functions = FunctionSection::new();
        for thunk in self.thunks {
            functions.function(self.types.index(&thunk.function_type));
        }
        let first = u32::from(self.calls_helper);
        let all: Vec<u32> = (first..first + self.thunks.len() as u32).collect();
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
        module.finish()
    }

    fn code(&self) -> (Vec<u8>, Relocations) {
        let mut section = Vec::new();
        let mut relocations = Relocations::default();
        (self.thunks.len() as u32).encode(&mut section);
        for thunk in self.thunks {
            let (body, operands) = thunk.code.in_object(|symbol| match symbol {
                Symbol::StackPointer | Symbol::Helper => 0,
                Symbol::Type(of_type) => self.types.index(of_type),
            });
            (body.len() as u32).encode(&mut section);
            for operand in operands {
                let (kind, index) = match &operand.symbol {
                    Symbol::StackPointer => (RelocationKind::GlobalIndexLeb, self.symbols.stack_pointer),
                    Symbol::Helper => (RelocationKind::FunctionIndexLeb, self.symbols.helper),
                    Symbol::Type(of_type) => (RelocationKind::TypeIndexLeb, Some(self.types.index(of_type))),
                };
                relocations.add(kind, section.len() + operand.offset, index.unwrap_or(u32::MAX));
            }
            section.extend_from_slice(&body);
        }
        (section, relocations)
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
        if self.calls_helper {
            imports.import(MODULE, HELPER, EntityType::Function(self.types.index(&helper_type())));
        }
        imports.import(MODULE, "__indirect_function_table", table);
        imports
    }

    /// What an engine must know besides the first version of WebAssembly (tool conventions, "Target Features Section").
    fn target_features(&self) -> Vec<u8> {
        let has_vectors = |thunk: &&Thunk| {
            let mut types = thunk.code.types().chain([&thunk.function_type]);
            types.any(|of_type| of_type.params.iter().chain(&of_type.result).any(|value| *value == Scalar::V128))
        };
        let bulk_memory = self.thunks.iter().any(|thunk| thunk.code.uses_bulk_memory());
        let features = [("bulk-memory", bulk_memory), ("simd128", self.thunks.iter().any(has_vectors))];
        let used: Vec<&str> = features.into_iter().filter(|(_, used)| *used).map(|(name, _)| name).collect();
        let mut section = Vec::new();
        (used.len() as u32).encode(&mut section);
        for name in used {
            section.push(b'+');
            name.encode(&mut section);
        }
        section
    }
}

fn custom<'a>(name: &'a str, data: &'a [u8]) -> CustomSection<'a> {
    CustomSection { name: name.into(), data: data.into() }
}

#[cfg(test)]
mod tests;
