//! Which types are the same in managed and native code.

use super::Collector;
use crate::abi::LayoutError;
use crate::metadata::Primitive;
use crate::types::{Damaged, Type};

impl Collector<'_, '_> {
    /// Why a type of a callback is not blittable; `None` when it is.
    pub(super) fn why_not_blittable(&self, ty: &Type) -> Result<Option<String>, Damaged> {
        Ok(match ty {
            Type::Primitive(Primitive::Boolean) => Some("bool is marshalled".into()),
            Type::Primitive(Primitive::Char) => Some("char is marshalled".into()),
            Type::Primitive(_) | Type::Pointer(_) | Type::FunctionPointer => None,
            Type::Value(named) => match self.layouts.of(named) {
                Ok(layout) if layout.is_blittable => None,
                Ok(_) => {
                    let name = self.layouts.name(named);
                    Some(format!("struct `{name}` has auto layout, or a reference, bool or char inside"))
                }
                Err(LayoutError::Damaged(damaged)) => return Err(damaged),
                // A declared size says nothing of the fields; the user vouches for it.
                Err(_) => None,
            },
            Type::ByRef(_) => Some("a ref parameter is a managed pointer".into()),
            Type::TypedReference => Some("TypedReference holds a managed pointer".into()),
            Type::String | Type::Object | Type::Class(_) | Type::Array(_) => Some("it is an object reference".into()),
            Type::TypeVariable(_) | Type::MethodVariable(_) => Some("it is a type parameter".into()),
        })
    }
}
