//! Generates, checks and explains the call thunks between managed and native code for .NET on WebAssembly.
//!
//! The stages, in the order data flows; an earlier stage never uses a later one:
//!
//! | module | does |
//! |---|---|
//! | [`metadata`] | reads PE and Webcil images, metadata tables, signatures, attributes, IL |
//! | [`types`] | resolves types across assemblies and substitutes generics |
//! | [`abi`] | lays out value types, lowers signatures to tokens, places arguments |
//! | [`collect`] | finds what crosses the boundary and why: the intermediate representation |
//! | [`emit`] | turns the intermediate representation into bytes of named files |
//! | [`lookup`] | reads tables and images back, and finds thunks in them as the runtime does |
//! | [`native`] | reads compiled native code, and compares its functions with their declarations |
//! | [`cli`] | arguments, files, streams, exit codes |

pub mod cli;

pub use clr_wasm_abi as abi;
pub use clr_wasm_abi::types;
pub use thunkgen_core::collect;
pub use thunkgen_diagnostics as diagnostics;
pub use thunkgen_r2r::lookup;

pub mod metadata {
    //! Until paths are rewritten.
    pub use clr_metadata::*;
    pub use clr_wasm_file as wasm_module;
    pub use thunkgen_r2r::ready_to_run;
}

pub mod emit {
    //! Until paths are rewritten.
    pub use thunkgen_core::emit::*;
    pub use thunkgen_native::skeleton;
    pub use thunkgen_r2r::emit as r2r;
}

pub mod native {
    //! Until paths are rewritten.
    pub use clr_wasm_file::objects;
    pub use thunkgen_native::*;
    pub use thunkgen_rust_source as rust_source;
}
