//! C types of tokens on wasm32, such that clang's C ABI gives each the wasm parameters the token stands for.

use clr_wasm_abi::{ParamToken, ReturnToken, Scalar, Signature};

/// The C parameters a token stands for: none for `e`, several for a multi-slot value. A struct is `by_reference`.
pub fn params(token: ParamToken, by_reference: &'static str) -> impl Iterator<Item = &'static str> {
    let (name, count) = match token {
        ParamToken::Scalar(of) => (of.c_name(), 1),
        ParamToken::MultiSlot(multi) => (multi.element().c_name(), multi.count()),
        ParamToken::Struct { .. } => (by_reference, 1),
        ParamToken::Empty => ("", 0),
    };
    (0..count).map(move |_| name)
}

/// The C result. A struct is written through a buffer: generated code declares no function that returns one, since
/// clang returns a struct of one scalar field in a register.
pub fn result(token: ReturnToken) -> &'static str {
    match token {
        ReturnToken::Scalar(of) => of.c_name(),
        ReturnToken::Void | ReturnToken::Struct(_) => "void",
    }
}

/// True when a signature needs the `v128_t` type.
pub fn uses_simd(signature: &Signature) -> bool {
    let in_params = signature.params.iter().any(|token| match token {
        ParamToken::Scalar(of) => *of == Scalar::V128,
        ParamToken::MultiSlot(multi) => multi.element() == Scalar::V128,
        ParamToken::Struct { .. } | ParamToken::Empty => false,
    });
    in_params || signature.ret == ReturnToken::Scalar(Scalar::V128)
}
