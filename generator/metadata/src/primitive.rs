//! The built-in types, and what they are called.

/// The element types that are no more than their name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the names are the specification's
pub enum Primitive {
    Void,
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
    R4,
    R8,
    I,
    U,
}

impl Primitive {
    /// The built-in type that the core library's struct `System.NAME` defines.
    pub fn from_core_name(name: &str) -> Option<Primitive> {
        Some(match name {
            "Void" => Primitive::Void,
            "Boolean" => Primitive::Boolean,
            "Char" => Primitive::Char,
            "SByte" => Primitive::I1,
            "Byte" => Primitive::U1,
            "Int16" => Primitive::I2,
            "UInt16" => Primitive::U2,
            "Int32" => Primitive::I4,
            "UInt32" => Primitive::U4,
            "Int64" => Primitive::I8,
            "UInt64" => Primitive::U8,
            "Single" => Primitive::R4,
            "Double" => Primitive::R8,
            "IntPtr" => Primitive::I,
            "UIntPtr" => Primitive::U,
            _ => return None,
        })
    }

    /// The name of the core library's struct: `System.` and this.
    pub fn core_name(self) -> &'static str {
        match self {
            Primitive::Void => "Void",
            Primitive::Boolean => "Boolean",
            Primitive::Char => "Char",
            Primitive::I1 => "SByte",
            Primitive::U1 => "Byte",
            Primitive::I2 => "Int16",
            Primitive::U2 => "UInt16",
            Primitive::I4 => "Int32",
            Primitive::U4 => "UInt32",
            Primitive::I8 => "Int64",
            Primitive::U8 => "UInt64",
            Primitive::R4 => "Single",
            Primitive::R8 => "Double",
            Primitive::I => "IntPtr",
            Primitive::U => "UIntPtr",
        }
    }

    /// The C# keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            Primitive::Void => "void",
            Primitive::Boolean => "bool",
            Primitive::Char => "char",
            Primitive::I1 => "sbyte",
            Primitive::U1 => "byte",
            Primitive::I2 => "short",
            Primitive::U2 => "ushort",
            Primitive::I4 => "int",
            Primitive::U4 => "uint",
            Primitive::I8 => "long",
            Primitive::U8 => "ulong",
            Primitive::R4 => "float",
            Primitive::R8 => "double",
            Primitive::I => "nint",
            Primitive::U => "nuint",
        }
    }
}
