//! PE32 and PE32+ images (II.25).

use super::{Container, DataDirectory, Image, MAX_SECTIONS, PeSection};
use crate::cursor::Span;
use crate::error::{Place, ReadError};

pub(super) const MAGIC: &[u8] = b"MZ";

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

/// How a metadata root starts (II.24.2.1): signature, version 1.1, and four reserved bytes.
const METADATA_ROOT: [u8; 12] = *b"BSJB\x01\0\x01\0\0\0\0\0";

/// The file offset of a metadata root in a section, but not among resources, which can contain whole assemblies.
pub(super) fn metadata_root(bytes: &[u8]) -> Option<usize> {
    let place = Place::Part("PE header");
    let file = Span { data: bytes, base: 0 };
    let mut dos = file.cursor(place);
    dos.skip(0x3C).ok()?;
    let mut coff = file.from(dos.u32().ok()? as usize)?.cursor(place);
    coff.skip(6).ok()?;
    let section_count = coff.u16().ok()?;
    coff.skip(12).ok()?;
    let optional_size = coff.u16().ok()?;
    coff.skip(2 + usize::from(optional_size)).ok()?;
    // Sections do not overlap, so no more than the file is searched.
    let mut left = bytes.len();
    for _ in 0..section_count {
        let name = coff.bytes(8).ok()?;
        coff.skip(8).ok()?;
        let (size, offset) = (coff.u32().ok()? as usize, coff.u32().ok()? as usize);
        coff.skip(16).ok()?;
        if name.starts_with(b".rsrc") {
            continue;
        }
        left = left.checked_sub(size)?;
        // A root is aligned in memory, and sections are aligned in the file.
        let section = file.sub(offset, size)?.data;
        let mut words = section.chunks_exact(4).enumerate();
        while let Some((word, _)) = words.find(|(_, word)| *word == b"BSJB") {
            if section.get(word * 4..).is_some_and(|root| root.starts_with(&METADATA_ROOT)) {
                return Some(offset + word * 4);
            }
        }
    }
    None
}
