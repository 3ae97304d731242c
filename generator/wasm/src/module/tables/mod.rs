//! The tables in the data of a linked runtime, found by their shape alone: nothing depends on names.
//!
//! | table | row | what proves it |
//! |---|---|---|
//! | [P/Invokes](PInvokeTable) | entry point, table slot | something leads to the rows and counts or ends them |
//! | [thunks](ThunkTable) | key, table slot | the function calls what the key says |
//! | [callbacks](CallbackTable) | hash, key, cell, table slot | the hash is that of the key |
//!
//! What is looked at is counted and limited, so hostile data costs no more than a large module. Data that code places
//! at constant addresses (`memory.init`, in modules with shared memory) counts like data that the module places itself.

mod callbacks;
mod callees;
mod memory;
mod memory_init;
mod pinvokes;
mod thunks;

pub use callbacks::{CallbackRow, CallbackTable};
pub use memory::InitialMemory;
pub use pinvokes::PInvokeTable;
pub use thunks::{ThunkRow, ThunkTable};

/// Bytes of a word.
const WORD: u32 = 4;

/// Most rows of a table that is believed.
const MAX_ROWS: usize = 65_536;
