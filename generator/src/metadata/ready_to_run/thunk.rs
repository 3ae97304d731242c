//! From the keys of an image to the functions they stand for.

use super::blob::StringThunkBlob;
use super::file::ImageFile;
use super::fixup_kind::INJECT_STRING_THUNKS;
use super::header::ReadyToRun;
use crate::metadata::error::ReadError;
use crate::metadata::wasm_module::Function;

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

/// A key and what it stands for in its image.
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
    pub function: Option<Function<'f, 'a>>,
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
    /// Every string thunk of the image, in the order of the file.
    pub fn thunks(&self) -> Result<Vec<ImageThunk<'_, 'a>>, ReadError> {
        let Some(ready_to_run) = &self.ready_to_run else { return Ok(Vec::new()) };
        let blobs = ready_to_run.string_thunks()?;
        Ok(blobs.iter().flat_map(|blob| self.thunks_of(&blob.blob)).collect())
    }

    /// The string thunks of a blob of the image.
    pub fn thunks_of<'f>(&'f self, blob: &StringThunkBlob<'a>) -> Vec<ImageThunk<'f, 'a>> {
        let function = |slot| self.wasm.as_ref().and_then(|wasm| wasm.function(wasm.slot(slot)?));
        let thunk = |thunk: &super::StringThunk<'a>| ImageThunk {
            key: thunk.key,
            table_index: thunk.value,
            offset: thunk.offset,
            function: function(thunk.value),
        };
        blob.thunks.iter().map(thunk).collect()
    }
}
