//! The kinds of types, in C# and in C.

use crate::corrupt::prng::Prng;

/// A wasm value type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Wasm {
    I32,
    I64,
    F32,
    F64,
}

impl Wasm {
    /// All of them.
    pub const ALL: [Wasm; 4] = [Wasm::I32, Wasm::I64, Wasm::F32, Wasm::F64];

    /// A C type of this value type.
    pub fn c_type(self) -> &'static str {
        match self {
            Wasm::I32 => "int",
            Wasm::I64 => "long long",
            Wasm::F32 => "float",
            Wasm::F64 => "double",
        }
    }

    /// A Rust type of this value type.
    pub fn rust_type(self) -> &'static str {
        match self {
            Wasm::I32 => "i32",
            Wasm::I64 => "i64",
            Wasm::F32 => "f32",
            Wasm::F64 => "f64",
        }
    }

    /// Another one.
    pub fn other(self, random: &mut Prng) -> Wasm {
        let others: Vec<Wasm> = Wasm::ALL.into_iter().filter(|other| *other != self).collect();
        *random.pick(&others)
    }
}

/// A type on both sides.
#[derive(Debug)]
pub struct Kind {
    /// In C#.
    pub csharp: &'static str,
    /// In C.
    pub c: &'static str,
    /// What it is passed as; an address for what is no single value.
    pub wasm: Wasm,
    /// A struct of one field that is no i32: by pointer it is another type.
    pub is_single: bool,
    /// A struct that goes by address.
    pub is_by_address: bool,
    /// It may be returned.
    pub is_result: bool,
}

const fn scalar(csharp: &'static str, c: &'static str, wasm: Wasm) -> Kind {
    Kind { csharp, c, wasm, is_single: false, is_by_address: false, is_result: true }
}

const fn single(csharp: &'static str, c: &'static str, wasm: Wasm) -> Kind {
    Kind { is_single: true, ..scalar(csharp, c, wasm) }
}

const fn by_address(csharp: &'static str, c: &'static str) -> Kind {
    Kind { is_by_address: true, ..scalar(csharp, c, Wasm::I32) }
}

/// Every kind. The structs and enums are written by [`super::csharp`] and [`super::library`].
pub const KINDS: [Kind; 33] = [
    scalar("sbyte", "signed char", Wasm::I32),
    scalar("byte", "unsigned char", Wasm::I32),
    scalar("short", "short", Wasm::I32),
    scalar("ushort", "unsigned short", Wasm::I32),
    scalar("int", "int", Wasm::I32),
    scalar("uint", "unsigned", Wasm::I32),
    scalar("long", "long long", Wasm::I64),
    scalar("ulong", "unsigned long long", Wasm::I64),
    scalar("nint", "long", Wasm::I32),
    scalar("nuint", "unsigned long", Wasm::I32),
    scalar("float", "float", Wasm::F32),
    scalar("double", "double", Wasm::F64),
    scalar("bool", "_Bool", Wasm::I32),
    scalar("char", "unsigned short", Wasm::I32),
    scalar("byte*", "char *", Wasm::I32),
    scalar("void*", "void *", Wasm::I32),
    scalar("Pair*", "Pair *", Wasm::I32),
    scalar("delegate* unmanaged<int, void>", "Callback", Wasm::I32),
    scalar("Small", "Small", Wasm::I32),
    scalar("Plain", "Plain", Wasm::I32),
    scalar("Big", "long long", Wasm::I64),
    scalar("OneInt", "OneInt", Wasm::I32),
    single("OneLong", "OneLong", Wasm::I64),
    single("OneFloat", "OneFloat", Wasm::F32),
    single("OneDouble", "OneDouble", Wasm::F64),
    single("Nested", "Nested", Wasm::F64),
    by_address("Pair", "Pair"),
    by_address("Mixed", "Mixed"),
    by_address("Bytes3", "Bytes3"),
    by_address("Union", "Union"),
    by_address("Buffer", "Buffer"),
    Kind { is_result: false, ..scalar("int*", "int *", Wasm::I32) },
    // With a space, so that it is another kind than `Pair*`.
    Kind { is_result: false, ..scalar("Pair *", "Pair *", Wasm::I32) },
];
