//! Test harness: an independent oracle for what generated thunks do.
//!
//! Nothing here looks at how the generator works. The expected wasm types, argument slots and hashes are derived
//! from the signature strings by this crate's own code, the generated C++ is compiled and linked by clang and
//! wasm-ld, and the thunks run in a wasm engine against host functions that record every bit they receive.

pub mod c_header;
pub mod clang_structs;
pub mod corrupt;
pub mod cost;
pub mod data;
pub mod executable;
pub mod executed;
pub mod failure;
#[cfg(unix)]
pub mod faults;
pub mod fixtures;
pub mod fuzz;
pub mod generated;
pub mod hash;
pub mod hex;
pub mod markdown;
pub mod member_rows;
pub mod metadata_writer;
pub mod msbuild;
pub mod native_corpus;
pub mod native_wasm;
pub mod published;
pub mod raise;
pub mod random_structs;
pub mod ready_to_run;
pub mod registry;
pub mod runtime_layouts;
pub mod rust_stubs;
pub mod rust_wasm;
pub mod task_shim;
pub mod tool;
pub mod type_notation;
pub mod wasm;
pub mod webcil;

pub use failure::Failure;
