//! Marshal descriptors (II.23.4): what `MarshalAs` says of a parameter, a return or a field.

use super::error::ReadError;
use super::heaps::Heaps;

macro_rules! native_types {
    ($($name:ident = $number:literal;)*) => {
        /// A native type by the name of its `UnmanagedType`; the discriminant is the number in the blob.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)] // the names are those of System.Runtime.InteropServices.UnmanagedType
        #[non_exhaustive]
        pub enum UnmanagedType { $($name,)* Other(u8) }

        impl UnmanagedType {
            /// The native type with this number; `None` for the number that means "not given".
            fn from_number(number: u8) -> Option<UnmanagedType> {
                match number {
                    NOT_GIVEN => None,
                    $($number => Some(UnmanagedType::$name),)*
                    other => Some(UnmanagedType::Other(other)),
                }
            }

            /// The name as users write it.
            pub fn name(self) -> &'static str {
                match self {
                    $(UnmanagedType::$name => stringify!($name),)*
                    UnmanagedType::Other(_) => "a native type no runtime knows",
                }
            }
        }
    };
}

/// NATIVE_TYPE_MAX
const NOT_GIVEN: u8 = 0x50;

native_types! {
    Bool = 0x02;
    I1 = 0x03;
    U1 = 0x04;
    I2 = 0x05;
    U2 = 0x06;
    I4 = 0x07;
    U4 = 0x08;
    I8 = 0x09;
    U8 = 0x0A;
    R4 = 0x0B;
    R8 = 0x0C;
    Currency = 0x0F;
    BStr = 0x13;
    LPStr = 0x14;
    LPWStr = 0x15;
    LPTStr = 0x16;
    ByValTStr = 0x17;
    IUnknown = 0x19;
    IDispatch = 0x1A;
    Struct = 0x1B;
    Interface = 0x1C;
    SafeArray = 0x1D;
    ByValArray = 0x1E;
    SysInt = 0x1F;
    SysUInt = 0x20;
    VBByRefStr = 0x22;
    AnsiBStr = 0x23;
    TBStr = 0x24;
    VariantBool = 0x25;
    FunctionPtr = 0x26;
    AsAny = 0x28;
    LPArray = 0x2A;
    LPStruct = 0x2B;
    CustomMarshaler = 0x2C;
    Error = 0x2D;
    IInspectable = 0x2E;
    HString = 0x2F;
    LPUTF8Str = 0x30;
}

/// What a marshal descriptor says that changes the shape of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MarshalDescriptor {
    /// The native type.
    pub native: UnmanagedType,
    /// `SizeConst` of a `ByValTStr` in characters, of a `ByValArray` in elements; 0 when it is missing.
    pub size: u32,
    /// `ArraySubType` of an `LPArray` or `ByValArray`.
    pub element: Option<UnmanagedType>,
    /// `SizeParamIndex` of an `LPArray`: the parameter, counted from 0, that gives the number of elements.
    pub size_param: Option<u32>,
}

/// `ntaSizeParamIndexSpecified`
const HAS_SIZE_PARAM: u32 = 1;

/// Decodes a blob of FieldMarshal; `None` when it gives no native type.
///
/// What follows in the blob and changes no shape is not read; for a custom marshaler see [`decode_custom_marshaler`].
pub fn decode_marshal(heaps: &Heaps<'_>, blob: u32) -> Result<Option<MarshalDescriptor>, ReadError> {
    let mut cursor = heaps.blob_cursor(blob)?;
    if cursor.is_at_end() {
        return Ok(None);
    }
    let Some(native) = UnmanagedType::from_number(cursor.u8()?) else { return Ok(None) };
    let mut descriptor = MarshalDescriptor { native, size: 0, element: None, size_param: None };
    if matches!(native, UnmanagedType::ByValTStr | UnmanagedType::ByValArray) && !cursor.is_at_end() {
        descriptor.size = cursor.compressed()?;
    }
    if matches!(native, UnmanagedType::LPArray | UnmanagedType::ByValArray) && !cursor.is_at_end() {
        descriptor.element = UnmanagedType::from_number(cursor.u8()?);
    }
    if native == UnmanagedType::LPArray && !cursor.is_at_end() {
        let index = cursor.compressed()?;
        if !cursor.is_at_end() {
            cursor.compressed()?; // SizeConst
        }
        // Without flags there is a parameter.
        if cursor.is_at_end() || cursor.compressed()? & HAS_SIZE_PARAM != 0 {
            descriptor.size_param = Some(index);
        }
    }
    Ok(Some(descriptor))
}

/// The reflection name of the class that marshals, from the blob of a `CustomMarshaler`.
pub fn decode_custom_marshaler<'a>(heaps: &Heaps<'a>, blob: u32) -> Result<&'a str, ReadError> {
    let mut cursor = heaps.blob_cursor(blob)?;
    cursor.skip(1)?;
    // Before it are a GUID and the name of a native type, which nothing uses.
    let mut text = &[][..];
    for _ in 0..3 {
        let length = cursor.compressed()? as usize;
        text = cursor.bytes(length)?;
    }
    std::str::from_utf8(text).map_err(|_| cursor.error("UTF-8 string expected"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursor::Span;

    fn decode(blob: &[u8]) -> Result<Option<MarshalDescriptor>, ReadError> {
        let mut heap = vec![0, blob.len() as u8];
        heap.extend(blob);
        let blobs = Span { data: &heap, base: 0 };
        decode_marshal(&Heaps { blobs, ..Heaps::default() }, 1)
    }

    #[test]
    fn sizes_and_elements() {
        let descriptor =
            |native, size, element| Ok(Some(MarshalDescriptor { native, size, element, size_param: None }));
        let sized = |index| {
            let native = UnmanagedType::LPArray;
            Ok(Some(MarshalDescriptor { native, size: 0, element: None, size_param: Some(index) }))
        };
        assert_eq!(decode(&[]), Ok(None));
        assert_eq!(decode(&[0x50]), Ok(None));
        assert_eq!(decode(&[0x25]), descriptor(UnmanagedType::VariantBool, 0, None));
        assert_eq!(decode(&[0x17, 0x81, 0x04]), descriptor(UnmanagedType::ByValTStr, 260, None));
        assert_eq!(decode(&[0x1E, 3]), descriptor(UnmanagedType::ByValArray, 3, None));
        assert_eq!(decode(&[0x1E, 3, 0x04]), descriptor(UnmanagedType::ByValArray, 3, Some(UnmanagedType::U1)));
        assert_eq!(decode(&[0x2A, 0x15]), descriptor(UnmanagedType::LPArray, 0, Some(UnmanagedType::LPWStr)));
        assert_eq!(decode(&[0x2A, 0x50, 1]), sized(1));
        assert_eq!(decode(&[0x2A, 0x50, 1, 2]), sized(1));
        assert_eq!(decode(&[0x2A, 0x50, 5, 0, 1]), sized(5));
        assert_eq!(decode(&[0x2A, 0x50, 0, 2, 0]), descriptor(UnmanagedType::LPArray, 0, None));
        assert_eq!(decode(&[0x77]), descriptor(UnmanagedType::Other(0x77), 0, None));
        assert!(decode(&[0x17, 0x81]).is_err());
    }

    #[test]
    fn the_class_of_a_custom_marshaler() {
        let decode = |blob: &[u8]| {
            let heap = [&[0, blob.len() as u8], blob].concat();
            let blobs = Span { data: &heap, base: 0 };
            let heaps = Heaps { blobs, ..Heaps::default() };
            decode_custom_marshaler(&heaps, 1).map(str::to_owned)
        };
        assert_eq!(decode(&[0x2C, 0, 0, 2, b'C', b'M', 0]).as_deref(), Ok("CM"));
        assert!(decode(&[0x2C, 0, 0, 2, b'C']).is_err());
    }
}
