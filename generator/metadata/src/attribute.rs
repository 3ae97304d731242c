//! Custom attribute blobs (II.23.3): fixed arguments by the constructor's signature, then named ones.

use super::cursor::Cursor;
use super::element;
use super::error::ReadError;
use super::heaps::Heaps;
use super::primitive::Primitive;
use super::signature_blob::{MethodSig, TypeSig, decode_type_at};

/// Deepest nesting of boxed values and arrays.
const MAX_DEPTH: u32 = 16;

/// Size of enums in a blob: their values are written with the underlying type, which is known only after resolution.
pub trait EnumResolver {
    /// Underlying type of the enum a signature names; `None` when it is not an enum or cannot be resolved.
    fn of_sig(&self, sig: &TypeSig) -> Option<Primitive>;
    /// Underlying type of the enum with this reflection name (`Namespace.Outer+Inner[, Assembly...]`).
    fn of_name(&self, name: &str) -> Option<Primitive>;
    /// True when the signature names `System.Type`.
    fn is_system_type(&self, sig: &TypeSig) -> bool;
}

/// An argument of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum AttributeValue<'a> {
    /// `bool`
    Boolean(bool),
    /// `char`, a UTF-16 code unit.
    Char(u16),
    /// A signed integer or an enum over one.
    Int(i64),
    /// An unsigned integer or an enum over one.
    UInt(u64),
    /// `float`
    Float(f32),
    /// `double`
    Double(f64),
    /// `string`
    String(Option<&'a str>),
    /// `System.Type`, by its reflection name.
    Type(Option<&'a str>),
    /// An array; `None` for a null array.
    Array(Option<Vec<AttributeValue<'a>>>),
}

/// A field or property that the attribute sets.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NamedArgument<'a> {
    /// True for a field, false for a property.
    pub is_field: bool,
    /// Its name.
    pub name: &'a str,
    /// Its value.
    pub value: AttributeValue<'a>,
}

/// All arguments of an attribute.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct AttributeArguments<'a> {
    /// Constructor arguments.
    pub fixed: Vec<AttributeValue<'a>>,
    /// Fields and properties.
    pub named: Vec<NamedArgument<'a>>,
}

impl<'a> AttributeArguments<'a> {
    /// The value of a field or property.
    pub fn named(&self, name: &str) -> Option<&AttributeValue<'a>> {
        self.named.iter().find(|argument| argument.name == name).map(|argument| &argument.value)
    }
}

/// Decodes the blob of an attribute whose constructor has signature `constructor`.
pub fn decode_arguments<'a>(
    heaps: &Heaps<'a>,
    blob: u32,
    constructor: &MethodSig,
    enums: &dyn EnumResolver,
) -> Result<AttributeArguments<'a>, ReadError> {
    let mut cursor = heaps.blob_cursor(blob)?;
    if cursor.is_at_end() && constructor.params.is_empty() {
        return Ok(AttributeArguments::default()); // some compilers leave the blob of an argument-less attribute out
    }
    if cursor.u16()? != 1 {
        return Err(cursor.error("custom attribute prolog 0x0001 expected"));
    }
    let mut reader = ArgumentReader { cursor, enums };
    let mut arguments = AttributeArguments::default();
    for param in &constructor.params {
        let kind = reader.kind_of_sig(param.unmodified(), 0)?;
        arguments.fixed.push(reader.value(&kind, 0)?);
    }
    for _ in 0..reader.cursor.u16()? {
        let is_field = match reader.cursor.u8()? {
            element::FIELD => true,
            element::PROPERTY => false,
            _ => return Err(reader.cursor.error("FIELD or PROPERTY of a named argument expected")),
        };
        let kind = reader.kind(0)?;
        let name = reader.string()?.ok_or_else(|| reader.cursor.error("name of a named argument expected"))?;
        let value = reader.value(&kind, 0)?;
        arguments.named.push(NamedArgument { is_field, name, value });
    }
    if !reader.cursor.is_at_end() {
        return Err(reader.cursor.error("end of the custom attribute expected"));
    }
    Ok(arguments)
}

/// How a value is written.
#[derive(Clone, Debug)]
enum ArgumentType {
    Scalar(Primitive),
    String,
    Type,
    Boxed,
    Array(Box<ArgumentType>),
}

struct ArgumentReader<'a, 'e> {
    cursor: Cursor<'a>,
    enums: &'e dyn EnumResolver,
}

impl<'a> ArgumentReader<'a, '_> {
    fn kind_of_sig(&self, sig: &TypeSig, depth: u32) -> Result<ArgumentType, ReadError> {
        Ok(match sig {
            TypeSig::Primitive(primitive) if is_attribute_scalar(*primitive) => ArgumentType::Scalar(*primitive),
            TypeSig::String => ArgumentType::String,
            TypeSig::Object => ArgumentType::Boxed,
            TypeSig::SzArray(element) if depth < MAX_DEPTH => {
                ArgumentType::Array(Box::new(self.kind_of_sig(element.unmodified(), depth + 1)?))
            }
            TypeSig::Class(_) if self.enums.is_system_type(sig) => ArgumentType::Type,
            _ => match self.enums.of_sig(sig) {
                Some(underlying) => ArgumentType::Scalar(underlying),
                None => return Err(self.cursor.error("type of a custom attribute argument is not known")),
            },
        })
    }

    /// A kind as it is written before named and boxed values.
    fn kind(&mut self, depth: u32) -> Result<ArgumentType, ReadError> {
        if depth > MAX_DEPTH {
            return Err(self.cursor.error("custom attribute values nested at most 16 deep expected"));
        }
        Ok(match self.cursor.peek() {
            Some(element::TYPE) => {
                self.cursor.skip(1)?;
                ArgumentType::Type
            }
            Some(element::BOXED) => {
                self.cursor.skip(1)?;
                ArgumentType::Boxed
            }
            Some(element::ENUM) => {
                self.cursor.skip(1)?;
                let name = self.string()?.ok_or_else(|| self.cursor.error("name of an enum expected"))?;
                let underlying = self.enums.of_name(name);
                ArgumentType::Scalar(
                    underlying.ok_or_else(|| self.cursor.error("underlying type of an enum is not known"))?,
                )
            }
            Some(element::SZARRAY) => {
                self.cursor.skip(1)?;
                ArgumentType::Array(Box::new(self.kind(depth + 1)?))
            }
            _ => match decode_type_at(&mut self.cursor)? {
                TypeSig::Primitive(primitive) if is_attribute_scalar(primitive) => ArgumentType::Scalar(primitive),
                TypeSig::String => ArgumentType::String,
                _ => return Err(self.cursor.error("type of a custom attribute argument expected")),
            },
        })
    }

    fn value(&mut self, kind: &ArgumentType, depth: u32) -> Result<AttributeValue<'a>, ReadError> {
        Ok(match kind {
            ArgumentType::Scalar(primitive) => self.scalar(*primitive)?,
            ArgumentType::String => AttributeValue::String(self.string()?),
            ArgumentType::Type => AttributeValue::Type(self.string()?),
            ArgumentType::Boxed => {
                let kind = self.kind(depth + 1)?;
                self.value(&kind, depth + 1)?
            }
            ArgumentType::Array(element) => {
                let count = self.cursor.u32()?;
                if count == u32::MAX {
                    return Ok(AttributeValue::Array(None));
                }
                let mut values = Vec::new();
                for _ in 0..count {
                    values.push(self.value(element, depth + 1)?);
                }
                AttributeValue::Array(Some(values))
            }
        })
    }

    fn scalar(&mut self, primitive: Primitive) -> Result<AttributeValue<'a>, ReadError> {
        Ok(match primitive {
            Primitive::Boolean => AttributeValue::Boolean(self.cursor.u8()? != 0),
            Primitive::Char => AttributeValue::Char(self.cursor.u16()?),
            Primitive::I1 => AttributeValue::Int((self.cursor.u8()? as i8).into()),
            Primitive::U1 => AttributeValue::UInt(self.cursor.u8()?.into()),
            Primitive::I2 => AttributeValue::Int((self.cursor.u16()? as i16).into()),
            Primitive::U2 => AttributeValue::UInt(self.cursor.u16()?.into()),
            Primitive::I4 => AttributeValue::Int((self.cursor.u32()? as i32).into()),
            Primitive::U4 => AttributeValue::UInt(self.cursor.u32()?.into()),
            Primitive::I8 => AttributeValue::Int(self.cursor.u64()? as i64),
            Primitive::U8 => AttributeValue::UInt(self.cursor.u64()?),
            Primitive::R4 => AttributeValue::Float(f32::from_bits(self.cursor.u32()?)),
            Primitive::R8 => AttributeValue::Double(f64::from_bits(self.cursor.u64()?)),
            Primitive::Void | Primitive::I | Primitive::U => {
                return Err(self.cursor.error("type of a custom attribute argument expected"));
            }
        })
    }

    /// A counted UTF-8 string (SerString); 0xFF is null.
    fn string(&mut self) -> Result<Option<&'a str>, ReadError> {
        if self.cursor.peek() == Some(0xFF) {
            self.cursor.skip(1)?;
            return Ok(None);
        }
        let length = self.cursor.compressed()? as usize;
        let bytes = self.cursor.bytes(length)?;
        std::str::from_utf8(bytes).map(Some).map_err(|_| self.cursor.error("UTF-8 string expected"))
    }
}

fn is_attribute_scalar(primitive: Primitive) -> bool {
    !matches!(primitive, Primitive::Void | Primitive::I | Primitive::U)
}
