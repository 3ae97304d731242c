//! The heaps (II.24.2.3 to II.24.2.5).

use std::collections::HashMap;

/// A heap whose first byte is an empty item; equal items are kept once.
#[derive(Debug)]
pub(super) struct Heap {
    bytes: Vec<u8>,
    known: HashMap<Vec<u8>, u32>,
}

impl Heap {
    pub fn new() -> Heap {
        Heap { bytes: vec![0], known: HashMap::new() }
    }

    /// Offset of a zero-terminated string.
    pub fn string(&mut self, text: &str) -> u32 {
        if text.is_empty() { 0 } else { self.add([text.as_bytes(), &[0]].concat()) }
    }

    /// Offset of a blob, which its length stands before.
    pub fn blob(&mut self, blob: &[u8]) -> u32 {
        if blob.is_empty() {
            return 0;
        }
        let mut item = Vec::new();
        compressed(&mut item, blob.len() as u32);
        item.extend_from_slice(blob);
        self.add(item)
    }

    fn add(&mut self, item: Vec<u8>) -> u32 {
        if let Some(&offset) = self.known.get(&item) {
            return offset;
        }
        let offset = self.bytes.len() as u32;
        self.bytes.extend_from_slice(&item);
        self.known.insert(item, offset);
        offset
    }

    /// The stream, padded to four bytes.
    pub fn into_stream(mut self) -> Vec<u8> {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self.bytes
    }

    /// True when an offset needs four bytes.
    pub fn is_wide(&self) -> bool {
        self.bytes.len() > 0xFFFF
    }
}

/// Appends a compressed unsigned integer (II.23.2).
pub(super) fn compressed(to: &mut Vec<u8>, value: u32) {
    match value {
        0..0x80 => to.push(value as u8),
        0x80..0x4000 => to.extend_from_slice(&(0x8000 | value as u16).to_be_bytes()),
        _ => to.extend_from_slice(&(0xC000_0000 | value).to_be_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The examples of II.23.2.
    #[test]
    fn worked_compressed_integers() {
        let check = |value, bytes: &[u8]| {
            let mut written = Vec::new();
            compressed(&mut written, value);
            assert_eq!(written, bytes, "{value:#x}");
        };
        check(0x03, &[0x03]);
        check(0x7F, &[0x7F]);
        check(0x80, &[0x80, 0x80]);
        check(0x2E57, &[0xAE, 0x57]);
        check(0x3FFF, &[0xBF, 0xFF]);
        check(0x4000, &[0xC0, 0x00, 0x40, 0x00]);
        check(0x1FFF_FFFF, &[0xDF, 0xFF, 0xFF, 0xFF]);
    }
}
