//! How an object was compiled: its compilers, the WebAssembly features it uses, and its form of exceptions.
//!
//! Sections `producers` and `target_features` (tool-conventions, "ProducersSection" and "Linking"); for bitcode, the
//! identification block (LLVM, "Bitcode File Format").

use std::collections::BTreeSet;

use wasmparser::{BinaryReader, Operator, ProducersSectionReader};

use super::{Object, WRAPPED_BITCODE};

/// Facts about how an object was compiled. A malformed section counts as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Toolchain {
    /// Name and version of each tool that processed it: `clang`, `17.0.0`; for bitcode `LLVM`, `17.0.0`.
    pub producers: Vec<(String, String)>,
    /// Features that it uses: `bulk-memory`.
    pub features: BTreeSet<String>,
    /// Its memory is shared between threads.
    pub has_shared_memory: bool,
    /// It imports or defines tags.
    pub(super) has_tags: bool,
}

/// The forms of exception handling in the code of an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exceptions {
    /// `try`, `catch`, `catch_all`, `delegate`, `rethrow`.
    pub legacy: bool,
    /// `try_table`, `throw_ref`.
    pub standard: bool,
}

impl Toolchain {
    pub(super) fn producers(section: ProducersSectionReader<'_>) -> Vec<(String, String)> {
        let mut producers = Vec::new();
        for field in section.into_iter().flatten().filter(|field| field.name == "processed-by") {
            let values = field.values.into_iter().flatten();
            // The version of some tools is followed by a repository or a date.
            let version = |text: &str| text.split_whitespace().next().unwrap_or_default().to_owned();
            producers.extend(values.map(|value| (value.name.to_owned(), version(value.version))));
        }
        producers
    }

    pub(super) fn features(section: &[u8]) -> BTreeSet<String> {
        let mut features = BTreeSet::new();
        let mut reader = BinaryReader::new(section, 0);
        let Ok(count) = reader.read_var_u32() else { return features };
        for _ in 0..count {
            let (Ok(prefix), Ok(name)) = (reader.read_u8(), reader.read_string()) else { break };
            if prefix != b'-' {
                features.insert(name.to_owned());
            }
        }
        features
    }

    pub(super) fn of_bitcode(bytes: &[u8]) -> Toolchain {
        let version = identification(bytes).and_then(|text| Some(text.strip_prefix("LLVM")?.to_owned()));
        Toolchain {
            producers: version.map(|version| ("LLVM".to_owned(), version)).into_iter().collect(),
            ..Toolchain::default()
        }
    }
}

impl Object<'_> {
    /// The forms of exception handling in its code, up to the first malformed body.
    pub fn exceptions(&self) -> Exceptions {
        let mut found = Exceptions::default();
        // Code without tags and without the feature has no exceptions; most objects need not be read.
        if self.toolchain.has_tags || self.toolchain.features.contains("exception-handling") {
            let _ = self.code.each_operator(|operator| {
                match operator {
                    Operator::Try { .. }
                    | Operator::Catch { .. }
                    | Operator::CatchAll
                    | Operator::Delegate { .. }
                    | Operator::Rethrow { .. } => found.legacy = true,
                    Operator::TryTable { .. } | Operator::ThrowRef => found.standard = true,
                    _ => {}
                }
                !(found.legacy && found.standard)
            });
        }
        found
    }
}

/// The block with the name of the writer, and the record in it (LLVM, "LLVM IR Magic Number" and after).
const IDENTIFICATION_BLOCK: u64 = 13;
const STRING_RECORD: u64 = 1;

/// Maximum length of the name, in characters.
const MAX_IDENTIFICATION: u64 = 256;

/// The text of the identification block, which LLVM writes as the first block: `LLVM17.0.0`.
fn identification(bytes: &[u8]) -> Option<String> {
    let bytes = match bytes.strip_prefix(WRAPPED_BITCODE) {
        // After the magic number of the wrapper: version, offset and size.
        Some(rest) => bytes.get(u32::from_le_bytes(*rest.get(4..)?.first_chunk()?) as usize..)?,
        None => bytes,
    };
    let mut bits = Bits { bytes: bytes.get(4..)?, at: 0 };
    let is_block = bits.fixed(2)? == 1 && bits.variable(8)? == IDENTIFICATION_BLOCK;
    let width = bits.variable(4).filter(|width| is_block && *width <= 32)? as u32;
    bits.align();
    bits.fixed(32)?;
    let mut element = None;
    // One abbreviation may come before the record: a literal code, and an array of one kind of element.
    loop {
        match bits.fixed(width)? {
            2 => element = Some(bits.abbreviation()?),
            3 => {
                let (code, count) = (bits.variable(6)?, bits.variable(6).filter(|count| *count <= MAX_IDENTIFICATION)?);
                let text: Option<String> = (0..count).map(|_| Some(char::from(bits.variable(6)? as u8))).collect();
                return text.filter(|_| code == STRING_RECORD);
            }
            4 => {
                let (count, element) = (bits.variable(6).filter(|count| *count <= MAX_IDENTIFICATION)?, element?);
                return (0..count).map(|_| bits.character(element)).collect();
            }
            _ => return None,
        }
    }
}

/// An element of an array in an abbreviation.
#[derive(Clone, Copy)]
enum Element {
    Char6,
    Fixed(u32),
}

/// Bits, from the lowest of each byte (LLVM, "Bitstream Format").
struct Bits<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Bits<'_> {
    fn fixed(&mut self, count: u32) -> Option<u64> {
        let mut value = 0;
        for bit in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value |= u64::from(byte >> (self.at % 8) & 1) << bit;
            self.at += 1;
        }
        Some(value)
    }

    fn variable(&mut self, width: u32) -> Option<u64> {
        let (mut value, mut shift) = (0, 0);
        loop {
            let chunk = self.fixed(width)?;
            let more = 1 << (width - 1);
            value |= (chunk & (more - 1)).checked_shl(shift)?;
            if chunk & more == 0 {
                return Some(value);
            }
            shift += width - 1;
        }
    }

    fn align(&mut self) {
        self.at = self.at.next_multiple_of(32);
    }

    /// An abbreviation of a literal code and an array.
    fn abbreviation(&mut self) -> Option<Element> {
        let mut element = None;
        let mut left = self.variable(5)?;
        while left > 0 {
            left -= 1;
            if self.fixed(1)? == 1 {
                self.variable(8)?;
                continue;
            }
            match self.fixed(3)? {
                1 => element = Some(Element::Fixed(self.variable(5).filter(|width| (1..=32).contains(width))? as u32)),
                3 => {}
                4 => element = Some(Element::Char6),
                _ => return None,
            }
        }
        element
    }

    fn character(&mut self, element: Element) -> Option<char> {
        const CHAR6: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._";
        Some(match element {
            Element::Char6 => char::from(*CHAR6.get(self.fixed(6)? as usize)?),
            Element::Fixed(width) => char::from(self.fixed(width)? as u8),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_the_identification_block() {
        // Bits of `clang-14 -flto -c`: block 13, an abbreviation, the record.
        let bytes = b"\x42\x43\xC0\xDE\x35\x14\x00\x00\x05\x00\x00\x00\x62\x0C\x30\x24\x4A\x59\xBE\x66\x8D\xFB\xB4\xAF\x0B\x51\x80\x4C\x01\x00\x00\x00\x21\x0C\x00\x00\x97\x01\x00\x00";
        assert_eq!(identification(bytes).as_deref(), Some("LLVM14.0.6"));
        for end in 0..bytes.len() {
            let _ = identification(&bytes[..end]);
        }
    }

    #[test]
    fn features_that_are_used() {
        let section = b"\x03+\x08sign-ext-\x0ashared-mem+\x07atomics";
        let features = Toolchain::features(section);
        assert_eq!(features.iter().map(String::as_str).collect::<Vec<_>>(), ["atomics", "sign-ext"]);
        assert_eq!(Toolchain::features(b"\xff\xff\xff\xff\x0f").len(), 0);
    }
}
