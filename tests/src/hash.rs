//! The hash of reverse-thunk keys: 32-bit djb2-xor over UTF-16 code units.

/// Hash of a reverse-thunk key.
///
/// ```
/// assert_eq!(thunkgen_tests::hash::djb2_xor("ResolveToken#6:System.Private.CoreLib:System:Resolver"), 2988924914);
/// ```
pub fn djb2_xor(key: &str) -> u32 {
    key.encode_utf16().fold(5381, |hash: u32, unit| hash.wrapping_mul(33) ^ u32::from(unit))
}
