//! The wasm module around a Webcil image: the payload is one of its data segments.

use super::webcil;
use crate::cursor::{Cursor, Span};
use crate::error::{Place, ReadError};

pub(super) const MAGIC: &[u8] = b"\0asm";

/// Version of a module.
pub(super) const MODULE: u32 = 1;

/// Version 13 of layer 1: a component. It contains modules, but is never a wrapper.
pub(super) const COMPONENT: u32 = 0x1_000D;

const SECTION_EXPORT: u8 = 7;
const SECTION_DATA: u8 = 11;

/// The Webcil payload of a wrapper module; `None` for any other wasm module.
pub(super) fn webcil_payload(file: Span<'_>) -> Result<Option<Span<'_>>, ReadError> {
    let place = Place::Part("wasm module");
    let mut module = file.cursor(place);
    module.skip(MAGIC.len())?;
    if module.u32()? != MODULE {
        return Ok(None);
    }
    let mut exports_webcil = false;
    while !module.is_at_end() {
        let id = module.u8()?;
        let size = module.leb_u32()? as usize;
        let section = module.span(size)?;
        if id == SECTION_EXPORT {
            exports_webcil = exports_version(section.cursor(place))?;
        } else if id == SECTION_DATA
            && let Some(payload) = find_payload(section.cursor(place))?
        {
            return Ok(Some(payload));
        }
    }
    if exports_webcil {
        return Err(module.error("the module exports webcilVersion, but no data segment contains a Webcil image"));
    }
    Ok(None)
}

fn exports_version(mut section: Cursor<'_>) -> Result<bool, ReadError> {
    for _ in 0..section.leb_u32()? {
        let length = section.leb_u32()? as usize;
        if section.bytes(length)? == b"webcilVersion" {
            return Ok(true);
        }
        section.skip(1)?;
        section.leb_u32()?;
    }
    Ok(false)
}

/// The first segment that starts like a Webcil image: its index and kind (passive or active) changed with the
/// wrapper's version, its content did not.
fn find_payload<'a>(mut section: Cursor<'a>) -> Result<Option<Span<'a>>, ReadError> {
    for _ in 0..section.leb_u32()? {
        match section.leb_u32()? {
            0 => skip_offset(&mut section)?,
            1 => {}
            2 => {
                section.leb_u32()?;
                skip_offset(&mut section)?;
            }
            _ => return Err(section.error("data segment kind 0, 1 or 2 expected")),
        }
        let size = section.leb_u32()? as usize;
        let data = section.span(size)?;
        if data.data.starts_with(webcil::MAGIC) {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

/// Skips the constant expression of an active segment.
fn skip_offset(section: &mut Cursor<'_>) -> Result<(), ReadError> {
    loop {
        match section.u8()? {
            0x0B => return Ok(()),
            // i32.const and i64.const (signed, at most 10 bytes), global.get
            0x41 | 0x42 | 0x23 => while section.u8()? & 0x80 != 0 {},
            0x6A | 0x6B | 0x6C | 0x7C | 0x7D | 0x7E => {} // extended constant expressions
            _ => return Err(section.error("constant expression expected")),
        }
    }
}
