//! Real PDBs: beside the assembly, in it, and behind a Webcil header; whole and damaged.

use super::*;
use crate::schema::columns::{method_def, type_def};
use crate::{Container, TableId};

const ASSEMBLY: &[u8] = include_bytes!("../../../../tests/fixtures/source-lines/SourceLines.dll");
const PDB: &[u8] = include_bytes!("../../../../tests/fixtures/source-lines/SourceLines.pdb");
const EMBEDDED: &[u8] = include_bytes!("../../../../tests/fixtures/source-lines/embedded/SourceLinesEmbedded.dll");

/// `Method document(line,column)` of every method.
fn lines(assembly: &[u8], pdb: &Pdb<'_>) -> Vec<String> {
    let module = crate::open(assembly).unwrap().unwrap();
    let line = |row| {
        let name = module.string(method_def::NAME, row).unwrap();
        match pdb.method_start(row).unwrap() {
            Some(at) => format!("{name} {}({},{})", at.document, at.line, at.column),
            None => format!("{name} -"),
        }
    };
    module.tables.all(TableId::MethodDef).map(line).collect()
}

#[test]
fn beside_the_assembly() {
    let pdb = Pdb::open(PDB).unwrap().unwrap();
    let module = crate::open(ASSEMBLY).unwrap().unwrap();
    let directory = module.debug_directory().unwrap();
    assert_eq!((directory.id, directory.path), (Some(pdb.id), Some("SourceLines.pdb")));
    assert_eq!(directory.embedded(), Ok(None));
    let lines = lines(ASSEMBLY, &pdb);
    let calls = lines.iter().position(|line| line == "Extern -").unwrap();
    assert_eq!(
        lines[calls..],
        [
            "Extern -",
            "Thiscall /_/source-lines/SourceLines.cs(19,13)",
            "Expression /_/source-lines/SourceLines.cs(22,78)",
            "Nested /_/source-lines/SourceLines.cs(27,13)",
            "Start /_/source-lines/SourceLines.cs(31,32)",
            "Mapped Templates/View.cshtml(7,74)",
            "Fastcall /_/source-lines/SourceLines.cs(39,13)",
            "Reference /_/source-lines/SourceLines.cs(44,13)",
        ]
    );
    assert_eq!(pdb.method_start(10_000), Ok(None));
}

#[test]
fn in_the_assembly() {
    let module = crate::open(EMBEDDED).unwrap().unwrap();
    let directory = module.debug_directory().unwrap();
    let bytes = directory.embedded().unwrap().unwrap();
    let pdb = Pdb::open(&bytes).unwrap().unwrap();
    assert_eq!(directory.id, Some(pdb.id));
    let lines = lines(EMBEDDED, &pdb);
    assert_eq!(
        lines[lines.len() - 3..],
        [
            "Dash /_/source-lines/embedded/SourceLinesEmbedded.cs(14,13)",
            "Overload /_/source-lines/embedded/SourceLinesEmbedded.cs(18,39)",
            "Overload /_/source-lines/embedded/SourceLinesEmbedded.cs(20,46)",
        ]
    );
}

const NATIVE: &[u8] = include_bytes!("../../../../tests/fixtures/source-lines/native/Lines.dll");
const NATIVE_PDB: &[u8] = include_bytes!("../../../../tests/fixtures/source-lines/native/Lines.pdb");

/// `Type document` of every type.
fn documents(assembly: &[u8], pdb: &Pdb<'_>) -> Vec<String> {
    let module = crate::open(assembly).unwrap().unwrap();
    let table = TableId::TypeDef;
    let methods = |owner| module.tables.list(type_def::METHOD_LIST, owner).unwrap();
    let all = module.tables.all(table).flat_map(|owner| methods(owner).map(move |method| (method, owner)));
    let documents = TypeDocuments::read(pdb, all).unwrap();
    let name = |owner| documents.only(owner).map_or("-".to_owned(), |row| pdb.document(row).unwrap());
    module
        .tables
        .all(table)
        .map(|row| format!("{} {}", module.string(type_def::NAME, row).unwrap(), name(row)))
        .collect()
}

#[test]
fn of_types() {
    let found = documents(NATIVE, &Pdb::open(NATIVE_PDB).unwrap().unwrap());
    let file = "/_/source-lines/native/Imports.cs";
    for expected in [format!("Imports {file}"), format!("Mixed {file}"), "Parts -".to_owned(), "<Module> -".to_owned()]
    {
        assert!(found.contains(&expected), "{expected}: {found:?}");
    }
    // With a line of another file in it.
    let found = documents(ASSEMBLY, &Pdb::open(PDB).unwrap().unwrap());
    assert!(found.contains(&"Calls -".to_owned()), "{found:?}");
}

/// The same image with a Webcil header instead of a PE one: sections keep their RVAs.
fn webcil(pe: &[u8]) -> Vec<u8> {
    let u16_at = |at: usize| u16::from_le_bytes(*pe[at..].first_chunk().unwrap());
    let u32_at = |at: usize| u32::from_le_bytes(*pe[at..].first_chunk().unwrap());
    let coff = u32_at(0x3C) as usize + 4;
    let (sections, optional) = (u16_at(coff + 2), coff + 20);
    let directories = optional + if u16_at(optional) == 0x20B { 112 } else { 96 };
    let mut out = b"WbIL\0\0\0\0".to_vec();
    out.extend(u32::from(sections).to_le_bytes());
    for index in [14, 6] {
        out.extend(&pe[directories + index * 8..][..8]);
    }
    let table = optional + usize::from(u16_at(coff + 16));
    let mut raw_offset = out.len() as u32 + u32::from(sections) * 16;
    let mut data: Vec<u8> = Vec::new();
    for section in 0..usize::from(sections) {
        let header = table + section * 40;
        let [size, rva, raw_size, raw] = [8, 12, 16, 20].map(|at| u32_at(header + at));
        [size, rva, raw_size, raw_offset].iter().for_each(|field| out.extend(field.to_le_bytes()));
        data.extend(&pe[raw as usize..][..raw_size as usize]);
        raw_offset += raw_size;
    }
    out.extend(data);
    out
}

#[test]
fn of_a_webcil_image() {
    let (beside, inside) = (webcil(ASSEMBLY), webcil(EMBEDDED));
    let module = crate::open(&beside).unwrap().unwrap();
    assert_eq!(module.container(), Container::Webcil(0));
    assert_eq!(module.debug_directory().unwrap().id, Some(Pdb::open(PDB).unwrap().unwrap().id));
    let module = crate::open(&inside).unwrap().unwrap();
    let bytes = module.debug_directory().unwrap().embedded().unwrap().unwrap();
    assert!(Pdb::open(&bytes).unwrap().is_some());
}

/// Reads everything a damaged PDB has to say.
fn read_all(bytes: &[u8]) {
    if let Ok(Some(pdb)) = Pdb::open(bytes) {
        let rows = pdb.tables.rows(TableId::MethodDebugInformation);
        (0..=rows.min(100) + 1).for_each(|row| drop(pdb.method_start(row)));
        if let Ok(documents) = TypeDocuments::read(&pdb, (0..=rows.min(100)).map(|row| (row, row / 2))) {
            (0..100).filter_map(|owner| documents.only(owner)).for_each(|row| drop(pdb.document(row)));
        }
    }
}

#[test]
fn damaged_ones_are_refused_or_read() {
    assert!(Pdb::open(b"Microsoft C/C++ MSF 7.00\r\n").unwrap().is_none());
    for pdb in [PDB, NATIVE_PDB] {
        for length in 0..pdb.len() {
            read_all(&pdb[..length]);
        }
        let mut bytes = pdb.to_vec();
        for at in 0..bytes.len() {
            for value in [0, 1, 0x7F, 0x80, 0xFF] {
                let before = std::mem::replace(&mut bytes[at], value);
                read_all(&bytes);
                bytes[at] = before;
            }
        }
    }
    let mut image = EMBEDDED.to_vec();
    for at in 0..image.len() {
        for value in [0, 0x80, 0xFF] {
            let before = std::mem::replace(&mut image[at], value);
            if let Ok(Some(module)) = crate::open(&image)
                && let Ok(directory) = module.debug_directory()
                && let Ok(Some(pdb)) = directory.embedded()
            {
                read_all(&pdb);
            }
            image[at] = before;
        }
    }
}
