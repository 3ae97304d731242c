//! Function types in messages: in C#, C and Rust syntax.

use clr_wasm_file::{FuncType, ValType};

use clr_wasm_abi::{FunctionType, Scalar};
use thunkgen_core::collect::ir::declarations::Declaration;
use thunkgen_rust_source::{RustType, Shape};

/// Maximum length in characters of a list of parameters in a message.
const MAX: usize = 90;

/// The scalar of a wasm type; `None` for references.
pub(super) fn scalar(ty: ValType) -> Option<Scalar> {
    Some(match ty {
        ValType::I32 => Scalar::I32,
        ValType::I64 => Scalar::I64,
        ValType::F32 => Scalar::F32,
        ValType::F64 => Scalar::F64,
        ValType::V128 => Scalar::V128,
        _ => return None,
    })
}

/// Whether a native function has the wasm type of a signature.
pub(super) fn is_same(ours: &FunctionType, theirs: &FuncType) -> bool {
    let params = theirs.params().iter().copied().map(scalar);
    let result = match theirs.results() {
        [] => None,
        [one] => match scalar(*one) {
            None => return false,
            some => some,
        },
        _ => return false,
    };
    ours.result == result && params.eq(ours.params.iter().copied().map(Some))
}

/// The language for the names of native types in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Terms {
    C,
    Rust,
}

/// Words for advice, by language.
pub(super) struct Advice {
    pub language: &'static str,
    pub int: &'static str,
    pub long: &'static str,
    pub size: &'static str,
    /// A note on the size of enums.
    pub enums: &'static str,
    /// A note on types that have fewer bits than a C# `long`.
    pub narrow: &'static str,
}

impl Terms {
    /// The name of a type.
    pub fn name(self, ty: Scalar) -> &'static str {
        match self {
            Terms::C => ty.c_name(),
            Terms::Rust => ty.wasm_name(),
        }
    }

    /// The name with its article.
    pub fn article(self, ty: Option<Scalar>) -> String {
        let Some(ty) = ty else { return "nothing".to_owned() };
        let is_vowel = self == Terms::Rust && ty != Scalar::V128 || matches!(ty, Scalar::I32 | Scalar::I64);
        format!("{} {}", if is_vowel { "an" } else { "a" }, self.name(ty))
    }

    pub fn advice(self) -> Advice {
        match self {
            Terms::C => Advice {
                language: "C",
                int: "int32_t",
                long: "int64_t",
                size: "intptr_t",
                enums: "C's enums have 32 bits",
                narrow: "C's long has 32 bits on wasm32",
            },
            Terms::Rust => Advice {
                language: "Rust",
                int: "i32",
                long: "i64",
                size: "isize",
                enums: "the Rust type has 32 bits",
                narrow: "isize and c_long have 32 bits on wasm32",
            },
        }
    }

    fn of(self, ty: ValType) -> &'static str {
        scalar(ty).map_or("a reference", |ty| self.name(ty))
    }

    fn join(self, result: Option<&str>, params: impl Iterator<Item = String>) -> String {
        match (self, result) {
            (Terms::C, result) => format!("{} ({})", result.unwrap_or("void"), list(params)),
            (Terms::Rust, None) => format!("fn({})", list(params)),
            (Terms::Rust, Some(result)) => format!("fn({}) -> {result}", list(params)),
        }
    }
}

/// `int32_t (float, int64_t)`
pub(super) fn native(ty: &FuncType, terms: Terms) -> String {
    let result = match ty.results() {
        [] => None,
        [one] => Some(terms.of(*one)),
        _ => Some("several values"),
    };
    terms.join(result, ty.params().iter().map(|ty| terms.of(*ty).to_owned()))
}

/// The lowered type of a declared function.
pub(super) fn lowered(ty: &FunctionType, terms: Terms) -> String {
    terms.join(ty.result.map(|ty| terms.name(ty)), ty.params.iter().map(|ty| terms.name(*ty).to_owned()))
}

/// `fn(x: f32, y: c_long) -> Color`
pub(super) fn written(shape: &Shape) -> String {
    let params = shape.params.iter().map(|param| match &*param.name {
        "" => param.written.clone(),
        name => format!("{name}: {}", param.written),
    });
    let result = Some(&*shape.ret.written).filter(|_| shape.ret.ty != RustType::Void);
    Terms::Rust.join(result, params.chain(shape.is_variadic.then(|| "...".to_owned())))
}

/// `int (float x, long y)`
pub(super) fn managed(declaration: &Declaration) -> String {
    let params = declaration.params.iter().map(|param| match &*param.name {
        "" => param.managed.clone(),
        name => format!("{} {name}", param.managed),
    });
    Terms::C.join(Some(&declaration.ret.managed), params)
}

fn list(params: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    for (index, param) in params.enumerate() {
        if text.chars().count() + param.chars().count() > MAX {
            text.push_str(if index == 0 { "..." } else { ", ..." });
            break;
        }
        if index > 0 {
            text.push_str(", ");
        }
        text.push_str(&param);
    }
    text
}
