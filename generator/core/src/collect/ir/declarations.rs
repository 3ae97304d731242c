//! What managed code says of native functions: for each P/Invoke and callback the function as C would declare it.
//!
//! Made only when asked for ([`Options::declarations`](crate::collect::Options::declarations)); everything else is
//! decided from the lowered [`Signature`] alone, and each declaration lowers to the one it carries.

use super::Linkage;
use clr_wasm_abi::{CScalar, Signature};
use thunkgen_diagnostics::Location;

/// Every declared native function, and the structs they name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declarations {
    /// P/Invokes kept by the filters, also those that contradict each other; by module, entry point, assembly, token.
    pub functions: Vec<Declaration>,
    /// Callbacks, by assembly and token.
    pub callbacks: Vec<Declaration>,
    /// Structs by value or behind pointers; [`NativeType::Struct`] is an index into them. In order of first mention.
    pub structs: Vec<Struct>,
    /// What function pointers point to; [`NativeType::Function`] has an index into them. In order of first mention.
    pub prototypes: Vec<Prototype>,
}

/// A native function that managed code calls, or a managed method that native code calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Module of a P/Invoke; empty for a callback.
    pub module: String,
    /// Entry point of a P/Invoke, exported name of a callback; `None` for a callback that is only passed by address.
    pub entry_point: Option<String>,
    /// How the symbol is found.
    pub linkage: Linkage,
    /// The assembly's file, as the user named it.
    pub path: String,
    /// Simple name of the assembly.
    pub assembly: String,
    /// Full name of the method: `Namespace.Outer+Inner.Method`.
    pub method: String,
    /// Metadata token of the method.
    pub token: u32,
    /// By which XML documentation files know the method: `M:Namespace.Outer.Method(System.Int32)`.
    pub documentation_id: String,
    /// The lowered signature.
    pub signature: Signature,
    /// What native code returns.
    pub ret: Param,
    /// What native code gets, in order: with what the marshaller adds to the declared parameters.
    pub params: Vec<Param>,
}

impl Declaration {
    /// Where problems with it are reported.
    pub fn location(&self) -> Location {
        Location::member(&self.path, &self.method, self.token).of_assembly(&self.assembly)
    }
}

/// The function that a function pointer points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prototype {
    /// The lowered signature.
    pub signature: Signature,
    /// What it returns.
    pub ret: Param,
    /// What it gets, in order; those of a C# function pointer have no names.
    pub params: Vec<Param>,
}

/// A parameter or result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Name in metadata, empty when it has none; `lcid` and `retval` for what the marshaller adds.
    pub name: String,
    /// The managed type as C# writes it.
    pub managed: String,
    /// What native code sees.
    pub native: NativeType,
}

/// A type in native code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NativeType {
    /// No value.
    Void,
    /// An integer.
    Integer(Integer),
    /// `float`
    Float,
    /// `double`
    Double,
    /// An enum, by its full name.
    Enum {
        /// Full name.
        name: String,
        /// What it is in C.
        underlying: Integer,
    },
    /// `T*`; whether native code writes through it is not known.
    Pointer(Box<NativeType>),
    /// `ref`, `in` or `out`, or an object of a class with layout: the address of one value.
    Reference {
        /// Type of the value.
        to: Box<NativeType>,
        /// Which way it is copied.
        direction: Direction,
    },
    /// An array: the address of its first element.
    Array(Box<NativeType>),
    /// A string: the address of its characters, which end with a zero.
    String {
        /// Bytes of a character: 1 for UTF-8, 2 for UTF-16.
        unit: u8,
        /// Native code may write into it (`StringBuilder`).
        writable: bool,
    },
    /// A function pointer.
    Function {
        /// Full name of the delegate if it is one.
        delegate: Option<String>,
        /// What it points to, an index into [`Declarations::prototypes`]; `None` where its types are not known.
        prototype: Option<usize>,
    },
    /// A `SafeHandle` or the like: a value of pointer size.
    Handle(String),
    /// A struct, by value where it stands in no pointer: an index into [`Declarations::structs`].
    Struct(usize),
    /// A vector of so many bytes: 16 in one wasm value, 32 and 64 in several.
    Vector(u32),
    /// A 128-bit integer in two 64-bit values.
    Wide {
        /// `Int128`, not `UInt128`.
        signed: bool,
    },
    /// So many values one after the other, as a field.
    Repeated {
        /// Each of them.
        element: Box<NativeType>,
        /// How many.
        count: u32,
    },
    /// A reference to a managed object that is not marshalled, by the name of its type: a value of pointer size.
    Object(String),
    /// Behind a pointer: a type of which only the name is known.
    Unknown(String),
}

impl NativeType {
    /// The scalar it is in C; `None` for structs, repeated values, nothing, and what is not known.
    pub fn scalar(&self) -> Option<CScalar> {
        Some(match self {
            NativeType::Void | NativeType::Struct(_) | NativeType::Repeated { .. } | NativeType::Unknown(_) => {
                return None;
            }
            NativeType::Integer(Integer { meaning: Meaning::Size, .. }) => CScalar::Pointer,
            NativeType::Integer(of) | NativeType::Enum { underlying: of, .. } => CScalar::Integer(of.bytes),
            NativeType::Float => CScalar::Float,
            NativeType::Double => CScalar::Double,
            NativeType::Vector(bytes) => CScalar::Vector(*bytes),
            NativeType::Wide { .. } => CScalar::Int128,
            NativeType::Pointer(_)
            | NativeType::Reference { .. }
            | NativeType::Array(_)
            | NativeType::String { .. }
            | NativeType::Function { .. }
            | NativeType::Handle(_)
            | NativeType::Object(_) => CScalar::Pointer,
        })
    }
}

/// An integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Integer {
    /// Size in bytes.
    pub bytes: u8,
    /// Takes negative values.
    pub signed: bool,
    /// What it is for.
    pub meaning: Meaning,
}

/// What an integer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meaning {
    /// A number.
    Number,
    /// A truth value: 1 byte like C's `bool`, or 4 like the BOOL of Windows.
    Bool,
    /// A character: 2 bytes of UTF-16, or 1.
    Char,
    /// `nint`, `nuint`: as wide as a pointer.
    Size,
}

/// Which way a value behind a reference is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Only to native code.
    In,
    /// Only from native code.
    Out,
    /// Both ways.
    Both,
}

/// A struct that native code sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struct {
    /// Full name in C#, with type arguments.
    pub name: String,
    /// By which XML documentation files know it: `T:Namespace.Outer.Name`. A field is `F:`, the same, `.` and its name.
    pub documentation_id: String,
    /// It has a layout of its own in native code, other than the managed one.
    pub is_marshalled: bool,
    /// Size in bytes.
    pub size: u32,
    /// Alignment in bytes.
    pub align: u32,
    /// In metadata order; `None` when only size and alignment are known.
    pub fields: Option<Vec<Field>>,
}

/// A field of a [`Struct`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name in metadata.
    pub name: String,
    /// Offset in bytes.
    pub offset: u32,
    /// Size in bytes.
    pub size: u32,
    /// Its type.
    pub ty: NativeType,
}

impl Struct {
    /// Fields share bytes, so that it is a union or holds some.
    pub fn overlaps(&self) -> bool {
        let mut ranges: Vec<(u32, u32)> =
            self.fields.iter().flatten().map(|field| (field.offset, field.offset.saturating_add(field.size))).collect();
        ranges.sort_unstable();
        ranges.windows(2).any(|pair| matches!(pair, [(_, end), (start, _)] if start < end))
    }
}
