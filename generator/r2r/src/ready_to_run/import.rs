//! Import sections: ranges of cells that the runtime fills before or while the code runs, each with a signature.

use super::fixup::{Fixup, FixupHead};
use super::header::ReadyToRun;
use clr_metadata::DataDirectory;
use clr_metadata::{Place, ReadError};

const PLACE: Place = Place::Part("ReadyToRun section ImportSections");
const SIGNATURE: Place = Place::Part("ReadyToRun fixup signature");

/// Bytes of a record in the list of import sections.
const RECORD: usize = 20;

/// Bits of an import section's flags and their names.
pub const IMPORT_FLAGS: [(u16, &str); 2] = [(EAGER, "Eager"), (0x0004, "PCode")];

/// The cells are filled when the image is loaded.
const EAGER: u16 = 0x0001;

/// Name of an import section's type; `None` for one that was added later.
pub fn import_type_name(kind: u8) -> Option<&'static str> {
    match kind {
        0 => Some("Unknown"),
        2 => Some("StubDispatch"),
        3 => Some("StringHandle"),
        7 => Some("ILBodyFixups"),
        _ => None,
    }
}

/// A range of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportSection {
    /// The cells; all of them are inside of the image.
    pub at: DataDirectory,
    /// Bits of [`IMPORT_FLAGS`].
    pub flags: u16,
    /// What the cells hold; [`import_type_name`] gives the name.
    pub kind: u8,
    /// Bytes of a cell, as in the file.
    pub entry_size: u8,
    /// RVA of the list of signature RVAs, one for each cell; 0 when there is none.
    pub signatures: u32,
    /// RVA of further data, or 0.
    pub auxiliary_data: u32,
    /// Number of cells.
    pub cells: u32,
}

impl ImportSection {
    /// True when the cells are filled as the image is loaded.
    pub fn is_eager(&self) -> bool {
        self.flags & EAGER != 0
    }
}

impl<'a> ReadyToRun<'a> {
    /// The import sections; none when the image imports nothing.
    ///
    /// Fails when cells or signatures are outside of the image, or when the sections together have more cells than the
    /// image can hold (so that going through all of them takes time in proportion to the file).
    pub fn import_sections(&self) -> Result<Vec<ImportSection>, ReadError> {
        let Some(at) = self.import_sections_at() else { return Ok(Vec::new()) };
        let mut records = self.image.part(at, PLACE)?.cursor(PLACE);
        if !records.remaining().is_multiple_of(RECORD) {
            return Err(records.error("records of 20 bytes expected"));
        }
        let mut sections = Vec::with_capacity(records.remaining() / RECORD);
        let mut cell_bytes = 0usize;
        while !records.is_at_end() {
            let start = records;
            let at = DataDirectory { rva: records.u32()?, size: records.u32()? };
            let (flags, kind, entry_size) = (records.u16()?, records.u8()?, records.u8()?);
            let (signatures, auxiliary_data) = (records.u32()?, records.u32()?);
            let size = if entry_size == 0 { self.image.pointer_size() } else { entry_size.into() };
            if !at.size.is_multiple_of(size) {
                return Err(start.error("import section of whole cells expected"));
            }
            let cells = at.size / size;
            self.image.part(at, PLACE).map_err(|_| start.error("cells inside of the image expected"))?;
            if signatures != 0 {
                let list = DataDirectory { rva: signatures, size: cells.saturating_mul(4) };
                self.image.part(list, PLACE).map_err(|_| start.error("signatures inside of the image expected"))?;
            }
            cell_bytes = cell_bytes.saturating_add(at.size as usize);
            if cell_bytes > self.image.size() {
                return Err(start.error("import sections with cells of their own expected"));
            }
            sections.push(ImportSection { at, flags, kind, entry_size, signatures, auxiliary_data, cells });
        }
        Ok(sections)
    }

    /// The fixups of an import section, in the order of its cells; none when it has no signatures.
    ///
    /// An item fails when its signature is outside of the image or ends early.
    pub fn fixups(
        &self,
        section: &ImportSection,
    ) -> Result<impl Iterator<Item = Result<Fixup, ReadError>> + use<'a, '_>, ReadError> {
        Ok(self.fixup_heads(section)?.map(|head| head?.decode()))
    }

    /// The fixups of a section, without the contents of their signatures.
    pub(super) fn fixup_heads(
        &self,
        section: &ImportSection,
    ) -> Result<impl Iterator<Item = Result<FixupHead<'a>, ReadError>> + use<'a, '_>, ReadError> {
        let cells = if section.signatures == 0 { 0 } else { section.cells };
        let list = DataDirectory { rva: section.signatures, size: cells.saturating_mul(4) };
        let mut list = self.image.part(list, PLACE)?.cursor(PLACE);
        let (first, size) = (section.at.rva, section.at.size.checked_div(section.cells).unwrap_or(0));
        Ok((0..cells).map(move |index| {
            let entry = list;
            let signature = list.u32()?;
            let span = self.image.at_rva(signature, SIGNATURE);
            let span = span.map_err(|_| entry.error("RVA of a signature inside of the image expected"))?;
            FixupHead::read(first.saturating_add(index.saturating_mul(size)), signature, span.cursor(SIGNATURE))
        }))
    }
}
