//! The native functions that managed code declares: for each P/Invoke and callback, the function as C would declare it.
//!
//! Collected only on request ([`Options::declarations`](crate::collect::Options::declarations)); everything else is
//! decided from the lowered [`Signature`], which each declaration contains.

use super::Linkage;
use clr_wasm_abi::{CScalar, Signature};
use thunkgen_diagnostics::Location;

/// Every declared native function, and the structs and prototypes they use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declarations {
    /// P/Invokes kept by the filters, including contradictory ones; by module, entry point, assembly, token.
    pub functions: Vec<Declaration>,
    /// Callbacks, by assembly and token.
    pub callbacks: Vec<Declaration>,
    /// Structs by value or through pointers, in order of first use; [`NativeType::Struct`] is an index into them.
    pub structs: Vec<Struct>,
    /// Prototypes of function pointers, in order of first use; [`NativeType::Function`] has an index into them.
    pub prototypes: Vec<Prototype>,
}

/// A native function that managed code calls, or a managed method that native code calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Module of a P/Invoke; empty for a callback.
    pub module: String,
    /// Entry point of a P/Invoke, exported name of a callback; `None` for a callback that is only passed by address.
    pub entry_point: Option<String>,
    /// How the linker finds the symbol.
    pub linkage: Linkage,
    /// The assembly's file, as the user named it.
    pub path: String,
    /// Simple name of the assembly.
    pub assembly: String,
    /// Full name of the method: `Namespace.Outer+Inner.Method`.
    pub method: String,
    /// Metadata token of the method.
    pub token: u32,
    /// Documentation id of the method: `M:Namespace.Outer.Method(System.Int32)`.
    pub documentation_id: String,
    /// The lowered signature.
    pub signature: Signature,
    /// Type that native code returns.
    pub ret: Param,
    /// Parameters of the native function in order, including those that the marshaller adds.
    pub params: Vec<Param>,
}

impl Declaration {
    /// The location for diagnostics.
    pub fn location(&self) -> Location {
        Location::member(&self.path, &self.method, self.token).of_assembly(&self.assembly)
    }
}

/// The function that a function pointer points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prototype {
    /// The lowered signature.
    pub signature: Signature,
    /// Type of the result.
    pub ret: Param,
    /// Parameters in order; those of a C# function pointer have no names.
    pub params: Vec<Param>,
}

/// A parameter or result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Name in metadata, empty if it has none; `lcid` and `retval` for parameters that the marshaller adds.
    pub name: String,
    /// The managed type in C# syntax.
    pub managed: String,
    /// The native type.
    pub native: NativeType,
}

/// A type in native code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NativeType {
    /// `void`
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
        /// The integer type in C.
        underlying: Integer,
    },
    /// `T*`; it is unknown whether native code writes through it.
    Pointer(Box<NativeType>),
    /// `ref`, `in` or `out`, or an object of a class with layout: the address of one value.
    Reference {
        /// Type of the value.
        to: Box<NativeType>,
        /// In which direction it is copied.
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
        /// Its prototype, an index into [`Declarations::prototypes`]; `None` if the types are unknown.
        prototype: Option<usize>,
    },
    /// A `SafeHandle` or similar: a value of pointer size.
    Handle(String),
    /// A struct, by value unless it is inside a pointer: an index into [`Declarations::structs`].
    Struct(usize),
    /// A vector of this many bytes: 16 in one wasm value, 32 and 64 in several.
    Vector(u32),
    /// A 128-bit integer in two 64-bit values.
    Wide {
        /// `Int128`, not `UInt128`.
        signed: bool,
    },
    /// A field of several values of one type.
    Repeated {
        /// Type of the elements.
        element: Box<NativeType>,
        /// Number of elements.
        count: u32,
    },
    /// A reference to a managed object that is not marshalled, with the name of its type: a value of pointer size.
    Object(String),
    /// The target of a pointer: a type with only its name known.
    Unknown(String),
}

impl NativeType {
    /// Its scalar type in C; `None` for structs, repeated values, `void` and unknown types.
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
    /// Whether it is signed.
    pub signed: bool,
    /// What its values mean.
    pub meaning: Meaning,
}

/// The meaning of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meaning {
    /// A number.
    Number,
    /// A Boolean: 1 byte like C's `bool`, or 4 like the BOOL of Windows.
    Bool,
    /// A character: 2 bytes of UTF-16, or 1.
    Char,
    /// `nint`, `nuint`: as wide as a pointer.
    Size,
}

/// In which direction a value behind a reference is copied.
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
    /// Documentation id: `T:Namespace.Outer.Name`. The id of a field is `F:Namespace.Outer.Name.Field`.
    pub documentation_id: String,
    /// Its native layout differs from the managed one.
    pub is_marshalled: bool,
    /// Size in bytes.
    pub size: u32,
    /// Alignment in bytes.
    pub align: u32,
    /// In metadata order; `None` if only size and alignment are known.
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
    /// Whether fields overlap: it is a union or contains one.
    pub fn overlaps(&self) -> bool {
        let mut ranges: Vec<(u32, u32)> =
            self.fields.iter().flatten().map(|field| (field.offset, field.offset.saturating_add(field.size))).collect();
        ranges.sort_unstable();
        ranges.windows(2).any(|pair| matches!(pair, [(_, end), (start, _)] if start < end))
    }
}
