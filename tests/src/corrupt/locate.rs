//! Where the parts of a good file are, in file offsets; found without the reader, but for the addresses of methods.

use std::ops::Range;

use clr_metadata::TableId;
use clr_metadata::columns::method_def;

/// Parts of a file, as ranges of bytes.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    /// Headers of the container, of the CLI and of the metadata.
    pub headers: Vec<Range<usize>>,
    /// The table stream.
    pub tables: Vec<Range<usize>>,
    /// The heaps.
    pub heaps: Vec<Range<usize>>,
    /// Of the heaps, the one of names.
    pub strings: Option<Range<usize>>,
    /// Method bodies.
    pub il: Vec<Range<usize>>,
}

impl Regions {
    /// Headers, tables, heaps, IL; a kind that the file does not have is empty.
    pub fn kinds(&self) -> [&[Range<usize>]; 4] {
        [&self.headers, &self.tables, &self.heaps, &self.il]
    }
}

/// A section: address, offset in the file, size in the file.
struct Section {
    rva: usize,
    at: usize,
    size: usize,
}

/// The parts of a managed file.
pub fn locate(bytes: &[u8]) -> Option<Regions> {
    let (sections, cli_rva, headers_end) = if bytes.starts_with(b"MZ") {
        pe(bytes)?
    } else {
        let start = bytes.windows(4).position(|window| window == b"WbIL")?;
        webcil(bytes, start)?
    };
    let offset = |rva: usize| {
        let section = sections.iter().find(|s| rva >= s.rva && rva - s.rva < s.size)?;
        Some(section.at + rva - section.rva)
    };
    let cli = offset(cli_rva).filter(|_| cli_rva != 0)?;
    let root = offset(u32_at(bytes, cli + 8)?)?;
    let version = u32_at(bytes, root + 12)?;
    let streams = root + 16 + version.next_multiple_of(4) + 4;
    let mut regions = Regions::default();
    let mut header = streams;
    for _ in 0..u16_at(bytes, streams - 2)? {
        let start = root + u32_at(bytes, header)?;
        let range = start..start + u32_at(bytes, header + 4)?;
        let name = bytes.get(header + 8..)?.split(|byte| *byte == 0).next()?;
        if name == b"#Strings" {
            regions.strings = Some(range.clone());
        }
        match name {
            b"#~" | b"#-" => regions.tables.push(range),
            _ => regions.heaps.push(range),
        }
        header += 8 + (name.len() + 1).next_multiple_of(4);
    }
    regions.headers = vec![0..headers_end, cli..cli + 72, root..header];
    let module = clr_metadata::open(bytes).ok()??;
    for row in module.tables.all(TableId::MethodDef) {
        let (Ok(rva), Ok(Some(body))) = (module.tables.cell(method_def::RVA, row), module.method_body(row)) else {
            continue;
        };
        let at = offset(rva as usize)?;
        let size = if bytes[at] & 3 == 2 { 1 } else { 12 } + body.code_size() + 12 * body.clauses.len();
        regions.il.push(at..(at + size).min(bytes.len()));
    }
    Some(regions)
}

fn pe(bytes: &[u8]) -> Option<(Vec<Section>, usize, usize)> {
    let coff = u32_at(bytes, 0x3C)? + 4;
    let optional = coff + 20;
    let directories = if u16_at(bytes, optional)? == 0x20B { 112 } else { 96 };
    let cli_rva = u32_at(bytes, optional + directories + 14 * 8)?;
    let mut at = optional + u16_at(bytes, coff + 16)?;
    let mut sections = Vec::new();
    for _ in 0..u16_at(bytes, coff + 2)? {
        let (rva, size, raw) = (u32_at(bytes, at + 12)?, u32_at(bytes, at + 16)?, u32_at(bytes, at + 20)?);
        sections.push(Section { rva, at: raw, size });
        at += 40;
    }
    Some((sections, cli_rva, at))
}

fn webcil(bytes: &[u8], start: usize) -> Option<(Vec<Section>, usize, usize)> {
    let cli_rva = u32_at(bytes, start + 12)?;
    let mut at = start + if u16_at(bytes, start + 4)? == 0 { 28 } else { 32 };
    let mut sections = Vec::new();
    for _ in 0..u16_at(bytes, start + 8)? {
        let (rva, size, raw) = (u32_at(bytes, at + 4)?, u32_at(bytes, at + 8)?, u32_at(bytes, at + 12)?);
        sections.push(Section { rva, at: start + raw, size });
        at += 16;
    }
    Some((sections, cli_rva, at))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?).into())
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?) as usize)
}
