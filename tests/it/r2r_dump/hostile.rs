//! Images made by hand to be expensive: each asks for work or memory that grows faster than the file.

use thunkgen_tests::corrupt::alloc::peak;
use thunkgen_tests::cost;
use thunkgen_tests::executable;
use thunkgen_tests::ready_to_run::image::{Image, Imports, string_thunks};
use thunkgen_tests::ready_to_run::module::{Thunk, Wrapper, wrap};
use thunkgen_tests::ready_to_run::walk::{Walked, walk};
use thunkgen_tests::webcil::convert;
use wasm_encoder::{
    ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportSection, GlobalType, ImportSection, Module,
    ValType,
};

/// What one file of a few megabytes may cost.
const MOST: u32 = 1_000;

fn survive(name: &str, file: &[u8]) -> Walked {
    let (walked, bytes) = cost::at_most(MOST, name, || peak(|| walk(file)));
    println!("{name}: {} bytes of file, {bytes} held, {walked:?}", file.len());
    assert!(bytes < (16 << 20) + 64 * file.len(), "{name}: {bytes} bytes for a file of {} bytes", file.len());
    walked
}

fn with_sections(imports: Vec<Imports>) -> Vec<u8> {
    Image { imports, ..Image::default() }.pe("Hostile", false)
}

/// Replaces every word in the file that is `from`.
fn replace_words(file: &mut [u8], from: u32, to: u32) -> usize {
    let mut count = 0;
    for word in file.chunks_exact_mut(4).filter(|word| **word == from.to_le_bytes()) {
        word.copy_from_slice(&to.to_le_bytes());
        count += 1;
    }
    count
}

/// Every cell has the signature of the first one.
fn share_signature(signature: Vec<u8>, cells: usize) -> Vec<u8> {
    let imports = vec![Imports { flags: 1, kind: 0, signatures: vec![vec![0xFB, 0xAD]; cells] }];
    let mut image = Image { imports, ..Image::default() };
    image.sections.push((199, signature));
    let mut file = image.pe("Shared", false);
    let code = thunkgen_r2r::ready_to_run::open(&file).unwrap().ready_to_run.unwrap();
    let shared = code.section(199).unwrap().rva;
    let list = code.import_sections().unwrap()[0].signatures;
    let at = (list - 0x2000 + 0x400) as usize;
    for word in file[at..at + 4 * cells].chunks_exact_mut(4) {
        word.copy_from_slice(&shared.to_le_bytes());
    }
    file
}

#[test]
fn import_sections_over_the_same_cells() {
    let mut file = with_sections(vec![Imports { flags: 0, kind: 0, signatures: vec![vec![0x1B, 1]; 40_000] }; 1]);
    // One list of cells, named by many records: the section of records is made to be the whole list of cells.
    let code = thunkgen_r2r::ready_to_run::open(&file).unwrap().ready_to_run.unwrap();
    let (section, list) = (code.import_sections().unwrap()[0], code.section(101).unwrap());
    let records = 4_000;
    let at = (section.at.rva - 0x2000 + 0x400) as usize;
    let mut record = Vec::new();
    for word in [section.at.rva, section.at.size, 4 << 24, section.signatures, 0] {
        record.extend(u32::to_le_bytes(word));
    }
    for index in 0..records {
        file[at + 20 * index..at + 20 * (index + 1)].copy_from_slice(&record);
    }
    // The header's entry: type, address, size.
    let entry = file.windows(12).position(|bytes| bytes == [101, list.rva, list.size].map(u32::to_le_bytes).concat());
    let entry = entry.expect("the entry of the header");
    file[entry + 4..entry + 8].copy_from_slice(&section.at.rva.to_le_bytes());
    file[entry + 8..entry + 12].copy_from_slice(&(20 * records as u32).to_le_bytes());
    let walked = survive("import sections over the same cells", &file);
    assert!(walked.errors > 0 && walked.fixups == 0, "{walked:?}");
}

#[test]
fn one_blob_for_every_cell() {
    let pairs: Vec<(String, u32)> = (0..50_000).map(|number| (format!("M{number}"), number)).collect();
    let pairs: Vec<(&str, u32)> = pairs.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    let file = share_signature(string_thunks(&pairs), 50_000);
    let walked = survive("one blob for every cell", &file);
    assert!(walked.errors > 0 && walked.thunks == 0, "{walked:?}");
}

#[test]
fn signatures_that_nest_and_that_are_wide() {
    // Arrays of arrays, and an instance with very many arguments.
    let deep = [vec![0x10], vec![0x1D; 500_000], vec![0x08]].concat();
    let wide = [vec![0x10, 0x15, 0x12, 0x04, 0xDF, 0xFF, 0xFF, 0xFF], vec![0x08; 500_000]].concat();
    for (name, signature) in [("deep", deep), ("wide", wide)] {
        let walked = survive(name, &share_signature(signature, 200_000));
        assert_eq!((walked.fixups, walked.errors), (200_000, 0), "{name}");
    }
}

/// Keys that only differ at their end, backwards.
#[test]
fn keys_that_are_slow_to_compare() {
    let pairs: Vec<(String, u32)> = (0..2_000).map(|n| (format!("{}{n:05}", "M".repeat(1_000)), n)).rev().collect();
    let pairs: Vec<(&str, u32)> = pairs.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    let image = Image::with_thunks(&pairs);
    let walked = survive("slow keys", &image.pe("Slow", true));
    assert_eq!(walked.thunks, 2_000);
}

#[test]
fn components_that_share_a_header() {
    let mut image = Image::default();
    image.sections.push((115, vec![0xEE; 16 * 20_000]));
    // Many sections of their own, so that the shared header is long.
    image.sections.extend((200..20_000).map(|kind| (kind, Vec::new())));
    let mut file = image.pe("Components", false);
    let code = thunkgen_r2r::ready_to_run::open(&file).unwrap().ready_to_run.unwrap();
    let sections = code.core.sections.len() as u32;
    let header = file.windows(4).position(|bytes| bytes == b"RTR\0").expect("the header") as u32;
    // The core header is that of the image itself, behind signature and version.
    let (rva, size) = (header - 0x400 + 0x2000 + 8, 8 + 12 * sections);
    let at = (code.section(115).unwrap().rva - 0x2000 + 0x400) as usize;
    for entry in file[at..at + 16 * 20_000].chunks_exact_mut(16) {
        entry[8..12].copy_from_slice(&rva.to_le_bytes());
        entry[12..16].copy_from_slice(&size.to_le_bytes());
    }
    let walked = survive("components that share a header", &file);
    assert_eq!(walked.errors, 1);
}

#[test]
fn counts_that_the_file_cannot_hold() {
    let file = Image::with_thunks(&[("Mv", 0)]).pe("Counts", false);
    for count in [3, 4, 0x1_0000, 0x1555_5556, u32::MAX] {
        let mut changed = file.clone();
        let header = file.windows(4).position(|bytes| bytes == b"RTR\0").expect("the header");
        changed[header + 12..header + 16].copy_from_slice(&count.to_le_bytes());
        assert_eq!(survive("a count", &changed).refused, 1, "{count}");
    }
    let mut changed = file.clone();
    assert!(replace_words(&mut changed, 20, 0xFFFF_FFEC) > 0);
    assert_eq!(survive("a size", &changed).refused, 1);
}

/// Many imported globals, and as many segments placed by the last of them; many exports and passive segments.
#[test]
fn modules_of_many_small_parts() {
    const COUNT: u32 = 30_000;
    let image = convert::version_1(&Image::with_thunks(&[("Mv", 0)]).pe("Parts", false));
    let mut imports = ImportSection::new();
    let global = GlobalType { val_type: ValType::I32, mutable: false, shared: false };
    let name = "n".repeat(50_000);
    (1..COUNT).for_each(|_| _ = imports.import("", "", EntityType::Global(global)));
    imports.import("", &name, EntityType::Global(global));
    let mut exports = ExportSection::new();
    (0..COUNT).for_each(|_| _ = exports.export("", wasm_encoder::ExportKind::Global, 0));
    let last = ConstExpr::global_get(COUNT - 1);
    let (mut elements, mut data) = (ElementSection::new(), DataSection::new());
    for _ in 0..COUNT {
        elements.active(None, &last, Elements::Functions([][..].into()));
        data.active(0, &last, []);
        data.passive([]);
    }
    data.passive(image);
    let mut module = Module::new();
    module.section(&imports).section(&exports).section(&elements).section(&data);
    let file = module.finish();
    let walked = survive("a module of many small parts", &file);
    assert_eq!((walked.refused, walked.thunks, walked.functions), (0, 1, 0));

    show("parts.wasm", &file, 0);
}

/// Runs the verb on the file, in both forms.
fn show(name: &str, file: &[u8], code: i32) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(name), file).expect("a file");
    for format in ["--json", "--fixups"] {
        let run = executable::run(folder.path(), ["r2r", "dump", name, format]);
        assert_eq!(run.code, Some(code), "{format}: {}", run.stderr);
        assert!(run.stdout.len() < 40 * file.len(), "{} bytes about {}", run.stdout.len(), file.len());
    }
}

/// Every verb that reads thunks refuses the file.
fn refuse(name: &str, file: &[u8]) {
    show(name, file, 3);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(name), file).expect("a file");
    for verb in [["lookup", "Mv", "--in", name].as_slice(), &["check", "--image", name]] {
        let run = executable::run(folder.path(), verb);
        assert_eq!(run.code, Some(3), "{verb:?}: {}", run.stderr);
        assert!(run.stderr.contains("one belongs to too many thunks"), "{verb:?}: {}", run.stderr);
    }
}

/// Two functions for very many keys: what is shown of a function is shown for each.
#[test]
fn many_thunks_of_one_function() {
    let pairs: Vec<(String, u32)> = (0..30_000).map(|number| (format!("M{number:06}"), number % 3)).collect();
    let pairs: Vec<(&str, u32)> = pairs.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    let image = convert::version_1(&Image::with_thunks(&pairs).pe("Many", false));
    let thunk = Thunk { name: "one", params: vec![ValType::I32; 1_000], results: vec![] };
    let file = wrap(&image, Wrapper::Copied, &[thunk.clone(), thunk]);
    let walked = survive("many thunks of one function", &file);
    assert_eq!((walked.thunks, walked.errors), (0, 1));
    // The type of each takes a thousand words.
    refuse("type.wasm", &file);
    let name: &'static str = "n".repeat(1 << 20).leak();
    let thunk = Thunk { name, params: vec![], results: vec![] };
    refuse("name.wasm", &wrap(&image, Wrapper::Copied, &[thunk]));
    // One long key among many short ones.
    let long = "M".repeat(1 << 20);
    let pairs: Vec<(&str, u32)> = [(long.as_str(), 0)].into_iter().chain(pairs).collect();
    show("key.dll", &Image::with_thunks(&pairs).pe("Key", false), 0);
}
