//! A checked little-endian reader over a part of the file that remembers where it is.

use super::error::{Place, ReadError};

/// A part of a file: bytes and the file offset they start at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span<'a> {
    /// The bytes.
    pub data: &'a [u8],
    /// File offset of the first byte.
    pub base: usize,
}

impl<'a> Span<'a> {
    /// The `length` bytes from `start` on, or `None` when they are not all there.
    pub fn sub(self, start: usize, length: usize) -> Option<Span<'a>> {
        let data = self.data.get(start..start.checked_add(length)?)?;
        Some(Span { data, base: self.base + start })
    }

    /// Everything from `start` on.
    pub fn from(self, start: usize) -> Option<Span<'a>> {
        Some(Span { data: self.data.get(start..)?, base: self.base + start })
    }

    /// Reads from the start; errors name `place`.
    pub fn cursor(self, place: Place) -> Cursor<'a> {
        Cursor { span: self, at: 0, place }
    }
}

/// Reads forward through a [`Span`].
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    span: Span<'a>,
    at: usize,
    place: Place,
}

impl<'a> Cursor<'a> {
    /// An error at the position of the next byte.
    pub fn error(&self, reason: &'static str) -> ReadError {
        ReadError::new(self.place, self.span.base + self.at, reason)
    }

    /// Bytes read so far.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Bytes left.
    pub fn remaining(&self) -> usize {
        self.span.data.len() - self.at
    }

    /// The bytes that are left, without moving.
    pub fn rest(&self) -> &'a [u8] {
        self.span.data.get(self.at..).unwrap_or_default()
    }

    /// Whether no byte is left.
    pub fn is_at_end(&self) -> bool {
        self.remaining() == 0
    }

    /// The next `length` bytes.
    pub fn span(&mut self, length: usize) -> Result<Span<'a>, ReadError> {
        let span = self.span.sub(self.at, length).ok_or_else(|| self.error("more bytes expected"))?;
        self.at += length;
        Ok(span)
    }

    /// The next `length` bytes.
    pub fn bytes(&mut self, length: usize) -> Result<&'a [u8], ReadError> {
        self.span(length).map(|span| span.data)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let bytes = self.span.data.get(self.at..).and_then(|rest| rest.first_chunk::<N>());
        let bytes = *bytes.ok_or_else(|| self.error("more bytes expected"))?;
        self.at += N;
        Ok(bytes)
    }

    /// The next byte.
    pub fn u8(&mut self) -> Result<u8, ReadError> {
        self.array().map(u8::from_le_bytes)
    }

    /// The next two bytes.
    pub fn u16(&mut self) -> Result<u16, ReadError> {
        self.array().map(u16::from_le_bytes)
    }

    /// The next four bytes.
    pub fn u32(&mut self) -> Result<u32, ReadError> {
        self.array().map(u32::from_le_bytes)
    }

    /// The next eight bytes.
    pub fn u64(&mut self) -> Result<u64, ReadError> {
        self.array().map(u64::from_le_bytes)
    }

    /// The next byte, without moving.
    pub fn peek(&self) -> Option<u8> {
        self.span.data.get(self.at).copied()
    }

    /// Moves forward by `length` bytes.
    pub fn skip(&mut self, length: usize) -> Result<(), ReadError> {
        self.span(length).map(drop)
    }

    /// Moves up to a multiple of `align` (a power of two), counted from the span's start.
    pub fn align(&mut self, align: usize) -> Result<(), ReadError> {
        self.skip(self.at.next_multiple_of(align) - self.at)
    }

    /// A compressed unsigned integer (II.23.2), 0 to 0x1FFF_FFFF.
    pub fn compressed(&mut self) -> Result<u32, ReadError> {
        let first = u32::from(self.u8()?);
        if first & 0x80 == 0 {
            Ok(first)
        } else if first & 0xC0 == 0x80 {
            Ok((first & 0x3F) << 8 | u32::from(self.u8()?))
        } else if first & 0xE0 == 0xC0 {
            let [b, c, d] = self.array()?;
            Ok((first & 0x1F) << 24 | u32::from(b) << 16 | u32::from(c) << 8 | u32::from(d))
        } else {
            self.at -= 1;
            Err(self.error("compressed integer expected"))
        }
    }

    /// A compressed signed integer (II.23.2): the sign bit is rotated into bit 0.
    pub fn compressed_signed(&mut self) -> Result<i32, ReadError> {
        let before = self.at;
        let raw = self.compressed()?;
        let sign = match self.at - before {
            1 => 0x40,
            2 => 0x2000,
            _ => 0x1000_0000,
        };
        let magnitude = (raw >> 1) as i32;
        Ok(if raw & 1 == 1 { magnitude - sign } else { magnitude })
    }

    /// An unsigned LEB128 integer of at most 32 bits, as wasm writes sizes.
    pub fn leb_u32(&mut self) -> Result<u32, ReadError> {
        let mut value = 0u64;
        for shift in (0..35).step_by(7) {
            let byte = self.u8()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return u32::try_from(value).map_err(|_| self.error("32-bit LEB128 integer expected"));
            }
        }
        Err(self.error("LEB128 integer of at most 5 bytes expected"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(data: &[u8]) -> Cursor<'_> {
        Span { data, base: 100 }.cursor(Place::Part("test"))
    }

    // The examples of II.23.2.
    #[test]
    fn compressed_integers() {
        for (bytes, value) in [
            (&[0x03u8][..], 3u32),
            (&[0x7F], 0x7F),
            (&[0x80, 0x80], 0x80),
            (&[0xAE, 0x57], 0x2E57),
            (&[0xBF, 0xFF], 0x3FFF),
            (&[0xC0, 0x00, 0x40, 0x00], 0x4000),
            (&[0xDF, 0xFF, 0xFF, 0xFF], 0x1FFF_FFFF),
        ] {
            assert_eq!(cursor(bytes).compressed(), Ok(value));
        }
        for (bytes, value) in [
            (&[0x06u8][..], 3i32),
            (&[0x7B], -3),
            (&[0x80, 0x80], 64),
            (&[0x01], -64),
            (&[0xC0, 0x00, 0x40, 0x00], 8192),
            (&[0x80, 0x01], -8192),
            (&[0xDF, 0xFF, 0xFF, 0xFE], 268435455),
            (&[0xC0, 0x00, 0x00, 0x01], -268435456),
        ] {
            assert_eq!(cursor(bytes).compressed_signed(), Ok(value));
        }
    }

    #[test]
    fn errors_name_the_file_offset() {
        let mut c = cursor(&[1, 0xFF]);
        c.skip(1).unwrap();
        assert_eq!(c.compressed().unwrap_err().offset, 101);
        assert_eq!(c.u16().unwrap_err().to_string(), "test, file offset 0x65: more bytes expected");
        assert!(cursor(&[0x80, 0x80, 0x80, 0x80, 0x80]).leb_u32().is_err());
    }
}
