//! The P/Invoke tables inside a shipped `dotnet.native.wasm` (Mono, .NET 10): the names and wasm types of the native
//! functions, as the runtime's own build made them.
//!
//! The tables lie in the data segments: `{ const char* module; const Import* imports; int count }`, and an import is
//! `{ const char* name; function index in the table }`. They are found by that structure alone.

use std::collections::BTreeMap;

use wasmi::{FuncType, ValType};
use wasmparser::{DataKind, ElementItems, ElementKind, Operator, Parser, Payload, TypeRef};

/// A native function of a P/Invoke table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativeImport {
    /// The table's module name.
    pub module: String,
    /// The function's name.
    pub name: String,
    /// The function's wasm type.
    pub ty: FuncType,
    /// The function's index in the module.
    pub function: u32,
}

/// Every function of every P/Invoke table of the module.
pub fn pinvoke_tables(wasm: &[u8]) -> Vec<NativeImport> {
    let module = Native::parse(wasm);
    let mut imports = Vec::new();
    for at in (1024..module.memory.len().saturating_sub(12)).step_by(4) {
        imports.extend(module.table_at(at as u32).unwrap_or_default());
    }
    imports
}

/// Largest table that is believed.
const MAX_COUNT: u32 = 1000;

#[derive(Default)]
struct Native {
    memory: Vec<u8>,
    types: Vec<FuncType>,
    /// Type index of every function.
    functions: Vec<u32>,
    /// Function index by table index.
    elements: BTreeMap<u32, u32>,
}

impl Native {
    fn parse(wasm: &[u8]) -> Native {
        let mut native = Native::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.expect("a valid module") {
                Payload::TypeSection(types) => {
                    let types = types.into_iter_err_on_gc_types().map(|ty| func_type(&ty.expect("a function type")));
                    native.types.extend(types);
                }
                Payload::ImportSection(imports) => {
                    for import in imports {
                        if let TypeRef::Func(ty) = import.expect("an import").ty {
                            native.functions.push(ty);
                        }
                    }
                }
                Payload::FunctionSection(functions) => {
                    native.functions.extend(functions.into_iter().map(|ty| ty.expect("a type index")));
                }
                Payload::ElementSection(elements) => {
                    for element in elements {
                        let element = element.expect("an element segment");
                        if let (ElementKind::Active { offset_expr, .. }, ElementItems::Functions(items)) =
                            (element.kind, element.items)
                        {
                            let first = constant(&offset_expr);
                            for (index, function) in (first..).zip(items) {
                                native.elements.insert(index, function.expect("a function index"));
                            }
                        }
                    }
                }
                Payload::DataSection(segments) => {
                    for segment in segments {
                        let segment = segment.expect("a data segment");
                        if let DataKind::Active { offset_expr, .. } = segment.kind {
                            let start = constant(&offset_expr) as usize;
                            let end = start + segment.data.len();
                            native.memory.resize(native.memory.len().max(end), 0);
                            native.memory[start..end].copy_from_slice(segment.data);
                        }
                    }
                }
                _ => {}
            }
        }
        native
    }

    /// The table whose `{ module, imports, count }` is at this address, if there is one.
    fn table_at(&self, at: u32) -> Option<Vec<NativeImport>> {
        let (name, imports, count) = (self.word(at)?, self.word(at + 4)?, self.word(at + 8)?);
        if !(1..=MAX_COUNT).contains(&count) || !imports.is_multiple_of(4) {
            return None;
        }
        let module = self.text(name, |byte| (0x20..0x7f).contains(&byte))?;
        let import = |index: u32| {
            let row = imports.checked_add(index * 8)?;
            let name = self.text(self.word(row)?, |byte| byte == b'_' || byte.is_ascii_alphanumeric())?;
            let function = self.elements.get(&self.word(row + 4)?)?;
            let ty = self.types.get(*self.functions.get(*function as usize)? as usize)?.clone();
            Some(NativeImport { module: module.clone(), name, ty, function: *function })
        };
        (0..count).map(import).collect()
    }

    fn word(&self, at: u32) -> Option<u32> {
        let bytes = self.memory.get(at as usize..at as usize + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().expect("4 bytes")))
    }

    fn text(&self, at: u32, allowed: impl Fn(u8) -> bool) -> Option<String> {
        let bytes = self.memory.get(at as usize..).filter(|_| at >= 1024)?;
        let length = bytes.iter().take(200).position(|&byte| byte == 0).filter(|&length| length > 0)?;
        let text = &bytes[..length];
        text.iter().all(|&byte| allowed(byte)).then(|| String::from_utf8_lossy(text).into_owned())
    }
}

fn constant(expression: &wasmparser::ConstExpr<'_>) -> u32 {
    match expression.get_operators_reader().read().expect("an operator") {
        Operator::I32Const { value } => value as u32,
        other => panic!("offset {other:?}"),
    }
}

fn func_type(ty: &wasmparser::FuncType) -> FuncType {
    let val = |ty: &wasmparser::ValType| match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(_) => ValType::FuncRef,
    };
    FuncType::new(ty.params().iter().map(val), ty.results().iter().map(val))
}
