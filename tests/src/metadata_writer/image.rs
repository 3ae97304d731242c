//! Metadata root (II.24.2.1), CLI header (II.25.3.3) and the file around them.

/// Kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// A PE image with 32-bit optional header.
    Pe32,
    /// A bare Webcil image of this major version, 0 or 1.
    Webcil(u16),
}

/// The streams with something in them.
#[derive(Debug)]
pub(super) struct Streams {
    pub tables: Vec<u8>,
    pub strings: Vec<u8>,
    pub blobs: Vec<u8>,
}

/// Where the only section is loaded; the CLI header starts it.
const SECTION_RVA: u32 = 0x2000;
const CLI_HEADER_SIZE: u32 = 72;
/// Where the section is in a PE file, and what its size there is a multiple of.
const FILE_ALIGNMENT: usize = 0x200;

/// A PE image with 32-bit optional header around metadata.
pub fn portable_executable(metadata: &[u8]) -> Vec<u8> {
    pe(section(metadata))
}

pub(super) fn image(container: Container, streams: &Streams) -> Vec<u8> {
    let section = section(&metadata_root(streams));
    match container {
        Container::Pe32 => pe(section),
        Container::Webcil(major) => webcil(major, section),
    }
}

/// Little-endian numbers of two and four bytes, the unit of every header here.
#[derive(Default)]
struct Header(Vec<u8>);

impl Header {
    fn short(&mut self, values: &[u16]) -> &mut Header {
        self.0.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        self
    }

    fn word(&mut self, values: &[u32]) -> &mut Header {
        self.0.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        self
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Header {
        self.0.extend_from_slice(bytes);
        self
    }
}

fn metadata_root(streams: &Streams) -> Vec<u8> {
    const GUID: &[u8; 16] = b"thunkgen's tests"; // the module version, which nothing reads
    let list: [(&[u8], &[u8]); 5] = [
        (b"#~\0\0", &streams.tables),
        (b"#Strings\0\0\0\0", &streams.strings),
        (b"#US\0", &[0, 0, 0, 0]),
        (b"#GUID\0\0\0", GUID),
        (b"#Blob\0\0\0", &streams.blobs),
    ];
    let mut root = Header::default();
    root.word(&[0x424A_5342]).short(&[1, 1]).word(&[0, 12]).bytes(b"v4.0.30319\0\0").short(&[0, 5]);
    let headers: usize = list.iter().map(|(name, _)| 8 + name.len()).sum();
    let mut offset = root.0.len() + headers;
    for (name, stream) in list {
        root.word(&[offset as u32, stream.len() as u32]).bytes(name);
        offset += stream.len();
    }
    for (_, stream) in list {
        root.bytes(stream);
    }
    root.0
}

fn section(metadata: &[u8]) -> Vec<u8> {
    const IL_ONLY: u32 = 1;
    let mut section = Header::default();
    section.word(&[CLI_HEADER_SIZE]).short(&[2, 5]);
    section.word(&[SECTION_RVA + CLI_HEADER_SIZE, metadata.len() as u32, IL_ONLY, 0]).word(&[0; 12]).bytes(metadata);
    section.0
}

fn pe(mut section: Vec<u8>) -> Vec<u8> {
    const PE_OFFSET: usize = 0x80;
    const DLL_IMAGE: u16 = 0x2102;
    const OPTIONAL_SIZE: u16 = 224;
    let size = section.len() as u32;
    section.resize(section.len().next_multiple_of(FILE_ALIGNMENT), 0);
    let raw_size = section.len() as u32;
    let loaded = size.next_multiple_of(SECTION_RVA);

    let mut file = Header::default();
    file.bytes(b"MZ").bytes(&[0; 0x3A]).word(&[PE_OFFSET as u32]);
    file.0.resize(PE_OFFSET, 0);
    file.bytes(b"PE\0\0").short(&[0x14C, 1]).word(&[0, 0, 0]).short(&[OPTIONAL_SIZE, DLL_IMAGE]);
    // Standard and Windows-specific fields (II.25.2.3), then 16 data directories of which the 15th is the CLI header.
    file.short(&[0x10B, 8]).word(&[raw_size, 0, 0, 0, SECTION_RVA, 0]);
    file.word(&[0x1000_0000, SECTION_RVA, FILE_ALIGNMENT as u32]).short(&[4, 0, 0, 0, 4, 0]);
    file.word(&[0, SECTION_RVA + loaded, FILE_ALIGNMENT as u32, 0]).short(&[3, 0x8540]);
    file.word(&[0x10_0000, 0x1000, 0x10_0000, 0x1000, 0, 16]);
    file.word(&[0; 28]).word(&[SECTION_RVA, CLI_HEADER_SIZE, 0, 0]);
    file.bytes(b".text\0\0\0").word(&[size, SECTION_RVA, raw_size, FILE_ALIGNMENT as u32]).word(&[
        0,
        0,
        0,
        0x6000_0020,
    ]);
    file.0.resize(FILE_ALIGNMENT, 0);
    file.bytes(&section);
    file.0
}

fn webcil(major: u16, section: Vec<u8>) -> Vec<u8> {
    let mut file = Header::default();
    file.bytes(b"WbIL").short(&[major, 0, 1, 0]).word(&[SECTION_RVA, CLI_HEADER_SIZE, 0, 0]);
    if major == 1 {
        file.word(&[0]); // TableBase: written at load time
    }
    let size = section.len() as u32;
    let offset = file.0.len() as u32 + 16;
    file.word(&[size, SECTION_RVA, size, offset]).bytes(&section);
    file.0
}

#[cfg(test)]
mod tests {
    use super::super::{AssemblyWriter, Container, Owner, Sig, flags};
    use clr_metadata::columns::{field, type_def};
    use clr_metadata::{TableId, TypeSig, decode_field, open};

    /// Many equal types make every index wide; one keeps them narrow.
    fn assembly(types: u32, container: Container) -> Vec<u8> {
        let mut writer = AssemblyWriter::new("Written");
        let core_library = writer.assembly_ref("System.Private.CoreLib");
        let value_type = writer.type_ref(core_library, "System", "ValueType");
        let attribute = writer.type_ref(core_library, "System.Runtime.CompilerServices", "InlineArrayAttribute");
        let constructor = writer.constructor(attribute, &[Sig::I4]);
        for index in 0..types {
            let ty = writer.type_def(flags::SEQUENTIAL_STRUCT, "Name.Space", &format!("Ty{index}"), value_type);
            writer.attribute(Owner::Type(ty), constructor, &[index as i32 + 1]);
            writer.field(flags::PUBLIC, "alone", &Sig::Pointer(Box::new(Sig::Value(ty))));
            writer.class_layout(ty, 2, 0);
        }
        writer.finish(container)
    }

    #[test]
    fn the_reader_finds_what_was_written() {
        for (types, container) in
            [(1, Container::Pe32), (20_000, Container::Pe32), (3, Container::Webcil(0)), (20_000, Container::Webcil(1))]
        {
            let bytes = assembly(types, container);
            let module = open(&bytes).unwrap().unwrap();
            assert_eq!(module.assembly_name().unwrap(), Some("Written"));
            for (table, rows) in [
                (TableId::TypeDef, types + 1),
                (TableId::Field, types),
                (TableId::ClassLayout, types),
                (TableId::CustomAttribute, types),
            ] {
                assert_eq!(module.tables.rows(table), rows, "{table:?}");
            }
            assert_eq!(module.string(type_def::NAME, types + 1).unwrap(), format!("Ty{}", types - 1));
            let field = module.tables.cell(field::SIGNATURE, types).unwrap();
            let TypeSig::Pointer(inner) = decode_field(&module.heaps, field).unwrap() else { panic!("a pointer") };
            assert!(matches!(*inner, TypeSig::ValueType(token) if token.row == types + 1));
        }
    }
}
