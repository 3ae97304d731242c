//! Images as the formats' texts describe them, read without the generator's reader.

use wasmparser::{DataKind, ElementItems, ElementKind, ExternalKind, Parser, Payload, TypeRef};

/// What a wrapper module holds.
#[derive(Default)]
pub struct Facts {
    /// Names and kinds of the imports.
    pub imports: Vec<(String, String)>,
    /// Names, kinds and indices of the exports.
    pub exports: Vec<(String, ExternalKind, u32)>,
    /// Type of every function.
    pub functions: Vec<String>,
    /// Function indices of the element segment.
    pub elements: Vec<u32>,
    /// Sizes of the payload and of the place in the table, from the first data segment.
    pub sizes: (u32, u32),
    /// The second data segment.
    pub payload: Vec<u8>,
}

/// A function type; the engine, its parser and the generator spell value types alike but for case.
pub fn shown<T: std::fmt::Debug>(params: &[T], results: &[T]) -> String {
    format!("{params:?} -> {results:?}").to_lowercase()
}

/// Reads a module and asserts the forms of its segments.
pub fn facts(wasm: &[u8]) -> Facts {
    wasmparser::Validator::new().validate_all(wasm).expect("a valid module");
    let mut facts = Facts::default();
    let mut types = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.expect("a section") {
            Payload::TypeSection(section) => {
                types.extend(section.into_iter_err_on_gc_types().map(|of_type| {
                    let of_type = of_type.expect("a type");
                    shown(of_type.params(), of_type.results())
                }));
            }
            Payload::ImportSection(section) => {
                for import in section {
                    let import = import.expect("an import");
                    assert_eq!(import.module, "webcil");
                    facts.imports.push((import.name.to_owned(), kind(&import.ty)));
                }
            }
            Payload::FunctionSection(section) => {
                facts.functions.extend(section.into_iter().map(|index| types[index.expect("a type") as usize].clone()));
            }
            Payload::ExportSection(section) => facts.exports.extend(section.into_iter().map(|export| {
                let export = export.expect("an export");
                (export.name.to_owned(), export.kind, export.index)
            })),
            Payload::ElementSection(section) => {
                let segments: Vec<_> = section.into_iter().collect::<Result<_, _>>().expect("segments");
                let [segment] = &segments[..] else { panic!("one element segment") };
                assert!(matches!(segment.kind, ElementKind::Passive), "the host fills the table");
                let ElementItems::Functions(items) = &segment.items else { panic!("functions") };
                facts.elements = items.clone().into_iter().collect::<Result<_, _>>().expect("indices");
            }
            Payload::DataSection(section) => {
                let segments: Vec<_> = section.into_iter().collect::<Result<_, _>>().expect("segments");
                let [sizes, image] = &segments[..] else { panic!("two data segments") };
                assert!(matches!(sizes.kind, DataKind::Passive) && sizes.data.len() == 8);
                facts.sizes = (u32_at(sizes.data, 0), u32_at(sizes.data, 4));
                assert!(matches!(image.kind, DataKind::Passive), "the host copies it");
                facts.payload = image.data.to_vec();
            }
            Payload::CustomSection(section) => panic!("a section {}", section.name()),
            _ => {}
        }
    }
    facts
}

fn kind(of: &TypeRef) -> String {
    match of {
        TypeRef::Global(global) => format!("{}{}", if global.mutable { "mut " } else { "" }, global.content_type),
        TypeRef::Table(table) => format!("table {}", table.initial),
        TypeRef::Memory(memory) => format!("memory {}", memory.initial),
        other => panic!("{other:?} is imported"),
    }
}

/// The number at an offset.
pub fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    u32::from_le_bytes(bytes[offset..offset + 4].try_into().expect("four bytes"))
}

/// The number at an offset.
pub fn u16_at(bytes: &[u8], offset: usize) -> u16 {
    u16::from_le_bytes([bytes[offset], bytes[offset + 1]])
}

/// What the payload's ReadyToRun header holds.
pub struct ReadyToRun {
    /// Version of the format.
    pub version: (u16, u16),
    /// Flags of the header.
    pub flags: u32,
    /// RVA of every cell of the eager section, and the fixup that fills it.
    pub fixups: Vec<(u32, Vec<u8>)>,
    /// Keys and indices of the string thunks.
    pub thunks: Vec<(String, u32)>,
    /// RVA of every key.
    pub key_rvas: Vec<u32>,
    /// What follows the fixup of the string thunks, to the end of the payload.
    pub after: Vec<u8>,
}

/// Reads the ReadyToRun part of a payload, whose RVAs are offsets.
pub fn ready_to_run(payload: &[u8]) -> ReadyToRun {
    assert_eq!(&payload[..4], b"WbIL");
    let header = u32_at(payload, u32_at(payload, 12) as usize + 64) as usize; // ManagedNativeHeader of the CLI header
    assert_eq!(&payload[header..header + 4], b"RTR\0");
    let count = u32_at(payload, header + 12) as usize;
    let sections: Vec<[u32; 3]> =
        (0..count).map(|index| [0, 4, 8].map(|field| u32_at(payload, header + 16 + 12 * index + field))).collect();
    assert_eq!(sections.iter().map(|section| section[0]).collect::<Vec<_>>(), [100, 101]);
    let compiler = &payload[sections[0][1] as usize..][..sections[0][2] as usize];
    assert!(compiler.starts_with(b"thunkgen format=") && compiler.ends_with(b"\0"));
    let (imports, size) = (sections[1][1] as usize, sections[1][2]);
    assert_eq!(size, 20, "one import section");
    assert_eq!((u16_at(payload, imports + 8), payload[imports + 10], payload[imports + 11]), (1, 0, 4));
    let (cells, cells_size) = (u32_at(payload, imports), u32_at(payload, imports + 4));
    let signatures = u32_at(payload, imports + 12) as usize;
    let starts: Vec<usize> =
        (0..cells_size as usize / 4).map(|cell| u32_at(payload, signatures + 4 * cell) as usize).collect();
    let mut found = ReadyToRun {
        version: (u16_at(payload, header + 4), u16_at(payload, header + 6)),
        flags: u32_at(payload, header + 8),
        fixups: Vec::new(),
        thunks: Vec::new(),
        key_rvas: Vec::new(),
        after: Vec::new(),
    };
    for (index, start) in starts.into_iter().enumerate() {
        let cell = cells + 4 * index as u32;
        assert_eq!(u32_at(payload, cell as usize), 0, "an empty cell");
        let end = match payload[start] {
            0x1a => start + 3,
            0x30 => start + 6,
            0x39 => found.read_thunks(payload, start),
            other => panic!("fixup {other:#x}"),
        };
        found.fixups.push((cell, payload[start..end].to_vec()));
    }
    found
}

impl ReadyToRun {
    /// Returns the end of the fixup.
    fn read_thunks(&mut self, payload: &[u8], start: usize) -> usize {
        let mut at = start + 1;
        while payload[at] != 0 {
            let length = payload[at..].iter().position(|byte| *byte == 0).expect("the end of a key");
            let key = std::str::from_utf8(&payload[at..at + length]).expect("UTF-8");
            self.key_rvas.push(at as u32);
            self.thunks.push((key.to_owned(), u32_at(payload, at + length + 1)));
            at += length + 5;
        }
        self.after = payload[at + 1..].to_vec();
        at + 1
    }
}
