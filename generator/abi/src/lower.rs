//! Lowering of types to the tokens of a signature string.

use super::basic_c_abi::{self, CScalar, Lowered, Outline, SLOT_ALIGN};
use super::layout::special::{Intrinsic, as_primitive};
use super::layout::{LayoutEngine, LayoutError};
use super::signature_string::{MultiSlot, Scalar};
use crate::types::{BadImage, Named, Type, TypeInfo, TypeKind};
use clr_metadata::Primitive;

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

impl From<BadImage> for LowerError {
    fn from(damaged: BadImage) -> LowerError {
        LowerError::Layout(damaged.into())
    }
}

impl LayoutEngine<'_, '_> {
    /// Lowers a type by the rule of the C ABI, which CoreCLR follows.
    pub fn lower(&self, ty: &Type) -> Result<Lowered, LowerError> {
        basic_c_abi::lower(ty.clone(), |ty| self.outline(ty))
    }

    fn outline(&self, ty: &Type) -> Result<Outline<Type>, LowerError> {
        let named = match ty {
            Type::Primitive(primitive) => return Ok(Outline::Value(lower_primitive(*primitive))),
            Type::String | Type::Object | Type::Class(_) | Type::Array(_) => return Ok(POINTER),
            Type::Pointer(_) | Type::ByRef(_) | Type::FunctionPointer => return Ok(POINTER),
            Type::TypedReference => {
                let pointer = self.target().pointer_size;
                return Ok(Outline::Struct { size: 2 * pointer, align: pointer, only: None });
            }
            Type::TypeVariable(_) | Type::MethodVariable(_) => return Err(LowerError::OpenParameter),
            Type::Value(named) => named,
        };
        if let Some(primitive) = as_primitive(self, named) {
            return Ok(Outline::Value(lower_primitive(primitive)));
        }
        if let Some(declared) = self.declared(named) {
            let align = declared.align.unwrap_or(SLOT_ALIGN);
            return Ok(Outline::Struct { size: declared.size, align, only: None });
        }
        let info = self.info(named)?;
        if matches!(info.kind, TypeKind::Class | TypeKind::Delegate) {
            return Ok(POINTER);
        }
        let layout = self.of(named)?;
        if self.is_v128(named, &info, layout.size) {
            return Ok(Outline::Value(Lowered::Scalar(Scalar::V128)));
        }
        if let Some(multi) = self.multi_slot(named, &info, layout.size, layout.align) {
            return Ok(Outline::Value(Lowered::MultiSlot(multi)));
        }
        let only = match &*self.field_types(named, &info)? {
            [field] if self.size(field)? == layout.size => Some(field.clone()),
            _ => None,
        };
        Ok(Outline::Struct { size: layout.size, align: layout.abi_align, only })
    }

    /// Bytes of a field's type.
    fn size(&self, ty: &Type) -> Result<u32, LowerError> {
        let pointer = self.target().pointer_size;
        let primitive = match ty {
            Type::Primitive(primitive) => Some(*primitive),
            Type::Value(named) => as_primitive(self, named),
            _ => None,
        };
        match (ty, primitive) {
            (_, Some(primitive)) => Ok(self.target().primitive(primitive).map_or(0, |(size, _)| size)),
            (Type::Value(named), None) => match self.declared(named) {
                Some(declared) => Ok(declared.size),
                None => match self.info(named)?.kind {
                    TypeKind::Class | TypeKind::Delegate => Ok(pointer),
                    _ => Ok(self.of(named)?.size),
                },
            },
            (Type::TypedReference, None) => Ok(2 * pointer),
            _ => Ok(pointer),
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

const POINTER: Outline<Type> = Outline::Value(Lowered::Scalar(Scalar::I32));

fn lower_primitive(primitive: Primitive) -> Lowered {
    CScalar::of_primitive(primitive).map_or(Lowered::Void, CScalar::lowered)
}
