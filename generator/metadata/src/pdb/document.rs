//! The names of documents: parts in the blob heap, joined by a separator.

use crate::cursor::Cursor;
use crate::error::ReadError;
use crate::heaps::Heaps;

/// Longest name, in bytes: parts may be used again, so that a few bytes can mean a name without end.
const MAX_NAME: usize = 1 << 16;

/// The name in a document-name blob.
pub(super) fn name(heaps: &Heaps<'_>, mut blob: Cursor<'_>) -> Result<String, ReadError> {
    let not_utf8 = blob.error("document name in UTF-8 expected");
    let start = blob;
    // Any UTF-8 character can be the separator; 0 means none.
    let first = blob.u8()?;
    let length = match first {
        0..0x80 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    };
    blob.skip(length - 1)?;
    let separator = if first == 0 { &[][..] } else { { start }.bytes(length)? };
    let mut name = Vec::new();
    let mut is_first = true;
    while !blob.is_at_end() {
        if !is_first {
            name.extend_from_slice(separator);
        }
        is_first = false;
        name.extend_from_slice(heaps.blob(blob.compressed()?)?);
        if name.len() > MAX_NAME {
            return Err(blob.error("document name of at most 64 KiB expected"));
        }
    }
    String::from_utf8(name).map_err(|_| not_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursor::Span;
    use crate::error::Place;

    fn read(blob: &[u8]) -> Result<String, ReadError> {
        // "", "src" at 1, "a.cs" at 5, a byte that is not UTF-8 at 10
        let heap = Span { data: b"\0\x03src\x04a.cs\x01\xff", base: 0 };
        let heaps = Heaps { blobs: heap, ..Heaps::default() };
        name(&heaps, Span { data: blob, base: 0 }.cursor(Place::Stream("#Blob")))
    }

    #[test]
    fn parts_are_joined() {
        assert_eq!(read(b"/\0\x01\x05").as_deref(), Ok("/src/a.cs"));
        assert_eq!(read(b"\\\x01\x05").as_deref(), Ok("src\\a.cs"));
        assert_eq!(read(b"\0\x01\x05").as_deref(), Ok("srca.cs"));
        assert_eq!(read("\u{2192}\x01\x05".as_bytes()).as_deref(), Ok("src\u{2192}a.cs"));
        assert_eq!(read(b"/").as_deref(), Ok(""));
        for damaged in [&b""[..], b"/\x0a", b"/\x40", b"\xe2\x86", b"\x80\x01\x05"] {
            assert!(read(damaged).is_err(), "{damaged:?}");
        }
    }
}
