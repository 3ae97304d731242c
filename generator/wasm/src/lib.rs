//! Reads WebAssembly files: modules, relocatable objects and archives of them.

mod debug;
mod func_type;
mod module;
pub mod objects;

pub use debug::{
    DebugField, DebugFunction, DebugInfo, DebugParam, DebugPrototype, DebugStruct, DebugType, Language, Layout, Place,
    Shape, StructKind,
};
pub use func_type::{FuncType, ValType};
pub use module::*;
