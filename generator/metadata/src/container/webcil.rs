//! Webcil images, versions 0 and 1: the sections of a PE image after a small header.

use super::{Container, DataDirectory, Image, MAX_SECTIONS, PeSection};
use crate::cursor::Span;
use crate::error::{Place, ReadError};

pub(super) const MAGIC: &[u8] = b"WbIL";

/// Opens a bare image; the container of the result is to be corrected when it was found inside something else.
pub(super) fn open(payload: Span<'_>) -> Result<(u16, Image<'_>), ReadError> {
    let place = Place::Part("Webcil header");
    let mut header = payload.cursor(place);
    header.skip(MAGIC.len())?;
    let major = header.u16()?;
    if major > 1 {
        return Err(header.error("Webcil version 0 or 1 expected"));
    }
    header.skip(2)?;
    let section_count = header.u16()?;
    header.skip(2)?;
    let cli_header_rva = header.u32()?;
    header.skip(4)?;
    let debug_directory = DataDirectory { rva: header.u32()?, size: header.u32()? };
    if major == 1 {
        header.skip(4)?; // TableBase: written at load time
    }
    if section_count > MAX_SECTIONS {
        return Err(header.error("at most 96 sections expected"));
    }
    let mut sections = Vec::new();
    for _ in 0..section_count {
        let virtual_size = header.u32()?;
        let rva = header.u32()?;
        let raw_size = header.u32()?;
        let raw_offset = header.u32()?;
        if payload.sub(raw_offset as usize, raw_size as usize).is_none() {
            return Err(header.error("section runs past the end of the image"));
        }
        // The runtime's decoder needs an RVA to be inside both sizes.
        sections.push(PeSection { rva, raw_size: raw_size.min(virtual_size), raw_offset });
    }
    let image = Image::new(Container::Webcil(major), payload, sections, cli_header_rva, debug_directory)?;
    Ok((major, image))
}
