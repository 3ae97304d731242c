//! The blob of an `InjectStringThunks` fixup: keys and where their thunks are.
//!
//! `( UTF-8 bytes, 0, u32 )*, 0` after the fixup's kind. The number is little-endian and unaligned: in wasm the table
//! slot of the thunk counted from the module's first, elsewhere an RVA. The compiler writes the keys in byte order and
//! each once; the runtime needs neither, since it puts them into a hash table and keeps the first of equal ones. So a
//! blob in disorder is read, and [`StringThunkBlob::disorder`] reports it.

use clr_metadata::ReadError;
use clr_metadata::cursor::Cursor;

/// A key and its thunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StringThunk<'a> {
    /// Never empty, and without NUL.
    pub key: &'a str,
    /// Table slot or RVA.
    pub value: u32,
    /// Where the key is in the file.
    pub offset: usize,
}

/// The pairs of one fixup, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StringThunkBlob<'a> {
    /// The pairs.
    pub thunks: Vec<StringThunk<'a>>,
}

/// What is unusual about the order of a blob's keys; the numbers are indices of [`StringThunkBlob::thunks`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disorder {
    /// The first key that sorts before the one in front of it.
    pub unsorted: Option<usize>,
    /// Keys that were there before: the runtime never finds their thunks.
    pub duplicates: Vec<usize>,
}

impl Disorder {
    /// True for keys in byte order, each once.
    pub fn is_none(&self) -> bool {
        self.unsorted.is_none() && self.duplicates.is_empty()
    }
}

impl<'a> StringThunkBlob<'a> {
    /// Reads a blob from its first key to its terminator, and leaves the cursor after it.
    ///
    /// Fails when the bytes end inside a key, inside a number or before the terminator, and at a key that is not UTF-8.
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<StringThunkBlob<'a>, ReadError> {
        let mut thunks = Vec::new();
        loop {
            if cursor.is_at_end() {
                return Err(cursor.error("empty key expected that ends the string thunks"));
            }
            let start = *cursor;
            let rest = start.rest();
            let length = memchr::memchr(0, rest).ok_or_else(|| start.error("key that ends in NUL expected"))?;
            let span = cursor.span(length)?;
            cursor.skip(1)?;
            if length == 0 {
                return Ok(StringThunkBlob { thunks });
            }
            let key = std::str::from_utf8(span.data).map_err(|error| {
                let mut at = start;
                // Within the key, so there is something to skip.
                let _ = at.skip(error.valid_up_to());
                at.error("key in UTF-8 expected")
            })?;
            let value = cursor.u32().map_err(|_| cursor.error("number of 4 bytes expected after the key"))?;
            thunks.push(StringThunk { key, value, offset: span.base });
        }
    }

    /// Whether the keys are in byte order, and each once.
    pub fn disorder(&self) -> Disorder {
        let pairs = self.thunks.windows(2).enumerate();
        let mut backwards = pairs.filter(|(_, pair)| matches!(pair, [a, b] if a.key > b.key));
        let unsorted = backwards.next().map(|(index, _)| index + 1);
        let mut order: Vec<usize> = (0..self.thunks.len()).collect();
        let key = |index: &usize| self.thunks.get(*index).map(|thunk| thunk.key);
        order.sort_by_key(key);
        let equal = order.windows(2).filter(|pair| matches!(pair, [a, b] if key(a) == key(b)));
        let mut duplicates: Vec<usize> = equal.filter_map(|pair| pair.last().copied()).collect();
        duplicates.sort_unstable();
        Disorder { unsorted, duplicates }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clr_metadata::Place;
    use clr_metadata::cursor::Span;

    fn read(data: &[u8]) -> Result<(StringThunkBlob<'_>, usize), String> {
        let mut cursor = Span { data, base: 0x100 }.cursor(Place::Part("blob"));
        let blob = StringThunkBlob::read(&mut cursor).map_err(|error| error.to_string())?;
        Ok((blob, cursor.remaining()))
    }

    #[test]
    fn pairs_up_to_the_terminator() {
        let (blob, rest) = read(b"Iip\0\x01\0\0\0Mvi\0\x78\x56\x34\x12\0more").unwrap();
        let pairs: Vec<_> = blob.thunks.iter().map(|thunk| (thunk.key, thunk.value, thunk.offset)).collect();
        assert_eq!(pairs, [("Iip", 1, 0x100), ("Mvi", 0x1234_5678, 0x108)]);
        assert_eq!(rest, 4);
        assert!(blob.disorder().is_none());
        assert_eq!(read(b"\0").unwrap().0.thunks, []);
    }

    #[test]
    fn each_damage_has_its_place_and_reason() {
        for (bytes, problem) in [
            (&b""[..], "blob, file offset 0x100: empty key expected that ends the string thunks"),
            (b"Mv\0\0\0\0\0", "blob, file offset 0x107: empty key expected that ends the string thunks"),
            (b"Mv", "blob, file offset 0x100: key that ends in NUL expected"),
            (b"Mv\0\0\0\0", "blob, file offset 0x103: number of 4 bytes expected after the key"),
            (b"M\xC3\x28\0\0\0\0\0\0", "blob, file offset 0x101: key in UTF-8 expected"),
        ] {
            assert_eq!(read(bytes).unwrap_err(), problem);
        }
    }

    #[test]
    fn disorder_is_reported() {
        let (blob, _) = read(b"b\0....a\0....b\0....b\0....a\0....\0").unwrap();
        assert_eq!(blob.disorder(), Disorder { unsorted: Some(1), duplicates: vec![2, 3, 4] });
        // By bytes: upper case first, and a key before those that start with it.
        let (blob, _) = read("M\0....Mv\0....MvA\0....Mva\0....M\u{e9}\0....\0".as_bytes()).unwrap();
        assert!(blob.disorder().is_none());
    }
}
