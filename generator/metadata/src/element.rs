//! Element types (II.23.1.16): the first byte of a type in a signature, and the codes that custom attributes add.

macro_rules! element_types {
    ($($name:ident $number:literal)*) => {
        $(#[doc = concat!("`ELEMENT_TYPE_", stringify!($name), "`")] pub const $name: u8 = $number;)*
    };
}

element_types! {
    VOID 0x01  BOOLEAN 0x02  CHAR 0x03  I1 0x04  U1 0x05  I2 0x06  U2 0x07  I4 0x08  U4 0x09  I8 0x0A  U8 0x0B
    R4 0x0C  R8 0x0D  STRING 0x0E  PTR 0x0F  BYREF 0x10  VALUETYPE 0x11  CLASS 0x12  VAR 0x13  ARRAY 0x14
    GENERICINST 0x15  TYPEDBYREF 0x16  I 0x18  U 0x19  FNPTR 0x1B  OBJECT 0x1C  SZARRAY 0x1D  MVAR 0x1E
    CMOD_REQD 0x1F  CMOD_OPT 0x20  SENTINEL 0x41  PINNED 0x45
    // Of custom attributes only; the specification gives them no names.
    TYPE 0x50  BOXED 0x51  FIELD 0x53  PROPERTY 0x54  ENUM 0x55
}
