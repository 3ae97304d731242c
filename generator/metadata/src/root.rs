//! The metadata root (II.24.2.1): the streams of an assembly or of a portable PDB.

use super::cursor::{Cursor, Span};
use super::error::{Place, ReadError};
use super::heaps::Heaps;

/// First word of the root.
pub(super) const SIGNATURE: [u8; 4] = *b"BSJB";

/// The streams of a metadata root.
#[derive(Debug)]
pub(super) struct Streams<'a> {
    pub heaps: Heaps<'a>,
    /// The table stream, and whether its tables are sorted: `#~` promises it, `#-` does not.
    pub tables: (Span<'a>, bool),
    /// There is a `#JTD` stream.
    pub all_wide: bool,
    /// The `#Pdb` stream of a portable PDB.
    pub pdb: Option<Span<'a>>,
}

impl<'a> Streams<'a> {
    /// Finds the streams this reader knows.
    pub fn find(metadata: Span<'a>) -> Result<Streams<'a>, ReadError> {
        let place = Place::Part("metadata root");
        let mut root = metadata.cursor(place);
        if root.bytes(4)? != SIGNATURE {
            return Err(metadata.cursor(place).error("metadata signature expected"));
        }
        root.skip(8)?;
        let version_length = root.u32()? as usize;
        root.skip(version_length)?;
        root.align(4)?;
        root.skip(2)?;

        let mut streams = Vec::new();
        for _ in 0..root.u16()? {
            let offset = root.u32()? as usize;
            let size = root.u32()? as usize;
            let span = metadata.sub(offset, size).ok_or_else(|| root.error("stream runs past the end of the metadata"));
            streams.push((stream_name(&mut root)?, span));
        }
        // Metadata that may be edited is read by another part of the runtime: it ignores case, and takes the first heap
        // of a name, not the last one.
        let is_editable = streams.iter().any(|(name, _)| *name == b"#-" || name.eq_ignore_ascii_case(b"#Schema"));
        if is_editable {
            streams.reverse();
        }
        let (mut heaps, mut tables, mut all_wide, mut pdb) = (Heaps::default(), None, false, None);
        for (name, span) in streams {
            let is = |known: &str| match is_editable {
                true => name.eq_ignore_ascii_case(known.as_bytes()),
                false => name == known.as_bytes(),
            };
            match name {
                _ if is("#Strings") => heaps.strings = span?,
                _ if is("#US") => heaps.user_strings = span?,
                _ if is("#Blob") => heaps.blobs = span?,
                _ if is("#GUID") => heaps.guids = span?,
                b"#~" => tables = Some((span?, true)),
                b"#-" => tables = Some((span?, false)),
                _ if is("#JTD") => all_wide = true,
                // An assembly has no such stream; one that is damaged must not make its assembly unreadable.
                _ if is("#Pdb") => pdb = span.ok(),
                _ => {}
            }
        }
        let tables = tables.ok_or_else(|| root.error("stream #~ or #- expected"))?;
        Ok(Streams { heaps, tables, all_wide, pdb })
    }
}

/// A stream's name: zero-terminated, at most 32 bytes, padded to four.
fn stream_name<'a>(root: &mut Cursor<'a>) -> Result<&'a [u8], ReadError> {
    let start = *root;
    let mut length = 0;
    while root.u8()? != 0 {
        length += 1;
        if length > 31 {
            return Err(root.error("stream name of at most 31 characters expected"));
        }
    }
    root.align(4)?;
    let name: Span<'a> = { start }.span(length)?;
    Ok(name.data)
}
