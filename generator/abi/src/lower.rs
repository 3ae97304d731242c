//! Lowering of types to the tokens of a signature string.

use super::layout::special::{Intrinsic, as_primitive};
use super::layout::{LayoutError, Layouts};
use super::signature::{MultiSlot, ParamToken, ReturnToken, Scalar, StructAlign};
use super::target::TokenSet;
use crate::types::{Named, Type, TypeInfo, TypeKind};
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

/// Why a type has no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LowerError {
    /// Its layout is unknown or invalid.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// An open generic parameter.
    #[error("it is a type parameter of a generic type or method")]
    OpenParameter,
    /// The runtime does not marshal it; the reason, and what to do.
    #[error("{0}")]
    Marshalling(String),
}

/// ABI alignment in bytes above which a parameter's slots are 16-aligned.
const SLOT_ALIGN: u32 = 8;

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

impl Layouts<'_, '_> {
    /// Lowers a type. A struct with one field of its own size is what that field is, at any depth.
    pub fn lower(&self, ty: &Type) -> Result<Lowered, LowerError> {
        let named = match self.lower_simple(ty) {
            Some(lowered) => return lowered,
            None => ty,
        };
        let mut ty = named.clone();
        let mut outermost = None;
        while let Type::Value(named) = &ty {
            if let Some(declared) = self.declared(named) {
                let declared = Lowered::Struct { size: declared.size, align: declared.align.unwrap_or(SLOT_ALIGN) };
                return Ok(outermost.unwrap_or(declared));
            }
            let info = self.info(named)?;
            if matches!(info.kind, TypeKind::Class | TypeKind::Delegate) {
                return Ok(Lowered::Scalar(Scalar::I32));
            }
            let layout = self.of(named)?;
            let indirect = *outermost.get_or_insert(Lowered::Struct { size: layout.size, align: layout.abi_align });
            let Lowered::Struct { size, .. } = indirect else { break };
            if layout.size != size {
                return Ok(indirect);
            }
            if self.is_v128(named, &info, layout.size) {
                return Ok(Lowered::Scalar(Scalar::V128));
            }
            if let Some(multi) = self.multi_slot(named, &info, layout.size, layout.align) {
                return Ok(Lowered::MultiSlot(multi));
            }
            let mut fields = self.field_types(named, &info)?;
            let Some(field) = fields.pop().filter(|_| fields.is_empty()) else { return Ok(indirect) };
            match self.lower_simple(&field) {
                Some(Ok(Lowered::Struct { .. })) => return Ok(indirect),
                Some(lowered) => {
                    return if self.simple_size(&field) == Some(size) { lowered } else { Ok(indirect) };
                }
                None => ty = field,
            }
        }
        Ok(outermost.unwrap_or(Lowered::Void))
    }

    /// Lowers everything but structs and enums, which need a layout.
    fn lower_simple(&self, ty: &Type) -> Option<Result<Lowered, LowerError>> {
        let scalar = |scalar| Some(Ok(Lowered::Scalar(scalar)));
        match ty {
            Type::Primitive(primitive) => Some(Ok(lower_primitive(*primitive))),
            Type::String | Type::Object | Type::Class(_) | Type::Array(_) => scalar(Scalar::I32),
            Type::Pointer(_) | Type::ByRef(_) | Type::FunctionPointer => scalar(Scalar::I32),
            Type::TypedReference => {
                let pointer = self.target().pointer_size;
                Some(Ok(Lowered::Struct { size: 2 * pointer, align: pointer }))
            }
            Type::TypeVariable(_) | Type::MethodVariable(_) => Some(Err(LowerError::OpenParameter)),
            Type::Value(named) => as_primitive(self, named).map(|primitive| Ok(lower_primitive(primitive))),
        }
    }

    fn simple_size(&self, ty: &Type) -> Option<u32> {
        let primitive = match ty {
            Type::Primitive(primitive) => Some(*primitive),
            Type::Value(named) => as_primitive(self, named),
            _ => None,
        };
        match primitive {
            Some(primitive) => self.target().primitive(primitive).map(|(size, _)| size),
            None => Some(self.target().pointer_size),
        }
    }

    /// `Vector128<T>`, and `Vector<T>` of that size, over a numeric primitive.
    fn is_v128(&self, named: &Named, info: &TypeInfo<'_>, size: u32) -> bool {
        matches!(self.intrinsic(info), Some(Intrinsic::Vector(16) | Intrinsic::VectorT))
            && size == 16
            && self.has_numeric_argument(named)
    }

    fn has_numeric_argument(&self, named: &Named) -> bool {
        let [argument] = &*named.arguments else { return false };
        let primitive = match argument {
            Type::Primitive(primitive) => Some(*primitive),
            Type::Value(named) => as_primitive(self, named),
            _ => None,
        };
        !matches!(primitive, None | Some(Primitive::Void | Primitive::Boolean | Primitive::Char))
    }

    /// A CoreLib type that is passed in several wasm values: its alignment is its size, which is more than a slot's.
    fn multi_slot(&self, named: &Named, info: &TypeInfo<'_>, size: u32, align: u32) -> Option<MultiSlot> {
        let multi = match self.intrinsic(info)? {
            Intrinsic::Int128 | Intrinsic::Decimal128 => MultiSlot::L2,
            Intrinsic::Vector(32) if self.has_numeric_argument(named) => MultiSlot::V2,
            Intrinsic::Vector(64) if self.has_numeric_argument(named) => MultiSlot::V4,
            _ => return None,
        };
        (multi.size() == size && align == size).then_some(multi)
    }
}

fn lower_primitive(primitive: Primitive) -> Lowered {
    Lowered::Scalar(match primitive {
        Primitive::Void => return Lowered::Void,
        Primitive::I8 | Primitive::U8 => Scalar::I64,
        Primitive::R4 => Scalar::F32,
        Primitive::R8 => Scalar::F64,
        Primitive::Boolean
        | Primitive::Char
        | Primitive::I1
        | Primitive::U1
        | Primitive::I2
        | Primitive::U2
        | Primitive::I4
        | Primitive::U4
        | Primitive::I
        | Primitive::U => Scalar::I32,
    })
}
