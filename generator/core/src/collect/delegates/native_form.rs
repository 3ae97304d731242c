//! The function pointer type and the method that replace a delegate which managed code passes to native code.

use super::invoke;
use crate::collect::Collector;
use crate::collect::marshalling::Call;
use crate::collect::method_types::MethodTypes;
use clr_metadata::{MarshalDescriptor, Primitive, UnmanagedType};
use clr_wasm_abi::marshal::Position;
use clr_wasm_abi::types::{BadImage, DataFlow, Type, TypeDefId};
use clr_wasm_abi::{Marshaller, Native};

/// What to do, without a signature.
pub(super) const ADVICE: &str =
    "pass a function pointer (delegate* unmanaged) to a static method with UnmanagedCallersOnly";

/// What to do for `what`, a delegate of this type.
pub(super) fn advice(collector: &Collector<'_, '_>, delegate: TypeDefId, what: &str) -> Result<String, BadImage> {
    if collector.type_system.type_info(delegate)?.generic_params > 0 {
        return Ok(ADVICE.to_owned());
    }
    let Some(Ok(invoke)) = invoke(collector, delegate)? else { return Ok(ADVICE.to_owned()) };
    Ok(of_signature(collector, &invoke.types, &invoke.call, what))
}

/// The same for a signature.
pub(super) fn of_signature(collector: &Collector<'_, '_>, types: &MethodTypes, call: &Call, what: &str) -> String {
    let spell = |ty: &Type, given, position| spelled(collector, ty, given, position);
    let ret = spell(&types.ret, call.marshal.ret(), Position::Return);
    let params = types.params.iter().enumerate();
    let params: Vec<String> =
        params.map(|(index, ty)| spell(ty, call.marshal.param(index), Position::Param(DataFlow::In))).collect();
    let named = params.iter().enumerate().map(|(index, ty)| format!("{ty} p{}", index + 1));
    let named = named.collect::<Vec<_>>().join(", ");
    let pointer = params.iter().chain([&ret]).map(String::as_str).collect::<Vec<_>>().join(", ");
    format!("make {what} `delegate* unmanaged<{pointer}>`, for `[UnmanagedCallersOnly] static {ret} F({named})`")
}

/// The blittable type that native code sees, as C# writes it.
fn spelled(collector: &Collector<'_, '_>, ty: &Type, given: Option<MarshalDescriptor>, position: Position) -> String {
    let name = |ty: &Type| collector.type_system.type_name(ty);
    match Marshaller::new(&collector.layouts).value(ty, given, position) {
        // DateTime and the like.
        Ok(Native::Scalar(primitive @ (Primitive::R4 | Primitive::R8))) => primitive.keyword().to_owned(),
        // An enum is blittable under its own name.
        Ok(Native::Scalar(_)) if given.is_none() && matches!(ty, Type::Value(_)) => name(ty),
        Ok(Native::Scalar(primitive)) => primitive.keyword().to_owned(),
        Ok(Native::Pointer) => match ty {
            Type::Pointer(_) => name(ty),
            Type::ByRef(inner) => match &**inner {
                Type::Primitive(_) | Type::Value(_) | Type::Pointer(_) => {
                    format!("{}*", spelled(collector, inner, None, Position::Param(DataFlow::In)))
                }
                _ => "nint".to_owned(),
            },
            Type::String if given.is_some_and(|given| given.native == UnmanagedType::LPWStr) => "char*".to_owned(),
            Type::String => "byte*".to_owned(),
            _ => "nint".to_owned(),
        },
        _ => name(ty),
    }
}
