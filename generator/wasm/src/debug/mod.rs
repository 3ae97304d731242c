//! What debug information (DWARF 5) says of functions: parameters, results, layouts, names and lines, as the compilers of
//! C, C++, Rust and Zig write it into objects and linked modules.
//!
//! Only the functions that are asked for are read, with the types that they mention.

mod lower;
mod read;
mod types;

use std::collections::BTreeMap;

pub(crate) use read::{DEBUG_INFO, Wanted, read};

use crate::FuncType;

/// What is known of the functions of one object or module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DebugInfo {
    /// By number of the body in the code section.
    pub(crate) functions: BTreeMap<usize, DebugFunction>,
    /// Functions of somewhere else, by symbol.
    pub(crate) declared: BTreeMap<String, DebugFunction>,
    /// Structs, unions and enums with data; [`DebugType::Struct`] is an index into them.
    pub structs: Vec<DebugStruct>,
    /// What function pointers point to; [`DebugType::Function`] has an index into them.
    pub prototypes: Vec<DebugPrototype>,
    /// Bytes of `.debug_info` that were read for it.
    pub bytes: usize,
}

/// The language of a function, by its compilation unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// C, and what is none of the others.
    C,
    /// C++
    Cpp,
    /// Rust
    Rust,
    /// Zig
    Zig,
}

impl Language {
    /// As in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Language::C => "C",
            Language::Cpp => "C++",
            Language::Rust => "Rust",
            Language::Zig => "Zig",
        }
    }
}

/// Where something is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as the compiler was given it, below the directory it ran in.
    pub path: String,
    /// Line from 1; 0 for the file as a whole.
    pub line: u64,
}

/// A function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugFunction {
    /// Its name in its language.
    pub name: String,
    /// Where it is declared.
    pub place: Option<Place>,
    /// Its language.
    pub language: Language,
    /// Its parameters and result; `None` where they do not come to the type that the function has in wasm.
    pub shape: Option<Shape>,
}

/// The type of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// In wasm; with the address of a large result first, and that of variable arguments last.
    pub ty: FuncType,
    /// The parameters, without variable ones.
    pub params: Vec<DebugParam>,
    /// The result; its name is empty.
    pub ret: DebugParam,
    /// It ends with `...`, the address of which is the last value of `ty`.
    pub is_variadic: bool,
    /// Its language.
    pub language: Language,
}

/// A parameter or result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugParam {
    /// Its name; empty when it has none.
    pub name: String,
    /// Its type as its language writes it.
    pub written: String,
    /// Its type.
    pub ty: DebugType,
    /// How many parameters of the wasm type it takes; for a result: 1 if it is returned, 0 if written to an address.
    pub values: usize,
    /// A struct by value, of which the address is passed.
    pub by_address: bool,
}

/// What a function pointer points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugPrototype {
    /// Its type.
    pub shape: Shape,
    /// A function with the calling convention of Rust, by its type's name.
    pub rust_abi: Option<String>,
}

/// A type without aliases, qualifiers, and the wrappers that Rust puts around pointers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DebugType {
    /// No value.
    Void,
    /// An integer of 1, 2, 4, 8 or 16 bytes, or a floating-point number of 16.
    Integer {
        /// Size in bytes.
        bytes: u8,
        /// Takes negative values.
        signed: bool,
        /// C's plain `char`, of which nobody thinks as signed.
        is_char: bool,
    },
    /// A truth value of one byte.
    Bool,
    /// 4 bytes.
    Float,
    /// 8 bytes.
    Double,
    /// A vector of 16 bytes.
    Vector,
    /// An address, or a reference.
    Pointer(Box<DebugType>),
    /// The address of a function: an index into [`DebugInfo::prototypes`].
    Function(usize),
    /// An enum without data.
    Enum {
        /// Its name.
        name: String,
        /// Size in bytes.
        bytes: u8,
        /// Takes negative values.
        signed: bool,
    },
    /// A struct, class, union or enum with data: an index into [`DebugInfo::structs`].
    Struct(usize),
    /// An array, as a field.
    Array {
        /// Each of them.
        element: Box<DebugType>,
        /// How many; 0 where the length is open.
        count: u32,
    },
    /// Anything else, and what lies behind pointers in fields.
    Unknown,
}

/// A struct, class, union or enum with data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugStruct {
    /// Its name; empty when it has none.
    pub name: String,
    /// Where it is declared.
    pub place: Option<Place>,
    /// Its language.
    pub language: Language,
    /// Size, alignment and fields; `None` where only the name is known.
    pub layout: Option<Layout>,
}

/// How a struct lies in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Size in bytes.
    pub size: u32,
    /// Alignment in bytes.
    pub align: u32,
    /// Which kind of type it is.
    pub kind: StructKind,
    /// Base classes and fields, in the order written; none of an enum with data.
    pub fields: Vec<DebugField>,
    /// C++ passes its address, whatever its size.
    pub by_reference: bool,
}

/// Which kind of type a [`DebugStruct`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StructKind {
    /// Fields one after the other.
    Struct,
    /// Fields at the same place.
    Union,
    /// An enum with data: a tag, then the fields of a variant.
    TaggedUnion,
}

/// A field of a [`DebugStruct`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugField {
    /// Its name; a number in a tuple struct, empty for a base class.
    pub name: String,
    /// Offset in bytes; of a field of bits, that of the bytes it is in.
    pub offset: u32,
    /// Size in bytes.
    pub size: u32,
    /// Its type.
    pub ty: DebugType,
    /// Takes some bits of its type only.
    pub has_bits: bool,
}
