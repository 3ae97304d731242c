//! A sorted index that an image may bring along for its own thunks, so that the first image needs no table built.
//!
//! It stands behind the terminator of the fixup, at the next RVA that is a multiple of 4, where a runtime that does not
//! know it never looks: the 4 bytes TKI1, a u32 count, then as many rows of two u32, the RVA of the key and the
//! number that follows the key, in the byte order of the keys. It adds nothing to what the fixup says.

use std::cmp::Ordering;

use crate::string_thunks::{Image, StringThunk, read};

const MAGIC: &[u8; 4] = b"TKI1";
const HEADER_SIZE: usize = 8;
const ROW_SIZE: usize = 8;

/// The index of an image, known to say the same as the fixup.
#[derive(Clone, Copy, Debug)]
pub struct ImageIndex<'a> {
    image: Image<'a>,
    rows: &'a [u8],
}

impl<'a> ImageIndex<'a> {
    /// The index behind the fixup whose kind byte is at `offset`. None unless there is one that repeats the fixup row
    /// by row, in strictly ascending order.
    pub fn find(image: &Image<'a>, offset: usize) -> Option<ImageIndex<'a>> {
        let mut thunks: Vec<StringThunk<'a>> = Vec::new();
        let end = read(image.bytes, offset.checked_add(1)?, |thunk| {
            thunks.push(thunk);
            Ok(())
        });
        let found = image.bytes.get(end.ok()?.next_multiple_of(4)..)?;
        let (header, rows) = found.split_first_chunk::<HEADER_SIZE>()?;
        let (magic, count) = header.split_first_chunk::<4>()?;
        if magic != MAGIC || word(count, 0)? as usize != thunks.len() {
            return None;
        }
        let index = ImageIndex { image: *image, rows: rows.get(..thunks.len().checked_mul(ROW_SIZE)?)? };
        let repeats = thunks.iter().enumerate().all(|(row, thunk)| {
            index.row(row) == Some((thunk.rva, thunk.relative))
                && image.code_base.checked_add(thunk.relative).is_some()
                && (row == 0 || thunks.get(row - 1).is_some_and(|before| before.key < thunk.key))
        });
        repeats.then_some(index)
    }

    /// Number of thunks.
    pub fn count(&self) -> usize {
        self.rows.len() / ROW_SIZE
    }

    /// Every key and table index, in the order of the keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a [u8], u32)> + '_ {
        (0..self.count()).filter_map(|row| self.thunk(row))
    }

    /// The table index of a key's thunk.
    pub fn lookup(&self, key: &[u8]) -> Option<u32> {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low + (high - low) / 2;
            let (found, index) = self.thunk(middle)?;
            match key.cmp(found) {
                Ordering::Equal => return Some(index),
                Ordering::Less => high = middle,
                Ordering::Greater => low = middle + 1,
            }
        }
        None
    }

    fn thunk(&self, row: usize) -> Option<(&'a [u8], u32)> {
        let (rva, relative) = self.row(row)?;
        let rest = self.image.bytes.get(rva..)?;
        let length = rest.iter().position(|byte| *byte == 0)?;
        Some((rest.get(..length)?, self.image.code_base.checked_add(relative)?))
    }

    fn row(&self, row: usize) -> Option<(usize, u32)> {
        let at = row.checked_mul(ROW_SIZE)?;
        Some((word(self.rows, at)? as usize, word(self.rows, at + 4)?))
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|word| u32::from_le_bytes(*word))
}
