//! Debug information (DWARF 5) of functions: parameters, results, layouts, names and lines, as compilers of C, C++, Rust
//! and Zig write it into objects and linked modules.
//!
//! Only the wanted functions are read, with the types that they use.

mod lower;
mod read;
mod types;

use std::collections::BTreeMap;
use std::rc::Rc;

pub(crate) use read::{DEBUG_INFO, Wanted, read};

use crate::FuncType;

/// Debug information of the functions of one object or module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DebugInfo {
    /// Defined functions, by index of the body in the code section.
    pub(crate) functions: BTreeMap<usize, DebugFunction>,
    /// Functions that are declared but not defined, by symbol.
    pub(crate) declared: BTreeMap<String, DebugFunction>,
    /// Structs, unions and enums with data; [`DebugType::Struct`] is an index into them.
    pub structs: Vec<DebugStruct>,
    /// Prototypes of function pointers; [`DebugType::Function`] is an index into them.
    pub prototypes: Vec<DebugPrototype>,
    /// Number of bytes of `.debug_info` that were read.
    pub bytes: usize,
}

/// The language of a function, by its compilation unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// C, and any language that is not listed.
    C,
    /// C++
    Cpp,
    /// Rust
    Rust,
    /// Zig
    Zig,
}

impl Language {
    /// Its name in messages.
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
    /// The path that the compiler was given, joined to the directory in which it ran.
    pub path: Rc<str>,
    /// Line, from 1; 0 if it is not known.
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
    /// Its parameters and result; `None` if they do not lower to the wasm type of the function.
    pub shape: Option<Shape>,
}

/// The type of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The wasm type; the address of a large result is the first parameter, that of variable arguments the last.
    pub ty: FuncType,
    /// The parameters, without variable ones.
    pub params: Vec<DebugParam>,
    /// The result, with an empty name.
    pub ret: DebugParam,
    /// It ends with `...`; the address of the variable arguments is the last parameter of `ty`.
    pub is_variadic: bool,
    /// Its language.
    pub language: Language,
}

/// A parameter or result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugParam {
    /// Its name; empty if it has none.
    pub name: String,
    /// The text of its type, in its language.
    pub written: String,
    /// Its type.
    pub ty: DebugType,
    /// Number of wasm parameters; for a result: 1 if it is returned, 0 if it is written to an address.
    pub values: usize,
    /// A struct by value that is passed by address.
    pub by_address: bool,
}

/// The prototype of a function pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugPrototype {
    /// Its type.
    pub shape: Shape,
    /// The name of the type, if it has the calling convention of Rust.
    pub rust_abi: Option<String>,
}

/// A type without aliases, qualifiers, and Rust's wrappers of pointers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DebugType {
    /// No value.
    Void,
    /// An integer of 1, 2, 4, 8 or 16 bytes, or a floating-point number of 16.
    Integer {
        /// Size in bytes.
        bytes: u8,
        /// Can be negative.
        signed: bool,
        /// Plain `char` of C, whose sign does not matter.
        is_char: bool,
        /// A type as wide as an address: `long` and `size_t` of C, `usize` of Rust and Zig.
        is_word: bool,
    },
    /// A boolean of one byte.
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
        /// Can be negative.
        signed: bool,
    },
    /// A struct, class, union or enum with data: an index into [`DebugInfo::structs`].
    Struct(usize),
    /// An array, as a field.
    Array {
        /// The type of an element.
        element: Box<DebugType>,
        /// Number of elements; 0 if it is not known.
        count: u32,
    },
    /// Any other type, and the targets of pointers in fields.
    Unknown,
}

/// A struct, class, union or enum with data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugStruct {
    /// Its name; empty if it has none.
    pub name: String,
    /// Where it is declared.
    pub place: Option<Place>,
    /// Its language.
    pub language: Language,
    /// Size, alignment and fields; `None` if only the name is known.
    pub layout: Option<Layout>,
}

/// The layout of a struct in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Size in bytes.
    pub size: u32,
    /// Alignment in bytes.
    pub align: u32,
    /// Which kind of type it is.
    pub kind: StructKind,
    /// Base classes and fields, in the order of their declaration; empty for an enum with data.
    pub fields: Vec<DebugField>,
    /// C++ passes it by address, whatever its size.
    pub by_reference: bool,
}

/// Which kind of type a [`DebugStruct`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StructKind {
    /// Fields one after the other.
    Struct,
    /// Fields at the same offset.
    Union,
    /// An enum with data: a tag, then the fields of a variant.
    TaggedUnion,
}

/// A field of a [`DebugStruct`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugField {
    /// Its name; a number in a tuple struct, empty for a base class.
    pub name: String,
    /// Offset in bytes; for a bit-field, the offset of the bytes that contain it.
    pub offset: u32,
    /// Size in bytes.
    pub size: u32,
    /// Its type.
    pub ty: DebugType,
    /// It is a bit-field.
    pub has_bits: bool,
}
