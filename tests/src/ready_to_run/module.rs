//! Wrapper modules with functions in their table.

use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction, MemoryType,
    Module, NameMap, NameSection, RefType, TableType, TypeSection, ValType,
};

/// A function of a wrapper.
#[derive(Clone, Debug)]
pub struct Thunk {
    /// Its name in the name section.
    pub name: &'static str,
    /// Its parameters.
    pub params: Vec<ValType>,
    /// Its results; the body makes zeros.
    pub results: Vec<ValType>,
}

/// How a wrapper of version 1 gets its parts into place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapper {
    /// The host has them copied, as .NET 11.0 does.
    Copied,
    /// Active segments, under the import names of .NET 12.0.
    Active,
}

/// A module around `image`: its table slots are these functions, the last ones first.
///
/// (In an order of their own, so that a table slot is no function index.)
pub fn wrap(image: &[u8], wrapper: Wrapper, thunks: &[Thunk]) -> Vec<u8> {
    wrap_with_locals(image, wrapper, thunks, 0)
}

/// The same, with so many locals in each function.
pub fn wrap_with_locals(image: &[u8], wrapper: Wrapper, thunks: &[Thunk], locals: u32) -> Vec<u8> {
    let mut types = TypeSection::new();
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    let mut names = NameMap::new();
    for (index, thunk) in thunks.iter().enumerate() {
        types.ty().function(thunk.params.iter().copied(), thunk.results.iter().copied());
        functions.function(index as u32);
        names.append(index as u32, thunk.name);
        let mut body = Function::new((locals > 0).then_some((locals, ValType::I32)));
        for result in &thunk.results {
            body.instruction(&zero(*result));
        }
        body.instruction(&Instruction::End);
        code.function(&body);
    }

    let mut imports = ImportSection::new();
    let global = |mutable| EntityType::Global(GlobalType { val_type: ValType::I32, mutable, shared: false });
    let names_of_globals = match wrapper {
        Wrapper::Copied => ["stackPointer", "imageBase", "tableBase", "asyncContinuation"],
        Wrapper::Active => ["__stack_pointer", "__memory_base", "__table_base", "__async_continuation"],
    };
    for (name, mutable) in names_of_globals.into_iter().zip([true, false, false, true]) {
        imports.import("webcil", name, global(mutable));
    }
    let table = if wrapper == Wrapper::Copied { "table" } else { "__indirect_function_table" };
    let slots = thunks.len() as u32;
    let table_type = TableType {
        element_type: RefType::FUNCREF,
        minimum: slots.into(),
        maximum: None,
        table64: false,
        shared: false,
    };
    imports.import("webcil", table, EntityType::Table(table_type));
    let memory = MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None };
    imports.import("webcil", "memory", EntityType::Memory(memory));

    let mut globals = GlobalSection::new();
    let ty = GlobalType { val_type: ValType::I32, mutable: false, shared: false };
    globals.global(ty, &ConstExpr::i32_const(1));
    let mut exports = ExportSection::new();
    exports.export("webcilVersion", ExportKind::Global, 4);
    let order: Vec<u32> = (0..slots).rev().collect();
    let mut elements = ElementSection::new();
    let mut data = DataSection::new();
    data.passive([(image.len() as u32).to_le_bytes(), slots.to_le_bytes()].concat());
    match wrapper {
        Wrapper::Copied => {
            elements.passive(Elements::Functions(order.into()));
            data.passive(image.iter().copied());
        }
        Wrapper::Active => {
            elements.active(None, &ConstExpr::global_get(2), Elements::Functions(order.into()));
            data.active(0, &ConstExpr::global_get(1), image.iter().copied());
        }
    }
    let mut name_section = NameSection::new();
    name_section.functions(&names);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&globals).section(&exports);
    module.section(&elements).section(&DataCountSection { count: 2 }).section(&code).section(&data);
    module.section(&name_section);
    module.finish()
}

fn zero(ty: ValType) -> Instruction<'static> {
    match ty {
        ValType::I64 => Instruction::I64Const(0),
        ValType::F32 => Instruction::F32Const(0.0f32.into()),
        ValType::F64 => Instruction::F64Const(0.0f64.into()),
        ValType::V128 => Instruction::V128Const(0),
        _ => Instruction::I32Const(0),
    }
}
