//! Fixups: the signature next to a cell says what the runtime puts into it.

use super::fixup_kind::{self, FixupKind, FixupPayload, MODULE_OVERRIDE};
use super::fixup_signature::{MethodRef, TypeRef, field_ref, method_ref, type_ref};
use clr_metadata::ReadError;
use clr_metadata::TableId;
use clr_metadata::Token;
use clr_metadata::cursor::Cursor;

/// What a cell is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixup {
    /// RVA of the cell.
    pub cell: u32,
    /// RVA of the signature.
    pub signature: u32,
    /// Kind of fixup, without the bit for a module.
    pub number: u8,
    /// Index of the module the signature is about; `None` for the image's own.
    pub module: Option<u32>,
    /// What the signature names.
    pub payload: Payload,
}

/// What a signature names, as far as it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A helper of the runtime, by number.
    Helper(u32),
    /// The token of a user string, a MethodDef or a MemberRef.
    Token(u32),
    /// A type.
    Type(TypeRef),
    /// A method or a field.
    Method(MethodRef),
    /// Keys and thunks.
    StringThunks,
    /// Something that is not taken apart.
    Opaque,
}

/// The start of a signature.
#[derive(Clone, Debug)]
pub(super) struct FixupHead<'a> {
    pub cell: u32,
    pub signature: u32,
    pub number: u8,
    pub module: Option<u32>,
    /// The bytes after the kind and the module.
    pub content: Cursor<'a>,
}

impl<'a> FixupHead<'a> {
    pub fn read(cell: u32, signature: u32, mut content: Cursor<'a>) -> Result<FixupHead<'a>, ReadError> {
        let first = content.u8()?;
        let module = if first & MODULE_OVERRIDE != 0 { Some(content.compressed()?) } else { None };
        Ok(FixupHead { cell, signature, number: first & !MODULE_OVERRIDE, module, content })
    }

    /// Reads the contents of the kind.
    pub fn decode(self) -> Result<Fixup, ReadError> {
        let FixupHead { cell, signature, number, module, content: mut cursor } = self;
        let payload = match fixup_kind::find(number).map_or(FixupPayload::Opaque, |kind| kind.payload) {
            FixupPayload::Type => type_ref(&mut cursor)?.map(Payload::Type),
            FixupPayload::Method => method_ref(&mut cursor)?.map(Payload::Method),
            FixupPayload::Field => field_ref(&mut cursor)?.map(Payload::Method),
            FixupPayload::MethodDef => Some(token(TableId::MethodDef, cursor.compressed()?)),
            FixupPayload::MemberRef => Some(token(TableId::MemberRef, cursor.compressed()?)),
            FixupPayload::Helper => Some(Payload::Helper(cursor.compressed()?)),
            // User strings are no table, but have tokens like one.
            FixupPayload::UserString => Some(Payload::Token(0x7000_0000 | cursor.compressed()? & 0x00FF_FFFF)),
            FixupPayload::StringThunks => Some(Payload::StringThunks),
            FixupPayload::Opaque => None,
        };
        Ok(Fixup { cell, signature, number, module, payload: payload.unwrap_or(Payload::Opaque) })
    }
}

impl Fixup {
    /// The kind; `None` for one that was added to the format later.
    pub fn kind(&self) -> Option<&'static FixupKind> {
        fixup_kind::find(self.number)
    }
}

fn token(table: TableId, row: u32) -> Payload {
    Payload::Token(Token::new(table, row & 0x00FF_FFFF).to_u32())
}
