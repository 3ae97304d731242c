//! Reads WebAssembly files: modules, relocatable objects and archives of them.
//!
//! ```
//! // (module (func (param i32) (result i32) local.get 0))
//! let bytes = b"\0asm\x01\0\0\0\x01\x06\x01\x60\x01\x7f\x01\x7f\x03\x02\x01\0\x0a\x06\x01\x04\0\x20\0\x0b";
//! let module = clr_wasm_file::WasmModule::open(bytes).unwrap().expect("a core module");
//! assert_eq!(module.function_count(), 1);
//! assert_eq!(module.function(0).unwrap().ty.unwrap().to_string(), "(func (param i32) (result i32))");
//! ```

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
