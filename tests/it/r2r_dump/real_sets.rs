//! The images of the real sets: nothing is unreadable, and the framework's headers say what they do to another reader.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use clr_metadata::{Container, Module, TableId, Token};
use clr_wasm_file::Bases;
use thunkgen_r2r::ready_to_run::{self, FixupPayload, MethodRef, Payload, ReadyToRun, TypeRef};
use thunkgen_tests::data::crate_file;
use thunkgen_tests::data::sets;
use thunkgen_tests::executable;

/// The files of a set, by name.
fn files(set: &str) -> Vec<(String, Vec<u8>)> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(sets().join(set)).expect("a set").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let name = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), fs::read(path).expect("a file"))).collect()
}

/// Kinds of fixup that one number follows; the sums of those numbers are among the facts.
const NUMBERED: [u8; 4] = [0x14, 0x15, 0x1A, 0x1B];

/// What `tests/tools/ready-to-run-facts.py` prints of a file.
fn facts(code: Option<&ReadyToRun<'_>>, machine: u16) -> String {
    let Some(code) = code else { return format!("{machine:04x} none") };
    let join = |parts: Vec<String>| parts.join(",");
    let sections = &code.core.sections;
    let sections = sections.iter().map(|section| format!("{}:{:x}:{}", section.kind, section.at.rva, section.at.size));
    let (mut imports, mut kinds, mut sums) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for section in code.import_sections().expect("whole import sections") {
        imports.push(format!("{}/{}/{}", section.flags, section.kind, section.cells));
        for fixup in code.fixups(&section).expect("whole signatures") {
            let fixup = fixup.expect("a whole signature");
            *kinds.entry(fixup.number).or_insert(0) += 1;
            let number = match fixup.payload {
                Payload::Helper(number) => number,
                Payload::Token(token) => token & 0x00FF_FFFF,
                _ => 0,
            };
            if NUMBERED.contains(&fixup.number) && fixup.module.is_none() {
                *sums.entry(fixup.number).or_insert(0) += number;
            }
        }
    }
    [
        format!("{machine:04x} {}.{} {:x}", code.major_version, code.minor_version, code.core.flags),
        join(sections.collect()),
        join(imports),
        join(kinds.iter().map(|(kind, count)| format!("{kind:02x}:{count}")).collect()),
        join(sums.iter().map(|(kind, sum)| format!("{kind:02x}={sum}")).collect()),
    ]
    .join(" ")
}

/// `ready-to-run-framework8.txt` was printed by the script, which has no code in common with the reader.
#[test]
#[ignore = "needs the real sets"]
fn the_framework_says_what_another_reader_says() {
    let mut lines = Vec::new();
    for (name, bytes) in files("framework8") {
        let file = ready_to_run::open(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let machine = file.image.as_ref().and_then(|image| image.machine()).expect("a PE file");
        lines.push(format!("{name} {}", facts(file.ready_to_run.as_ref(), machine)));
    }
    let expected = crate_file("data/ready-to-run-framework8.txt");
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!((lines.len(), expected.len()), (168, 168));
    for (line, expected) in lines.iter().zip(expected) {
        assert_eq!(line, expected);
    }
}

/// What fixups met, to see that few stay closed.
#[derive(Debug, Default)]
struct Decoded {
    fixups: usize,
    /// Of a kind that is not taken apart.
    opaque: usize,
    /// Of one that is, and yet was not.
    given_up: usize,
    /// Tokens that were looked up in the file's own tables.
    tokens: usize,
    /// Tokens about another module.
    elsewhere: usize,
}

/// A token must be a row of the image's own tables; a signature read at a wrong place would not be for long.
fn check_token(module: &Module<'_>, token: u32, decoded: &mut Decoded) {
    decoded.tokens += 1;
    let row = token & 0x00FF_FFFF;
    if token >> 24 == 0x70 {
        assert!(module.heaps.user_string(row).is_ok_and(|text| text.len() % 2 == 0), "{token:#x}");
        return;
    }
    let token = Token::from_u32(token).expect("a table");
    assert!(row > 0 && row <= module.tables.rows(token.table), "{token:?} of {}", module.tables.rows(token.table));
}

fn check_type(module: &Module<'_>, ty: TypeRef, decoded: &mut Decoded) {
    match (ty.token, ty.module) {
        (Some(token), None) => {
            assert!(matches!(token.table, TableId::TypeDef | TableId::TypeRef | TableId::TypeSpec), "{token:?}");
            check_token(module, token.to_u32(), decoded);
        }
        (Some(_), Some(_)) => decoded.elsewhere += 1,
        (None, _) => {}
    }
}

fn check_method(module: &Module<'_>, method: MethodRef, decoded: &mut Decoded) {
    // Flags the format knows; a slot takes the place of a token in methods of arrays only.
    assert!(method.flags < 0x400, "{method:?}");
    assert!(method.token.is_some() || method.owner.is_some(), "{method:?}");
    if let Some(owner) = method.owner {
        let owner = TypeRef { module: owner.module.or(method.module), ..owner };
        check_type(module, owner, decoded);
    }
    match (method.token, method.module.or(method.owner.and_then(|owner| owner.module))) {
        (Some(token), None) => check_token(module, token.to_u32(), decoded),
        (Some(_), Some(_)) => decoded.elsewhere += 1,
        (None, _) => {}
    }
}

#[test]
#[ignore = "needs the real sets"]
fn tokens_in_fixups_are_rows_of_the_framework() {
    let mut decoded = Decoded::default();
    for (name, bytes) in files("framework8") {
        let file = ready_to_run::open(&bytes).expect("a whole file");
        let Some(code) = &file.ready_to_run else { continue };
        let module = Module::open(file.image.clone().expect("an image")).expect("metadata");
        for section in code.import_sections().unwrap() {
            let (start, end) = (section.at.rva, section.at.rva + section.at.size);
            for (index, fixup) in code.fixups(&section).unwrap().enumerate() {
                let fixup = fixup.unwrap();
                decoded.fixups += 1;
                assert_eq!(fixup.cell, start + 8 * index as u32, "{name}");
                assert!(fixup.cell < end, "{name}");
                let kind = fixup.kind().unwrap_or_else(|| panic!("{name}: kind {:#x}", fixup.number));
                if fixup.module.is_some() {
                    decoded.elsewhere += 1;
                    continue;
                }
                match fixup.payload {
                    Payload::Helper(number) => {
                        assert!(ready_to_run::helper_name(number).is_some(), "{name}: helper {number:#x}");
                    }
                    Payload::Token(token) => check_token(&module, token, &mut decoded),
                    Payload::Type(ty) => check_type(&module, ty, &mut decoded),
                    Payload::Method(method) => check_method(&module, method, &mut decoded),
                    Payload::StringThunks => panic!("{name}: string thunks for x64"),
                    Payload::Opaque if kind.payload == FixupPayload::Opaque => decoded.opaque += 1,
                    Payload::Opaque => decoded.given_up += 1,
                }
            }
        }
    }
    println!("{decoded:?}");
    assert_eq!(decoded.given_up, 0);
    assert!(decoded.fixups > 160_000 && decoded.tokens > 100_000, "{decoded:?}");
}

/// Browser builds of .NET 8 and 10 are IL in wrappers of version 0.
#[test]
#[ignore = "needs the real sets"]
fn browser_builds_are_wrappers_without_code() {
    for (set, count) in [("net10", 202), ("net8", 196)] {
        let (mut wrappers, mut others) = (0, Vec::new());
        for (name, bytes) in files(set) {
            let file = ready_to_run::open(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
            let wasm = file.wasm.as_ref().expect("a module");
            if file.image.is_none() {
                assert!(wasm.function_count() > 1_000 && wasm.wrapper_version().is_none(), "{name}");
                others.push(name);
                continue;
            }
            wrappers += 1;
            assert_eq!(file.image.as_ref().unwrap().container, Container::WasmWebcil(0), "{name}");
            assert!(file.ready_to_run.is_none() && file.thunks().unwrap().is_empty(), "{name}");
            assert_eq!((wasm.wrapper_version(), wasm.bases()), (Some(0), Some(Bases::Copied)), "{name}");
            // The image is what starts like one; the segment before it tells its size, as does the number in front.
            let start = bytes.windows(4).position(|bytes| bytes == b"WbIL").expect("an image");
            let size = wasm.announced().unwrap().expect("sizes");
            assert_eq!(size.table_size, None, "{name}");
            let size = size.payload_size as usize;
            assert_eq!(wasm.payload().unwrap().range, start..start + size, "{name}");
            assert!(bytes[..start].ends_with(&leb(size)), "{name}");
        }
        assert_eq!((wrappers, others.len()), (count, 1), "{set}: {others:?}");
    }
}

/// LEB128, as wasm writes a size.
fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7F {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// The verb on whole folders.
#[test]
#[ignore = "needs the real sets"]
fn the_verb_shows_every_file() {
    for (set, count, code) in [("net10", 203, 0), ("net8", 197, 0), ("net7", 196, 0), ("framework8", 168, 89)] {
        let run = executable::run(&sets(), ["r2r", "dump", set]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{set}");
        let starts = run.stdout.lines().filter(|line| line.starts_with(set)).count();
        assert_eq!(starts, count, "{set}");
        let with_code = run.stdout.lines().filter(|line| line.starts_with("  ReadyToRun 9.1, flags ")).count();
        let without = run.stdout.lines().filter(|line| line.ends_with("no ReadyToRun code")).count();
        assert_eq!(with_code, code, "{set}");
        assert!(without + with_code + 1 >= count, "{set}");
        assert!(run.stdout.len() < 4_000 * count, "{set}: {} bytes of text", run.stdout.len());
    }
    let run = executable::run(&sets(), ["r2r", "dump", "framework8", "--json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    // As many fixups as the facts count.
    let facts = crate_file("data/ready-to-run-framework8.txt");
    let kinds = facts.lines().filter_map(|line| line.split(' ').nth(6)).flat_map(|kinds| kinds.split(','));
    let fixups: usize = kinds.map(|kind| kind.split(':').nth(1).unwrap().parse::<usize>().unwrap()).sum();
    assert!(fixups > 160_000);
    assert_eq!(run.stdout.matches("\"cellRva\": ").count(), fixups);
}
