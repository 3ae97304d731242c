//! PE32 and PE32+ images (II.25).

use super::{Container, DataDirectory, Image, MAX_SECTIONS, PeSection};
use crate::cursor::Span;
use crate::error::{Place, ReadError};

/// Index of the debug directory in the data directories.
const DEBUG_DIRECTORY: usize = 6;

/// Index of the CLI header in the data directories.
const CLI_HEADER_DIRECTORY: u32 = 14;

pub(super) fn open(file: Span<'_>) -> Result<Option<Image<'_>>, ReadError> {
    let place = Place::Part("PE header");
    let mut dos = file.cursor(place);
    dos.skip(0x3C)?;
    let pe_offset = dos.u32()? as usize;
    let header = file.from(pe_offset).ok_or_else(|| dos.error("PE header is outside of the file"))?;
    let mut coff = header.cursor(place);
    if coff.bytes(4)? != b"PE\0\0" {
        return Err(header.cursor(place).error("PE signature expected"));
    }
    let machine = coff.u16()?;
    let section_count = coff.u16()?;
    coff.skip(12)?;
    let optional_size = coff.u16()?;
    coff.skip(2)?;

    let optional = coff.span(usize::from(optional_size))?;
    let mut fields = optional.cursor(place);
    let (container, to_directories) = match fields.u16()? {
        0x10B => (Container::Pe32, 90),
        0x20B => (Container::Pe32Plus, 106),
        _ => return Err(optional.cursor(place).error("optional header magic 0x10B or 0x20B expected")),
    };
    fields.skip(to_directories)?;
    let directories = fields.u32()?;
    if directories <= CLI_HEADER_DIRECTORY {
        return Ok(None);
    }
    fields.skip(DEBUG_DIRECTORY * 8)?;
    let debug_directory = DataDirectory { rva: fields.u32()?, size: fields.u32()? };
    fields.skip((CLI_HEADER_DIRECTORY as usize - DEBUG_DIRECTORY - 1) * 8)?;
    let cli_header_rva = fields.u32()?;
    if cli_header_rva == 0 {
        return Ok(None);
    }

    if section_count > MAX_SECTIONS {
        return Err(coff.error("at most 96 sections expected"));
    }
    let mut sections = Vec::new();
    for _ in 0..section_count {
        coff.skip(12)?;
        let rva = coff.u32()?;
        let raw_size = coff.u32()?;
        let raw_offset = coff.u32()?;
        coff.skip(16)?;
        if raw_size != 0 && file.sub(raw_offset as usize, raw_size as usize).is_none() {
            return Err(coff.error("section runs past the end of the file"));
        }
        sections.push(PeSection { rva, raw_size, raw_offset });
    }
    let image = Image::new(container, file, sections, cli_header_rva, debug_directory)?;
    Ok(Some(Image { machine, ..image }))
}
