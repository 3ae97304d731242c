//! The debug directory of a PE or Webcil image (PE format, and the PE/COFF part of the Portable PDB specification):
//! which PDB belongs to the image, and the PDB itself when it is embedded.

use super::container::Image;
use super::cursor::Span;
use super::error::{Place, ReadError};
use super::pdb::PdbId;

const PLACE: Place = Place::Part("debug directory");

const TYPE_CODE_VIEW: u32 = 2;
const TYPE_EMBEDDED_PORTABLE_PDB: u32 = 17;

/// Minor version of a CodeView entry that names a portable PDB.
const PORTABLE: u16 = 0x504D;

/// More uncompressed bytes than any PDB has.
const MAX_EMBEDDED: u32 = 1 << 28;

/// What an image says about its PDB.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct DebugDirectory<'a> {
    /// Identity of the portable PDB that was made with the image.
    pub id: Option<PdbId>,
    /// The PDB's path, as the compiler got it.
    pub path: Option<&'a str>,
    embedded: Option<Span<'a>>,
}

impl<'a> DebugDirectory<'a> {
    pub(super) fn read(image: &Image<'a>) -> Result<DebugDirectory<'a>, ReadError> {
        let mut directory = DebugDirectory::default();
        let mut entries = image.debug_directory()?.cursor(PLACE);
        while entries.remaining() >= 28 {
            entries.skip(4)?;
            let stamp = entries.u32()?;
            entries.skip(2)?;
            let minor_version = entries.u16()?;
            let kind = entries.u32()?;
            let size = entries.u32()? as usize;
            let rva = entries.u32()?;
            entries.skip(4)?;
            if kind != TYPE_CODE_VIEW && kind != TYPE_EMBEDDED_PORTABLE_PDB {
                continue;
            }
            let data = image.at_rva(rva, PLACE)?.sub(0, size);
            let data = data.ok_or_else(|| entries.error("entry runs past the end of its section"))?;
            if kind == TYPE_EMBEDDED_PORTABLE_PDB {
                directory.embedded = Some(data);
            } else if minor_version == PORTABLE {
                directory.read_code_view(data, stamp)?;
            }
        }
        Ok(directory)
    }

    fn read_code_view(&mut self, data: Span<'a>, stamp: u32) -> Result<(), ReadError> {
        let mut entry = data.cursor(PLACE);
        if entry.bytes(4)? != b"RSDS" {
            return Err(data.cursor(PLACE).error("CodeView signature expected"));
        }
        self.id = Some(PdbId::new(entry.bytes(16)?, stamp));
        entry.skip(4)?;
        let path = entry.bytes(entry.remaining())?.split(|byte| *byte == 0).next();
        self.path = path.and_then(|path| std::str::from_utf8(path).ok());
        Ok(())
    }

    /// The embedded PDB, decompressed; `None` when there is none.
    pub fn embedded(&self) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(data) = self.embedded else { return Ok(None) };
        let mut entry = data.cursor(Place::Part("embedded PDB"));
        if entry.bytes(4)? != b"MPDB" {
            return Err(data.cursor(PLACE).error("embedded PDB signature expected"));
        }
        let size = entry.u32()?;
        if size > MAX_EMBEDDED {
            return Err(entry.error("PDB of at most 256 MiB expected"));
        }
        let deflated = entry.bytes(entry.remaining())?;
        match miniz_oxide::inflate::decompress_to_vec_with_limit(deflated, size as usize) {
            Ok(bytes) if bytes.len() == size as usize => Ok(Some(bytes)),
            _ => Err(entry.error("deflated data of the announced size expected")),
        }
    }
}
