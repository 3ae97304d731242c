//! The memory and the table as a module's segments fill them.

use std::cell::Cell;

use super::super::{Placement, WasmModule};
use super::WORD;
use super::memory_init::copies;

/// The memory and the table of a module right after its start, as far as its segments and constants show it.
///
/// ```
/// use clr_wasm_file::WasmModule;
/// let module = WasmModule::open(b"\0asm\x01\0\0\0").unwrap().unwrap();
/// let memory = module.initial_memory();
/// assert!(memory.pinvoke_tables().is_empty() && memory.callback_tables(&|_| 0).is_empty());
/// ```
#[derive(Debug)]
pub struct InitialMemory<'m, 'a> {
    pub(super) module: &'m WasmModule<'a>,
    /// Address and bytes, by address.
    segments: Vec<(u32, &'a [u8])>,
    /// The same without gaps of a few zeros, which optimisers leave out.
    blocks: Vec<(u32, Vec<u8>)>,
    /// First slot and functions, by slot.
    slots: Vec<(u32, &'m [Option<u32>])>,
    /// What may still be looked at, in rows and bytes of text.
    looks: Cell<u32>,
}

/// How much is looked at in a module, in rows and bytes of text: what leads to rows may be anything.
const MAX_LOOKS: u32 = 1 << 24;

/// Below lies what no address leads to: linkers leave it free.
const FIRST_ADDRESS: u32 = 1024;

impl<'a> WasmModule<'a> {
    /// The memory and the table right after the start. Data at addresses that depend on imports is left out.
    pub fn initial_memory(&self) -> InitialMemory<'_, 'a> {
        let active = self.data.iter().filter_map(|data| Some((self.constant(data.placement)?, data.bytes)));
        let mut segments: Vec<_> = active.chain(copies(self)).filter(|(_, bytes)| !bytes.is_empty()).collect();
        segments.sort_by_key(|(at, _)| *at);
        let elements = self.elements.iter().filter(|segment| segment.table == 0);
        let slots = elements.filter_map(|segment| Some((self.constant(segment.placement)?, &*segment.functions)));
        let mut slots: Vec<_> = slots.collect();
        slots.sort_by_key(|(first, _)| *first);
        let blocks = blocks(&segments);
        InitialMemory { module: self, segments, blocks, slots, looks: Cell::new(MAX_LOOKS) }
    }

    /// The address of an active segment, if it does not depend on an import.
    fn constant(&self, placement: Placement) -> Option<u32> {
        match placement {
            Placement::Constant(at) => u32::try_from(at).ok(),
            Placement::Global(global) => self.globals.get(global as usize).copied().flatten().map(i32::cast_unsigned),
            _ => None,
        }
    }
}

/// Longest gap between two segments that is filled with zeros.
const MAX_GAP: usize = 4096;

/// Joins segments with small gaps. The zeros are at most a few times the data.
fn blocks(segments: &[(u32, &[u8])]) -> Vec<(u32, Vec<u8>)> {
    let mut zeros = 4 * segments.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    let mut blocks: Vec<(u32, Vec<u8>)> = Vec::new();
    for (at, bytes) in segments {
        if let Some((first, block)) = blocks.last_mut() {
            let offset = (at - *first) as usize;
            let gap = offset.saturating_sub(block.len());
            if gap <= MAX_GAP && gap <= zeros {
                zeros -= gap;
                // The later one of two segments in one place counts.
                block.truncate(offset);
                block.resize(offset, 0);
                block.extend_from_slice(bytes);
                continue;
            }
        }
        blocks.push((*at, bytes.to_vec()));
    }
    blocks
}

/// The part with an address, and the offset in it.
fn part<T>(parts: &[(u32, T)], address: u32) -> Option<(&T, usize)> {
    let behind = parts.partition_point(|(at, _)| *at <= address);
    let (at, part) = parts.get(behind.checked_sub(1)?)?;
    Some((part, (address - at) as usize))
}

impl<'a> InitialMemory<'_, 'a> {
    /// The address of every word of which a byte lies in a segment: optimisers drop zeros at the start of one.
    pub(super) fn words(&self) -> impl Iterator<Item = u32> {
        self.blocks.iter().flat_map(move |(at, bytes)| {
            let end = u64::from(*at) + bytes.len() as u64;
            ((*at & !(WORD - 1))..u32::try_from(end).unwrap_or(u32::MAX)).step_by(WORD as usize)
        })
    }

    /// The word at an address; bytes that no segment fills are zero.
    pub(super) fn word(&self, address: u32) -> u32 {
        let from = |address| part(&self.blocks, address).and_then(|(bytes, offset)| bytes.get(offset..));
        if let Some(word) = from(address).and_then(<[u8]>::first_chunk) {
            return u32::from_le_bytes(*word);
        }
        let byte = |index| from(address.checked_add(index)?)?.first().copied();
        u32::from_le_bytes([0, 1, 2, 3].map(|index| byte(index).unwrap_or(0)))
    }

    /// The text at an address, with less than `limit` bytes.
    pub(super) fn text(&self, address: u32, limit: usize) -> Option<&'a str> {
        let (bytes, offset) = part(&self.segments, address).filter(|_| address >= FIRST_ADDRESS)?;
        let bytes = bytes.get(offset..)?;
        let bytes = bytes.get(..limit).unwrap_or(bytes);
        let length = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        self.look(length)?;
        // A text may end with its segment: what follows is zero.
        let text = bytes.get(..length).filter(|text| !text.is_empty() && text.len() < limit)?;
        std::str::from_utf8(text).ok()
    }

    /// Counts a look at a row and at that many bytes; `None` after the last one that is allowed.
    pub(super) fn look(&self, bytes: usize) -> Option<()> {
        let cost = u32::try_from(bytes).unwrap_or(u32::MAX).saturating_add(1);
        self.looks.set(self.looks.get().checked_sub(cost)?);
        Some(())
    }

    /// The function in a table slot.
    pub fn slot(&self, slot: u32) -> Option<u32> {
        let (functions, offset) = part(&self.slots, slot)?;
        functions.get(offset).copied().flatten()
    }

    /// Whether an address can be that of an aligned object.
    pub(super) fn is_object(address: u32) -> bool {
        address >= FIRST_ADDRESS && address.is_multiple_of(WORD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataSegment, ElementSegment, FuncType, ValType};
    use std::cell::Cell;

    /// A module with this memory from address 4096 on, and a function with the type of a thunk in slot 1.
    fn module(bytes: &[u8]) -> WasmModule<'_> {
        let placement = Placement::Constant(4096);
        WasmModule {
            types: vec![Some(FuncType::new([ValType::I32; 3], []))],
            function_types: vec![0],
            data: vec![DataSegment { placement, bytes, range: 0..0 }],
            elements: vec![ElementSegment {
                placement: Placement::Constant(1),
                table: 0,
                functions: vec![Some(0)],
                range: 0..0,
            }],
            ..WasmModule::default()
        }
    }

    #[test]
    fn what_hostile_data_costs_is_limited() {
        // Rows that all lead to one long text after them, which is a key to nobody.
        let rows = 100_000u32;
        let text = 4096 + 8 * rows;
        let mut bytes: Vec<u8> = (0..rows).flat_map(|_| [text, 1]).flat_map(u32::to_le_bytes).collect();
        bytes.extend([b'M'; 16_000]);
        bytes.push(0);
        let module = module(&bytes);
        let asked = Cell::new(0u32);
        let memory = module.initial_memory();
        let found = memory.thunk_tables(&|_| {
            asked.set(asked.get() + 1);
            None
        });
        assert!(found.is_empty() && memory.pinvoke_tables().is_empty());
        assert!(asked.get() > 100 && asked.get() <= MAX_LOOKS / 16_000, "{} texts", asked.get());
    }

    #[test]
    fn words_across_segments_and_gaps() {
        let mut module = module(&[1, 2, 3]);
        let more = |at, bytes| DataSegment { placement: Placement::Constant(at), bytes, range: 0..0 };
        module.data.extend([more(4099, &[4]), more(4106, &[7, 8]), more(1 << 30, &[9])]);
        let memory = module.initial_memory();
        let words: Vec<u32> = memory.words().collect();
        assert_eq!(words, [4096, 4100, 4104, 1 << 30]);
        let values: Vec<u32> = words.iter().map(|at| memory.word(*at)).collect();
        assert_eq!(values, [0x0403_0201, 0, 0x0807_0000, 9]);
        assert_eq!((memory.slot(0), memory.slot(1), memory.slot(2)), (None, Some(0), None));
    }
}
