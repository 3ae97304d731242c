//! Signatures (II.23.2): methods, fields, properties, locals, TypeSpecs, MethodSpecs and stand-alone signatures.

use std::rc::Rc;

use super::cursor::Cursor;
use super::element;
use super::error::ReadError;
use super::heaps::Heaps;
use super::primitive::Primitive;
use super::schema::TableId;
use super::token::{CodedIndex, Token};

/// Deepest nesting of types in one signature; compilers stay far below, and hostile input must not exhaust the stack.
pub const MAX_TYPE_DEPTH: u32 = 64;

/// Most parts of one type: an instance with more arguments exists in no program, and one blob may be read for many rows.
pub const MAX_TYPE_PARTS: u32 = 2_000;

/// A type in a signature.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TypeSig {
    /// A built-in type.
    Primitive(Primitive),
    /// `string`
    String,
    /// `object`
    Object,
    /// `System.TypedReference`
    TypedByRef,
    /// A class or interface by TypeDef, TypeRef or TypeSpec token.
    Class(Token),
    /// A value type by TypeDef, TypeRef or TypeSpec token.
    ValueType(Token),
    /// An instantiated generic type.
    GenericInst {
        /// Whether the generic type is a value type.
        is_value_type: bool,
        /// The generic type's TypeDef or TypeRef.
        definition: Token,
        /// Its arguments; at least one.
        arguments: Rc<[TypeSig]>,
    },
    /// Variable of the enclosing type.
    Var(u32),
    /// Variable of the enclosing method.
    MVar(u32),
    /// `T*`
    Pointer(Box<TypeSig>),
    /// `ref T`
    ByRef(Box<TypeSig>),
    /// `T[]`
    SzArray(Box<TypeSig>),
    /// An array of another shape.
    Array(Box<TypeSig>, Box<ArrayShape>),
    /// A function pointer.
    FnPtr(Rc<MethodSig>),
    /// `modreq` or `modopt`.
    Modified {
        /// True for `modreq`.
        required: bool,
        /// TypeDef, TypeRef or TypeSpec of the modifier.
        modifier: Token,
        /// What it modifies.
        inner: Box<TypeSig>,
    },
    /// A pinned local.
    Pinned(Box<TypeSig>),
}

impl TypeSig {
    /// The type without the modifiers and `pinned` around it.
    pub fn unmodified(&self) -> &TypeSig {
        let mut sig = self;
        while let TypeSig::Modified { inner, .. } | TypeSig::Pinned(inner) = sig {
            sig = inner;
        }
        sig
    }
}

/// Shape of an array that is not a vector (II.23.2.13).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ArrayShape {
    /// Number of dimensions, at least 1.
    pub rank: u32,
    /// Sizes of the first dimensions.
    pub sizes: Vec<u32>,
    /// Lower bounds of the first dimensions.
    pub low_bounds: Vec<i32>,
}

/// Calling convention of a method signature: the low four bits of its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the names are the specification's
pub enum CallConv {
    Default,
    C,
    StdCall,
    ThisCall,
    FastCall,
    VarArg,
    Unmanaged,
    NativeVarArg,
}

/// A parameter or return type: a type whose modifiers, `ref` and `TypedReference` are part of it.
pub type ParamSig = TypeSig;

/// A method signature.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MethodSig {
    /// Calling convention.
    pub conv: CallConv,
    /// An instance method.
    pub has_this: bool,
    /// `this` is the first declared parameter.
    pub explicit_this: bool,
    /// Number of generic parameters of the method, 0 when it is not generic.
    pub generic_params: u32,
    /// Return type.
    pub ret: ParamSig,
    /// Declared parameters, those after a vararg sentinel included.
    pub params: Vec<ParamSig>,
    /// Index of the first parameter after the sentinel of a vararg call site.
    pub sentinel: Option<usize>,
}

/// Local variables of a method, with `pinned` kept.
pub type LocalsSig = Vec<TypeSig>;

/// What a row of StandAloneSig contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StandAloneSig {
    /// Locals of a method body.
    Locals(LocalsSig),
    /// The signature of a `calli`.
    Method(MethodSig),
    /// A field signature (emitted by some compilers for constants, used by debuggers).
    Field(TypeSig),
}

/// A MethodDef's or MemberRef's method signature.
pub fn decode_method(heaps: &Heaps<'_>, blob: u32) -> Result<MethodSig, ReadError> {
    decode_whole(heaps, blob, |decoder| decoder.method(0))
}

/// A Field's or MemberRef's field signature.
pub fn decode_field(heaps: &Heaps<'_>, blob: u32) -> Result<TypeSig, ReadError> {
    decode_whole(heaps, blob, |decoder| {
        decoder.header(0x06, "field signature expected")?;
        decoder.ty(0)
    })
}

/// A property's signature: `has_this`, the type and the index parameters.
pub fn decode_property(heaps: &Heaps<'_>, blob: u32) -> Result<MethodSig, ReadError> {
    decode_whole(heaps, blob, |decoder| {
        let first = decoder.cursor.u8()?;
        if first & !0x20 != 0x08 {
            return Err(decoder.cursor.error("property signature expected"));
        }
        let count = decoder.cursor.compressed()?;
        let ret = decoder.ty(0)?;
        let params = decoder.types(count, 0)?;
        let has_this = first & 0x20 != 0;
        let conv = CallConv::Default;
        Ok(MethodSig { conv, has_this, explicit_this: false, generic_params: 0, ret, params, sentinel: None })
    })
}

/// The type of a TypeSpec.
pub fn decode_type_spec(heaps: &Heaps<'_>, blob: u32) -> Result<TypeSig, ReadError> {
    decode_whole(heaps, blob, |decoder| decoder.ty(0))
}

/// The type arguments of a MethodSpec.
pub fn decode_method_spec(heaps: &Heaps<'_>, blob: u32) -> Result<Vec<TypeSig>, ReadError> {
    decode_whole(heaps, blob, |decoder| {
        decoder.header(0x0A, "generic method instantiation expected")?;
        let count = decoder.cursor.compressed()?;
        decoder.types(count, 0)
    })
}

/// A StandAloneSig's signature.
pub fn decode_stand_alone(heaps: &Heaps<'_>, blob: u32) -> Result<StandAloneSig, ReadError> {
    decode_whole(heaps, blob, |decoder| match decoder.cursor.peek() {
        Some(0x07) => {
            decoder.cursor.skip(1)?;
            let count = decoder.cursor.compressed()?;
            decoder.types(count, 0).map(StandAloneSig::Locals)
        }
        Some(0x06) => {
            decoder.cursor.skip(1)?;
            decoder.ty(0).map(StandAloneSig::Field)
        }
        _ => decoder.method(0).map(StandAloneSig::Method),
    })
}

fn decode_whole<'a, T>(
    heaps: &Heaps<'a>,
    blob: u32,
    decode: impl FnOnce(&mut Decoder<'a>) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let mut decoder = Decoder { cursor: heaps.blob_cursor(blob)?, parts: 0 };
    let decoded = decode(&mut decoder)?;
    if !decoder.cursor.is_at_end() {
        return Err(decoder.cursor.error("end of the signature expected"));
    }
    Ok(decoded)
}

/// Decodes one type in the middle of another blob.
pub(super) fn decode_type_at(cursor: &mut Cursor<'_>) -> Result<TypeSig, ReadError> {
    let mut decoder = Decoder { cursor: *cursor, parts: 0 };
    let sig = decoder.ty(0)?;
    *cursor = decoder.cursor;
    Ok(sig)
}

struct Decoder<'a> {
    cursor: Cursor<'a>,
    /// Parts of the outermost type so far.
    parts: u32,
}

impl Decoder<'_> {
    fn header(&mut self, expected: u8, reason: &'static str) -> Result<(), ReadError> {
        if self.cursor.peek() != Some(expected) {
            return Err(self.cursor.error(reason));
        }
        self.cursor.skip(1)
    }

    fn method(&mut self, depth: u32) -> Result<MethodSig, ReadError> {
        let first = self.cursor.u8()?;
        let conv = match first & 0x0F {
            0x0 => CallConv::Default,
            0x1 => CallConv::C,
            0x2 => CallConv::StdCall,
            0x3 => CallConv::ThisCall,
            0x4 => CallConv::FastCall,
            0x5 => CallConv::VarArg,
            0x9 => CallConv::Unmanaged,
            0xB => CallConv::NativeVarArg,
            _ => return Err(self.cursor.error("calling convention of a method signature expected")),
        };
        let generic_params = if first & 0x10 != 0 { self.cursor.compressed()? } else { 0 };
        let count = self.cursor.compressed()?;
        let ret = self.ty(depth)?;
        let mut params = Vec::new();
        let mut sentinel = None;
        for index in 0..count as usize {
            if self.cursor.peek() == Some(element::SENTINEL) && sentinel.is_none() {
                self.cursor.skip(1)?;
                sentinel = Some(index);
            }
            // Mono's ilasm counts the sentinel as a parameter.
            if sentinel.is_some() && index + 1 == count as usize && self.cursor.is_at_end() {
                break;
            }
            params.push(self.ty(depth)?);
        }
        let (has_this, explicit_this) = (first & 0x20 != 0, first & 0x40 != 0);
        Ok(MethodSig { conv, has_this, explicit_this, generic_params, ret, params, sentinel })
    }

    /// `count` types; no memory is reserved for them, since the count is not yet known to be true.
    fn types(&mut self, count: u32, depth: u32) -> Result<Vec<TypeSig>, ReadError> {
        let mut types = Vec::new();
        for _ in 0..count {
            types.push(self.ty(depth)?);
        }
        Ok(types)
    }

    fn type_token(&mut self) -> Result<Token, ReadError> {
        let value = self.cursor.compressed()?;
        let token = CodedIndex::TypeDefOrRef.decode(value).filter(|token| !token.is_nil());
        token.ok_or_else(|| self.cursor.error("TypeDef, TypeRef or TypeSpec expected"))
    }

    fn boxed(&mut self, depth: u32) -> Result<Box<TypeSig>, ReadError> {
        self.ty(depth).map(Box::new)
    }

    fn ty(&mut self, depth: u32) -> Result<TypeSig, ReadError> {
        if depth > MAX_TYPE_DEPTH {
            return Err(self.cursor.error("types nested at most 64 deep expected"));
        }
        self.parts = if depth == 0 { 1 } else { self.parts + 1 };
        if self.parts > MAX_TYPE_PARTS {
            return Err(self.cursor.error("type of at most 2,000 parts expected"));
        }
        let deeper = depth + 1;
        Ok(match self.cursor.u8()? {
            element::VOID => TypeSig::Primitive(Primitive::Void),
            element::BOOLEAN => TypeSig::Primitive(Primitive::Boolean),
            element::CHAR => TypeSig::Primitive(Primitive::Char),
            element::I1 => TypeSig::Primitive(Primitive::I1),
            element::U1 => TypeSig::Primitive(Primitive::U1),
            element::I2 => TypeSig::Primitive(Primitive::I2),
            element::U2 => TypeSig::Primitive(Primitive::U2),
            element::I4 => TypeSig::Primitive(Primitive::I4),
            element::U4 => TypeSig::Primitive(Primitive::U4),
            element::I8 => TypeSig::Primitive(Primitive::I8),
            element::U8 => TypeSig::Primitive(Primitive::U8),
            element::R4 => TypeSig::Primitive(Primitive::R4),
            element::R8 => TypeSig::Primitive(Primitive::R8),
            element::STRING => TypeSig::String,
            element::PTR => TypeSig::Pointer(self.boxed(deeper)?),
            element::BYREF => TypeSig::ByRef(self.boxed(deeper)?),
            element::VALUETYPE => TypeSig::ValueType(self.type_token()?),
            element::CLASS => TypeSig::Class(self.type_token()?),
            element::VAR => TypeSig::Var(self.cursor.compressed()?),
            element::ARRAY => self.array(deeper)?,
            element::GENERICINST => self.generic_inst(deeper)?,
            element::TYPEDBYREF => TypeSig::TypedByRef,
            element::I => TypeSig::Primitive(Primitive::I),
            element::U => TypeSig::Primitive(Primitive::U),
            element::FNPTR => TypeSig::FnPtr(Rc::new(self.method(deeper)?)),
            element::OBJECT => TypeSig::Object,
            element::SZARRAY => TypeSig::SzArray(self.boxed(deeper)?),
            element::MVAR => TypeSig::MVar(self.cursor.compressed()?),
            modifier @ (element::CMOD_REQD | element::CMOD_OPT) => {
                let required = modifier == element::CMOD_REQD;
                let modifier = self.type_token()?;
                TypeSig::Modified { required, modifier, inner: self.boxed(deeper)? }
            }
            element::PINNED => TypeSig::Pinned(self.boxed(deeper)?),
            _ => return Err(self.cursor.error("element type expected")),
        })
    }

    fn array(&mut self, depth: u32) -> Result<TypeSig, ReadError> {
        let element = self.boxed(depth)?;
        let rank = self.cursor.compressed()?;
        let mut shape = ArrayShape { rank, sizes: Vec::new(), low_bounds: Vec::new() };
        for _ in 0..self.cursor.compressed()? {
            shape.sizes.push(self.cursor.compressed()?);
        }
        for _ in 0..self.cursor.compressed()? {
            shape.low_bounds.push(self.cursor.compressed_signed()?);
        }
        Ok(TypeSig::Array(element, Box::new(shape)))
    }

    fn generic_inst(&mut self, depth: u32) -> Result<TypeSig, ReadError> {
        let is_value_type = match self.cursor.u8()? {
            element::VALUETYPE => true,
            element::CLASS => false,
            _ => return Err(self.cursor.error("CLASS or VALUETYPE of a generic instance expected")),
        };
        let definition = self.type_token()?;
        if definition.table == TableId::TypeSpec {
            return Err(self.cursor.error("TypeDef or TypeRef of a generic instance expected"));
        }
        let count = self.cursor.compressed()?;
        let arguments = self.types(count, depth)?.into();
        Ok(TypeSig::GenericInst { is_value_type, definition, arguments })
    }
}
