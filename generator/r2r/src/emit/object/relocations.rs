//! Places that a linker changes.

use wasm_encoder::Encode;

/// What is at a place (`Linking.md`, "Relocation Sections").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RelocationKind {
    /// Place of a function in the table, four bytes.
    TableIndexI32 = 2,
    /// An address, four bytes; an offset from the symbol is in the relocation.
    MemoryAddrI32 = 5,
    /// Index of a type, LEB128 of five bytes. It names the type, not a symbol.
    TypeIndexLeb = 6,
    /// Index of a global, LEB128 of five bytes.
    GlobalIndexLeb = 7,
}

/// The relocations of one section, by ascending offset.
#[derive(Debug, Default)]
pub(super) struct Relocations {
    bytes: Vec<u8>,
    count: u32,
}

impl Relocations {
    /// A place `offset` bytes from the start of the section's content, and the symbol or type that belongs there.
    pub(super) fn add(&mut self, kind: RelocationKind, offset: usize, index: u32) {
        self.bytes.push(kind as u8);
        (offset as u32).encode(&mut self.bytes);
        index.encode(&mut self.bytes);
        self.count += 1;
    }

    /// Adds a relocation for the address `addend` bytes after a symbol.
    pub(super) fn add_address(&mut self, offset: usize, index: u32, addend: u32) {
        self.add(RelocationKind::MemoryAddrI32, offset, index);
        addend.cast_signed().encode(&mut self.bytes);
    }

    /// The content of the section that holds them, for the section of the object with this number.
    pub(super) fn section(&self, section: u32) -> Vec<u8> {
        let mut content = Vec::with_capacity(self.bytes.len() + 10);
        section.encode(&mut content);
        self.count.encode(&mut content);
        content.extend_from_slice(&self.bytes);
        content
    }
}
