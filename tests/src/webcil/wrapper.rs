//! The wasm modules a Webcil image travels in, as each version of the wrapper lays them out.

use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction, MemoryType,
    Module, RefType, TableType, TypeSection, ValType,
};

/// Version 0: two passive segments, the second one the image, and functions that copy them.
pub fn version_0(image: &[u8]) -> Vec<u8> {
    let mut imports = ImportSection::new();
    imports.import("webcil", "memory", memory());
    let mut parts = Parts::new(imports, 0);
    parts.function("getWebcilSize", 0, &copy(0, 4));
    parts.function("getWebcilPayload", 1, &copy(1, image.len() as i32));
    let mut data = DataSection::new();
    data.passive((image.len() as u32).to_le_bytes());
    data.passive(image.iter().copied());
    parts.finish(None, data)
}

/// Version 1: more imports, a passive element segment, and a count of table slots behind the size.
pub fn version_1(image: &[u8]) -> Vec<u8> {
    let mut imports = ImportSection::new();
    for (name, mutable) in
        [("stackPointer", true), ("imageBase", false), ("tableBase", false), ("asyncContinuation", true)]
    {
        imports.import("webcil", name, global(mutable));
    }
    imports.import("webcil", "table", table());
    imports.import("webcil", "memory", memory());
    let mut parts = Parts::new(imports, 1);
    parts.function("getWebcilSize", 0, &copy(0, 4));
    parts.function("getWebcilPayload", 1, &copy(1, image.len() as i32));
    let mut elements = ElementSection::new();
    elements.passive(Elements::Functions([0, 1][..].into()));
    let mut data = DataSection::new();
    data.passive([(image.len() as u32).to_le_bytes(), 2u32.to_le_bytes()].concat());
    data.passive(image.iter().copied());
    parts.finish(Some(elements), data)
}

/// Version 1 under the import names of .NET 12.0: the image is an active segment at an imported base.
pub fn active(image: &[u8]) -> Vec<u8> {
    let mut imports = ImportSection::new();
    imports.import("webcil", "memory", memory());
    for (name, mutable) in
        [("__stack_pointer", true), ("__memory_base", false), ("__table_base", false), ("__async_continuation", true)]
    {
        imports.import("webcil", name, global(mutable));
    }
    imports.import("webcil", "__indirect_function_table", table());
    let mut parts = Parts::new(imports, 1);
    parts.function("getWebcilSize", 0, &copy(0, 4));
    parts.function("patchWebcilHeader", 1, &[Instruction::Nop]);
    let mut elements = ElementSection::new();
    elements.active(None, &ConstExpr::global_get(2), Elements::Functions([0, 1][..].into()));
    let mut data = DataSection::new();
    data.passive([(image.len() as u32).to_le_bytes(), 2u32.to_le_bytes()].concat());
    data.active(0, &ConstExpr::global_get(1), image.iter().copied());
    parts.finish(Some(elements), data)
}

/// Active segments merged into an app: bases folded to constants, the image not in the first memory's first bytes.
pub fn merged(image: &[u8]) -> Vec<u8> {
    let mut imports = ImportSection::new();
    imports.import("webcil", "memory", memory());
    let mut parts = Parts::new(imports, 1);
    parts.function("getWebcilSize", 0, &copy(0, 4));
    let mut data = DataSection::new();
    data.passive((image.len() as u32).to_le_bytes());
    data.active(0, &ConstExpr::i32_const(-16), [1, 2, 3]);
    data.active(0, &ConstExpr::i32_const(0x0001_0000), image.iter().copied());
    parts.finish(None, data)
}

fn memory() -> EntityType {
    let ty = MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None };
    EntityType::Memory(ty)
}

fn global(mutable: bool) -> EntityType {
    EntityType::Global(GlobalType { val_type: ValType::I32, mutable, shared: false })
}

fn table() -> EntityType {
    let element_type = RefType::FUNCREF;
    EntityType::Table(TableType { element_type, minimum: 0, maximum: None, table64: false, shared: false })
}

fn copy(segment: u32, bytes: i32) -> [Instruction<'static>; 4] {
    [
        Instruction::LocalGet(0),
        Instruction::I32Const(0),
        Instruction::I32Const(bytes),
        Instruction::MemoryInit { mem: 0, data_index: segment },
    ]
}

struct Parts {
    imports: ImportSection,
    functions: FunctionSection,
    exports: ExportSection,
    globals: GlobalSection,
    code: CodeSection,
}

impl Parts {
    /// `version` is that of the wrapper, which an exported global tells.
    fn new(imports: ImportSection, version: i32) -> Parts {
        let mut globals = GlobalSection::new();
        let ty = GlobalType { val_type: ValType::I32, mutable: false, shared: false };
        globals.global(ty, &ConstExpr::i32_const(version));
        let mut exports = ExportSection::new();
        let imported_globals = if imports.len() >= 4 { 4 } else { 0 };
        exports.export("webcilVersion", ExportKind::Global, imported_globals);
        Parts { imports, functions: FunctionSection::new(), exports, globals, code: CodeSection::new() }
    }

    /// A function with one parameter (type 0) or two (type 1).
    fn function(&mut self, name: &str, ty: u32, body: &[Instruction<'_>]) {
        self.exports.export(name, ExportKind::Func, self.functions.len());
        self.functions.function(ty);
        let mut function = Function::new([]);
        for instruction in body.iter().chain([&Instruction::End]) {
            function.instruction(instruction);
        }
        self.code.function(&function);
    }

    fn finish(self, elements: Option<ElementSection>, data: DataSection) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([ValType::I32], []);
        types.ty().function([ValType::I32, ValType::I32], []);
        let mut module = Module::new();
        module.section(&types).section(&self.imports).section(&self.functions).section(&self.globals);
        module.section(&self.exports);
        if let Some(elements) = &elements {
            module.section(elements);
        }
        module.section(&DataCountSection { count: data.len() }).section(&self.code).section(&data);
        module.finish()
    }
}
