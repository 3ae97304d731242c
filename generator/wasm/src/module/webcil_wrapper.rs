//! The wrapper of a Webcil image, in its versions 0 (Mono) and 1.

use super::segments::{DataSegment, Placement};
use super::{ExternKind, Import, ReadError, WasmModule};

/// The export with the version.
const VERSION: &str = "webcilVersion";

/// Module of all imports.
const MODULE: &str = "webcil";

/// Names that version 1 uses for the address of the image: in .NET 11.0, and in later versions.
const BASES: [&str; 2] = ["imageBase", "__memory_base"];

/// First bytes of the image.
const IMAGE_MAGIC: &[u8] = b"WbIL";

/// The first data segment of a wrapper: the sizes that its host reserves before it instantiates the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announced {
    /// Bytes of the image.
    pub payload_size: u32,
    /// Number of table slots; `None` or 0 in wrappers of images without code.
    pub table_size: Option<u32>,
}

/// How the image and the functions are placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bases {
    /// The host calls functions of the module that copy them.
    Copied,
    /// Active segments, placed by imported globals or by constants.
    Active,
}

impl<'a> WasmModule<'a> {
    /// Version of the wrapper around a Webcil image: the value of the exported global `webcilVersion`, or, without
    /// one, the version that the imports show.
    ///
    /// `None` if both are missing. There may still be an image: a module merged into another loses both.
    pub fn wrapper_version(&self) -> Option<u32> {
        let Some(export) = self.exports.iter().find(|export| export.name == VERSION) else {
            return self.version_of_imports();
        };
        let is_global = matches!(export.kind, ExternKind::Global { .. });
        let value = self.globals.get(export.index as usize).copied().flatten().filter(|_| is_global)?;
        u32::try_from(value).ok()
    }

    fn version_of_imports(&self) -> Option<u32> {
        let is_base = |import: &Import<'_>| import.module == MODULE && BASES.contains(&import.name);
        self.imports.iter().any(is_base).then_some(1)
    }

    /// The data segment with the Webcil image.
    pub fn payload(&self) -> Option<&DataSegment<'a>> {
        self.data.iter().find(|segment| segment.bytes.starts_with(IMAGE_MAGIC))
    }

    /// How the image is installed; `None` without an image.
    pub fn bases(&self) -> Option<Bases> {
        let passive = self.payload()?.placement == Placement::Passive;
        Some(if passive { Bases::Copied } else { Bases::Active })
    }

    /// The sizes that the wrapper's first data segment announces; `None` for a module without an image, or with an
    /// image in its first segment.
    ///
    /// Zeros may follow the numbers, to align the image after them. Fails if the segment is shorter than a number.
    pub fn announced(&self) -> Result<Option<Announced>, ReadError> {
        let first = self.data.first().filter(|segment| !segment.bytes.starts_with(IMAGE_MAGIC));
        let Some(first) = first.filter(|_| self.payload().is_some()) else { return Ok(None) };
        let (words, _) = first.bytes.as_chunks::<4>();
        let Some(payload_size) = words.first() else {
            let (part, reason) = ("wasm data section", "more bytes expected");
            return Err(ReadError { part, offset: first.range.start, reason });
        };
        let table_size = words.get(1).map(|word| u32::from_le_bytes(*word));
        Ok(Some(Announced { payload_size: u32::from_le_bytes(*payload_size), table_size }))
    }
}
