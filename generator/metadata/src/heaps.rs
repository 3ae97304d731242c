//! The four heaps (II.24.2.3 to 24.2.5).

use super::cursor::{Cursor, Span};
use super::error::{Place, ReadError};

/// Longest string, in bytes. Compilers write at most 1,023; rows that share a long one mean more text than the file.
const MAX_STRING: usize = 4_095;

/// The heaps of a module; an absent one is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heaps<'a> {
    pub(crate) strings: Span<'a>,
    pub(crate) user_strings: Span<'a>,
    pub(crate) blobs: Span<'a>,
    pub(crate) guids: Span<'a>,
}

impl<'a> Heaps<'a> {
    /// The string at an index of `#Strings`.
    pub fn string(&self, index: u32) -> Result<&'a str, ReadError> {
        let place = Place::Stream("#Strings");
        if index == 0 {
            return Ok("");
        }
        let error = |reason| ReadError::new(place, self.strings.base.saturating_add(index as usize), reason);
        let rest =
            self.strings.data.get(index as usize..).ok_or_else(|| error("string index past the end of the heap"))?;
        let start = rest.get(..=MAX_STRING).unwrap_or(rest);
        let Some(end) = memchr::memchr(0, start) else {
            let is_whole = start.len() == rest.len();
            return Err(error(if is_whole {
                "string without an end"
            } else {
                "string of at most 4,095 bytes expected"
            }));
        };
        std::str::from_utf8(&rest[..end]).map_err(|_| error("string that is not UTF-8"))
    }

    /// Whether a part of a string of `#Strings` is this text.
    pub fn has_text(&self, text: &str) -> bool {
        memchr::memmem::find(self.strings.data, text.as_bytes()).is_some()
    }

    /// Every index of `#Strings` at which a string is.
    pub fn find_string(&self, text: &str) -> Vec<u32> {
        let with_end: Vec<u8> = text.bytes().chain([0]).collect();
        memchr::memmem::find_iter(self.strings.data, &with_end).map(|at| at as u32).collect()
    }

    /// The bytes at an index of `#Blob`.
    pub fn blob(&self, index: u32) -> Result<&'a [u8], ReadError> {
        self.blob_cursor(index).and_then(|mut blob| blob.bytes(blob.remaining()))
    }

    /// The whole of `#Blob`, for looking through it.
    pub fn blob_heap(&self) -> &'a [u8] {
        self.blobs.data
    }

    /// A cursor over the blob at an index of `#Blob`.
    pub(crate) fn blob_cursor(&self, index: u32) -> Result<Cursor<'a>, ReadError> {
        let place = Place::Stream("#Blob");
        if index == 0 {
            return Ok(Span { data: &[], base: self.blobs.base }.cursor(place));
        }
        counted(self.blobs, index, place).map(|span| span.cursor(place))
    }

    /// The UTF-16 code units (little-endian) at an index of `#US`, as an `ldstr` token names it, without the final
    /// flag byte.
    pub fn user_string(&self, index: u32) -> Result<&'a [u8], ReadError> {
        let span = counted(self.user_strings, index, Place::Stream("#US"))?;
        Ok(span.data.get(..span.data.len() & !1).unwrap_or_default())
    }

    /// The GUID with a 1-based index of `#GUID`; `None` for index 0.
    pub fn guid(&self, index: u32) -> Result<Option<&'a [u8; 16]>, ReadError> {
        let Some(before) = index.checked_sub(1) else { return Ok(None) };
        let start = before as usize * 16;
        let guid = self.guids.data.get(start..).and_then(|rest| rest.first_chunk());
        let error = ReadError::new(Place::Stream("#GUID"), self.guids.base, "GUID index past the end of the heap");
        guid.map(Some).ok_or(error)
    }
}

/// The bytes after a compressed length.
fn counted<'a>(heap: Span<'a>, index: u32, place: Place) -> Result<Span<'a>, ReadError> {
    let out_of_heap = ReadError::new(place, heap.base, "index past the end of the heap");
    let mut cursor = heap.from(index as usize).ok_or(out_of_heap)?.cursor(place);
    let length = cursor.compressed()? as usize;
    cursor.span(length)
}
