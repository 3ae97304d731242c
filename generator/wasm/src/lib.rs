//! Reads WebAssembly files: modules, relocatable objects and archives of them.

mod func_type;
mod module;
pub mod objects;

pub use func_type::{FuncType, ValType};
pub use module::*;
