//! PE files: written around metadata, and taken apart into sections (ECMA-335 II.25).

/// Where the section of `write` begins: its address, and its offset in the file.
pub const RVA: u32 = 0x2000;
const OFFSET: usize = 0x400;

/// Size of the CLI header, which is first in the section; what follows it is at `RVA + CLI_SIZE`.
pub const CLI_SIZE: u32 = 72;

/// An image with one section: CLI header, `code`, metadata.
pub fn write(metadata: &[u8], code: &[u8], plus: bool) -> Vec<u8> {
    let metadata_at = (CLI_SIZE as usize + code.len()).next_multiple_of(4);
    let mut section = vec![0; metadata_at];
    section[0..4].copy_from_slice(&CLI_SIZE.to_le_bytes());
    section[4..8].copy_from_slice(&[2, 0, 5, 0]);
    section[8..12].copy_from_slice(&(RVA + metadata_at as u32).to_le_bytes());
    section[12..16].copy_from_slice(&(metadata.len() as u32).to_le_bytes());
    section[16] = 1; // IL only
    section[CLI_SIZE as usize..][..code.len()].copy_from_slice(code);
    section.extend(metadata);
    image(&section, plus, Some(RVA))
}

/// An image with one section and this CLI header address; without one it is native.
pub fn image(section: &[u8], plus: bool, cli_rva: Option<u32>) -> Vec<u8> {
    let mut out = vec![0; 0x80];
    out[0..2].copy_from_slice(b"MZ");
    out[0x3C] = 0x80;
    out.extend(b"PE\0\0");
    out.extend(if plus { [0x64, 0x86] } else { [0x4C, 0x01] });
    out.extend([1, 0]);
    out.extend([0; 12]);
    let fixed: u16 = if plus { 112 } else { 96 };
    out.extend((fixed + 16 * 8).to_le_bytes());
    out.extend(if plus { [0x22, 0] } else { [0x02, 0x21] });
    let optional = out.len();
    out.resize(optional + usize::from(fixed) + 16 * 8, 0);
    out[optional..optional + 2].copy_from_slice(if plus { &[0x0B, 2] } else { &[0x0B, 1] });
    out[optional + usize::from(fixed) - 4] = 16;
    if !plus {
        // What a runtime looks at before it loads a file: bases, alignments and sizes (II.25.2.3).
        let loaded = (section.len() as u32).next_multiple_of(RVA);
        let fields = [0x1000_0000, RVA, 0x200, 4, 0, 4, 0, RVA + loaded, OFFSET as u32, 0, 0x8540_0003];
        for (at, field) in (optional + 28..).step_by(4).zip(fields) {
            out[at..at + 4].copy_from_slice(&u32::to_le_bytes(field));
        }
    }
    if let Some(rva) = cli_rva {
        let directory = optional + usize::from(fixed) + 14 * 8;
        out[directory..directory + 4].copy_from_slice(&rva.to_le_bytes());
        out[directory + 4] = CLI_SIZE as u8;
    }
    let size = section.len().next_multiple_of(0x200);
    out.extend(b".text\0\0\0");
    for field in [section.len() as u32, RVA, size as u32, OFFSET as u32] {
        out.extend(field.to_le_bytes());
    }
    out.extend([0; 12]);
    out.extend(if plus { [0; 4] } else { [0x20, 0, 0, 0x60] });
    out.resize(OFFSET, 0);
    out.extend(section);
    out.resize(OFFSET + size, 0);
    out
}

/// A section of a file.
#[derive(Clone, Copy, Debug)]
pub struct Section<'a> {
    /// Its address.
    pub rva: u32,
    /// Its size in memory.
    pub virtual_size: u32,
    /// Its bytes in the file.
    pub bytes: &'a [u8],
}

/// The sections of a PE file that a test trusts, and the address and size of its CLI header.
pub fn sections(file: &[u8]) -> (Vec<Section<'_>>, u32, u32) {
    let u16_at = |at: usize| usize::from(u16::from_le_bytes([file[at], file[at + 1]]));
    let u32_at = |at: usize| u32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]);
    let coff = u32_at(0x3C) as usize + 4;
    let optional = coff + 20;
    let directory = optional + if u16_at(optional) == 0x20B { 112 } else { 96 } + 14 * 8;
    let headers = optional + u16_at(coff + 16);
    let section = |index: usize| {
        let at = headers + 40 * index;
        let (size, start) = (u32_at(at + 16) as usize, u32_at(at + 20) as usize);
        Section { rva: u32_at(at + 12), virtual_size: u32_at(at + 8), bytes: &file[start..start + size] }
    };
    ((0..u16_at(coff + 2)).map(section).collect(), u32_at(directory), u32_at(directory + 4))
}
