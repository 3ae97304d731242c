//! The ready-made index: random access to the keys of an `InjectStringThunks` fixup, in the order they have there.
//!
//! It follows the fixup: after the byte that ends it, at the next RVA that is a multiple of 4. An image without one
//! has something else there, or nothing, so the magic number must be looked at. All numbers are u32, little-endian.
//!
//! | offset | holds |
//! |---|---|
//! | 0 | [`MAGIC`], the bytes `TKI1` |
//! | 4 | n, the number of entries: as many as the fixup has keys |
//! | 8 + 8k | RVA of the kth key, which a NUL ends |
//! | 12 + 8k | its index, counted from the image's place in the table, as in the fixup |
//!
//! The keys are strictly ascending as bytes (`strcmp`), so that a key is found by bisection, in the image alone and
//! before anything is put into a hash. An RVA counts from the start of the Webcil payload, which is 16-aligned in
//! memory.

use super::Blob;

/// What an index starts with.
pub const MAGIC: u32 = u32::from_le_bytes(*b"TKI1");

/// Alignment of the index.
pub const ALIGN: u32 = 4;

/// Size of the index of so many keys.
pub(super) fn size(keys: usize) -> usize {
    8 + 8 * keys
}

/// The index of a fixup at an RVA.
pub(super) fn bytes(blob: &Blob, blob_rva: u32) -> Vec<u8> {
    let header = [MAGIC, blob.keys.len() as u32];
    let entries = blob.keys.iter().flat_map(|&(offset, index)| [blob_rva + offset as u32, index]);
    header.into_iter().chain(entries).flat_map(u32::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_example() {
        let blob = Blob::new([("Mv", 1), ("Ivp", 0)]).unwrap();
        let expected = [b"TKI1".as_slice(), &[2, 0, 0, 0], &[0x51, 2, 0, 0, 0, 0, 0, 0], &[0x59, 2, 0, 0, 1, 0, 0, 0]];
        let bytes = bytes(&blob, 0x250);
        assert_eq!(bytes, expected.concat());
        assert_eq!(bytes.len(), size(2));
    }
}
