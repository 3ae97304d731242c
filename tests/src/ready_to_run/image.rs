//! The header, the import sections and the signatures of ReadyToRun code in a PE file.

use crate::webcil::metadata::Metadata;
use crate::webcil::pe;

/// Kind of the section that lists the import sections.
pub const IMPORT_SECTIONS: u32 = 101;

/// The only section of a PE file of this crate begins there, with the CLI header.
const SECTION_OFFSET: usize = 0x400;

/// An import section: cells of 4 bytes, a signature for each.
#[derive(Clone, Debug, Default)]
pub struct Imports {
    /// 1 for eager.
    pub flags: u16,
    /// Type of the cells.
    pub kind: u8,
    /// The signatures.
    pub signatures: Vec<Vec<u8>>,
}

/// ReadyToRun code that is to be written.
#[derive(Clone, Debug)]
pub struct Image {
    /// Version of the format.
    pub version: (u16, u16),
    /// Flags of the header.
    pub flags: u32,
    /// Sections besides that of the imports: kind and content.
    pub sections: Vec<(u32, Vec<u8>)>,
    /// The import sections.
    pub imports: Vec<Imports>,
}

impl Default for Image {
    fn default() -> Image {
        let compiler = (100, b"by hand\0".to_vec());
        Image { version: (18, 6), flags: 3, sections: vec![compiler], imports: Vec::new() }
    }
}

/// The signature of an `InjectStringThunks` fixup with these pairs, as they are.
pub fn string_thunks(pairs: &[(&str, u32)]) -> Vec<u8> {
    let mut blob = vec![0x39];
    for (key, value) in pairs {
        blob.extend(key.as_bytes());
        blob.push(0);
        blob.extend(value.to_le_bytes());
    }
    blob.push(0);
    blob
}

impl Image {
    /// An image whose only imports are these string thunks.
    pub fn with_thunks(pairs: &[(&str, u32)]) -> Image {
        let imports = vec![Imports { flags: 1, kind: 0, signatures: vec![string_thunks(pairs)] }];
        Image { imports, ..Image::default() }
    }

    /// The assembly `name` with this code, as a PE file.
    pub fn pe(&self, name: &str, plus: bool) -> Vec<u8> {
        let mut code = Code { rva: pe::RVA + pe::CLI_SIZE, bytes: Vec::new() };
        let header = code.image(self);
        let mut file = pe::write(&Metadata::assembly(name).write(), &code.bytes, plus);
        let size = 16 + 12 * (self.sections.len() as u32 + 1);
        let field = SECTION_OFFSET + 64;
        file[field..field + 4].copy_from_slice(&header.to_le_bytes());
        file[field + 4..field + 8].copy_from_slice(&size.to_le_bytes());
        file
    }
}

/// Bytes that are loaded at `rva`.
struct Code {
    rva: u32,
    bytes: Vec<u8>,
}

impl Code {
    /// Adds bytes at a multiple of four and says where they are.
    fn add(&mut self, bytes: &[u8]) -> u32 {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        let rva = self.rva + self.bytes.len() as u32;
        self.bytes.extend(bytes);
        rva
    }

    fn words(&mut self, words: &[u32]) -> u32 {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.add(&bytes)
    }

    /// Adds everything and says where the header is.
    fn image(&mut self, image: &Image) -> u32 {
        let mut sections: Vec<(u32, u32, u32)> = Vec::new();
        for (kind, content) in &image.sections {
            sections.push((*kind, self.add(content), content.len() as u32));
        }
        let mut records = Vec::new();
        for import in &image.imports {
            let signatures: Vec<u32> = import.signatures.iter().map(|signature| self.add(signature)).collect();
            let list = self.words(&signatures);
            let cells = self.words(&vec![0; signatures.len()]);
            let size = 4 * signatures.len() as u32;
            let kinds = u32::from(import.flags) | u32::from(import.kind) << 16 | 4 << 24;
            records.extend([cells, size, kinds, list, 0]);
        }
        let at = self.words(&records);
        sections.push((IMPORT_SECTIONS, at, 4 * records.len() as u32));
        sections.sort_unstable();
        let version = u32::from(image.version.0) | u32::from(image.version.1) << 16;
        let mut header = vec![u32::from_le_bytes(*b"RTR\0"), version, image.flags, sections.len() as u32];
        header.extend(sections.into_iter().flat_map(|(kind, rva, size)| [kind, rva, size]));
        self.words(&header)
    }
}
