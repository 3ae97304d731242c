//! Walks the instructions of a method body.

use super::opcode::{OperandKind, operand_kind};
use crate::cursor::Cursor;
use crate::error::ReadError;

/// One instruction.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Instruction {
    /// Offset in bytes from the start of the IL.
    pub offset: u32,
    /// The opcode: one byte, or `0xFE00` and the second byte.
    pub opcode: u16,
    /// Its operand.
    pub operand: Operand,
}

/// Operand of an instruction.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// None.
    None,
    /// A small or large integer, sign-extended; also the index of a variable or argument.
    Int(i64),
    /// A float, in its own width.
    Float(f64),
    /// A metadata token (also of `ldstr`, whose table byte is 0x70).
    Token(u32),
    /// A branch target, relative to the end of the instruction.
    Branch(i32),
    /// The targets of a `switch`, relative to the end of the instruction.
    Switch(Vec<i32>),
}

/// Iterator over instructions; ends after the first error.
#[derive(Clone, Debug)]
pub struct Instructions<'a> {
    cursor: Cursor<'a>,
    failed: bool,
}

impl<'a> Instructions<'a> {
    pub(super) fn new(cursor: Cursor<'a>) -> Instructions<'a> {
        Instructions { cursor, failed: false }
    }

    fn read(&mut self) -> Result<Instruction, ReadError> {
        let offset = self.cursor.position() as u32;
        let mut opcode = u16::from(self.cursor.u8()?);
        if opcode == 0xFE {
            opcode = 0xFE00 | u16::from(self.cursor.u8()?);
        }
        let kind = operand_kind(opcode).ok_or_else(|| self.cursor.error("IL opcode expected"))?;
        let operand = match kind {
            OperandKind::None => Operand::None,
            OperandKind::Int8 => Operand::Int((self.cursor.u8()? as i8).into()),
            OperandKind::UInt8 => Operand::Int(self.cursor.u8()?.into()),
            OperandKind::UInt16 => Operand::Int(self.cursor.u16()?.into()),
            OperandKind::Int32 => Operand::Int((self.cursor.u32()? as i32).into()),
            OperandKind::Int64 => Operand::Int(self.cursor.u64()? as i64),
            OperandKind::Float32 => Operand::Float(f32::from_bits(self.cursor.u32()?).into()),
            OperandKind::Float64 => Operand::Float(f64::from_bits(self.cursor.u64()?)),
            OperandKind::Token => Operand::Token(self.cursor.u32()?),
            OperandKind::Branch8 => Operand::Branch((self.cursor.u8()? as i8).into()),
            OperandKind::Branch32 => Operand::Branch(self.cursor.u32()? as i32),
            OperandKind::Switch => {
                let count = self.cursor.u32()?;
                let mut targets = Vec::new();
                for _ in 0..count {
                    targets.push(self.cursor.u32()? as i32);
                }
                Operand::Switch(targets)
            }
        };
        Ok(Instruction { offset, opcode, operand })
    }
}

impl Iterator for Instructions<'_> {
    type Item = Result<Instruction, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.cursor.is_at_end() {
            return None;
        }
        let instruction = self.read();
        self.failed = instruction.is_err();
        Some(instruction)
    }
}
