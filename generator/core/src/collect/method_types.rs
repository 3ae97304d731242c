//! From a method's metadata signature to its lowered form.

use super::marshalling::Call;
use clr_metadata::{MethodSig, Primitive, Token};
use clr_wasm_abi::marshal::Position;
use clr_wasm_abi::types::{AssemblyId, Type, TypeArguments};
use clr_wasm_abi::{
    LayoutEngine, LowerError, Lowered, Marshaller, Native, ParamToken, ReturnToken, Scalar, Signature, TokenSet,
};

/// Which part of a signature cannot be lowered, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SignatureError {
    /// Index of the parameter; `None` for the return.
    pub param: Option<usize>,
    pub error: LowerError,
}

impl SignatureError {
    /// Names the part at the start of a sentence.
    pub fn place(&self) -> String {
        match self.param {
            Some(index) => format!("parameter {}", index + 1),
            None => "the return type".to_owned(),
        }
    }
}

/// The types of a method, return first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MethodTypes {
    pub ret: Type,
    pub params: Vec<Type>,
}

impl MethodTypes {
    /// Resolves the types of a non-generic method of `assembly`; an explicit `this` is left out. `member` is the row that
    /// has the signature.
    pub fn resolve(
        layouts: &LayoutEngine<'_, '_>,
        assembly: AssemblyId,
        member: Token,
        sig: &MethodSig,
    ) -> Result<MethodTypes, SignatureError> {
        MethodTypes::resolve_with(layouts, assembly, member, sig, TypeArguments::default())
    }

    /// Resolves the types with generic variables replaced.
    pub fn resolve_with(
        layouts: &LayoutEngine<'_, '_>,
        assembly: AssemblyId,
        member: Token,
        sig: &MethodSig,
        arguments: TypeArguments<'_>,
    ) -> Result<MethodTypes, SignatureError> {
        let resolve = |param, sig: &_| {
            let resolved = layouts.type_system().instantiate(assembly, member, sig, arguments);
            resolved.map_err(|damaged| SignatureError { param, error: damaged.into() })
        };
        let declared = sig.params.iter().enumerate().skip(usize::from(sig.explicit_this));
        Ok(MethodTypes {
            ret: resolve(None, &sig.ret)?,
            params: declared.map(|(index, sig)| resolve(Some(index), sig)).collect::<Result<_, _>>()?,
        })
    }

    /// The unmanaged form: no `this`, no `p`.
    pub fn native(&self, layouts: &LayoutEngine<'_, '_>, tokens: TokenSet) -> Result<Signature, SignatureError> {
        Ok(Signature::native(self.ret_token(layouts)?, self.param_tokens(layouts, tokens)?))
    }

    /// The unmanaged form of a call that is marshalled.
    pub fn marshalled(
        &self,
        layouts: &LayoutEngine<'_, '_>,
        tokens: TokenSet,
        call: &Call,
    ) -> Result<Signature, SignatureError> {
        let marshaller = Marshaller::new(layouts);
        let position = if call.returns_hresult { Position::ReturnByPointer } else { Position::Return };
        let mut params = Vec::with_capacity(self.params.len());
        for (index, ty) in self.params.iter().enumerate() {
            let flow = call.marshal.flow(index, ty);
            let native = marshaller.value(ty, call.marshal.param(index), Position::Param(flow));
            let native = native.and_then(|native| self.check(call, Some(index)).map(|()| native));
            let lowered = native.and_then(|native| marshaller.lower(&native));
            params.extend(lowered.map_err(|error| SignatureError { param: Some(index), error })?.param(tokens));
        }
        if let Some(after) = call.lcid {
            if after > params.len() {
                let error =
                    LowerError::Marshalling("LCIDConversion names it, but there is none; correct the number".into());
                return Err(SignatureError { param: Some(after - 1), error });
            }
            params.insert(after, ParamToken::Scalar(Scalar::I32));
        }
        let native = marshaller.value(&self.ret, call.marshal.ret(), position);
        let native = native.and_then(|native| self.check(call, None).map(|()| native));
        let native = native.map_err(|error| SignatureError { param: None, error })?;
        if call.returns_hresult {
            if native != Native::Scalar(Primitive::Void) {
                params.push(ParamToken::Scalar(Scalar::I32));
            }
            return Ok(Signature::native(ReturnToken::Scalar(Scalar::I32), params));
        }
        let lowered = marshaller.lower(&native).map_err(|error| SignatureError { param: None, error })?;
        Ok(Signature::native(lowered.ret(), params))
    }

    /// What a `MarshalAs` names besides a native type: the parameter with the size of an array, and a custom marshaler.
    fn check(&self, call: &Call, param: Option<usize>) -> Result<(), LowerError> {
        if call.marshal.has_wrong_marshaler(param) {
            let message = "its CustomMarshaler is not a class that implements ICustomMarshaler; correct the type";
            return Err(LowerError::Marshalling(message.into()));
        }
        let given = param.and_then(|index| call.marshal.param(index));
        let Some(size) = given.and_then(|given| given.size_param) else { return Ok(()) };
        let ty = self.params.get(size as usize).map(|ty| if let Type::ByRef(inner) = ty { inner } else { ty });
        match ty {
            None | Some(Type::String | Type::Object | Type::Class(_) | Type::Array(_)) => {
                let message = "SizeParamIndex names no parameter with a number; correct it (the first parameter is 0)";
                Err(LowerError::Marshalling(message.into()))
            }
            Some(_) => Ok(()),
        }
    }

    /// The managed form.
    pub fn managed(
        &self,
        layouts: &LayoutEngine<'_, '_>,
        tokens: TokenSet,
        has_this: bool,
    ) -> Result<Signature, SignatureError> {
        Ok(Signature { has_this, managed: true, ..self.native(layouts, tokens)? })
    }

    /// The managed form of a method with a hidden generic context, and of a runtime-async method, which has a
    /// continuation.
    pub fn managed_hidden(
        &self,
        layouts: &LayoutEngine<'_, '_>,
        tokens: TokenSet,
        has_this: bool,
        (is_generic, is_async): (bool, bool),
    ) -> Result<Signature, SignatureError> {
        let mut signature = self.managed(layouts, tokens, has_this)?;
        signature.is_async = is_async && tokens == TokenSet::Current;
        // A context that no continuation follows has the same code as a first parameter.
        signature.has_generic_context = is_generic && signature.is_async;
        let is_first = [is_async && !signature.is_async, is_generic && !signature.has_generic_context];
        for _ in is_first.into_iter().filter(|is_first| *is_first) {
            signature.params.insert(0, ParamToken::Scalar(Scalar::I32));
        }
        Ok(signature)
    }

    fn ret_token(&self, layouts: &LayoutEngine<'_, '_>) -> Result<ReturnToken, SignatureError> {
        lower(layouts, None, &self.ret).map(Lowered::ret)
    }

    fn param_tokens(
        &self,
        layouts: &LayoutEngine<'_, '_>,
        tokens: TokenSet,
    ) -> Result<Vec<ParamToken>, SignatureError> {
        let mut params = Vec::with_capacity(self.params.len());
        for (index, ty) in self.params.iter().enumerate() {
            // No language can express a void parameter; it takes no value.
            params.extend(lower(layouts, Some(index), ty)?.param(tokens));
        }
        Ok(params)
    }
}

fn lower(layouts: &LayoutEngine<'_, '_>, param: Option<usize>, ty: &Type) -> Result<Lowered, SignatureError> {
    layouts.lower(ty).map_err(|error| SignatureError { param, error })
}
