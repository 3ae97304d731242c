//! Images the tests make themselves: metadata row by row, PE files around it, Webcil images out of PE files, and the
//! wasm modules around those. None of it is shared with the reader.

pub mod convert;
pub mod metadata;
pub mod pe;
pub mod wrapper;
