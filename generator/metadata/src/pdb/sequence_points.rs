//! The sequence-points blob: which line each piece of IL came from.

use crate::cursor::Cursor;
use crate::error::ReadError;

/// Where a piece of IL came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SequencePoint {
    /// Document row.
    pub document: u32,
    /// 1-based line.
    pub line: u32,
    /// 1-based column.
    pub column: u32,
}

/// The last sequence point up to an offset that is not hidden, or the first one after it. `document` is that of the
/// method's row, 0 when the blob names it.
pub(super) fn visible_at(
    mut blob: Cursor<'_>,
    mut document: u32,
    offset: u32,
) -> Result<Option<SequencePoint>, ReadError> {
    blob.compressed()?; // the signature of the locals
    if document == 0 {
        document = blob.compressed()?;
    }
    let mut is_first = true;
    let mut il_offset: u32 = 0;
    let mut found: Option<SequencePoint> = None;
    while !blob.is_at_end() {
        let il_delta = blob.compressed()?;
        if il_delta == 0 && !is_first {
            document = blob.compressed()?;
            continue;
        }
        is_first = false;
        il_offset = il_offset.saturating_add(il_delta);
        if found.is_some() && il_offset > offset {
            break;
        }
        let lines = blob.compressed()?;
        let columns = if lines == 0 { i64::from(blob.compressed()?) } else { i64::from(blob.compressed_signed()?) };
        if (lines, columns) != (0, 0) {
            found = Some(match found {
                // The first visible one is not relative to anything.
                None => SequencePoint { document, line: blob.compressed()?, column: blob.compressed()? },
                Some(last) => SequencePoint {
                    document,
                    line: last.line.wrapping_add_signed(blob.compressed_signed()?),
                    column: last.column.wrapping_add_signed(blob.compressed_signed()?),
                },
            });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursor::Span;
    use crate::error::Place;

    fn first(document: u32, blob: &[u8]) -> Result<Option<SequencePoint>, ReadError> {
        at(document, 0, blob)
    }

    fn at(document: u32, offset: u32, blob: &[u8]) -> Result<Option<SequencePoint>, ReadError> {
        visible_at(Span { data: blob, base: 0 }.cursor(Place::Stream("#Blob")), document, offset)
    }

    fn point(document: u32, line: u32, column: u32) -> Result<Option<SequencePoint>, ReadError> {
        Ok(Some(SequencePoint { document, line, column }))
    }

    #[test]
    fn the_first_visible_point() {
        // locals, IL offset 0, 0 lines and 5 columns long, line 12, column 9
        assert_eq!(first(1, &[0, 0, 0, 5, 12, 9]), point(1, 12, 9));
        // the same in a document the blob names; two lines, ending 3 columns before
        assert_eq!(first(0, &[0, 7, 0, 2, 0x7B, 12, 9]), point(7, 12, 9));
        // hidden, then another document
        assert_eq!(first(1, &[0, 0, 0, 0, 0, 3, 4, 1, 0, 20, 1]), point(3, 20, 1));
        assert_eq!(first(1, &[0, 0, 0, 0]), Ok(None));
        assert_eq!(first(1, &[0]), Ok(None));
        assert!(first(0, &[0]).is_err());
        assert!(first(1, &[0, 0, 1]).is_err());
    }

    #[test]
    fn the_point_of_an_instruction() {
        // IL 0 at line 12, column 9; IL 4 hidden; IL 6 two lines down, four columns to the left; IL 9 in document 3
        let blob = [0, 0, 0, 5, 12, 9, 4, 0, 0, 2, 0, 5, 4, 0x79, 0, 3, 3, 0, 5, 4, 0];
        for (offset, expected) in [
            (0, point(1, 12, 9)),
            (5, point(1, 12, 9)),
            (6, point(1, 14, 5)),
            (8, point(1, 14, 5)),
            (9, point(3, 16, 5)),
            (u32::MAX, point(3, 16, 5)),
        ] {
            assert_eq!(at(1, offset, &blob), expected, "{offset}");
        }
        // What comes after is not read.
        assert_eq!(at(1, 3, &[0, 0, 0, 5, 12, 9, 4, 0]), point(1, 12, 9));
    }
}
