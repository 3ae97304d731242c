//! Walks the instructions that have a token, and skips all others.

use super::opcode::{OperandKind, operand_kind};
use crate::cursor::Span;
use crate::error::{Place, ReadError};

/// An instruction with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenUse {
    /// Offset in bytes from the start of the IL.
    pub offset: u32,
    /// The opcode: one byte, or `0xFE00` and the second byte.
    pub opcode: u16,
    /// The token (also of `ldstr`, whose table byte is 0x70).
    pub token: u32,
}

/// Iterator over the instructions with tokens; ends after the first error.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    span: Span<'a>,
    at: usize,
    place: Place,
}

/// Bytes of an instruction; the following are no sizes.
type Size = u8;
const TOKEN: Size = 0xF0;
const SWITCH: Size = 0xF1;
const UNKNOWN: Size = 0xF2;

/// First byte of the opcodes of two bytes.
const PREFIX: u8 = 0xFE;

/// By opcode of one byte.
static ONE_BYTE: [Size; 256] = sizes(0, 1);

/// By second byte of the opcodes of two bytes.
static TWO_BYTES: [Size; 256] = sizes((PREFIX as u16) << 8, 2);

const fn sizes(first: u16, opcode_size: Size) -> [Size; 256] {
    let mut sizes = [UNKNOWN; 256];
    let mut byte = 0;
    while byte < 256 {
        if let Some(kind) = operand_kind(first | byte) {
            sizes[byte as usize] = match kind {
                OperandKind::None => opcode_size,
                OperandKind::Int8 | OperandKind::UInt8 | OperandKind::Branch8 => opcode_size + 1,
                OperandKind::UInt16 => opcode_size + 2,
                OperandKind::Int32 | OperandKind::Float32 | OperandKind::Branch32 => opcode_size + 4,
                OperandKind::Int64 | OperandKind::Float64 => opcode_size + 8,
                OperandKind::Token => TOKEN,
                OperandKind::Switch => SWITCH,
            };
        }
        byte += 1;
    }
    sizes
}

impl<'a> Tokens<'a> {
    pub(super) fn new(span: Span<'a>, place: Place) -> Tokens<'a> {
        Tokens { span, at: 0, place }
    }

    fn word(&self, at: usize) -> Option<u32> {
        self.span.data.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
    }

    fn fail(&mut self, reason: &'static str) -> Option<Result<TokenUse, ReadError>> {
        let error = ReadError::new(self.place, self.span.base + self.at, reason);
        self.at = usize::MAX;
        Some(Err(error))
    }
}

impl Iterator for Tokens<'_> {
    type Item = Result<TokenUse, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let code = self.span.data;
        while let Some(&first) = code.get(self.at) {
            let (opcode, size, operand) = match (first, code.get(self.at + 1)) {
                (PREFIX, Some(&second)) => {
                    (u16::from(PREFIX) << 8 | u16::from(second), TWO_BYTES[usize::from(second)], self.at + 2)
                }
                _ => (u16::from(first), ONE_BYTE[usize::from(first)], self.at + 1),
            };
            match size {
                TOKEN => {
                    let Some(token) = self.word(operand) else { return self.fail("more bytes expected") };
                    let offset = self.at as u32;
                    self.at = operand + 4;
                    return Some(Ok(TokenUse { offset, opcode, token }));
                }
                SWITCH => {
                    let Some(count) = self.word(operand) else { return self.fail("more bytes expected") };
                    self.at = (operand + 4).saturating_add((count as usize).saturating_mul(4));
                }
                UNKNOWN => return self.fail("IL opcode expected"),
                size => self.at += usize::from(size),
            }
        }
        if self.at > code.len() && self.at != usize::MAX {
            return self.fail("more bytes expected");
        }
        None
    }
}
