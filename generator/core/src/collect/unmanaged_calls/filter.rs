//! Finds the blobs that may contain a function-pointer type, in one pass over the heap.

use clr_metadata::Heaps;
use clr_metadata::element::FNPTR;

/// Where `#Blob` has an FNPTR that an unmanaged calling convention follows. Some are other data that looks alike; a blob
/// without any contains no function pointer.
pub(super) struct FnPtrPositions {
    /// In ascending order.
    positions: Vec<u32>,
    /// For each place of the heap, whether a blob that starts there has a length of one byte and a position in it.
    short: Vec<bool>,
}

/// The least length of a blob that takes more than one byte.
const LONG: u8 = 0x80;

impl FnPtrPositions {
    pub fn find(heaps: &Heaps<'_>) -> FnPtrPositions {
        let heap = heaps.blob_heap();
        let found = memchr::memchr_iter(FNPTR, heap);
        let found: Vec<usize> =
            found.filter(|at| heap.get(at + 1).is_some_and(|next| is_unmanaged_convention(*next))).collect();
        let mut short = vec![false; if found.is_empty() { 0 } else { heap.len() }];
        for &position in &found {
            let first = position.saturating_sub(usize::from(LONG) - 1);
            for (start, (is_around, &length)) in (first..position).zip(short[first..].iter_mut().zip(&heap[first..])) {
                let last = start + usize::from(length);
                *is_around |= length < LONG && last >= position && last < heap.len();
            }
        }
        FnPtrPositions { positions: found.into_iter().map(|at| at as u32).collect(), short }
    }

    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    /// True if the blob at an index may contain a function-pointer type.
    pub fn may_be_in(&self, heaps: &Heaps<'_>, blob: u32) -> bool {
        // Most blobs are short.
        match heaps.blob_heap().get(blob as usize) {
            None => return false,
            Some(..LONG) => return self.short.get(blob as usize).is_some_and(|is_around| *is_around),
            Some(_) => {}
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
