//! The text of function types, in C# and in native languages.

use clr_wasm_file::{DebugType, FuncType, Language, Shape, ValType};

use clr_wasm_abi::{FunctionType, Scalar};
use thunkgen_core::collect::ir::declarations::Declaration;

/// Longest list of parameters in a message, in characters.
const MAX: usize = 90;

/// The scalar of a signature with this wasm type.
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

/// Whether a native function has the type that a signature lowers to.
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

/// The language in which native types are written in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Terms(pub Language);

/// Names and advice of a language, for messages.
pub(super) struct Advice {
    pub language: &'static str,
    pub int: &'static str,
    pub long: &'static str,
    pub size: &'static str,
    /// For a C# enum of 64 bits: that native enums have 32.
    pub enums: &'static str,
    /// For a C# `long`: which native types have 32 bits.
    pub narrow: &'static str,
}

impl Terms {
    fn is_c(self) -> bool {
        matches!(self.0, Language::C | Language::Cpp)
    }

    /// The name of a type.
    pub fn name(self, ty: Scalar) -> &'static str {
        if self.is_c() { ty.c_name() } else { ty.wasm_name() }
    }

    /// The name with its article.
    pub fn article(self, ty: Option<Scalar>) -> String {
        let Some(ty) = ty else { return "nothing".to_owned() };
        let is_vowel = !self.is_c() && ty != Scalar::V128 || matches!(ty, Scalar::I32 | Scalar::I64);
        format!("{} {}", if is_vowel { "an" } else { "a" }, self.name(ty))
    }

    pub fn advice(self, is_unsigned: bool) -> Advice {
        let language = self.0.name();
        let of = |signed, unsigned| if is_unsigned { unsigned } else { signed };
        if self.is_c() {
            return Advice {
                language,
                int: of("int32_t", "uint32_t"),
                long: of("int64_t", "uint64_t"),
                size: of("intptr_t", "uintptr_t"),
                enums: "enums have 32 bits in C",
                narrow: of("long has 32 bits here in C", "unsigned long and size_t have 32 bits here in C"),
            };
        }
        Advice {
            language,
            int: of("i32", "u32"),
            long: of("i64", "u64"),
            size: of("isize", "usize"),
            enums: "the native type has 32 bits",
            narrow: of("isize and c_long have 32 bits here", "usize and c_ulong have 32 bits here"),
        }
    }

    fn of(self, ty: ValType) -> &'static str {
        scalar(ty).map_or("a reference", |ty| self.name(ty))
    }

    fn join(self, result: Option<&str>, params: impl Iterator<Item = String>) -> String {
        match (self.0, result) {
            (Language::Rust, None) => format!("fn({})", list(params)),
            (Language::Rust, Some(result)) => format!("fn({}) -> {result}", list(params)),
            (_, result) => format!("{} ({})", result.unwrap_or("void"), list(params)),
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

/// The type to which a declaration lowers, in the same form.
pub(super) fn lowered(ty: &FunctionType, terms: Terms) -> String {
    terms.join(ty.result.map(|ty| terms.name(ty)), ty.params.iter().map(|ty| terms.name(*ty).to_owned()))
}

/// `double (float x, long y)`, in Rust `fn(x: f32, y: i32) -> Color`
pub(super) fn written(shape: &Shape) -> String {
    let params = shape.params.iter().map(|param| match (&*param.name, shape.language) {
        ("", _) => param.written.clone(),
        (name, Language::Rust) => format!("{name}: {}", param.written),
        (name, _) => format!("{} {name}", param.written),
    });
    let result = Some(&*shape.ret.written).filter(|_| shape.ret.ty != DebugType::Void);
    Terms(shape.language).join(result, params.chain(shape.is_variadic.then(|| "...".to_owned())))
}

/// `int (float x, long y)`
pub(super) fn managed(declaration: &Declaration) -> String {
    let params = declaration.params.iter().map(|param| match &*param.name {
        "" => param.managed.clone(),
        name => format!("{} {name}", param.managed),
    });
    Terms(Language::C).join(Some(&declaration.ret.managed), params)
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
