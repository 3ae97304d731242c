//! Finds the calls between managed and native code, and generates their thunks as C++ tables.

pub mod collect;
pub mod emit;
