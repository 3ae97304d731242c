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

pub mod abi;
pub mod cli;
pub mod collect;
pub mod diagnostics;
pub mod emit;
pub mod lookup;
pub mod metadata;
pub mod native;
pub mod types;
