//! What a thunk does, one line for each effect, found by running its bytes on symbols.
//!
//! `p0`, `p1`... are the parameters, `sp` is the stack pointer's value at entry, `m` the address of the image, `r` the
//! result of the last call, and `b` what an `I` thunk puts into `p0`. `i32[p1+8]` is a load.

use wasm_encoder::{CodeSection, FunctionSection, GlobalType, ImportSection, Module, TypeSection, ValType};
use wasmparser::{Operator, Parser, Payload};

use super::super::code::ImageLayout;
use super::super::{Thunk, helper_type};
use clr_wasm_abi::{FunctionType, Scalar};

pub(super) const HELPER_CELL: u32 = 0x1000;

/// A sum of a symbol and a number; the symbol is empty for a number alone.
#[derive(Clone, Debug, Default, PartialEq)]
struct Value(String, i64);

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value(symbol, number) if symbol.is_empty() => write!(f, "{number}"),
            Value(symbol, 0) => f.write_str(symbol),
            Value(symbol, number) => write!(f, "{symbol}{number:+}"),
        }
    }
}

/// The effects of a thunk.
pub(super) fn effects(thunk: &Thunk) -> Vec<String> {
    let (bytes, types) = module(thunk);
    wasmparser::Validator::new().validate_all(&bytes).unwrap_or_else(|error| panic!("{}: {error}", thunk.key));
    let body = Parser::new(0).parse_all(&bytes).find_map(|payload| match payload.unwrap() {
        Payload::CodeSectionEntry(body) => Some(body),
        _ => None,
    });
    let mut machine = Machine {
        locals: (0..thunk.function_type.params.len()).map(|index| Value(format!("p{index}"), 0)).collect(),
        stack_pointer: Value("sp".to_owned(), 0),
        ..Machine::default()
    };
    let body = body.unwrap();
    for group in body.get_locals_reader().unwrap() {
        let (count, of_type) = group.unwrap();
        assert_eq!(of_type, wasmparser::ValType::I32);
        machine.locals.extend((0..count).map(|_| Value("unset".to_owned(), 0)));
    }
    for operator in body.get_operators_reader().unwrap() {
        machine.step(&operator.unwrap(), &types);
    }
    let left: Vec<String> = machine.stack.iter().map(Value::to_string).collect();
    assert_eq!(left.len(), usize::from(thunk.function_type.result.is_some()));
    machine.effects.extend(left.iter().map(|value| format!("return {value}")));
    assert_eq!(machine.stack_pointer, Value("sp".to_owned(), 0), "the stack pointer is restored");
    machine.effects
}

/// A module of the thunk alone, and its types.
fn module(thunk: &Thunk) -> (Vec<u8>, Vec<FunctionType>) {
    let mut types = vec![thunk.function_type.clone(), helper_type()];
    types.extend(thunk.code.types().cloned());
    let mut section = TypeSection::new();
    for of_type in &types {
        section.ty().function(of_type.params.iter().map(val_type), of_type.result.iter().map(val_type));
    }
    let mut imports = ImportSection::new();
    let global = |mutable| GlobalType { val_type: ValType::I32, mutable, shared: false };
    imports.import("m", "sp", global(true)).import("m", "base", global(false));
    let table = wasm_encoder::TableType {
        element_type: wasm_encoder::RefType::FUNCREF,
        minimum: 0,
        maximum: None,
        table64: false,
        shared: false,
    };
    let memory =
        wasm_encoder::MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None };
    imports.import("m", "table", table).import("m", "memory", memory);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let layout = ImageLayout { stack_pointer: 0, image_base: 1, helper_cell: HELPER_CELL };
    let mut code = CodeSection::new();
    let index = |of_type: &FunctionType| types.iter().position(|other| other == of_type).unwrap() as u32;
    code.raw(&thunk.code.in_image(layout, index));
    let mut module = Module::new();
    module.section(&section).section(&imports).section(&functions).section(&code);
    (module.finish(), types)
}

fn val_type(of: &Scalar) -> ValType {
    match of {
        Scalar::I32 => ValType::I32,
        Scalar::I64 => ValType::I64,
        Scalar::F32 => ValType::F32,
        Scalar::F64 => ValType::F64,
        Scalar::V128 => ValType::V128,
    }
}

#[derive(Default)]
struct Machine {
    locals: Vec<Value>,
    stack: Vec<Value>,
    stack_pointer: Value,
    effects: Vec<String>,
}

impl Machine {
    fn pop(&mut self) -> Value {
        self.stack.pop().expect("a value")
    }

    fn step(&mut self, operator: &Operator<'_>, types: &[FunctionType]) {
        match *operator {
            Operator::LocalGet { local_index } => self.stack.push(self.locals[local_index as usize].clone()),
            Operator::LocalTee { local_index } => {
                self.locals[local_index as usize] = self.stack.last().unwrap().clone()
            }
            Operator::LocalSet { local_index } => self.set_local(local_index as usize),
            Operator::GlobalGet { global_index: 0 } => self.stack.push(self.stack_pointer.clone()),
            Operator::GlobalGet { global_index: 1 } => self.stack.push(Value("m".to_owned(), 0)),
            Operator::GlobalSet { global_index: 0 } => {
                self.stack_pointer = self.pop();
                self.effects.push(format!("sp = {}", self.stack_pointer));
            }
            Operator::I32Const { value } => self.stack.push(Value(String::new(), value.into())),
            Operator::I64Const { value } => self.stack.push(Value(String::new(), value)),
            Operator::I32Add => self.add(1),
            Operator::I32Sub => self.add(-1),
            Operator::MemoryCopy { dst_mem: 0, src_mem: 0 } => {
                let (size, from, to) = (self.pop(), self.pop(), self.pop());
                self.effects.push(format!("copy [{to}] = [{from}] {size}"));
            }
            Operator::MemoryFill { mem: 0 } => {
                let (size, byte, to) = (self.pop(), self.pop(), self.pop());
                self.effects.push(format!("fill [{to}] = {byte} {size}"));
            }
            Operator::CallIndirect { type_index, table_index: 0 } => self.call(&types[type_index as usize]),
            Operator::I32Load { memarg } => self.load(Scalar::I32, memarg),
            Operator::I64Load { memarg } => self.load(Scalar::I64, memarg),
            Operator::F32Load { memarg } => self.load(Scalar::F32, memarg),
            Operator::F64Load { memarg } => self.load(Scalar::F64, memarg),
            Operator::V128Load { memarg } => self.load(Scalar::V128, memarg),
            Operator::I32Store { memarg } => self.store(Scalar::I32, memarg),
            Operator::I64Store { memarg } => self.store(Scalar::I64, memarg),
            Operator::F32Store { memarg } => self.store(Scalar::F32, memarg),
            Operator::F64Store { memarg } => self.store(Scalar::F64, memarg),
            Operator::V128Store { memarg } => self.store(Scalar::V128, memarg),
            Operator::End => {}
            ref other => panic!("{other:?} is not expected in a thunk"),
        }
    }

    /// The one parameter that is ever set is `p0`.
    fn set_local(&mut self, index: usize) {
        let value = self.pop();
        self.locals[index] = match index {
            0 => {
                self.effects.push(format!("b = {value}"));
                Value("b".to_owned(), 0)
            }
            _ => value,
        };
    }

    fn add(&mut self, sign: i64) {
        let (right, left) = (self.pop(), self.pop());
        assert!(right.0.is_empty(), "only constants are added");
        self.stack.push(Value(left.0, left.1 + sign * right.1));
    }

    fn load(&mut self, of: Scalar, memarg: wasmparser::MemArg) {
        let Value(symbol, offset) = self.pop();
        let address = Value(symbol, offset + memarg.offset as i64);
        self.stack.push(Value(format!("{}[{address}]", of.wasm_name()), 0));
    }

    fn store(&mut self, of: Scalar, memarg: wasmparser::MemArg) {
        let (value, Value(symbol, offset)) = (self.pop(), self.pop());
        let address = Value(symbol, offset + memarg.offset as i64);
        self.effects.push(format!("{}[{address}] = {value}", of.wasm_name()));
    }

    fn call(&mut self, of_type: &FunctionType) {
        let target = self.pop();
        let args = self.stack.split_off(self.stack.len() - of_type.params.len());
        let args: Vec<String> = args.iter().map(Value::to_string).collect();
        self.effects.push(format!("call {target}({})", args.join(", ")));
        self.stack.extend(of_type.result.map(|_| Value("r".to_owned(), 0)));
    }
}
