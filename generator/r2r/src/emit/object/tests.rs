//! Objects read back by another reader of the format, and a small one by hand.

use wasmparser::{
    KnownCustom, Linking, Parser, Payload, RelocationEntry, RelocationType, SegmentFlags, SymbolFlags, SymbolInfo,
    Validator,
};

use super::*;
use crate::emit::thunk;

fn thunks(keys: &[&str]) -> Vec<Thunk> {
    keys.iter().map(|key| thunk(&key.parse().unwrap()).unwrap()).collect()
}

fn object_of(keys: &[&str]) -> Vec<u8> {
    object(&thunks(keys), Contract::WasmThunks).unwrap()
}

/// What the reader found; bytes are those of the whole file.
#[derive(Default)]
struct Found {
    /// Name and, for what is defined, index or segment.
    symbols: Vec<(String, Option<u32>)>,
    segments: Vec<(String, u32)>,
    /// Offsets are those in the file.
    relocations: Vec<RelocationEntry>,
    features: Vec<u8>,
}

fn read(bytes: &[u8]) -> Found {
    Validator::new().validate_all(bytes).unwrap();
    let mut found = Found::default();
    let mut starts = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.unwrap();
        starts.extend(payload.as_section().map(|(_, range)| range.start));
        let Payload::CustomSection(section) = payload else { continue };
        match section.as_known() {
            KnownCustom::Linking(reader) => {
                for part in reader {
                    match part.unwrap() {
                        Linking::SymbolTable(map) => {
                            found.symbols = map.into_iter().map(|s| symbol(s.unwrap())).collect()
                        }
                        Linking::SegmentInfo(map) => {
                            let segment = |segment: wasmparser::Segment<'_>| {
                                assert_eq!(segment.flags, SegmentFlags::empty());
                                (segment.name.to_owned(), segment.alignment)
                            };
                            found.segments = map.into_iter().map(|s| segment(s.unwrap())).collect();
                        }
                        other => panic!("{other:?}"),
                    }
                }
            }
            KnownCustom::Reloc(reader) => {
                let start = starts[reader.section_index() as usize];
                for entry in reader.entries() {
                    let mut entry = entry.unwrap();
                    entry.offset += start as u32;
                    found.relocations.push(entry);
                }
            }
            _ => found.features = section.data().to_vec(),
        }
    }
    found
}

fn symbol(info: SymbolInfo<'_>) -> (String, Option<u32>) {
    let named = |name: Option<&str>| name.unwrap_or("import").to_owned();
    match info {
        SymbolInfo::Func { flags, index, name } => {
            assert_eq!(flags.contains(SymbolFlags::BINDING_LOCAL), name.is_some());
            assert_eq!(flags.contains(SymbolFlags::UNDEFINED), name.is_none());
            (named(name), Some(index))
        }
        SymbolInfo::Global { flags, index, name } => {
            assert_eq!(flags, SymbolFlags::UNDEFINED);
            (named(name), Some(index))
        }
        SymbolInfo::Data { flags, name, symbol } => {
            let local = name.starts_with('.');
            assert_eq!(flags, if local { SymbolFlags::BINDING_LOCAL } else { SymbolFlags::VISIBILITY_HIDDEN });
            (name.to_owned(), symbol.map(|symbol| symbol.index))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn symbols_and_segments() {
    let found = read(&object_of(&["Mvp", "Mv"]));
    let symbols: Vec<(&str, Option<u32>)> = found.symbols.iter().map(|(name, at)| (name.as_str(), *at)).collect();
    let expected = [
        ("WasmInterpreterToR2RThunk(v)", Some(0)),
        ("WasmInterpreterToR2RThunk(vp)", Some(1)),
        ("import", Some(0)),
        (".Lthunk_keys", Some(0)),
        ("g_wasmThunks", Some(1)),
        ("g_wasmThunksCount", Some(2)),
    ];
    assert_eq!(symbols, expected);
    assert_eq!(found.segments[0], (".rodata..Lthunk_keys".to_owned(), 0));
    assert_eq!(found.segments[1], (".rodata.g_wasmThunks".to_owned(), 2));
    assert_eq!(found.features, [0]);
}

#[test]
fn every_relocation_is_where_something_is_to_be_filled_in() {
    let bytes = object_of(&["Mvp", "MVS5p", "MiTV2p", "MiTailp", "MS8dS4"]);
    let found = read(&bytes);
    let mut counts = [0; 8];
    for entry in &found.relocations {
        let at = entry.offset as usize;
        let before = bytes[at - 1];
        match entry.ty {
            RelocationType::GlobalIndexLeb => assert!(before == 0x23 || before == 0x24),
            RelocationType::TypeIndexLeb => assert_eq!((before, bytes[at + 5]), (0x11, 0)),
            RelocationType::TableIndexI32 => {
                // The function's symbol, and its place in the object's own table.
                assert_eq!(u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()), entry.index + 1);
            }
            RelocationType::MemoryAddrI32 => {
                assert_eq!(i64::from(u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())), entry.addend);
            }
            other => panic!("{other:?}"),
        }
        if !matches!(entry.ty, RelocationType::TableIndexI32 | RelocationType::MemoryAddrI32) {
            assert!(bytes[at..at + 4].iter().all(|byte| byte & 0x80 != 0) && bytes[at + 4] & 0x80 == 0);
        }
        counts[entry.ty as usize] += 1;
    }
    // A callee's type for each thunk; two words for each row.
    assert_eq!((counts[6], counts[2], counts[5]), (5, 5, 5));
    assert!(found.relocations.is_sorted_by_key(|entry| entry.offset));
}

#[test]
fn what_an_object_does_not_need_is_not_in_it() {
    let found = read(&object_of(&["Mvi"]));
    let names: Vec<&str> = found.symbols.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["WasmInterpreterToR2RThunk(vi)", ".Lthunk_keys", "g_wasmThunks", "g_wasmThunksCount"]);
    assert_eq!(found.features, [0]);
    let found = read(&object(&thunks(&["MfV"]), Contract::PortableCallhelpers).unwrap());
    assert_eq!(found.symbols[2].0, "g_portableCallHelperThunks");
    assert_eq!(found.features, b"\x01+\x07simd128");
    assert!(read(&object_of(&[])).relocations.is_empty());
}

#[test]
fn keys_that_the_runtime_could_not_tell_apart_are_refused() {
    let twice = object(&thunks(&["Mv", "Mi", "Mv"]), Contract::WasmThunks);
    assert_eq!(twice, Err(ObjectError::Keys(BlobError::Duplicate("Mv".to_owned()))));
}

#[test]
fn thunks_into_the_interpreter_are_refused() {
    let refused = object(&thunks(&["Mvp", "IviS8p"]), Contract::WasmThunks);
    assert_eq!(refused, Err(ObjectError::ToInterp("IviS8p".to_owned())));
}

// After "Relocatable Object Files" of the tool conventions, byte by byte.
#[test]
fn worked_example() {
    let expected = [
        b"\0asm\x01\0\0\0".as_slice(),
        &[1, 10, 2, 0x60, 0, 0, 0x60, 3, 0x7f, 0x7f, 0x7f, 0], // types: () -> (), (i32, i32, i32) -> ()
        &[2, 58, 2],                                           // imports
        b"\x03env\x0f__linear_memory\x02\0\x01",
        b"\x03env\x19__indirect_function_table\x01\x70\0\x02",
        &[3, 2, 1, 1],                      // the type of the function
        &[9, 7, 1, 0, 0x41, 1, 0x0b, 1, 0], // elements: at 1, function 0
        &[10, 13, 1, 11, 0],                // code: a body of 11 bytes without locals
        &[0x20, 0, 0x11, 0x80, 0x80, 0x80, 0x80, 0, 0, 0x0b],
        &[11, 31, 3], // data
        &[0, 0x41, 0, 0x0b, 3],
        b"Mv\0",
        &[0, 0x41, 4, 0x0b, 8, 0, 0, 0, 0, 1, 0, 0, 0],
        &[0, 0x41, 12, 0x0b, 4, 1, 0, 0, 0],
        b"\0\xb4\x01\x07linking\x02",
        &[5, 75, 3], // segments: name, alignment, flags
        b"\x14.rodata..Lthunk_keys\0\0",
        b"\x14.rodata.g_wasmThunks\x02\0",
        b"\x19.rodata.g_wasmThunksCount\x02\0",
        &[8, 92, 4], // symbols: kind, flags; index and name, or name, segment, offset, size
        b"\0\x02\0\x1cWasmInterpreterToR2RThunk(v)",
        b"\x01\x02\x0c.Lthunk_keys\0\0\x03",
        b"\x01\x04\x0cg_wasmThunks\x01\0\x08",
        b"\x01\x04\x11g_wasmThunksCount\x02\0\x04",
        b"\0\x10\x0areloc.CODE\x04\x01", // section 4, one place
        &[6, 6, 0],                      // at 6, a type: type 0
        b"\0\x14\x0areloc.DATA\x05\x02", // section 5, two places
        &[5, 14, 1, 0],                  // at 14, an address: symbol 1 and 0 bytes
        &[2, 18, 0],                     // at 18, a table index: symbol 0
        b"\0\x11\x0ftarget_features\0",
    ];
    assert_eq!(object_of(&["Mv"]), expected.concat());
}
