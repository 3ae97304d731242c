//! FNV-1a, 64 bits: the hash in file headers and behind name suffixes. Its values are part of the output, so they
//! must never change; it guards against accidents, not against intent.

/// FNV-1a 64 over the concatenation of `parts`.
pub(super) fn fnv1a64<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    let bytes = parts.into_iter().flatten();
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_vectors() {
        assert_eq!(fnv1a64([b"".as_slice()]), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a64([b"a".as_slice()]), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a64([b"foo".as_slice(), b"bar"]), 0x8594_4171_f739_67e8);
    }
}
