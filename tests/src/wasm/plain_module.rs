//! A module of nothing but thunk bodies, for judging and damaging them apart from any image around them.

use clr_wasm_abi::{FunctionType, Scalar};
use thunkgen_r2r::emit::code::ImageLayout;
use thunkgen_r2r::emit::{Thunk, helper_type, thunk};
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, FunctionSection, GlobalType, ImportSection,
    MemoryType, Module, RefType, TableType, TypeSection, ValType,
};
use wasmi::{Global, Mutability, Val};

use super::engine::Machine;

/// RVA of the cell with the helper's table index; the bytes before it are some other image's.
const HELPER_CELL: u32 = 0x130;
const LAYOUT: ImageLayout = ImageLayout { stack_pointer: 0, image_base: 1, helper_cell: HELPER_CELL };

/// A thunk's key and its body as it stands in the module.
pub type Body = (String, Vec<u8>);

/// Thunks and the function types they name.
pub struct PlainModule {
    types: Vec<FunctionType>,
    thunks: Vec<Thunk>,
    /// One for each thunk, to be damaged at will.
    pub bodies: Vec<Body>,
}

impl PlainModule {
    /// The thunks of these keys, in their order.
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a String>) -> PlainModule {
        let emit = |key: &String| {
            let parsed = key.parse().unwrap_or_else(|error| panic!("{error}"));
            thunk(&parsed).unwrap_or_else(|error| panic!("{error}"))
        };
        let thunks: Vec<Thunk> = keys.into_iter().map(emit).collect();
        let of_thunk =
            |thunk: &Thunk| [vec![thunk.function_type.clone()], thunk.code.types().cloned().collect()].concat();
        let mut types: Vec<FunctionType> = thunks.iter().flat_map(of_thunk).chain([helper_type()]).collect();
        types.sort();
        types.dedup();
        let index = |of_type: &FunctionType| index_of(&types, of_type);
        let bodies = thunks.iter().map(|thunk| (thunk.key.clone(), thunk.code.in_image(LAYOUT, index))).collect();
        PlainModule { types, thunks, bodies }
    }

    /// The module: thunk `n` is put at `table_base + n`.
    pub fn encode(&self) -> Vec<u8> {
        let mut types = TypeSection::new();
        for of_type in &self.types {
            let params = of_type.params.iter().copied().map(val_type);
            types.ty().function(params, of_type.result.map(val_type));
        }
        let memory = MemoryType { minimum: 0, maximum: None, memory64: false, shared: false, page_size_log2: None };
        let element_type = RefType::FUNCREF;
        let table = TableType { element_type, table64: false, minimum: 0, maximum: None, shared: false };
        let global = |mutable| GlobalType { val_type: ValType::I32, mutable, shared: false };
        let mut imports = ImportSection::new();
        imports.import("env", "stack_pointer", EntityType::Global(global(true)));
        imports.import("env", "memory_base", EntityType::Global(global(false)));
        imports.import("env", "table_base", EntityType::Global(global(false)));
        imports.import("env", "memory", EntityType::Memory(memory));
        imports.import("env", "table", EntityType::Table(table));
        let mut functions = FunctionSection::new();
        for thunk in &self.thunks {
            functions.function(index_of(&self.types, &thunk.function_type));
        }
        let every: Vec<u32> = (0..self.thunks.len() as u32).collect();
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::global_get(2), Elements::Functions(every.into()));
        let mut code = CodeSection::new();
        for (_, body) in &self.bodies {
            code.raw(body);
        }
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&elements).section(&code);
        module.finish()
    }

    /// Instantiates the module in a machine; the keys and the table indices of their thunks are returned.
    ///
    /// `helper` is the table index of the function that `I` thunks call.
    pub fn load<T>(&self, machine: &mut Machine<T>, helper: u32) -> Result<Vec<(String, u32)>, String> {
        let memory_base = machine.reserve(HELPER_CELL + 4);
        machine.write(memory_base + HELPER_CELL, &helper.to_le_bytes());
        let table_base = machine.grow_table(self.thunks.len() as u32);
        machine.instantiate(&self.encode(), |linker, store, shared| {
            let mut constant = |value: u32| Global::new(&mut *store, Val::I32(value.cast_signed()), Mutability::Const);
            let (memory_base, table_base) = (constant(memory_base), constant(table_base));
            let mut define = |name, item: wasmi::Extern| {
                linker.define("env", name, item).expect("a new name");
            };
            define("stack_pointer", shared.stack_pointer.into());
            define("memory_base", memory_base.into());
            define("table_base", table_base.into());
            define("memory", shared.memory.into());
            define("table", shared.table.into());
        })?;
        Ok(self.thunks.iter().map(|thunk| thunk.key.clone()).zip(table_base..).collect())
    }
}

fn index_of(types: &[FunctionType], of_type: &FunctionType) -> u32 {
    types.binary_search(of_type).expect("every type is collected") as u32
}

fn val_type(of: Scalar) -> ValType {
    match of {
        Scalar::I32 => ValType::I32,
        Scalar::I64 => ValType::I64,
        Scalar::F32 => ValType::F32,
        Scalar::F64 => ValType::F64,
        Scalar::V128 => ValType::V128,
    }
}
