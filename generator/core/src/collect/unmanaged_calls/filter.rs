//! Finds the blobs that may contain a function-pointer type, in one pass over the heap.

use clr_metadata::Heaps;
use clr_metadata::element::FNPTR;

/// Positions in `#Blob` of every FNPTR that an unmanaged calling convention follows, in ascending order. Some are other
/// data that looks alike; a blob without any contains no function pointer.
pub(super) struct FnPtrPositions(Vec<u32>);

impl FnPtrPositions {
    pub fn find(heaps: &Heaps<'_>) -> FnPtrPositions {
        let heap = heaps.blob_heap();
        let found = memchr::memchr_iter(FNPTR, heap);
        let found = found.filter(|at| heap.get(at + 1).is_some_and(|next| is_unmanaged_convention(*next)));
        FnPtrPositions(found.map(|at| at as u32).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True if the blob at an index may contain a function-pointer type.
    pub fn may_be_in(&self, heaps: &Heaps<'_>, blob: u32) -> bool {
        let next = self.0.partition_point(|position| *position <= blob);
        let Some(position) = self.0.get(next) else { return false };
        // Up to four bytes of length precede the content; the decoder reports a malformed blob.
        heaps.blob(blob).is_ok_and(|content| *position - blob < content.len() as u32 + 4)
    }
}

/// The low bits are the convention, the high ones flags.
fn is_unmanaged_convention(byte: u8) -> bool {
    matches!(byte & 0x0F, 0x1..=0x4 | 0x9) && byte & 0x80 == 0
}
