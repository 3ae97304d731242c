//! Compiling, linking and running generated code.

pub mod arg_iterator;
pub mod call;
pub mod differential;
pub mod engine;
pub mod image;
pub mod interp;
pub mod keys;
pub mod link;
pub mod linked_app;
pub mod patterns;
pub mod pinvoke;
pub mod random_keys;
pub mod reverse;
pub mod self_check;
pub mod synthetic;
pub mod to_interp;
pub mod toolchain;
