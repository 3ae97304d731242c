//! PE to Webcil: the sections behind a small header, addresses kept.

use super::pe::sections;

/// Version 0: what the build of .NET 8 to 10 makes of an assembly. Sections follow each other.
pub fn version_0(pe: &[u8]) -> Vec<u8> {
    let (sections, cli_rva, cli_size) = sections(pe);
    let mut out = header(0, sections.len(), cli_rva, cli_size);
    let mut offset = out.len() + 16 * sections.len();
    for section in &sections {
        for field in [section.virtual_size, section.rva, section.bytes.len() as u32, offset as u32] {
            out.extend(field.to_le_bytes());
        }
        offset += section.bytes.len();
    }
    sections.iter().for_each(|section| out.extend(section.bytes));
    out
}

/// Version 1: a section's offset in the image is its address, and its sizes are multiples of 16.
pub fn version_1(pe: &[u8]) -> Vec<u8> {
    let (sections, cli_rva, cli_size) = sections(pe);
    let mut out = header(1, sections.len(), cli_rva, cli_size);
    out.extend([0; 4]); // TableBase
    for section in &sections {
        let size = section.bytes.len().next_multiple_of(16) as u32;
        for field in [size, section.rva, size, section.rva] {
            out.extend(field.to_le_bytes());
        }
    }
    for section in &sections {
        assert!(out.len() <= section.rva as usize && section.rva % 16 == 0, "sections of a PE file are far apart");
        out.resize(section.rva as usize, 0);
        out.extend(section.bytes);
        out.resize(out.len().next_multiple_of(16), 0);
    }
    out
}

fn header(version: u16, sections: usize, cli_rva: u32, cli_size: u32) -> Vec<u8> {
    let mut out = b"WbIL".to_vec();
    for field in [version, 0, sections as u16, 0] {
        out.extend(field.to_le_bytes());
    }
    for field in [cli_rva, cli_size, 0, 0] {
        out.extend(field.to_le_bytes());
    }
    out
}
