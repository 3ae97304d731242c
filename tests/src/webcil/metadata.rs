//! Metadata written row by row (ECMA-335 II.24.2).

use crate::corrupt::schema::{COLUMNS, TABLES, coded};

/// Forms a table stream can have; the default is what compilers write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Names the stream `#-`.
    pub uncompressed: bool,
    /// The heap-size byte: 1, 2 and 4 make string, GUID and blob indices wide, 0x40 adds four bytes.
    pub heap_sizes: u8,
    /// Adds a `#JTD` stream: every index is wide.
    pub minimal_delta: bool,
    /// Adds a `#Schema` stream, which means the same as `#-` for the heaps.
    pub schema: bool,
    /// Names the heaps in lower case.
    pub lower_case: bool,
    /// Adds a second heap of each name, whose content is of no use.
    pub second_heaps: bool,
    /// Adds rows of these tables of a PDB, of zeros: number and size of a row.
    pub pdb_tables: Vec<(u8, usize)>,
}

/// Rows and heaps of a module.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// Rows by table number; a row is its cells.
    pub rows: [Vec<Vec<u32>>; TABLES],
    /// `#Strings`
    pub strings: Vec<u8>,
    /// `#Blob`
    pub blobs: Vec<u8>,
    /// `#GUID`
    pub guids: Vec<u8>,
    /// `#US`
    pub user_strings: Vec<u8>,
    /// The form of the table stream.
    pub form: Form,
}

/// Table numbers of the rows the tests write most.
#[allow(missing_docs)] // the names are the specification's
pub mod table {
    pub const MODULE: usize = 0x00;
    pub const TYPE_REF: usize = 0x01;
    pub const TYPE_DEF: usize = 0x02;
    pub const FIELD: usize = 0x04;
    pub const METHOD_DEF: usize = 0x06;
    pub const PARAM: usize = 0x08;
    pub const MEMBER_REF: usize = 0x0A;
    pub const CUSTOM_ATTRIBUTE: usize = 0x0C;
    pub const CLASS_LAYOUT: usize = 0x0F;
    pub const FIELD_LAYOUT: usize = 0x10;
    pub const MODULE_REF: usize = 0x1A;
    pub const TYPE_SPEC: usize = 0x1B;
    pub const IMPL_MAP: usize = 0x1C;
    pub const ASSEMBLY: usize = 0x20;
    pub const ASSEMBLY_REF: usize = 0x23;
    pub const EXPORTED_TYPE: usize = 0x27;
    pub const NESTED_CLASS: usize = 0x29;
    pub const GENERIC_PARAM: usize = 0x2A;
}

impl Metadata {
    /// Nothing but empty heaps.
    pub fn empty() -> Metadata {
        Metadata {
            rows: std::array::from_fn(|_| Vec::new()),
            strings: vec![0],
            blobs: vec![0],
            guids: vec![7; 16],
            user_strings: vec![0],
            form: Form::default(),
        }
    }

    /// An assembly `name` with `<Module>` as its only type, and a reference to `System.Runtime` (AssemblyRef 1) with
    /// `System.ValueType` (TypeRef 1).
    pub fn assembly(name: &str) -> Metadata {
        let mut module = Metadata::empty();
        let name = module.string(name);
        module.row(table::MODULE, &[0, name, 1, 0, 0]);
        module.row(table::ASSEMBLY, &[0x8004, 1, 0, 0, 0, 0, 0, name, 0]);
        let runtime = module.string("System.Runtime");
        module.row(table::ASSEMBLY_REF, &[8, 0, 0, 0, 0, 0, runtime, 0, 0]);
        let (value_type, system) = (module.string("ValueType"), module.string("System"));
        module.row(table::TYPE_REF, &[1 << 2 | 2, value_type, system]);
        let global = module.string("<Module>");
        module.row(table::TYPE_DEF, &[0, global, 0, 0, 1, 1]);
        module
    }

    /// Adds a struct of sequential layout with fields of these signatures; its TypeDef row.
    pub fn value_type(&mut self, name: &str, fields: &[&[u8]]) -> u32 {
        let (name, first_field) = (self.string(name), self.rows[table::FIELD].len() as u32 + 1);
        for sig in fields {
            let blob = self.blob(sig);
            self.row(table::FIELD, &[6, name, blob]);
        }
        let next_method = self.rows[table::METHOD_DEF].len() as u32 + 1;
        self.row(table::TYPE_DEF, &[0x0010_0109, name, 0, 1 << 2 | 1, first_field, next_method])
    }

    /// Adds a row; its number.
    pub fn row(&mut self, table: usize, cells: &[u32]) -> u32 {
        assert_eq!(cells.len(), COLUMNS[table].split(' ').count(), "cells of table 0x{table:02x}");
        self.rows[table].push(cells.to_vec());
        self.rows[table].len() as u32
    }

    /// Adds a string; its index.
    pub fn string(&mut self, text: &str) -> u32 {
        let index = self.strings.len() as u32;
        self.strings.extend(text.bytes().chain([0]));
        index
    }

    /// Adds a blob; its index.
    pub fn blob(&mut self, bytes: &[u8]) -> u32 {
        let index = self.blobs.len() as u32;
        self.blobs.extend(compressed(bytes.len() as u32));
        self.blobs.extend(bytes);
        index
    }

    /// The metadata root with all streams.
    pub fn write(&self) -> Vec<u8> {
        let tables: &[u8] = if self.form.uncompressed { b"#-" } else { b"#~" };
        let names: [&[u8]; 4] = match self.form.lower_case {
            true => [b"#strings", b"#us", b"#guid", b"#blob"],
            false => [b"#Strings", b"#US", b"#GUID", b"#Blob"],
        };
        let heaps = [&self.strings, &self.user_strings, &self.guids, &self.blobs];
        let mut streams = vec![(tables, self.table_stream())];
        streams.extend(names.into_iter().zip(heaps.into_iter().cloned()));
        if self.form.second_heaps {
            streams.extend(names.into_iter().zip(heaps.into_iter().map(|heap| vec![0xFF; heap.len()])));
        }
        if self.form.schema {
            streams.push((b"#Schema", Vec::new()));
        }
        if self.form.minimal_delta {
            streams.push((b"#JTD", Vec::new()));
        }
        let version = b"v4.0.30319\0\0";
        let mut out = b"BSJB\x01\0\x01\0\0\0\0\0".to_vec();
        out.extend((version.len() as u32).to_le_bytes());
        out.extend(version);
        out.extend([0, 0]);
        out.extend((streams.len() as u16).to_le_bytes());
        let padded_name = |name: &[u8]| (name.len() + 1).next_multiple_of(4);
        let mut offset = out.len() + streams.iter().map(|(name, _)| 8 + padded_name(name)).sum::<usize>();
        for (name, content) in &streams {
            let size = content.len().next_multiple_of(4);
            out.extend((offset as u32).to_le_bytes());
            out.extend((size as u32).to_le_bytes());
            out.extend(*name);
            out.resize(out.len() + padded_name(name) - name.len(), 0);
            offset += size;
        }
        for (_, content) in streams {
            out.extend(&content);
            out.resize(out.len().next_multiple_of(4), 0);
        }
        out
    }

    fn table_stream(&self) -> Vec<u8> {
        let present = |number: &usize| !self.rows[*number].is_empty();
        let valid = (0..TABLES).filter(present).fold(0u64, |valid, number| valid | 1 << number);
        let valid = self.form.pdb_tables.iter().fold(valid, |valid, (number, _)| valid | 1 << number);
        let mut out = vec![0, 0, 0, 0, 2, 0, self.form.heap_sizes, 1];
        out.extend(valid.to_le_bytes());
        // Every table that is to be sorted says that it is, unless the stream is one whose tables need not be.
        let sorted: u64 = if self.form.uncompressed { 0 } else { 0x1600_3301_FA00 };
        out.extend(sorted.to_le_bytes());
        for number in (0..TABLES).filter(present) {
            out.extend((self.rows[number].len() as u32).to_le_bytes());
        }
        out.extend(self.form.pdb_tables.iter().flat_map(|_| 1u32.to_le_bytes()));
        if self.form.heap_sizes & 0x40 != 0 {
            out.extend([0xEE; 4]);
        }
        for (number, columns) in COLUMNS.iter().enumerate() {
            let widths: Vec<usize> = columns.split(' ').map(|word| self.width(word)).collect();
            for row in &self.rows[number] {
                for (cell, width) in row.iter().zip(&widths) {
                    assert!(*width == 4 || *cell <= 0xFFFF, "cell 0x{cell:x} of table 0x{number:02x}");
                    out.extend(&cell.to_le_bytes()[..*width]);
                }
            }
        }
        out.extend(self.form.pdb_tables.iter().flat_map(|(_, size)| vec![0; *size]));
        out
    }

    fn width(&self, word: &str) -> usize {
        let rows = |number: u8| self.rows[usize::from(number)].len();
        let wide = match word.as_bytes()[0] {
            b'2' => return 2,
            b'4' => return 4,
            b's' => self.form.heap_sizes & 1 != 0,
            b'g' => self.form.heap_sizes & 2 != 0,
            b'b' => self.form.heap_sizes & 4 != 0,
            b'@' => rows(u8::from_str_radix(&word[1..], 16).expect("a table number")) >= 1 << 16,
            _ => {
                let coded = coded(word);
                let tables = coded.tables.iter().filter(|number| **number != 0xFF);
                tables.map(|number| rows(*number)).max().expect("a table") >= 1 << (16 - coded.bits)
            }
        };
        if wide || self.form.minimal_delta { 4 } else { 2 }
    }
}

/// A compressed unsigned integer (II.23.2).
pub fn compressed(value: u32) -> Vec<u8> {
    match value {
        0..0x80 => vec![value as u8],
        0x80..0x4000 => (value as u16 | 0x8000).to_be_bytes().to_vec(),
        _ => (value | 0xC000_0000).to_be_bytes().to_vec(),
    }
}
