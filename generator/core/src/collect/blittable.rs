//! Callbacks are never marshalled: their types must have the same layout in managed and native code.

use super::Collector;
use super::marshalling::Call;
use super::method_types::{MethodTypes, SignatureError};
use clr_metadata::{MarshalDescriptor, Primitive};
use clr_wasm_abi::marshal::Position;
use clr_wasm_abi::types::{DataFlow, Named, Type, TypeKind};
use clr_wasm_abi::{LayoutError, LowerError, Marshaller, Native};

/// Advice if runtime marshalling is enabled.
const DISABLE_MARSHALLING: &str = "use a blittable type, or put DisableRuntimeMarshallingAttribute on the assembly";

/// Advice if it is disabled.
const USE_UNMANAGED: &str = "use a pointer or another unmanaged type";

impl Collector<'_, '_> {
    /// Why the runtime refuses to call a callback with these types, and what to do; `None` if it calls it.
    pub(super) fn why_not_blittable(
        &self,
        types: &MethodTypes,
        call: &Call,
        has_marshalling: bool,
    ) -> Result<Option<String>, SignatureError> {
        let params = types.params.iter().enumerate().map(|(index, ty)| (Some(index), ty, call.marshal.param(index)));
        for (param, ty, given) in [(None, &types.ret, call.marshal.ret())].into_iter().chain(params) {
            let reason = if has_marshalling {
                self.why_marshalled(ty, given).map_err(|error| SignatureError { param, error })?
            } else {
                let kind = self.managed_kind(ty);
                let kind =
                    kind.map_err(|damaged| SignatureError { param, error: LayoutError::from(damaged).into() })?;
                kind.map(|kind| format!("it is {kind}"))
            };
            if let Some(reason) = reason {
                let place = param.map_or("the return type".to_owned(), |index| format!("parameter {}", index + 1));
                let advice = if has_marshalling { DISABLE_MARSHALLING } else { USE_UNMANAGED };
                return Ok(Some(format!("{place} is not blittable ({reason}); {advice}")));
            }
        }
        Ok(None)
    }

    fn is_generic_enum(&self, named: &Named) -> bool {
        !named.arguments.is_empty() && self.layouts.info(named).is_ok_and(|info| info.kind == TypeKind::Enum)
    }

    fn why_marshalled(&self, ty: &Type, given: Option<MarshalDescriptor>) -> Result<Option<String>, LowerError> {
        let fixed = |reason: &str| Ok(Some(reason.to_owned()));
        match ty {
            Type::Primitive(Primitive::Boolean) => fixed("bool is marshalled"),
            Type::Primitive(Primitive::Char) => fixed("char is marshalled"),
            Type::ByRef(_) => fixed("a ref parameter is a managed pointer"),
            Type::TypedReference => fixed("TypedReference contains a managed pointer"),
            Type::String | Type::Object | Type::Class(_) | Type::Array(_) => fixed("it is an object reference"),
            Type::TypeVariable(_) | Type::MethodVariable(_) => fixed("it is a type parameter"),
            _ if given.is_some() => fixed("it has a MarshalAs"),
            Type::Primitive(_) | Type::Pointer(_) | Type::FunctionPointer => Ok(None),
            Type::Value(named) => {
                let marshaller = Marshaller::new(&self.layouts);
                let name = self.layouts.name(named);
                Ok(match marshaller.value(ty, None, Position::Param(DataFlow::In)) {
                    Ok(Native::Same(_)) => None,
                    Ok(_) if self.is_generic_enum(named) => Some(format!("enum `{name}` is nested in a generic type")),
                    // An enum.
                    Ok(Native::Scalar(native)) if native != Primitive::R8 => None,
                    Ok(_) => {
                        Some(format!("struct `{name}` has auto layout, or contains a reference, bool, char or decimal"))
                    }
                    Err(LowerError::Marshalling(reason)) => {
                        Some(reason.split_once("; ").map_or(reason.clone(), |(what, _)| what.to_owned()))
                    }
                    // Lowering reports an unknown size.
                    Err(LowerError::Layout(LayoutError::BadImage(damaged))) => {
                        return Err(LayoutError::BadImage(damaged).into());
                    }
                    Err(_) => None,
                })
            }
        }
    }
}
