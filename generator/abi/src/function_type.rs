//! The wasm function type of a signature.

use std::fmt;

use super::{ParamToken, ReturnToken, Scalar, Signature};

/// Most parameters a function type may have: the limit engines share (WebAssembly JavaScript interface, section
/// "Implementation-defined Limits").
pub const MAX_PARAMS: usize = 1000;

/// Parameters and result of a wasm function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionType {
    /// In order.
    pub params: Vec<Scalar>,
    /// Thunks and what they call have at most one result.
    pub result: Option<Scalar>,
}

impl FunctionType {
    /// The type of the functions with this signature.
    ///
    /// Native: `[buffer], args`; managed: `sp, [this], [buffer], [context], [continuation], args, entry point`.
    pub fn of(signature: &Signature) -> FunctionType {
        let mut params = Vec::with_capacity(signature.params.len() + 6);
        let pointers = [
            signature.managed,
            signature.has_this,
            matches!(signature.ret, ReturnToken::Struct(_)),
            signature.has_generic_context,
            signature.is_async,
        ];
        params.extend(pointers.into_iter().filter(|present| *present).map(|_| Scalar::I32));
        for param in &signature.params {
            match *param {
                ParamToken::Scalar(of) => params.push(of),
                ParamToken::MultiSlot(multi) => params.extend((0..multi.count()).map(|_| multi.element())),
                ParamToken::Struct { .. } => params.push(Scalar::I32),
                ParamToken::Empty => {}
            }
        }
        if signature.managed {
            params.push(Scalar::I32);
        }
        let result = match signature.ret {
            ReturnToken::Scalar(of) => Some(of),
            ReturnToken::Void | ReturnToken::Struct(_) => None,
        };
        FunctionType { params, result }
    }

    /// The type of every interpreter-to-native thunk: `(target, pArgs, pRet)`.
    pub fn interp_thunk() -> FunctionType {
        FunctionType { params: vec![Scalar::I32; 3], result: None }
    }
}

/// As in the text format, one word per value: `(i32, f64) -> v128`; no result is `()`.
impl fmt::Display for FunctionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (index, param) in self.params.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{}", param.wasm_name())?;
        }
        write!(f, ") -> {}", self.result.map_or("()", Scalar::wasm_name))
    }
}
