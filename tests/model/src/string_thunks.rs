//! The fixup InjectStringThunks: a byte 0x39, then for every thunk its key, NUL-terminated, and an unaligned
//! little-endian u32, then an empty key. The number counts from where the image's code starts.

/// READYTORUN_FIXUP_InjectStringThunks.
pub const INJECT_STRING_THUNKS: u8 = 0x39;

/// A loaded image; keys are slices of it.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    /// From RVA 0 on.
    pub bytes: &'a [u8],
    /// The table index that the numbers of the fixup count from: TableBase in the Webcil header.
    pub code_base: u32,
}

/// Why nothing was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InjectError {
    /// There is no 0x39 at the offset.
    NotStringThunks,
    /// The image ends before the terminator.
    Truncated,
    /// The code base is 0, as in a Webcil header that nobody patched: every thunk would be another function.
    NoCodeBase,
    /// The code base and a number of the fixup make no 32-bit index.
    OutOfRange,
}

impl std::fmt::Display for InjectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            InjectError::NotStringThunks => "no InjectStringThunks fixup there",
            InjectError::Truncated => "the InjectStringThunks fixup has no end",
            InjectError::NoCodeBase => "the image's table base was never written",
            InjectError::OutOfRange => "a thunk's table index does not fit 32 bits",
        })
    }
}

impl std::error::Error for InjectError {}

/// One thunk of the fixup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StringThunk<'a> {
    /// Without its NUL; not empty.
    pub key: &'a [u8],
    /// RVA of the key.
    pub rva: usize,
    /// Counts from the code base.
    pub relative: u32,
}

/// Reads the thunks from the first key on, up to the terminator; returns the offset behind it.
pub(crate) fn read<'a>(
    bytes: &'a [u8],
    mut offset: usize,
    mut each: impl FnMut(StringThunk<'a>) -> Result<(), InjectError>,
) -> Result<usize, InjectError> {
    loop {
        let rest = bytes.get(offset..).ok_or(InjectError::Truncated)?;
        let length = rest.iter().position(|byte| *byte == 0).ok_or(InjectError::Truncated)?;
        if length == 0 {
            return Ok(offset + 1);
        }
        let (key, rest) = rest.split_at(length);
        let number = rest.get(1..).and_then(|rest| rest.first_chunk()).ok_or(InjectError::Truncated)?;
        each(StringThunk { key, rva: offset, relative: u32::from_le_bytes(*number) })?;
        offset += length + 1 + number.len();
    }
}

impl<'a> Image<'a> {
    /// Every thunk of the fixup whose kind byte is at `offset`, with its table index; all are read before any is used.
    pub(crate) fn string_thunks(&self, offset: usize) -> Result<Vec<(&'a [u8], u32)>, InjectError> {
        if self.bytes.get(offset) != Some(&INJECT_STRING_THUNKS) {
            return Err(InjectError::NotStringThunks);
        }
        if self.code_base == 0 {
            return Err(InjectError::NoCodeBase);
        }
        let mut thunks = Vec::new();
        read(self.bytes, offset + 1, |thunk| {
            let index = self.code_base.checked_add(thunk.relative).ok_or(InjectError::OutOfRange)?;
            thunks.push((thunk.key, index));
            Ok(())
        })?;
        Ok(thunks)
    }
}
