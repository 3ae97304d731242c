//! Finds the blobs that may contain a function-pointer type, in one pass over the heap.

use clr_metadata::Heaps;
use clr_metadata::element::FNPTR;

/// Where `#Blob` has an FNPTR that an unmanaged calling convention follows. Some are other data that looks alike; a blob
/// without any contains no function pointer.
pub(super) struct FnPtrPositions {
    /// In ascending order.
    positions: Vec<u32>,
    /// The blocks of the heap with a position.
    blocks: Vec<bool>,
}

/// Bytes of a block of the heap, as a power of two.
const BLOCK: u32 = 6;

impl FnPtrPositions {
    pub fn find(heaps: &Heaps<'_>) -> FnPtrPositions {
        let heap = heaps.blob_heap();
        let found = memchr::memchr_iter(FNPTR, heap);
        let found = found.filter(|at| heap.get(at + 1).is_some_and(|next| is_unmanaged_convention(*next)));
        let positions: Vec<u32> = found.map(|at| at as u32).collect();
        let mut blocks = vec![false; (heap.len() >> BLOCK) + 1];
        positions.iter().for_each(|position| blocks[(position >> BLOCK) as usize] = true);
        FnPtrPositions { positions, blocks }
    }

    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    /// True if the blob at an index may contain a function-pointer type.
    pub fn may_be_in(&self, heaps: &Heaps<'_>, blob: u32) -> bool {
        // Most blobs are short and have a length of one byte.
        let length = heaps.blob_heap().get(blob as usize).copied().unwrap_or_default();
        let blocks = (blob >> BLOCK) as usize..=(blob.saturating_add(length.into()) >> BLOCK) as usize;
        if length < 0x80 && !self.blocks.get(blocks).is_some_and(|blocks| blocks.contains(&true)) {
            return false;
        }
        let next = self.positions.partition_point(|position| *position <= blob);
        let Some(position) = self.positions.get(next) else { return false };
        // Up to four bytes of length precede the content; the decoder reports a malformed blob.
        heaps.blob(blob).is_ok_and(|content| *position - blob < content.len() as u32 + 4)
    }
}

/// The low bits are the convention, the high ones flags.
fn is_unmanaged_convention(byte: u8) -> bool {
    matches!(byte & 0x0F, 0x1..=0x4 | 0x9) && byte & 0x80 == 0
}
