//! What the C ABI of wasm32 passes (WebAssembly tool conventions, "Basic C ABI"): the one place that knows sizes and
//! alignments of scalars, and which types are passed by value, by address, or as a result through an address.
//!
//! A scalar is one wasm value, a 128-bit integer two. A struct that is nothing but one scalar, however deep, is passed as
//! that scalar ([`lower`]), any other struct by address. A result of several values, and a struct that is not a scalar, is
//! written to an address that comes before the parameters.
//!
//! Managed code, the marshaller's native layouts and C headers follow this rule. rustc agrees for structs, but looks at
//! what a type consists of ([`Content`]): a union of scalars of one kind and size is such a scalar too.

use super::signature_string::{MultiSlot, ParamToken, ReturnToken, Scalar, StructAlign};
use super::target::TokenSet;
use clr_metadata::Primitive;

/// What a type is at the ABI level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lowered {
    /// No value.
    Void,
    /// One wasm value.
    Scalar(Scalar),
    /// Several wasm values as a parameter, a return buffer as a return.
    MultiSlot(MultiSlot),
    /// Passed by address.
    Struct {
        /// Size in bytes.
        size: u32,
        /// ABI alignment in bytes.
        align: u32,
    },
}

/// ABI alignment in bytes above which a parameter's slots are 16-aligned.
pub(super) const SLOT_ALIGN: u32 = 8;

impl Lowered {
    /// The parameter token; `None` for void.
    pub fn param(self, tokens: TokenSet) -> Option<ParamToken> {
        let current = tokens == TokenSet::Current;
        Some(match self {
            Lowered::Void => return None,
            Lowered::Scalar(scalar) => ParamToken::Scalar(scalar),
            Lowered::MultiSlot(multi) if current => ParamToken::MultiSlot(multi),
            Lowered::MultiSlot(multi) => ParamToken::Struct { size: multi.size(), align: StructAlign::Slot },
            Lowered::Struct { size, align } if current && align > SLOT_ALIGN => {
                ParamToken::Struct { size, align: StructAlign::Sixteen }
            }
            Lowered::Struct { size, .. } => ParamToken::Struct { size, align: StructAlign::Slot },
        })
    }

    /// The return token.
    pub fn ret(self) -> ReturnToken {
        match self {
            Lowered::Void => ReturnToken::Void,
            Lowered::Scalar(scalar) => ReturnToken::Scalar(scalar),
            Lowered::MultiSlot(multi) => ReturnToken::Struct(multi.size()),
            Lowered::Struct { size, .. } => ReturnToken::Struct(size),
        }
    }
}

/// A scalar of C in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CScalar {
    /// An integer, truth value, character or enum of so many bytes.
    Integer(u8),
    /// An address, or an integer as wide as one.
    Pointer,
    /// `float`
    Float,
    /// `double`
    Double,
    /// `__int128`
    Int128,
    /// A vector of so many bytes: 16 are one wasm value, 32 and 64 several.
    Vector(u32),
}

impl CScalar {
    /// The scalar that a primitive is; `None` for void.
    pub fn of_primitive(primitive: Primitive) -> Option<CScalar> {
        Some(match primitive {
            Primitive::Void => return None,
            Primitive::Boolean | Primitive::I1 | Primitive::U1 => CScalar::Integer(1),
            Primitive::Char | Primitive::I2 | Primitive::U2 => CScalar::Integer(2),
            Primitive::I4 | Primitive::U4 => CScalar::Integer(4),
            Primitive::I8 | Primitive::U8 => CScalar::Integer(8),
            Primitive::R4 => CScalar::Float,
            Primitive::R8 => CScalar::Double,
            Primitive::I | Primitive::U => CScalar::Pointer,
        })
    }

    /// Size in bytes.
    pub fn size(self) -> u32 {
        match self {
            CScalar::Integer(bytes) => bytes.into(),
            CScalar::Pointer | CScalar::Float => 4,
            CScalar::Double => 8,
            CScalar::Int128 => 16,
            CScalar::Vector(bytes) => bytes,
        }
    }

    /// Alignment in bytes: the size. That of a 128-bit integer is 16 for clang and the runtime, but 8 or 16 for rustc,
    /// by its version: generated Rust has two of 64 bits instead.
    pub fn align(self) -> u32 {
        self.size().max(1)
    }

    /// How it is passed.
    pub fn lowered(self) -> Lowered {
        Lowered::Scalar(match self {
            CScalar::Integer(8) => Scalar::I64,
            CScalar::Integer(_) | CScalar::Pointer => Scalar::I32,
            CScalar::Float => Scalar::F32,
            CScalar::Double => Scalar::F64,
            CScalar::Int128 => return Lowered::MultiSlot(MultiSlot::L2),
            CScalar::Vector(32) => return Lowered::MultiSlot(MultiSlot::V2),
            CScalar::Vector(64) => return Lowered::MultiSlot(MultiSlot::V4),
            CScalar::Vector(_) => Scalar::V128,
        })
    }
}

/// A type as [`lower`] sees it, one level deep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outline<T> {
    /// It has no fields that matter.
    Value(Lowered),
    /// A struct.
    Struct {
        /// Size in bytes.
        size: u32,
        /// ABI alignment in bytes.
        align: u32,
        /// Its only field, where that has all of its bytes.
        only: Option<T>,
    },
}

/// Lowers a type: a struct with one field of its own size is what that field is, at any depth. Whatever else is inside, a
/// struct has the size and alignment of the outermost one.
pub fn lower<T, E>(mut ty: T, outline: impl Fn(&T) -> Result<Outline<T>, E>) -> Result<Lowered, E> {
    let mut outermost = None;
    loop {
        match outline(&ty)? {
            Outline::Value(lowered @ Lowered::Struct { .. }) => return Ok(outermost.unwrap_or(lowered)),
            Outline::Value(lowered) => return Ok(lowered),
            Outline::Struct { size, align, only } => {
                let by_address = *outermost.get_or_insert(Lowered::Struct { size, align });
                match only {
                    Some(field) => ty = field,
                    None => return Ok(by_address),
                }
            }
        }
    }
}

/// What a type consists of in memory, as rustc asks to find out whether it is one scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// No bytes.
    Nothing,
    /// So many bytes of scalars of one kind and size.
    Alike(CScalar, u32),
    /// Anything else, padding among it.
    Mixed,
}

impl Content {
    /// Bytes that are no field's.
    pub fn bytes(size: u32) -> Content {
        Content::several(CScalar::Integer(1), size)
    }

    /// So many scalars one after the other.
    pub fn several(scalar: CScalar, count: u32) -> Content {
        let unit = if scalar == CScalar::Pointer { CScalar::Integer(4) } else { scalar };
        Content::Alike(unit, unit.size()).times(count)
    }

    /// So many times the same.
    pub fn times(self, count: u32) -> Content {
        match self {
            _ if count == 0 => Content::Nothing,
            Content::Alike(scalar, size) => Content::Alike(scalar, size.saturating_mul(count)),
            other => other,
        }
    }

    /// Behind each other.
    pub fn then(self, next: Content) -> Content {
        self.with(next, u32::saturating_add)
    }

    /// In the same place.
    pub fn or(self, other: Content) -> Content {
        self.with(other, u32::max)
    }

    fn with(self, other: Content, size: fn(u32, u32) -> u32) -> Content {
        match (self, other) {
            (Content::Nothing, content) | (content, Content::Nothing) => content,
            (Content::Alike(a, first), Content::Alike(b, second)) if a == b => Content::Alike(a, size(first, second)),
            _ => Content::Mixed,
        }
    }

    /// How a struct of this content is passed.
    pub fn lowered(self, size: u32, align: u32) -> Lowered {
        match self {
            Content::Alike(scalar, all) if all == scalar.size() && all == size => scalar.lowered(),
            _ => Lowered::Struct { size, align },
        }
    }
}

/// How native code has to declare a parameter or result, so that it is passed as the signature says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crossing {
    /// As its own type.
    AsIs,
    /// By address, which the compiler would not do on its own; a result by a parameter before the others.
    ByAddress,
    /// As this value, of which it has the first bytes.
    As(Scalar),
    /// As several values.
    AsSeveral(MultiSlot),
    /// Not at all.
    Nothing,
}

impl Crossing {
    /// How a parameter crosses that the compiler would pass like `own`.
    pub fn of_param(own: Lowered, token: ParamToken) -> Crossing {
        match (token, own) {
            (ParamToken::Scalar(scalar), Lowered::Scalar(value)) if value == scalar => Crossing::AsIs,
            (ParamToken::Scalar(scalar), _) => Crossing::As(scalar),
            (ParamToken::MultiSlot(multi), Lowered::MultiSlot(values)) if values == multi => Crossing::AsIs,
            (ParamToken::MultiSlot(multi), _) => Crossing::AsSeveral(multi),
            (ParamToken::Struct { .. }, Lowered::Struct { .. }) => Crossing::AsIs,
            (ParamToken::Struct { .. }, _) => Crossing::ByAddress,
            (ParamToken::Empty, _) => Crossing::Nothing,
        }
    }

    /// How a result crosses that the compiler would return like `own`. Several values go by address anyway.
    pub fn of_result(own: Lowered, token: ReturnToken) -> Crossing {
        match (token, own) {
            (ReturnToken::Void, Lowered::Void) => Crossing::AsIs,
            (ReturnToken::Void, _) => Crossing::Nothing,
            (ReturnToken::Scalar(scalar), Lowered::Scalar(value)) if value == scalar => Crossing::AsIs,
            (ReturnToken::Scalar(scalar), _) => Crossing::As(scalar),
            (ReturnToken::Struct(_), Lowered::Struct { .. } | Lowered::MultiSlot(_)) => Crossing::AsIs,
            (ReturnToken::Struct(_), _) => Crossing::ByAddress,
        }
    }
}
