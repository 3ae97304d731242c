//! Whether and how a native call is marshalled.

use super::method_types::{MethodTypes, SignatureError};
use super::{Collector, MethodRef};
use clr_metadata::columns::{impl_map, method_def};
use clr_metadata::{AttributeValue, TableId, Token};
use clr_wasm_abi::types::{AssemblyId, BadImage, KnownAttribute, MethodMarshal, Type, TypeSystem};
use clr_wasm_abi::{LayoutError, LowerError, Marshaller, Signature};
use thunkgen_diagnostics::catalogue;

/// MethodImplAttributes.PreserveSig
const PRESERVE_SIG: u32 = 0x80;

/// SupportsLastError of PInvokeAttributes.
const SUPPORTS_LAST_ERROR: u32 = 0x40;

/// CharSetMask of PInvokeAttributes, and CharSetUnicode. CharSetAuto is UTF-8 on every target.
const CHAR_SET: (u32, u32) = (0x6, 0x4);

/// The marshalling attributes of a native call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Call {
    /// `MarshalAs` of the parameters and the result.
    pub marshal: MethodMarshal,
    /// No PreserveSig: native code returns an HRESULT and writes the result through a last pointer.
    pub returns_hresult: bool,
    /// `LCIDConversion`: after this many parameters, native code receives the id of the current culture.
    pub lcid: Option<usize>,
    /// `SetLastError`, which does not change the signature.
    pub sets_last_error: bool,
    /// Strings without `MarshalAs` are UTF-16, not UTF-8.
    pub is_unicode: bool,
}

/// False for an assembly with `DisableRuntimeMarshallingAttribute`.
pub(super) fn has_marshalling(type_system: &TypeSystem<'_>, index: AssemblyId) -> Result<bool, BadImage> {
    let assembly = Token::new(TableId::Assembly, 1);
    Ok(type_system.attribute(index, assembly, KnownAttribute::DisableRuntimeMarshalling)?.is_none())
}

impl Collector<'_, '_> {
    /// False for an assembly with `DisableRuntimeMarshallingAttribute`.
    pub(super) fn has_marshalling(&self, index: AssemblyId) -> Result<bool, BadImage> {
        has_marshalling(self.type_system, index)
    }

    /// The marshalling of the P/Invoke of an ImplMap row.
    pub(super) fn pinvoke_call(&self, index: AssemblyId, impl_map: u32, method: u32) -> Result<Call, BadImage> {
        let tables = &self.assembly(index).module.tables;
        let damaged = TypeSystem::bad_image(index);
        let impl_flags = tables.cell(method_def::IMPL_FLAGS, method).map_err(&damaged)?;
        let mapping = tables.cell(impl_map::MAPPING_FLAGS, impl_map).map_err(&damaged)?;
        Ok(Call {
            returns_hresult: impl_flags & PRESERVE_SIG == 0,
            lcid: self.lcid_position(index, method)?,
            sets_last_error: mapping & SUPPORTS_LAST_ERROR != 0,
            is_unicode: mapping & CHAR_SET.0 == CHAR_SET.1,
            ..self.method_call(index, method)?
        })
    }

    /// The native signature of a P/Invoke or delegate. Where marshalling is disabled, it is that of the declared types;
    /// `None` if the runtime then refuses it, which is reported at `member`.
    pub(super) fn native_signature(
        &mut self,
        index: AssemblyId,
        member: Option<&MethodRef>,
        types: &MethodTypes,
        call: &Call,
    ) -> Result<Option<Result<Signature, SignatureError>>, BadImage> {
        let tokens = self.options.tokens;
        if self.has_marshalling(index)? {
            return Ok(Some(types.marshalled(&self.layouts, tokens, call)));
        }
        let Some(reason) = self.needs_marshalling(types, call)? else {
            return Ok(Some(types.native(&self.layouts, tokens)));
        };
        if let Some(member) = member {
            self.report_disabled(member, &reason);
        }
        Ok(None)
    }

    /// Reports a call that needs marshalling although it is disabled.
    pub(super) fn report_disabled(&mut self, member: &MethodRef, reason: &str) {
        let message = format!("the assembly has DisableRuntimeMarshalling, so the call throws: {reason}");
        self.report(&catalogue::MARSHALLING_DISABLED, member, message);
    }

    /// Why a call needs marshalling although it is disabled, and what to do.
    pub(super) fn needs_marshalling(&self, types: &MethodTypes, call: &Call) -> Result<Option<String>, BadImage> {
        if call.returns_hresult {
            return Ok(Some("a method without PreserveSig returns an HRESULT; return it yourself".into()));
        }
        if call.lcid.is_some() {
            return Ok(Some("LCIDConversion adds a parameter; add it yourself".into()));
        }
        if call.sets_last_error {
            let reason = "SetLastError is not supported; read the error in native code, or use LibraryImport";
            return Ok(Some(reason.into()));
        }
        let params = types.params.iter().enumerate().map(|(index, ty)| (format!("parameter {}", index + 1), ty));
        for (place, ty) in [("the return type".to_owned(), &types.ret)].into_iter().chain(params) {
            if let Some(what) = self.managed_kind(ty)? {
                return Ok(Some(format!("{place} is {what}; use a pointer or an unmanaged type")));
            }
        }
        Ok(None)
    }

    /// What a type is that cannot be passed without marshalling; `None` for unmanaged types.
    pub(super) fn managed_kind(&self, ty: &Type) -> Result<Option<String>, BadImage> {
        Ok(Some(match ty {
            Type::String => "a string".into(),
            Type::Object | Type::Class(_) => "an object reference".into(),
            Type::Array(_) => "an array".into(),
            Type::ByRef(_) => "a `ref`, which is a managed pointer".into(),
            Type::TypedReference => "a TypedReference".into(),
            Type::Value(named) => match Marshaller::new(&self.layouts).why_not_unmanaged(named) {
                Ok(Some(reason)) => format!("the struct `{}`, which {reason}", self.layouts.name(named)),
                Err(LowerError::Layout(LayoutError::BadImage(damaged))) => return Err(damaged),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        }))
    }

    /// The marshalling of a delegate's `Invoke` or a callback.
    pub(super) fn method_call(&self, index: AssemblyId, method: u32) -> Result<Call, BadImage> {
        Ok(Call { marshal: self.type_system.method_marshal(index, method)?, ..Call::default() })
    }

    fn lcid_position(&self, index: AssemblyId, method: u32) -> Result<Option<usize>, BadImage> {
        let method = Token::new(TableId::MethodDef, method);
        let Some(attribute) = self.type_system.attribute(index, method, KnownAttribute::LcidConversion)? else {
            return Ok(None);
        };
        Ok(match self.type_system.attribute_arguments(index, attribute.row)?.fixed.first() {
            Some(AttributeValue::Int(position)) => usize::try_from(*position).ok(),
            _ => None,
        })
    }
}
