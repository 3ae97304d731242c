//! Lines of sources. A line is shown only if it is the one that was meant: the file may have changed.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;

use sha1::Sha1;
use sha2::{Digest, Sha256};

use thunkgen_diagnostics::{Checksum, Location, Mention, without_bom};

/// Larger files are not read for an excerpt.
const MAX_FILE: u64 = 32 << 20;

/// Longer lines are not shown.
const MAX_LINE: usize = 1 << 20;

/// A line of a source and the part of it that is meant.
#[derive(Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// 1-based line.
    pub line: u32,
    /// The line, harmless in a terminal; tabs stay.
    pub text: String,
    /// The bytes of `text` that are underlined.
    pub span: Range<usize>,
}

/// Why there is no excerpt.
#[derive(Debug, PartialEq, Eq)]
pub enum Missing {
    /// There is no position, or no such line that can be read.
    Unknown,
    /// The file is not the one that was compiled.
    Changed,
}

/// The sources that were read.
#[derive(Default)]
pub struct Sources(BTreeMap<String, Option<Source>>);

/// A source. Many problems may be in it, so what takes time is done once.
struct Source {
    bytes: Vec<u8>,
    /// Where each line starts.
    lines: Vec<usize>,
    /// Whether it has a checksum.
    checksums: BTreeMap<Checksum, bool>,
}

impl Sources {
    /// The line of a problem.
    pub fn of(&mut self, location: &Location) -> Result<Excerpt, Missing> {
        let (file, position) = location.origin();
        let (line, column) = position.ok_or(Missing::Unknown)?;
        let found = self.read(file).ok_or(Missing::Unknown)?;
        let source = location.source.as_ref();
        if source.and_then(|source| source.checksum.as_ref()).is_some_and(|checksum| !found.has(checksum)) {
            return Err(Missing::Changed);
        }
        let text = harmless(found.line(line).ok_or(Missing::Unknown)?);
        // Compilers count UTF-16 units, everything else counts characters.
        let units = |c: char| if source.is_some() { c.len_utf16() } else { 1 };
        let start = offset(&text, column, units);
        let span = start..start + token(&text[start..]);
        Ok(Excerpt { line, text, span })
    }

    /// The line that a message is about, if it has the name.
    pub fn of_mention(&mut self, mention: &Mention) -> Option<Excerpt> {
        let text = harmless(self.read(&mention.file)?.line(mention.line)?);
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let found = text
            .match_indices(&mention.name)
            .map(|(at, name)| at..at + name.len())
            .find(|span| !text[..span.start].ends_with(is_part) && !text[span.end..].starts_with(is_part))?;
        Some(Excerpt { line: mention.line, span: found, text })
    }

    fn read(&mut self, file: &str) -> Option<&mut Source> {
        if !self.0.contains_key(file) {
            // Opening a pipe would wait for its other end.
            let is_small = fs::metadata(file).is_ok_and(|found| found.is_file() && found.len() <= MAX_FILE);
            let bytes = if is_small { fs::read(file).ok() } else { None };
            self.0.insert(file.to_owned(), bytes.map(Source::new));
        }
        self.0.get_mut(file)?.as_mut()
    }
}

impl Source {
    fn new(bytes: Vec<u8>) -> Source {
        let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(end, _)| end + 1)).collect();
        Source { bytes, lines, checksums: BTreeMap::new() }
    }

    fn has(&mut self, checksum: &Checksum) -> bool {
        let bytes = &self.bytes;
        *self.checksums.entry(checksum.clone()).or_insert_with(|| match checksum {
            Checksum::Sha1(expected) => *expected == *Sha1::digest(bytes),
            Checksum::Sha256(expected) => *expected == *Sha256::digest(bytes),
        })
    }

    /// A line without its end; `None` in binary files.
    fn line(&self, line: u32) -> Option<&str> {
        let number = usize::try_from(line.checked_sub(1)?).ok()?;
        let start = *self.lines.get(number)?;
        let end = self.lines.get(number + 1).map_or(self.bytes.len(), |next| next - 1);
        let found = self.bytes.get(start..end).filter(|line| line.len() <= MAX_LINE)?;
        let text = std::str::from_utf8(found).ok()?;
        let text = if number == 0 { without_bom(text) } else { text };
        Some(text.strip_suffix('\r').unwrap_or(text)).filter(|text| !text.contains('\0'))
    }
}

/// The line with a sign for each character that controls a terminal, hides text or reorders it.
fn harmless(line: &str) -> String {
    let shown = |c: char| match c {
        '\t' | '\u{200d}' => c,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    line.chars().map(shown).collect()
}

/// The byte at a 1-based column; the end of the text for a larger one.
fn offset(text: &str, column: u32, units: impl Fn(char) -> usize) -> usize {
    let mut left = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
    for (at, c) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(units(c));
    }
    text.len()
}

/// Length of the name, literal or list that a text starts with; else of its first character.
fn token(text: &str) -> usize {
    let Some(first) = text.chars().next() else { return 0 };
    let length = match first {
        '"' | '\'' => closed(text, first),
        '[' => closed(text, ']'),
        '{' if text.contains('}') => closed(text, '}'),
        '<' => text.find([' ', '>', '/']),
        _ if is_of_name(first) => Some(text.find(|c| !is_of_name(c)).unwrap_or(text.len())),
        _ => None,
    };
    length.unwrap_or(first.len_utf8())
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '@' | '-' | '.')
}

/// Length up to the end of a literal or list in this line.
fn closed(text: &str, end: char) -> Option<usize> {
    let (mut is_escaped, start) = (false, text.chars().next()?);
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        let is_end = c == end && (start != end || at > 0) && !is_escaped;
        depth += usize::from(start != end && c == start);
        if is_end && depth <= 1 {
            return Some(at + c.len_utf8());
        }
        depth -= usize::from(is_end);
        is_escaped = c == '\\' && !is_escaped;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens() {
        for (text, expected) in [
            ("draw_circle(1)", "draw_circle"),
            ("\"a \\\" b\" c", "\"a \\\" b\""),
            ("'a' b", "'a'"),
            ("[1, [2], 3] # c", "[1, [2], 3]"),
            ("[1,", "["),
            ("{", "{"),
            ("<Item Include=''>", "<Item"),
            ("target-os = 1", "target-os"),
            ("\"open", "\""),
            ("名前(", "名前"),
            (";", ";"),
            ("", ""),
        ] {
            assert_eq!(&text[..token(text)], expected);
        }
    }

    #[test]
    fn columns_are_of_utf_16_or_of_characters() {
        let text = "\té𝄞 x";
        assert_eq!(&text[offset(text, 6, |c| c.len_utf16())..], "x");
        assert_eq!(&text[offset(text, 5, |_| 1)..], "x");
        assert_eq!(offset(text, 99, |_| 1), text.len());
        assert_eq!(offset(text, 0, |_| 1), 0);
    }

    /// FIPS 180-4, "abc".
    #[test]
    fn checksums_are_those_of_the_files() {
        let bytes = |hex: &str| -> Vec<u8> {
            let digits = hex.as_bytes().chunks(2);
            digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
        };
        let sha_1 = bytes("a9993e364706816aba3e25717850c26c9cd0d89d");
        let sha_256 = bytes("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let both = [Checksum::Sha1(sha_1.try_into().unwrap()), Checksum::Sha256(sha_256.try_into().unwrap())];
        for checksum in both {
            assert_eq!((source(b"abc").has(&checksum), source(b"abc\r").has(&checksum)), (true, false), "{checksum:?}");
        }
    }

    fn source(bytes: &[u8]) -> Source {
        Source::new(bytes.to_vec())
    }

    #[test]
    fn lines_without_their_ends() {
        let text = "\u{feff}a\r\nb\n".as_bytes();
        let lines = source(text);
        assert_eq!([1, 2, 3, 4].map(|line| lines.line(line)), [Some("a"), Some("b"), Some(""), None]);
        assert_eq!((source(b"\xff").line(1), source(b"a\0").line(1), source(b"a").line(0)), (None, None, None));
    }

    #[test]
    fn nothing_in_a_line_controls_the_terminal() {
        assert_eq!(harmless("\t\x1b[2J\u{9b}\u{202e}é"), "\t\u{fffd}[2J\u{fffd}\u{fffd}é");
    }
}
