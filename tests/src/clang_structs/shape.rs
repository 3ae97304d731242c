//! A struct that has a meaning in C and in .NET.

use std::fmt;

use super::measure::Measured;

/// A type without parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // element types by their names in signatures
pub enum Scalar {
    Boolean,
    Char,
    I1,
    U1,
    I2,
    U2,
    I4,
    U4,
    I8,
    U8,
    I,
    U,
    R4,
    R8,
    /// `byte*`
    Pointer,
    /// `delegate* unmanaged<void>`
    FunctionPointer,
}

impl Scalar {
    /// What an enum may be over, in C# and C.
    pub const OF_ENUMS: [Scalar; 8] =
        [Scalar::I1, Scalar::U1, Scalar::I2, Scalar::U2, Scalar::I4, Scalar::U4, Scalar::I8, Scalar::U8];

    /// What a vector may be of; the runtime has no instructions for the last two.
    pub const OF_VECTORS: [Scalar; 12] = [
        Scalar::I1,
        Scalar::U1,
        Scalar::I2,
        Scalar::U2,
        Scalar::I4,
        Scalar::U4,
        Scalar::I8,
        Scalar::U8,
        Scalar::R4,
        Scalar::R8,
        Scalar::Boolean,
        Scalar::Char,
    ];

    /// What a C# fixed buffer may be of.
    pub const OF_BUFFERS: [Scalar; 12] = Scalar::OF_VECTORS;

    /// Everything.
    pub const ALL: [Scalar; 16] = [
        Scalar::Boolean,
        Scalar::Char,
        Scalar::I1,
        Scalar::U1,
        Scalar::I2,
        Scalar::U2,
        Scalar::I4,
        Scalar::U4,
        Scalar::I8,
        Scalar::U8,
        Scalar::I,
        Scalar::U,
        Scalar::R4,
        Scalar::R8,
        Scalar::Pointer,
        Scalar::FunctionPointer,
    ];

    /// A primitive that vectors have instructions for.
    pub fn is_numeric(self) -> bool {
        !matches!(self, Scalar::Boolean | Scalar::Char)
    }
}

/// A struct of CoreLib that is laid out like any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // named like the types
pub enum Known {
    Decimal,
    Guid,
    Vector2,
    Vector3,
    Vector4,
}

impl Known {
    /// Every one.
    pub const ALL: [Known; 5] = [Known::Decimal, Known::Guid, Known::Vector2, Known::Vector3, Known::Vector4];
}

/// Type of a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ty {
    /// A scalar.
    Scalar(Scalar),
    /// An enum over a scalar.
    Enum(Scalar),
    /// `Int128` or `UInt128`; in C `__int128`.
    Int128 {
        /// Which of the two.
        signed: bool,
    },
    /// `Vector64<T>` to `Vector512<T>`; in C a vector of that size.
    Vector {
        /// Size in bytes.
        size: u32,
        /// `T`
        element: Scalar,
    },
    /// `System.Numerics.Vector<T>`, which has 16 bytes on wasm.
    VectorT(Scalar),
    /// A struct of CoreLib.
    Known(Known),
    /// `fixed T field[n]`: in metadata a nested struct with one field and a Size, in C an array.
    FixedBuffer(Scalar, u32),
    /// An earlier struct of the unit.
    Struct(usize),
}

/// How a struct lays out its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// In order.
    Sequential,
    /// At the fields' offsets.
    Explicit,
    /// One field, repeated; in C a struct of an array.
    InlineArray(u32),
    /// An instance of the generic struct `Pair<T1, T2>`.
    Pair,
    /// `ExtendedLayoutKind.CStruct`
    CStruct,
    /// `ExtendedLayoutKind.CUnion`
    CUnion,
}

/// An instance field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// Its type.
    pub ty: Ty,
    /// Its offset in bytes, in explicit layout.
    pub offset: u32,
}

/// A struct.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Struct {
    /// Its kind.
    pub kind: Kind,
    /// `Pack`, 0 for none.
    pub pack: u32,
    /// `Size`, 0 for none.
    pub class_size: u32,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// The structs of one translation unit and one assembly, each from those before it.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// The structs; `S<index>` in both languages.
    pub structs: Vec<Struct>,
    /// What C makes of each, for writing it and for telling shapes apart.
    pub measured: Vec<Measured>,
}

impl Unit {
    /// Adds a struct; its index is returned.
    pub fn push(&mut self, made: Struct) -> usize {
        let measured = self.measure(&made);
        self.measured.push(measured);
        self.structs.push(made);
        self.structs.len() - 1
    }

    /// True when `is` holds for a struct or for one inside of it, at any depth.
    pub fn anywhere(&self, index: usize, is: &dyn Fn(usize) -> bool) -> bool {
        let inside = |field: &Field| matches!(field.ty, Ty::Struct(inner) if self.anywhere(inner, is));
        is(index) || self.structs[index].fields.iter().any(inside)
    }
}

// The shape as C# would say it, on one line.
impl fmt::Display for Struct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} pack {} size {} {{", self.kind, self.pack, self.class_size)?;
        for field in &self.fields {
            match self.kind {
                Kind::Explicit => write!(f, " {:?} @{};", field.ty, field.offset)?,
                _ => write!(f, " {:?};", field.ty)?,
            }
        }
        f.write_str(" }")
    }
}
