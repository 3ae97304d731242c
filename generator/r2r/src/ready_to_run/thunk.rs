//! From the keys of an image to their functions.

use super::blob::StringThunkBlob;
use super::file::ImageFile;
use super::fixup_kind::INJECT_STRING_THUNKS;
use super::header::ReadyToRun;
use clr_metadata::{Place, ReadError};
use clr_wasm_file::WasmFunction;

/// Bytes of names, types and bodies that the thunks may have together for each byte of the file, and in any file.
///
/// A function may belong to any number of thunks, but in no image that makes sense does a large one belong to many.
const FUNCTIONS_PER_BYTE: usize = 16;
const FUNCTIONS_ANYWAY: usize = 1 << 20;

/// The string thunks of one fixup.
#[derive(Clone, Debug)]
pub struct ThunkBlob<'a> {
    /// Index of the import section with the fixup.
    pub section: usize,
    /// RVA of the fixup's cell.
    pub cell: u32,
    /// The runtime adds the thunks as it loads the image; those of other sections only when code needs their cell.
    pub is_eager: bool,
    /// The pairs.
    pub blob: StringThunkBlob<'a>,
}

/// A key and its function in the image.
#[derive(Clone, Debug)]
pub struct ImageThunk<'f, 'a> {
    /// The key.
    pub key: &'a str,
    /// Table slot, counted from the module's first; in a PE image, an RVA.
    pub table_index: u32,
    /// Where the key is in the file.
    pub offset: usize,
    /// The function in the slot; `None` when the slot is empty or beyond the table, and when there is no
    /// module around the image.
    pub function: Option<WasmFunction<'f, 'a>>,
}

impl<'a> ReadyToRun<'a> {
    /// The string thunks of every fixup that has any.
    ///
    /// Fails when a signature is outside of the image, when a blob is damaged, and when blobs together are larger than the image.
    pub fn string_thunks(&self) -> Result<Vec<ThunkBlob<'a>>, ReadError> {
        let mut blobs = Vec::new();
        let mut bytes = 0;
        for (index, section) in self.import_sections()?.iter().enumerate() {
            for fixup in self.fixup_heads(section)? {
                let fixup = fixup?;
                if fixup.number == INJECT_STRING_THUNKS {
                    let mut cursor = fixup.content;
                    let blob = StringThunkBlob::read(&mut cursor)?;
                    bytes += cursor.position() - fixup.content.position();
                    if bytes > self.image.size() {
                        return Err(fixup.content.error("string thunks that no other fixup has expected"));
                    }
                    blobs.push(ThunkBlob { section: index, cell: fixup.cell, is_eager: section.is_eager(), blob });
                }
            }
        }
        Ok(blobs)
    }
}

impl<'a> ImageFile<'a> {
    /// The string thunks of every fixup that has any; none without ReadyToRun code.
    ///
    /// Fails like [`ReadyToRun::string_thunks`], and if the functions, counted once for each of their thunks, are far
    /// larger than the file: showing or comparing all of them would take too long.
    pub fn string_thunks(&self) -> Result<Vec<ThunkBlob<'a>>, ReadError> {
        let Some(ready_to_run) = &self.ready_to_run else { return Ok(Vec::new()) };
        let blobs = ready_to_run.string_thunks()?;
        let mut room = self.size.saturating_mul(FUNCTIONS_PER_BYTE).saturating_add(FUNCTIONS_ANYWAY);
        let functions = blobs.iter().flat_map(|blob| &blob.blob.thunks).filter_map(|thunk| self.function(thunk.value));
        for function in functions {
            room = room.checked_sub(weight(&function)).ok_or_else(|| {
                let reason = "functions in proportion to the file expected: one belongs to too many thunks";
                ReadError::new(Place::Part("wasm module"), function.range.start, reason)
            })?;
        }
        Ok(blobs)
    }

    /// Every string thunk of the image, in the order of the file; fails like [`string_thunks`](Self::string_thunks).
    pub fn thunks(&self) -> Result<Vec<ImageThunk<'_, 'a>>, ReadError> {
        let blobs = self.string_thunks()?;
        Ok(blobs.iter().flat_map(|blob| self.thunks_of(&blob.blob)).collect())
    }

    /// The string thunks of a blob of the image.
    pub fn thunks_of<'f>(&'f self, blob: &StringThunkBlob<'a>) -> Vec<ImageThunk<'f, 'a>> {
        let thunk = |thunk: &super::StringThunk<'a>| ImageThunk {
            key: thunk.key,
            table_index: thunk.value,
            offset: thunk.offset,
            function: self.function(thunk.value),
        };
        blob.thunks.iter().map(thunk).collect()
    }

    fn function(&self, slot: u32) -> Option<WasmFunction<'_, 'a>> {
        self.wasm.as_ref().and_then(|wasm| wasm.function(wasm.slot(slot)?))
    }
}

/// Bytes of what a function is, with five for each value in its type.
fn weight(function: &WasmFunction<'_, '_>) -> usize {
    let values = function.ty.map_or(0, |ty| ty.params().len() + ty.results().len());
    function.name.map_or(0, str::len) + 5 * values + function.body.map_or(0, <[u8]>::len)
}
