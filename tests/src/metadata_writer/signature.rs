//! Types in signatures (II.23.2).

use super::assembly::TypeToken;
use crate::webcil::metadata::compressed;

/// A type as a signature spells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sig {
    /// A built-in type, by its element type.
    Element(u8),
    /// A value type.
    Value(TypeToken),
    /// A class.
    Class(TypeToken),
    /// `T*`
    Pointer(Box<Sig>),
    /// An unmanaged function pointer without parameters that returns nothing.
    FunctionPointer,
    /// A generic value type and its arguments.
    Generic(TypeToken, Vec<Sig>),
    /// A type parameter of the enclosing type.
    Var(u32),
}

impl Sig {
    /// `void`
    pub const VOID: Sig = Sig::Element(0x01);
    /// `bool`
    pub const BOOLEAN: Sig = Sig::Element(0x02);
    /// `char`
    pub const CHAR: Sig = Sig::Element(0x03);
    /// `sbyte`
    pub const I1: Sig = Sig::Element(0x04);
    /// `byte`
    pub const U1: Sig = Sig::Element(0x05);
    /// `short`
    pub const I2: Sig = Sig::Element(0x06);
    /// `ushort`
    pub const U2: Sig = Sig::Element(0x07);
    /// `int`
    pub const I4: Sig = Sig::Element(0x08);
    /// `uint`
    pub const U4: Sig = Sig::Element(0x09);
    /// `long`
    pub const I8: Sig = Sig::Element(0x0A);
    /// `ulong`
    pub const U8: Sig = Sig::Element(0x0B);
    /// `float`
    pub const R4: Sig = Sig::Element(0x0C);
    /// `double`
    pub const R8: Sig = Sig::Element(0x0D);
    /// `nint`
    pub const I: Sig = Sig::Element(0x18);
    /// `nuint`
    pub const U: Sig = Sig::Element(0x19);

    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Sig::Element(element) => to.push(*element),
            Sig::Value(token) => {
                to.push(0x11);
                to.extend(compressed(token.encoded()));
            }
            Sig::Class(token) => {
                to.push(0x12);
                to.extend(compressed(token.encoded()));
            }
            Sig::Pointer(inner) => {
                to.push(0x0F);
                inner.write(to);
            }
            Sig::FunctionPointer => to.extend_from_slice(&[0x1B, 0x01, 0x00, 0x01]),
            Sig::Generic(definition, arguments) => {
                to.extend_from_slice(&[0x15, 0x11]);
                to.extend(compressed(definition.encoded()));
                to.extend(compressed(arguments.len() as u32));
                for argument in arguments {
                    argument.write(to);
                }
            }
            Sig::Var(number) => {
                to.push(0x13);
                to.extend(compressed(*number));
            }
        }
    }

    /// The blob of a field of this type.
    pub(super) fn field(&self) -> Vec<u8> {
        let mut blob = vec![0x06];
        self.write(&mut blob);
        blob
    }

    /// The blob of a method with the default convention.
    pub(super) fn method(has_this: bool, ret: &Sig, params: &[Sig]) -> Vec<u8> {
        let mut blob = vec![if has_this { 0x20 } else { 0x00 }];
        blob.extend(compressed(params.len() as u32));
        ret.write(&mut blob);
        for param in params {
            param.write(&mut blob);
        }
        blob
    }
}
