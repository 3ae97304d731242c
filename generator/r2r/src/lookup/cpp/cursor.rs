//! Characters of a C++ source, with line splices taken out and their places kept.

/// A place in a text file; both numbers start at 1, and columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column.
    pub column: u32,
}

/// Reads a source byte by byte.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    position: Position,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Cursor<'a> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut cursor = Cursor { bytes, at: 0, position: Position { line: 1, column: 1 } };
        cursor.skip_splices();
        cursor
    }

    /// Where the next byte is.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The next byte.
    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The byte after the next one.
    pub fn peek_second(&self) -> Option<u8> {
        let mut ahead = self.clone();
        ahead.next();
        ahead.peek()
    }

    /// Takes the next byte, and the line splices behind it.
    pub fn next(&mut self) -> Option<u8> {
        let byte = self.next_raw()?;
        self.skip_splices();
        Some(byte)
    }

    /// Takes the next byte when it is this one.
    pub fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        if is_next {
            self.next();
        }
        is_next
    }

    /// Takes bytes as long as they are wanted.
    pub fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> Vec<u8> {
        let mut taken = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| wanted(*byte)) {
            taken.push(byte);
            self.next();
        }
        taken
    }

    /// Takes everything before `end`, which is taken too; splices are text here, as in a raw string. `None` when `end`
    /// does not come.
    pub fn take_raw_until(&mut self, end: &[u8]) -> Option<Vec<u8>> {
        let length = memchr::memmem::find(self.bytes.get(self.at..)?, end)?;
        let taken = self.bytes.get(self.at..self.at + length)?.to_vec();
        for _ in 0..length + end.len() {
            self.next_raw();
        }
        self.skip_splices();
        Some(taken)
    }

    fn next_raw(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b'\n' => self.position = Position { line: self.position.line.saturating_add(1), column: 1 },
            // The bytes of a character after its first are no columns.
            0x80..=0xbf => {}
            _ => self.position.column = self.position.column.saturating_add(1),
        }
        Some(byte)
    }

    /// A backslash at the end of a line joins it with the next one.
    fn skip_splices(&mut self) {
        loop {
            let length = match self.bytes.get(self.at..).unwrap_or_default() {
                [b'\\', b'\n', ..] => 2,
                [b'\\', b'\r', b'\n', ..] => 3,
                _ => return,
            };
            for _ in 0..length {
                self.next_raw();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splices_are_no_characters() {
        let mut cursor = Cursor::new(b"\xef\xbb\xbf\\\na\\\r\n\\\nb\xc3\xa9c\nd\\x");
        let mut read = Vec::new();
        while let Some(byte) = cursor.peek() {
            let Position { line, column } = cursor.position();
            read.push((char::from(byte), line, column));
            cursor.next();
        }
        let expected = [('a', 2, 1), ('b', 4, 1), ('\u{c3}', 4, 2), ('\u{a9}', 4, 3), ('c', 4, 3), ('\n', 4, 4)];
        assert_eq!(read[..6], expected);
        assert_eq!(read[6..], [('d', 5, 1), ('\\', 5, 2), ('x', 5, 3)]);
    }

    #[test]
    fn raw_text_keeps_them() {
        let mut cursor = Cursor::new(b"a\\\nb)\"c");
        assert_eq!(cursor.take_raw_until(b")\""), Some(b"a\\\nb".to_vec()));
        assert_eq!((cursor.peek(), cursor.take_raw_until(b")")), (Some(b'c'), None));
    }
}
