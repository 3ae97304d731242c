//! Converts byte offsets to lines and columns.

/// A place in a text; both numbers start at 1, and columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column.
    pub column: u32,
}

/// Characters are counted once per block of this many bytes, so that a long line takes no more time than a short one.
const BLOCK: usize = 64;

/// Converts byte offsets of one text. It is built once; a lookup takes O(log lines).
///
/// ```
/// use thunkgen_diagnostics::position::{Position, PositionIndex};
/// let index = PositionIndex::new("ä = 1\nb".as_bytes());
/// assert_eq!(index.position(3), Position { line: 1, column: 3 });
/// assert_eq!(index.position(7), Position { line: 2, column: 1 });
/// ```
#[derive(Clone, Debug)]
pub struct PositionIndex<'t> {
    text: &'t [u8],
    /// Offset of the first byte of each line.
    lines: Vec<usize>,
    /// Number of characters that start before each block.
    characters: Vec<usize>,
}

impl<'t> PositionIndex<'t> {
    /// The index of a text, which need not be UTF-8.
    pub fn new(text: &'t [u8]) -> PositionIndex<'t> {
        let lines = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text).map(|at| at + 1)).collect();
        let blocks = text.chunks(BLOCK).scan(0, |before, block| {
            *before += characters(block);
            Some(*before)
        });
        PositionIndex { text, lines, characters: std::iter::once(0).chain(blocks).collect() }
    }

    /// The position of a byte; the end of the text for a larger offset.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.characters_before(offset).saturating_sub(self.characters_before(start)) + 1;
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position { line: number(line), column: number(column) }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        let in_block = self.text.get(block * BLOCK..offset).unwrap_or_default();
        self.characters.get(block).copied().unwrap_or_default() + characters(in_block)
    }
}

/// Number of bytes that start a character.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !matches!(byte, 0x80..=0xbf)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_that_counting_gives() {
        let text = format!("\r\n{}é\n\n{}\u{1f600}x\n", "aé".repeat(100), "ö".repeat(64));
        let index = PositionIndex::new(text.as_bytes());
        let (mut line, mut column) = (1, 1);
        for (at, character) in text.char_indices() {
            assert_eq!(index.position(at), Position { line, column }, "{at}");
            (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        assert_eq!(index.position(text.len()), Position { line, column });
        assert_eq!(index.position(usize::MAX), Position { line, column });
        assert_eq!(PositionIndex::new(b"").position(0), Position { line: 1, column: 1 });
        assert_eq!(PositionIndex::new(b"\xff\xfe\n\x80").position(4), Position { line: 2, column: 1 });
    }
}
