//! Signatures in fixups, as far as they name one thing: those of ECMA-335 II.23.2 with elements of their own, and with
//! flags in front of a method or field.

use clr_metadata::CodedIndex;
use clr_metadata::ReadError;
use clr_metadata::TableId;
use clr_metadata::Token;
use clr_metadata::cursor::Cursor;

/// Parts of a type signature that are read before it is given up: the same bytes may be asked for by every cell.
const MAX_PARTS: u32 = 128;

/// Deepest nesting of a type signature.
const MAX_DEPTH: u32 = 32;

/// Flags of a method signature; a field's has the same but for the context.
mod flags {
    /// Of a method; of a field, an index instead.
    pub const SLOT_INSTEAD_OF_TOKEN: u32 = 0x08;
    pub const MEMBER_REF_TOKEN: u32 = 0x10;
    pub const OWNER_TYPE: u32 = 0x40;
    pub const UPDATE_CONTEXT: u32 = 0x80;
}

/// A type, by what is outermost in its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeRef {
    /// What kind of type it is, in the words of ECMA-335.
    pub shape: &'static str,
    /// The type that is named first inside of it, if one is: the definition of an instance, the element of an array.
    pub token: Option<Token>,
    /// Index of the module whose tables the token is about; `None` for that of the signature.
    pub module: Option<u32>,
}

/// A method or field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MethodRef {
    /// The signature's flags.
    pub flags: u32,
    /// The token; `None` for a method that is given by a slot.
    pub token: Option<Token>,
    /// Index of the module whose tables the token is about; `None` for that of the signature.
    pub module: Option<u32>,
    /// The type it is looked up in, when the signature has one.
    pub owner: Option<TypeRef>,
}

/// A signature that breaks its format is an error; `None` is one with something in it that is not read here.
type Decoded<T> = Result<Option<T>, ReadError>;

pub(super) fn type_ref(cursor: &mut Cursor<'_>) -> Decoded<TypeRef> {
    let mut reader = TypeReader { parts: 0, token: None, module: None };
    let Some(shape) = reader.read(cursor, 0)? else { return Ok(None) };
    Ok(Some(TypeRef { shape, token: reader.token, module: reader.module }))
}

struct TypeReader {
    parts: u32,
    token: Option<Token>,
    module: Option<u32>,
}

impl TypeReader {
    fn read(&mut self, cursor: &mut Cursor<'_>, depth: u32) -> Decoded<&'static str> {
        self.parts += 1;
        if self.parts > MAX_PARTS || depth > MAX_DEPTH {
            return Ok(None);
        }
        Ok(Some(match cursor.u8()? {
            0x01 => "void",
            0x02..=0x0E => "primitive",
            0x0F => return Ok(self.read(cursor, depth + 1)?.map(|_| "pointer")),
            0x10 => return Ok(self.read(cursor, depth + 1)?.map(|_| "by-ref")),
            0x11 => self.named(cursor, "value type")?,
            0x12 => self.named(cursor, "class")?,
            0x13 => {
                cursor.compressed()?;
                "type parameter"
            }
            0x14 => return self.array(cursor, depth),
            0x15 => {
                if self.read(cursor, depth + 1)?.is_none() {
                    return Ok(None);
                }
                for _ in 0..cursor.compressed()? {
                    if self.read(cursor, depth + 1)?.is_none() {
                        return Ok(None);
                    }
                }
                "generic instance"
            }
            0x16 | 0x18 | 0x19 | 0x1C => "primitive",
            0x1D => return Ok(self.read(cursor, depth + 1)?.map(|_| "vector")),
            0x1E => {
                cursor.compressed()?;
                "method type parameter"
            }
            // Elements of the runtime: a value type as native code sees it, the shared form of all classes, another
            // module's type.
            0x3D => return self.read(cursor, depth + 1),
            0x3E => "canonical",
            0x3F => {
                let module = cursor.compressed()?;
                if self.token.is_none() {
                    self.module = Some(module);
                }
                return self.read(cursor, depth + 1);
            }
            _ => return Ok(None),
        }))
    }

    fn named(&mut self, cursor: &mut Cursor<'_>, shape: &'static str) -> Result<&'static str, ReadError> {
        let start = *cursor;
        let token = CodedIndex::TypeDefOrRef.decode(cursor.compressed()?);
        let token = token.ok_or_else(|| start.error("TypeDefOrRef expected"))?;
        self.token.get_or_insert(token);
        Ok(shape)
    }

    fn array(&mut self, cursor: &mut Cursor<'_>, depth: u32) -> Decoded<&'static str> {
        if self.read(cursor, depth + 1)?.is_none() {
            return Ok(None);
        }
        cursor.compressed()?;
        // Sizes and lower bounds: no array has more than 32 dimensions.
        for _ in 0..2 {
            let count = cursor.compressed()?;
            if count > 32 {
                return Ok(None);
            }
            for _ in 0..count {
                cursor.compressed()?;
            }
        }
        Ok(Some("array"))
    }
}

pub(super) fn method_ref(cursor: &mut Cursor<'_>) -> Decoded<MethodRef> {
    member_ref(cursor, TableId::MethodDef)
}

pub(super) fn field_ref(cursor: &mut Cursor<'_>) -> Decoded<MethodRef> {
    member_ref(cursor, TableId::Field)
}

/// A method or field, where `defined` is the table of those that the module defines itself.
fn member_ref(cursor: &mut Cursor<'_>, defined: TableId) -> Decoded<MethodRef> {
    let flags = cursor.compressed()?;
    let has = |flag: u32| flags & flag != 0;
    let has_context = defined == TableId::MethodDef && has(flags::UPDATE_CONTEXT);
    let module = if has_context { Some(cursor.compressed()?) } else { None };
    let owner = if has(flags::OWNER_TYPE) {
        let Some(owner) = type_ref(cursor)? else { return Ok(None) };
        Some(owner)
    } else {
        None
    };
    let number = cursor.compressed()?;
    let table = if has(flags::MEMBER_REF_TOKEN) { TableId::MemberRef } else { defined };
    let token = (!has(flags::SLOT_INSTEAD_OF_TOKEN)).then(|| Token::new(table, number));
    Ok(Some(MethodRef { flags, token, module, owner }))
}
