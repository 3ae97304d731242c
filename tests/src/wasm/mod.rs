//! Compiling, linking and running generated code.

pub mod engine;
pub mod interp;
pub mod keys;
pub mod link;
pub mod mutate;
pub mod patterns;
pub mod pinvoke;
pub mod reverse;
pub mod synthetic;
pub mod toolchain;
