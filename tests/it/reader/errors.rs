//! What is said of damaged files: part of the file, offset, and what was expected.

use clr_metadata::NotManaged;
use clr_metadata::columns::type_def;
use thunkgen_tests::webcil::metadata::{Metadata, table};
use thunkgen_tests::webcil::{convert, pe, wrapper};

use super::open;

/// An assembly with a type, a method and a name each.
fn sample() -> Metadata {
    let mut module = Metadata::assembly("Sample");
    let int: &[u8] = &[0x06, 0x08];
    module.value_type("S", &[int, int]);
    module
}

fn file() -> Vec<u8> {
    pe::write(&sample().write(), &[], false)
}

/// Writes bytes at an offset.
fn patched(mut file: Vec<u8>, offset: usize, bytes: &[u8]) -> Vec<u8> {
    file[offset..offset + bytes.len()].copy_from_slice(bytes);
    file
}

fn message(file: &[u8]) -> String {
    match clr_metadata::open(file) {
        Ok(Some(_)) => "opened".to_owned(),
        Ok(None) => "skipped".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// The tables of a file, each with the offset of its row count.
fn row_counts(file: &[u8]) -> Vec<(usize, usize)> {
    let find = |text: &[u8]| file.windows(text.len()).position(|window| window == text).unwrap();
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    let stream = find(b"BSJB") + word(find(b"#~\0\0") - 8);
    let valid = u64::from_le_bytes(file[stream + 8..stream + 16].try_into().unwrap());
    let tables = (0..64).filter(|table| valid >> table & 1 == 1);
    tables.enumerate().map(|(index, table)| (table, stream + 24 + index * 4)).collect()
}

/// Rows that no table owns are those of a table whose count is damaged.
#[test]
fn rows_that_are_left_over() {
    let fixture = std::fs::read(thunkgen_tests::fixtures::assembly("interop-il")).unwrap();
    let expected = "end of the table stream after the last row expected";
    for whole in [file(), fixture] {
        for (table, at) in row_counts(&whole) {
            let rows = whole[at];
            let fewer = patched(whole.clone(), at, &[rows - 1]);
            assert!(message(&fewer).ends_with(expected), "table {table:#x}: {}", message(&fewer));
        }
    }
}

#[test]
fn what_is_not_managed_is_classified() {
    let pe = file();
    let entry = 0x98 + 96 + 14 * 8;
    let kind = |bytes: &[u8]| {
        assert!(matches!(clr_metadata::open(bytes), Ok(None)));
        NotManaged::of(bytes)
    };
    let without = patched(pe.clone(), entry, &[0, 0, 0, 0]);
    assert_eq!(kind(&without), NotManaged::NoCliHeader(0x448));
    // Fewer data directories, and no metadata in sight.
    assert_eq!(kind(&patched(pe.clone(), 0x98 + 92, &[14])), NotManaged::NoCliHeader(0x448));
    assert_eq!(kind(&patched(without.clone(), 0x448, b"BSJA")), NotManaged::NativeImage);
    assert_eq!(kind(&patched(without, 0x178, b".rsrc")), NotManaged::NativeImage);
    assert_eq!(kind(&patched(pe, 0, b"LZ")), NotManaged::UnknownFormat);
    assert_eq!(kind(b""), NotManaged::Empty);
    assert_eq!(kind(b"\0asm\x0D\0\x01\0"), NotManaged::Wasm);
    assert_eq!(kind(b"\0asm\x03\0\0\0"), NotManaged::UnknownWasmVersion(3));
}

#[test]
fn containers() {
    let pe = file();
    // 0x80 PE header, 0x98 optional header, 0x178 section header, 0x400 CLI header, 0x448 metadata root.
    let cases: [(usize, &[u8], &str); 10] = [
        (0x3C, &[0, 0, 0, 0x7F], "PE header, file offset 0x40: PE header is outside of the file"),
        (0x80, b"NE", "PE header, file offset 0x80: PE signature expected"),
        (0x98, &[0x07, 0x01], "PE header, file offset 0x98: optional header magic 0x10B or 0x20B expected"),
        (0x188, &[0xFF, 0xFF], "PE header, file offset 0x1a0: section runs past the end of the file"),
        (0x98 + 96 + 14 * 8, &[0, 0, 1], "CLI header, file offset 0x0: RVA outside of the image's sections"),
        (0x400, &[71], "CLI header, file offset 0x404: CLI header of at least 72 bytes expected"),
        (0x408, &[0, 0, 1], "metadata root, file offset 0x0: RVA outside of the image's sections"),
        (0x40C, &[0xFF, 0xFF], "metadata root, file offset 0x448: metadata runs past the end of its section"),
        (0x448, b"BSJA", "metadata root, file offset 0x448: metadata signature expected"),
        (0x98 + 96 + 14 * 8, &[0, 0, 0, 0], "skipped"),
    ];
    for (offset, bytes, expected) in cases {
        assert_eq!(message(&patched(pe.clone(), offset, bytes)), expected, "{bytes:x?} at 0x{offset:x}");
    }
    let webcil = convert::version_1(&pe);
    assert_eq!(
        message(&patched(webcil.clone(), 4, &[2])),
        "Webcil header, file offset 0x6: Webcil version 0 or 1 expected"
    );
    let section = patched(webcil.clone(), 32 + 8, &[0xFF, 0xFF]);
    assert_eq!(message(&section), "Webcil header, file offset 0x30: section runs past the end of the image");
    let wasm = wrapper::version_0(&webcil);
    let image = wasm.windows(4).position(|bytes| bytes == b"WbIL").expect("the image");
    let none = patched(wasm.clone(), image, b"none");
    assert!(message(&none).ends_with("the module exports webcilVersion, but no data segment contains a Webcil image"));
    // Offsets count from the start of the file, not of the image.
    let inner = message(&patched(wasm, image + 4, &[9]));
    assert_eq!(inner, format!("Webcil header, file offset 0x{:x}: Webcil version 0 or 1 expected", image + 6));
}

#[test]
fn streams_and_tables() {
    let pe = file();
    let root = 0x448;
    let stream = pe.windows(4).position(|bytes| bytes == b"#~\0\0").expect("the stream's name");
    let tables = root + u32::from_le_bytes(*pe[stream - 8..].first_chunk().expect("an offset")) as usize;
    let cases: [(usize, &[u8], &str); 6] = [
        (stream, b"#x", "metadata root, file offset 0x4b4: stream #~ or #- expected"),
        (stream - 4, &[0xFF, 0xFF], "metadata root, file offset 0x470: stream runs past the end of the metadata"),
        (root + 12, &[0xFF, 0xFF], "metadata root, file offset 0x458: more bytes expected"),
        (
            tables + 8 + 7,
            &[0x80],
            "stream #~, file offset 0x4cc: only the tables of an assembly (0x00 to 0x2C) or a PDB (0x30 to 0x37) expected",
        ),
        (tables + 24 + 3, &[0x01], "stream #~, file offset 0x4d0: row count below 2^24 expected"),
        (tables + 24 + 2, &[0x01], "stream #~, file offset 0x4e4: more bytes expected"),
    ];
    for (offset, bytes, expected) in cases {
        assert_eq!(message(&patched(pe.clone(), offset, bytes)), expected, "{bytes:x?} at 0x{offset:x}");
    }
}

#[test]
fn rows_and_heaps() {
    let mut module = sample();
    let last = module.strings.len() as u32;
    module.strings.extend(b"no end");
    while !module.strings.len().is_multiple_of(4) {
        module.strings.push(b'x');
    }
    let file = pe::write(&module.write(), &[], false);
    let read = open(&file);
    let text = |error: clr_metadata::ReadError| error.to_string();
    let strings = file.windows(8).position(|bytes| bytes == b"\0Sample\0").expect("the strings");
    let error = |part: &str, offset: usize, reason: &str| format!("{part}, file offset 0x{offset:x}: {reason}");
    assert_eq!(
        read.heaps.string(last).map_err(text),
        Err(error("stream #Strings", strings + last as usize, "string without an end"))
    );
    assert_eq!(
        read.heaps.string(0x7000).map_err(text),
        Err(error("stream #Strings", strings + 0x7000, "string index past the end of the heap"))
    );
    let reason = |result: Result<(), clr_metadata::ReadError>| result.expect_err("an error").to_string();
    assert!(reason(read.heaps.blob(0x7000).map(drop)).starts_with("stream #Blob, file offset 0x"));
    assert!(reason(read.heaps.guid(2).map(drop)).ends_with("GUID index past the end of the heap"));
    assert!(reason(read.heaps.user_string(0x7000).map(drop)).starts_with("stream #US, file offset 0x"));
    for row in [0, 3, 0x00FF_FFFF] {
        let message = reason(read.tables.cell(type_def::NAME, row).map(drop));
        assert!(message.starts_with(&format!("table TypeDef row {row}, file offset 0x")), "{message}");
        assert!(message.ends_with("row number past the end of the table"), "{message}");
    }
    assert!(reason(read.owned(type_def::FIELD_LIST, 9).map(drop)).contains("row 9"));
}

#[test]
fn lists_that_leave_their_table() {
    for (first, next) in [(0, 1), (3, 2), (1, 9), (9, 9)] {
        let mut module = sample();
        module.rows[table::TYPE_DEF][0][4] = first;
        module.rows[table::TYPE_DEF][1][4] = next;
        let file = pe::write(&module.write(), &[], false);
        let error = open(&file).owned(type_def::FIELD_LIST, 1).expect_err("a bad list");
        assert_eq!(error.place.to_string(), "table TypeDef row 1");
        assert_eq!(error.reason, "list of rows inside of the table it points to expected");
    }
}
