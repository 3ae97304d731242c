//! What a Rust source says of native functions, without `syn`.

use std::fmt;
use std::path::PathBuf;

use clr_wasm_file::FuncType;

/// A place in a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file: the path that was named, and below it with `/`.
    pub path: String,
    /// Line from 1; 0 for the file as a whole.
    pub line: u32,
    /// Column in characters from 1.
    pub column: u32,
}

/// As in a diagnostic: `src/lib.rs(3,5)`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.path),
            line => write!(f, "{}({line},{})", self.path, self.column),
        }
    }
}

/// A Rust source cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{place}: {why}")]
pub struct SourceError {
    /// Where.
    pub place: Place,
    /// What is wrong there.
    pub why: String,
}

/// The functions of a crate, or of a single file with the modules below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crate {
    /// Name of the library, as in `[lib] name`; that of a single file is its stem.
    pub name: String,
    /// Functions that native code sees by a name, by symbol and place.
    pub functions: Vec<Exported>,
    /// Functions of native code that the crate declares, by symbol and place.
    pub imports: Vec<Imported>,
    /// Functions that native code does not see by their name, by name and place: what was forgotten may be an attribute.
    pub hidden: Vec<Hidden>,
    /// Structs, unions and enums with data; [`RustType::Struct`] is an index into them.
    pub structs: Vec<Struct>,
    /// What function pointers point to; [`RustType::Function`] has an index into them.
    pub prototypes: Vec<Prototype>,
    /// Macros that are not expanded and may define functions, by place.
    pub unexpanded: Vec<Unexpanded>,
    /// Every file that was read, in the order of reading.
    pub files: Vec<PathBuf>,
}

/// A function that other code links to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Its symbol.
    pub symbol: String,
    /// Where its name stands.
    pub place: Place,
    /// The signature as written, on one line.
    pub text: String,
    /// It is there only under a condition (`cfg`) that only the build knows.
    pub is_conditional: bool,
    /// Its type.
    pub shape: Result<Shape, Unknown>,
}

/// A free function that other code does not link to by the name it has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hidden {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub place: Place,
    /// It is `extern "C"`.
    pub is_c: bool,
    /// The symbol that `#[export_name]` gives it; `None` without `#[no_mangle]` or `#[export_name]`.
    pub exported_as: Option<String>,
    /// An attribute of it that may export it by its name: that of a macro, or `#[export_name]` of a macro's text.
    pub attribute: Option<String>,
}

/// A function of an `extern` block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// `wasm_import_module` of the block; without one the linker decides.
    pub module: Option<String>,
    /// Its symbol.
    pub symbol: String,
    /// Where its name stands.
    pub place: Place,
    /// The signature as written, on one line.
    pub text: String,
    /// It is there only under a condition (`cfg`) that only the build knows.
    pub is_conditional: bool,
    /// Its type.
    pub shape: Result<Shape, Unknown>,
}

/// The type of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// In wasm; with the address of a large result first, and that of variable arguments last.
    pub ty: FuncType,
    /// The parameters as written.
    pub params: Vec<Param>,
    /// The result; its name is empty.
    pub ret: Param,
    /// It ends with `...`, the address of which is the last value of `ty`.
    pub is_variadic: bool,
}

/// A parameter or result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name; empty when the pattern has none.
    pub name: String,
    /// Its type as written.
    pub written: String,
    /// Its type.
    pub ty: RustType,
    /// How many parameters of the wasm type it takes; for a result: 1 if it is returned, 0 if written to an address.
    pub values: usize,
    /// A struct by value, of which the address is passed.
    pub by_address: bool,
}

/// What a function pointer points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prototype {
    /// The type as written, on one line.
    pub text: String,
    /// Its type.
    pub shape: Result<Shape, Unknown>,
}

/// A type with its aliases and transparent wrappers taken away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RustType {
    /// No value: `()`, `!`, and behind pointers `c_void`.
    Void,
    /// An integer of 1, 2, 4, 8 or 16 bytes, `NonZero` or atomic ones too.
    Integer {
        /// Size in bytes.
        bytes: u8,
        /// Takes negative values.
        signed: bool,
    },
    /// `bool`: one byte.
    Bool,
    /// `char`: a Unicode scalar value in 4 bytes.
    Char,
    /// `f32`
    Float,
    /// `f64`
    Double,
    /// `v128`
    Vector,
    /// An address: raw pointer, reference, `Box`, `NonNull`, and `Option` of those. What it points to may be unknown.
    Pointer(Box<RustType>),
    /// The address of a function, also in an `Option`: an index into [`Crate::prototypes`].
    Function(usize),
    /// An enum without data, of an integer.
    Enum {
        /// Its name.
        name: String,
        /// Size in bytes.
        bytes: u8,
        /// Takes negative values.
        signed: bool,
    },
    /// A struct, union or enum with data: an index into [`Crate::structs`].
    Struct(usize),
    /// An array, as a field.
    Array {
        /// Each of them.
        element: Box<RustType>,
        /// How many.
        count: u32,
    },
    /// Behind a pointer or in a struct of unknown layout: why it is not known.
    Unknown(String),
}

/// A struct, union or enum with data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struct {
    /// Its name with type arguments as resolved.
    pub name: String,
    /// Where its name stands.
    pub place: Place,
    /// Size, alignment and fields.
    pub layout: Result<Layout, Unknown>,
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
    /// In the order written; none for an enum with data.
    pub fields: Vec<Field>,
}

/// Which kind of type a [`Struct`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StructKind {
    /// Fields one after the other.
    Struct,
    /// Fields at the same place.
    Union,
    /// An enum with data: a tag, then the fields of a variant.
    TaggedUnion,
}

/// A field of a [`Struct`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name; a number in a tuple struct.
    pub name: String,
    /// Offset in bytes.
    pub offset: u32,
    /// Size in bytes.
    pub size: u32,
    /// Its type.
    pub ty: RustType,
}

/// What cannot be known without a compiler, or has no fixed form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{why}")]
pub struct Unknown {
    /// What causes it.
    pub place: Place,
    /// Which kind of cause.
    pub cause: Cause,
    /// The cause as a sentence about it, which fits after a colon.
    pub why: String,
}

/// Why a type is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A function without `extern "C"`, or with another ABI that C does not know.
    Abi,
    /// The function has type parameters or is `async`.
    Generic,
    /// The type has no form that is fixed: no `repr(C)`, slices, trait objects, tuples.
    NotFfiSafe,
    /// A type, constant or trait of another crate, or made by a macro.
    Elsewhere,
    /// Only the build knows which of several definitions is there.
    Conditional,
    /// It is invalid or beyond what is read: no such name, a type that contains itself, too deep, too large.
    Invalid,
}

/// A macro that is not expanded and may define functions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unexpanded {
    /// Where its name stands.
    pub place: Place,
    /// Its name: `foo!` or `#[foo]`.
    pub name: String,
}

/// Why a file is not there to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// There is no such file.
    Missing,
    /// It cannot be read; why.
    Other(String),
}
