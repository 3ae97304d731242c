//! The keys, and the table that the runtime reads.
//!
//! A row is `{ const char* key; void* value }`, the length a `size_t`. Addresses and table indices are those within the
//! object, until the linker has put everything in its place.

use wasm_encoder::{ConstExpr, Encode};

use super::relocations::{RelocationKind, Relocations};
use super::symbols::{Segment, Symbols};
use crate::emit::Thunk;
use thunkgen_core::emit::Contract;

/// Place of the object's first function in its table: 0 is the null pointer.
pub(super) const FIRST_FUNCTION: u32 = 1;

/// All keys, one after the other.
const KEYS: &str = ".Lthunk_keys";

/// Size and alignment of a pointer and of a `size_t`.
const WORD: u32 = 4;
const WORD_LOG2: u32 = 2;

/// The data section, and what belongs to it.
pub(super) struct Data {
    /// The content of the section.
    pub(super) section: Vec<u8>,
    pub(super) segments: Vec<Segment>,
    pub(super) relocations: Relocations,
    /// Bytes of memory.
    pub(super) size: u32,
}

impl Data {
    /// The table of thunks in the order of their keys, whose symbols are there already, in the same order. Without thunks,
    /// there is none, so that the C++ can have it.
    pub(super) fn new(thunks: &[&Thunk], contract: Contract, symbols: &mut Symbols) -> Data {
        let mut keys = Vec::new();
        let mut key_offsets = Vec::with_capacity(thunks.len());
        for thunk in thunks {
            key_offsets.push(keys.len() as u32);
            keys.extend_from_slice(thunk.key.as_bytes());
            keys.push(0);
        }
        let mut data = Data { section: Vec::new(), segments: Vec::new(), relocations: Relocations::default(), size: 0 };
        (if thunks.is_empty() { 1_u32 } else { 3 }).encode(&mut data.section);
        let keys_symbol = symbols.data(KEYS, true, data.segments.len() as u32, keys.len() as u32);
        data.segment(KEYS, 0, &keys); // at address 0, so that the offsets of keys are their addresses
        if !thunks.is_empty() {
            let (_, name) = contract.table();
            let rows: Vec<u8> = key_offsets
                .iter()
                .zip(FIRST_FUNCTION..)
                .flat_map(|(key, place)| [*key, place])
                .flat_map(u32::to_le_bytes)
                .collect();
            symbols.data(name, false, data.segments.len() as u32, rows.len() as u32);
            let start = data.segment(name, WORD_LOG2, &rows);
            for ((index, key), at) in key_offsets.iter().enumerate().zip((start..).step_by(2 * WORD as usize)) {
                data.relocations.add_address(at, keys_symbol, *key);
                data.relocations.add(RelocationKind::TableIndexI32, at + WORD as usize, index as u32);
            }
            let name = format!("{name}Count");
            symbols.data(&name, false, data.segments.len() as u32, WORD);
            data.segment(&name, WORD_LOG2, &(thunks.len() as u32).to_le_bytes());
        }
        data
    }

    /// Adds a segment; the place of its bytes in the section is returned.
    fn segment(&mut self, name: &str, align_log2: u32, bytes: &[u8]) -> usize {
        const ACTIVE_IN_MEMORY_0: u32 = 0;
        let address = self.size.next_multiple_of(1 << align_log2);
        ACTIVE_IN_MEMORY_0.encode(&mut self.section);
        ConstExpr::i32_const(address.cast_signed()).encode(&mut self.section);
        (bytes.len() as u32).encode(&mut self.section);
        let start = self.section.len();
        self.section.extend_from_slice(bytes);
        self.segments.push(Segment { name: format!(".rodata.{name}"), align_log2 });
        self.size = address + bytes.len() as u32;
        start
    }
}
