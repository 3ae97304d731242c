//! The fixup `InjectStringThunks`: the thunks of an image by their keys.
//!
//! ```text
//! fixup := 0x39 ( key 0x00 index )* 0x00
//! ```
//! `key` is UTF-8 without NUL, `index` four bytes, little-endian, not aligned: the thunk's place counted from where the
//! image's functions start in the table. The keys are in byte order. The end is an empty key without an index.

/// `READYTORUN_FIXUP_InjectStringThunks`
pub const FIXUP_INJECT_STRING_THUNKS: u8 = 0x39;

/// The bytes of the fixup, and where its keys are in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blob {
    /// The fixup.
    pub bytes: Vec<u8>,
    /// Of every key, in byte order, where it starts in the bytes, and the index.
    pub keys: Vec<(usize, u32)>,
}

/// Why there is no fixup for these keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// It would end the list.
    #[error("an empty key")]
    Empty,
    /// It would end the key.
    #[error("the key `{}` holds a NUL", .0.escape_default())]
    Nul(String),
    /// Which thunk is found must not depend on the reader.
    #[error("the key `{0}` is given twice")]
    Duplicate(String),
    /// Offsets have 32 bits.
    #[error("the keys take {0} bytes, more than the {MAX_KEY_BYTES} that fit")]
    TooLarge(usize),
}

/// Most bytes of all keys together, so that every offset in an image or object is a positive i32.
const MAX_KEY_BYTES: usize = 1 << 30;

impl Blob {
    /// The fixup for keys with their indices, in any order.
    ///
    /// ```
    /// use thunkgen_r2r::emit::Blob;
    /// let blob = Blob::new([("Mvp", 1), ("Mv", 0)]).unwrap();
    /// assert_eq!(blob.bytes, b"\x39Mv\0\0\0\0\0Mvp\0\x01\0\0\0\0");
    /// ```
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, u32)>) -> Result<Blob, BlobError> {
        let mut pairs: Vec<(&str, u32)> = pairs.into_iter().collect();
        let bytes = pairs.iter().map(|(key, _)| key.len()).sum();
        if bytes > MAX_KEY_BYTES {
            return Err(BlobError::TooLarge(bytes));
        }
        pairs.sort_unstable();
        let mut blob = Blob { bytes: vec![FIXUP_INJECT_STRING_THUNKS], keys: Vec::with_capacity(pairs.len()) };
        let mut last = None;
        for (key, index) in pairs {
            if key.is_empty() {
                return Err(BlobError::Empty);
            }
            if key.contains('\0') {
                return Err(BlobError::Nul(key.to_owned()));
            }
            if last.replace(key) == Some(key) {
                return Err(BlobError::Duplicate(key.to_owned()));
            }
            blob.keys.push((blob.bytes.len(), index));
            blob.bytes.extend_from_slice(key.as_bytes());
            blob.bytes.push(0);
            blob.bytes.extend_from_slice(&index.to_le_bytes());
        }
        blob.bytes.push(0);
        Ok(blob)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_whatever_the_order_given() {
        let blob = Blob::new([("Mv", 7), ("é", 0x0102_0304), ("Iip", 2), ("MvS8", 1)]).unwrap();
        let expected = [
            b"\x39Iip\0\x02\0\0\0".as_slice(),
            b"Mv\0\x07\0\0\0",
            b"MvS8\0\x01\0\0\0",
            b"\xc3\xa9\0\x04\x03\x02\x01",
            b"\0",
        ];
        assert_eq!(blob.bytes, expected.concat());
        assert_eq!(blob.keys, [(1, 2), (9, 7), (16, 1), (25, 0x0102_0304)]);
        assert_eq!(Blob::new([]).unwrap().bytes, [0x39, 0]);
    }

    #[test]
    fn what_a_reader_would_misread_is_refused() {
        assert_eq!(Blob::new([("Mv", 0), ("", 1)]), Err(BlobError::Empty));
        let error = Blob::new([("M\0v", 0)]).unwrap_err();
        assert_eq!(error.to_string(), "the key `M\\u{0}v` holds a NUL");
        assert_eq!(Blob::new([("Mv", 0), ("Mi", 1), ("Mv", 0)]), Err(BlobError::Duplicate("Mv".to_owned())));
        let long = "M".repeat(1 << 20);
        assert_eq!(Blob::new(vec![(long.as_str(), 0); 1025]), Err(BlobError::TooLarge(1025 << 20)));
    }
}
