//! Method bodies: tiny and fat headers, extra sections with exception clauses.

use super::instruction::Instructions;
use super::tokens::Tokens;
use crate::cursor::{Cursor, Span};
use crate::error::{Place, ReadError};

/// A method body.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MethodBody<'a> {
    /// Maximum number of values on the evaluation stack.
    pub max_stack: u16,
    /// Token of the StandAloneSig of the locals, 0 when there are none.
    pub locals: u32,
    /// Locals start as zero.
    pub init_locals: bool,
    /// Exception clauses, in the file's order.
    pub clauses: Vec<ExceptionClause>,
    code: MethodCode<'a>,
}

/// The IL of a method, without its exception clauses.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MethodCode<'a> {
    /// Token of the StandAloneSig of the locals, 0 when there are none.
    pub locals: u32,
    span: Span<'a>,
    place: Place,
}

impl<'a> MethodCode<'a> {
    /// Reads the header at the start of `span`; the second result is the flags of a fat header, and what follows the IL.
    pub(crate) fn read(span: Span<'a>, place: Place) -> Result<(MethodCode<'a>, Fat<'a>), ReadError> {
        let error = |reason| span.cursor(place).error(reason);
        let after = |size: usize| span.from(size).unwrap_or_default().cursor(place);
        let &first = span.data.first().ok_or_else(|| error("more bytes expected"))?;
        if first & header::FORMAT_MASK == header::TINY {
            let code = span.sub(1, usize::from(first >> 2)).ok_or_else(|| error("more bytes expected"))?;
            return Ok((MethodCode { locals: 0, span: code, place }, Fat { flags: 0, max_stack: 8, after: after(0) }));
        }
        if first & header::FORMAT_MASK != header::FAT {
            return Err(error("tiny or fat method header expected"));
        }
        let &[_, flags, stack_low, stack_high, s0, s1, s2, s3, l0, l1, l2, l3] =
            span.data.first_chunk::<FAT_SIZE>().ok_or_else(|| error("more bytes expected"))?;
        let flags = u16::from(first) | u16::from(flags) << 8;
        if flags >> 12 != 3 {
            return Err(error("fat method header of three words expected"));
        }
        let size = u32::from_le_bytes([s0, s1, s2, s3]) as usize;
        let code = span.sub(FAT_SIZE, size).ok_or_else(|| error("more bytes expected"))?;
        let locals = u32::from_le_bytes([l0, l1, l2, l3]);
        let max_stack = u16::from_le_bytes([stack_low, stack_high]);
        Ok((MethodCode { locals, span: code, place }, Fat { flags, max_stack, after: after(FAT_SIZE + size) }))
    }

    /// The IL.
    pub fn bytes(&self) -> &'a [u8] {
        self.span.data
    }

    /// The instructions, in order.
    pub fn instructions(&self) -> Instructions<'a> {
        Instructions::new(self.span.cursor(self.place))
    }

    /// The instructions whose operand is a token, in order: faster than all [instructions](MethodCode::instructions).
    pub fn tokens(&self) -> Tokens<'a> {
        Tokens::new(self.span, self.place)
    }
}

/// What a header says besides the IL.
pub(crate) struct Fat<'a> {
    flags: u16,
    max_stack: u16,
    after: Cursor<'a>,
}

/// An exception clause; offsets and lengths are in bytes of the IL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExceptionClause {
    /// 0 catch, 1 filter, 2 finally, 4 fault.
    pub flags: u32,
    /// Start of the guarded block.
    pub try_offset: u32,
    /// Length of the guarded block.
    pub try_length: u32,
    /// Start of the handler.
    pub handler_offset: u32,
    /// Length of the handler.
    pub handler_length: u32,
    /// Token of the caught class, or offset of the filter.
    pub class_or_filter: u32,
}

/// Bytes of a fat header.
const FAT_SIZE: usize = 12;

/// Flags of a body's header.
mod header {
    pub const FORMAT_MASK: u8 = 0x03;
    pub const TINY: u8 = 0x02;
    pub const FAT: u8 = 0x03;
    pub const MORE_SECTIONS: u16 = 0x08;
    pub const INIT_LOCALS: u16 = 0x10;
}

/// Flags of an extra section.
mod section {
    pub const KIND_MASK: u8 = 0x3F;
    pub const EXCEPTIONS: u8 = 0x01;
    pub const FAT: u8 = 0x40;
    pub const MORE: u8 = 0x80;
}

impl<'a> MethodBody<'a> {
    /// Reads the body at the start of `span`, which runs to the end of its section.
    pub(crate) fn read(span: Span<'a>, place: Place) -> Result<MethodBody<'a>, ReadError> {
        let (code, Fat { flags, max_stack, mut after }) = MethodCode::read(span, place)?;
        let mut clauses = Vec::new();
        if flags & header::MORE_SECTIONS != 0 {
            // Sections are 4-aligned in the image; bodies and headers are too, so counting from the IL's end is enough.
            after.skip(code.bytes().len().next_multiple_of(4) - code.bytes().len())?;
            read_sections(&mut after, &mut clauses)?;
        }
        let init_locals = flags & header::INIT_LOCALS != 0;
        Ok(MethodBody { max_stack, locals: code.locals, init_locals, clauses, code })
    }

    /// Size of the IL in bytes.
    pub fn code_size(&self) -> usize {
        self.code.bytes().len()
    }

    /// The IL.
    pub fn code(&self) -> &'a [u8] {
        self.code.bytes()
    }

    /// The instructions, in order.
    pub fn instructions(&self) -> Instructions<'a> {
        self.code.instructions()
    }
}

fn read_sections(cursor: &mut Cursor<'_>, clauses: &mut Vec<ExceptionClause>) -> Result<(), ReadError> {
    loop {
        let kind = cursor.u8()?;
        let fat = kind & section::FAT != 0;
        let size = if fat {
            u32::from(cursor.u8()?) | u32::from(cursor.u16()?) << 8
        } else {
            let size = u32::from(cursor.u8()?);
            cursor.skip(2)?;
            size
        };
        let content = cursor.span((size as usize).saturating_sub(4))?;
        if kind & section::KIND_MASK == section::EXCEPTIONS {
            let clause_size = if fat { 24 } else { 12 };
            let mut rows = content.cursor(Place::Part("exception section"));
            while rows.remaining() >= clause_size {
                clauses.push(if fat { fat_clause(&mut rows)? } else { small_clause(&mut rows)? });
            }
        }
        if kind & section::MORE == 0 {
            return Ok(());
        }
        cursor.align(4)?;
    }
}

fn fat_clause(rows: &mut Cursor<'_>) -> Result<ExceptionClause, ReadError> {
    Ok(ExceptionClause {
        flags: rows.u32()?,
        try_offset: rows.u32()?,
        try_length: rows.u32()?,
        handler_offset: rows.u32()?,
        handler_length: rows.u32()?,
        class_or_filter: rows.u32()?,
    })
}

fn small_clause(rows: &mut Cursor<'_>) -> Result<ExceptionClause, ReadError> {
    Ok(ExceptionClause {
        flags: rows.u16()?.into(),
        try_offset: rows.u16()?.into(),
        try_length: rows.u8()?.into(),
        handler_offset: rows.u16()?.into(),
        handler_length: rows.u8()?.into(),
        class_or_filter: rows.u32()?,
    })
}
