//! Bytes as a person writes them down: hexadecimal, with comments.
//!
//! `#` starts a comment, `'text'` stands for its bytes, a line `--- NAME` starts a part, and `NNNN:` in front of bytes
//! asserts their offset in the part.

/// Some bytes with the line they are on.
pub struct Annotated {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Of every byte, the 1-based line.
    lines: Vec<usize>,
    texts: Vec<String>,
}

impl Annotated {
    /// Reads a text. Panics at the line that is wrong.
    pub fn parse(text: &str) -> Annotated {
        let mut found =
            Annotated { bytes: Vec::new(), lines: Vec::new(), texts: text.lines().map(str::to_owned).collect() };
        let mut part = 0;
        for (line, number) in text.lines().zip(1..) {
            if line.starts_with("---") {
                part = found.bytes.len();
                continue;
            }
            let mut rest = line.trim_start();
            if let Some((offset, after)) = rest.split_once(": ").filter(|(offset, _)| offset.len() == 4) {
                let offset = usize::from_str_radix(offset, 16).unwrap_or_else(|error| panic!("line {number}: {error}"));
                assert_eq!(found.bytes.len() - part, offset, "line {number}: offset {:#x}", found.bytes.len() - part);
                rest = after;
            }
            while !rest.is_empty() && !rest.starts_with('#') {
                rest = found.take(rest, number).trim_start();
            }
        }
        found
    }

    /// Takes one item from the front.
    fn take<'a>(&mut self, text: &'a str, line: usize) -> &'a str {
        let (bytes, rest) = match text.strip_prefix('\'') {
            Some(quoted) => {
                let (inner, rest) = quoted.split_once('\'').unwrap_or_else(|| panic!("line {line}: no second quote"));
                (inner.as_bytes().to_vec(), rest)
            }
            None => {
                let (digits, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
                let byte = u8::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 2);
                (vec![byte.unwrap_or_else(|| panic!("line {line}: `{digits}` is no byte"))], rest)
            }
        };
        self.lines.extend(std::iter::repeat_n(line, bytes.len()));
        self.bytes.extend(bytes);
        rest
    }

    /// Where other bytes differ first: the offset, both bytes, and the line.
    pub fn difference(&self, other: &[u8]) -> Option<String> {
        let length = self.bytes.len().max(other.len());
        let at = (0..length).find(|&at| self.bytes.get(at) != other.get(at))?;
        let line = self.lines.get(at).map_or_else(String::new, |&line| format!("{line}: {}", self.texts[line - 1]));
        Some(format!("at {at:#x}, {:02x?} is not {:02x?} of line {line}", other.get(at), self.bytes.get(at)))
    }
}
