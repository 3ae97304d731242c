//! Images of thunks: what the wrapper module, the Webcil image and the ReadyToRun header in it hold.

mod facts;
mod install;

use std::collections::BTreeSet;

use clr_metadata::TableId;
use clr_wasm_abi::FunctionType;
use facts::{Facts, facts, ready_to_run, shown, u32_at};
use thunkgen_core::RuntimeVersion;
use thunkgen_core::runtime_version::ImportNames;
use thunkgen_r2r::emit::{Identity, Thunk, image, image_and_twin, key_index, thunk};
use thunkgen_tests::corrupt::prng::Prng;
use thunkgen_tests::data::{crate_dir, crate_file};
use thunkgen_tests::hex::Annotated;
use thunkgen_tests::runtime_layouts::lab::Lab;
use thunkgen_tests::wasm::synthetic::all_keys;
use wasmparser::ExternalKind;

const SEED: u64 = 0x7232_725f_696d_6167;

fn identity(name: &str) -> Identity {
    Identity::new(name.parse().expect("a name"))
}

fn thunks<'a>(keys: impl IntoIterator<Item = &'a str>) -> Vec<Thunk> {
    let make = |key: &str| thunk(&key.parse().expect("a key")).expect("a thunk");
    keys.into_iter().map(make).collect()
}

/// The keys and, for every managed one, the one of the other direction.
fn both_directions(keys: &BTreeSet<String>) -> BTreeSet<String> {
    let managed = keys.iter().filter(|key| key.ends_with('p'));
    managed.map(|key| key.replacen('M', "I", 1)).chain(keys.iter().cloned()).collect()
}

/// Everything that must hold for an image of these keys.
fn check(keys: &BTreeSet<String>, name: &str) {
    let thunks = thunks(keys.iter().map(String::as_str));
    let bytes = image(&thunks, &identity(name)).expect("an image");
    let facts = facts(&bytes);
    check_wrapper(&facts, keys, &ImportNames::V11_0);
    for (key, function) in keys.iter().zip(&facts.functions) {
        let thunk = thunks.iter().find(|thunk| thunk.key == *key).expect("the thunk");
        let FunctionType { params, result } = &thunk.function_type;
        assert_eq!(*function, shown(params, result.as_slice()), "{key}");
    }
    check_payload(&facts.payload, keys);
    let module = clr_metadata::open(&bytes).expect("readable").expect("managed");
    assert_eq!(module.assembly_name().expect("a name"), Some(name));
    assert!(module.is_ready_to_run());
    for (table, rows) in
        [(TableId::Module, 1), (TableId::TypeDef, 2), (TableId::Assembly, 1), (TableId::AssemblyRef, 1)]
    {
        assert_eq!(module.tables.rows(table), rows, "{table:?}");
    }
}

fn check_wrapper(facts: &Facts, keys: &BTreeSet<String>, names: &ImportNames) {
    let thunks = keys.len() as u32;
    let import = |used: bool, name: &str, kind: &str| used.then(|| (name.to_owned(), kind.to_owned()));
    let pages = (facts.payload.len() as u64).div_ceil(0x1_0000);
    let managed = keys.iter().any(|key| key.ends_with('p'));
    let to_interp = keys.iter().any(|key| key.starts_with('I'));
    let expected = [
        import(managed, &names.stack_pointer, "mut i32"),
        import(to_interp, &names.image_base, "i32"),
        import(true, &names.table_base, "i32"),
        import(true, &names.table, "table 1"),
        import(true, &names.memory, &format!("memory {pages}")),
    ];
    assert_eq!(facts.imports, expected.into_iter().flatten().collect::<Vec<_>>());
    let export = |name: &str, kind, index| (name.to_owned(), kind, index);
    let globals = facts.imports.iter().filter(|(_, kind)| kind.ends_with("i32")).count() as u32;
    let by_name = keys.iter().zip(0..).map(|(key, index)| {
        let node = if key.starts_with('M') { "InterpreterToR2R" } else { "R2RToInterpreter" };
        export(&format!("Wasm{node}Thunk({})", &key[1..]), ExternalKind::Func, index)
    });
    let for_host = ["getWebcilSize", "getWebcilPayload", "fillWebcilTable"];
    let for_host = for_host.iter().zip(thunks..).map(|(name, index)| export(name, ExternalKind::Func, index));
    let expected: Vec<_> =
        [export("table", ExternalKind::Table, 0), export("webcilVersion", ExternalKind::Global, globals)]
            .into_iter()
            .chain(by_name)
            .chain(for_host)
            .collect();
    assert_eq!(facts.exports, expected);
    assert_eq!(facts.elements, (0..thunks + 3).collect::<Vec<_>>(), "index of a function and place in the table");
    assert_eq!(facts.sizes, (facts.payload.len() as u32, thunks + 3));
    assert_eq!(facts.functions.len() as u32, thunks + 3);
}

fn check_payload(payload: &[u8], keys: &BTreeSet<String>) {
    let found = ready_to_run(payload);
    assert_eq!((found.version, found.flags), ((26, 1), 0x4b));
    let expected: Vec<(String, u32)> = keys.iter().cloned().zip(0..).collect();
    assert_eq!(found.thunks, expected);
    let kinds: Vec<u8> = found.fixups.iter().map(|(_, fixup)| fixup[0]).collect();
    let helper = keys.iter().any(|key| key.starts_with('I'));
    let expected: &[u8] = if helper { &[0x30, 0x1a, 0x39] } else { &[0x30, 0x39] };
    assert_eq!(kinds, expected, "the helper is there before what calls it");
    // Byte for byte what crossgen2 11.0.0 writes.
    assert_eq!(found.fixups[0].1, [0x30, 0x02, 0x80, 0xb7, 0x80, 0xb9]);
    if helper {
        assert_eq!(found.fixups[1].1, [0x1a, 0x81, 0x18]);
    }
    // The index is where its documentation says, and nothing but padding follows.
    let end = payload.len() - found.after.len();
    let index = &payload[end.next_multiple_of(4)..];
    assert_eq!((u32_at(index, 0), u32_at(index, 4) as usize), (key_index::MAGIC, keys.len()));
    for (entry, (key_rva, (_, place))) in found.key_rvas.iter().zip(&found.thunks).enumerate() {
        assert_eq!((u32_at(index, 8 + 8 * entry), u32_at(index, 12 + 8 * entry)), (*key_rva, *place));
    }
    assert!(index[8 + 8 * keys.len()..].iter().all(|byte| *byte == 0));
    assert_eq!(payload.len() % 16, 0);
}

#[test]
fn every_shape() {
    let keys = all_keys();
    check(&both_directions(&keys), "Both.Directions");
    check(&keys, "From.The.Interpreter");
    check(&keys.into_iter().filter(|key| !key.ends_with('p')).collect(), "Native");
}

#[test]
fn images_for_the_next_runtime_differ_in_names_and_version_only() {
    let keys = both_directions(&["Mv", "MviS8p", "MVl2V4p"].map(str::to_owned).into());
    let thunks = thunks(keys.iter().map(String::as_str));
    let mut next = identity("Next");
    next.format = RuntimeVersion::V12_0.facts().image.clone();
    let found = facts(&image(&thunks, &next).expect("an image"));
    check_wrapper(&found, &keys, &ImportNames::V12_0);
    assert_eq!(found.imports[0].0, "__stack_pointer");
    let header = ready_to_run(&found.payload);
    assert_eq!((header.version, header.flags), ((27, 0), 0x4b));
    let current = facts(&image(&thunks, &identity("Next")).expect("an image"));
    assert_eq!(header.thunks, ready_to_run(&current.payload).thunks);
}

#[test]
fn few_thunks_and_none() {
    check(&BTreeSet::new(), "Nothing");
    for key in ["Mv", "Mvp", "Ivp"] {
        check(&BTreeSet::from([key.to_owned()]), "One");
    }
}

#[test]
fn random_sets() {
    let all: Vec<String> = both_directions(&all_keys()).into_iter().collect();
    for round in 0..200 {
        let mut prng = Prng::new(SEED, round);
        let count = prng.below(40);
        let keys = (0..count).map(|_| prng.pick(&all).clone()).collect();
        check(&keys, &format!("Random{round}{}", "x".repeat(prng.below(20))));
    }
}

#[test]
fn equal_input_gives_equal_bytes() {
    let all: Vec<String> = all_keys().into_iter().collect();
    let forward = thunks(all.iter().map(String::as_str));
    let backward = thunks(all.iter().rev().map(String::as_str));
    let first = image(&forward, &identity("A")).expect("an image");
    assert!(first == image(&backward, &identity("A")).expect("an image"), "the order of the input does not matter");
    let mvid = |bytes: &[u8]| {
        let metadata = facts(bytes).payload;
        let at = metadata.windows(5).position(|window| window == b"#GUID").expect("the stream") - 8;
        let root = metadata.windows(4).position(|window| window == b"BSJB").expect("the root");
        let guid = root + u32_at(&metadata, at) as usize;
        metadata[guid..guid + 16].to_vec()
    };
    let other_name = image(&forward, &identity("B")).expect("an image");
    let fewer = image(&forward[1..], &identity("A")).expect("an image");
    let version = Identity { version: "1.0.0.1".parse().expect("a version"), ..identity("A") };
    let other_version = image(&forward, &version).expect("an image");
    let mut format = identity("A");
    format.format.ready_to_run = "18.5".parse().expect("a version");
    let other_format = image(&forward, &format).expect("an image");
    assert_eq!(ready_to_run(&facts(&other_format).payload).version, (18, 5));
    let mvids: BTreeSet<Vec<u8>> =
        [&first, &other_name, &fewer, &other_version, &other_format].map(|bytes| mvid(bytes)).into();
    assert_eq!(mvids.len(), 5, "each has an identity of its own");
    let given = "00112233-4455-6677-8899-aabbccddeeff".parse().expect("a GUID");
    let chosen = image(&forward, &Identity { mvid: Some(given), ..identity("A") }).expect("an image");
    assert_eq!(mvid(&chosen), given.0);
    assert_eq!(chosen.len(), first.len());
}

#[test]
fn every_byte_of_an_image() {
    let expected = Annotated::parse(&crate_file("data/image-of-three.hex"));
    let identity = Identity {
        version: "1.2.3.4".parse().expect("a version"),
        mvid: Some("00112233-4455-6677-8899-aabbccddeeff".parse().expect("a GUID")),
        ..identity("Hex")
    };
    let bytes = image(&thunks(["Mvp", "Ivp", "MviS8"]), &identity).expect("an image");
    assert_eq!(expected.difference(&bytes), None);
}

#[test]
fn the_twin_is_the_assembly_of_the_image() {
    let mut with_version = identity("App.Größe");
    with_version.version = "65534.0.0.1".parse().expect("a version");
    let (image, twin) = image_and_twin(&thunks(["Mv", "Ivp"]), &with_version).expect("an image");
    let payload = facts(&image).payload;
    let cli_header = u32_at(&payload, 12) as usize;
    let (start, size) = (u32_at(&payload, cli_header + 8) as usize, u32_at(&payload, cli_header + 12) as usize);
    let metadata = &payload[start..start + size];
    assert_eq!(twin.windows(size).filter(|window| *window == metadata).count(), 1);
    let module = clr_metadata::open(&twin).expect("readable").expect("managed");
    assert!(!module.is_ready_to_run());
    assert_eq!(module.assembly_name().expect("a name"), Some("App.Größe"));
}

#[test]
#[ignore = "needs the C# compiler"]
fn the_runtime_and_the_compiler_take_the_twin() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("image-identity.dll");
    let lab = Lab::find();
    lab.compile_program(&[crate_dir().join("oracle/ImageIdentity.cs")], &program);
    let longest = "x".repeat(200);
    let mvid = "00112233-4455-6677-8899-aabbccddeeff";
    let (mut files, mut expected) = (Vec::new(), String::new());
    for (name, version) in [("Hex", "1.2.3.4"), ("App.Größe", "65534.0.0.1"), (&longest, "0.0.0.0")] {
        let version = version.parse().expect("a version");
        let identity = Identity { version, mvid: Some(mvid.parse().expect("a GUID")), ..identity(name) };
        let (_, twin) = image_and_twin(&thunks(["Mv", "Ivp"]), &identity).expect("an image");
        let file = folder.path().join(format!("{}.dll", files.len()));
        std::fs::write(&file, twin).expect("a written file");
        files.push(file.display().to_string());
        expected += &format!(
            "{name}, Version={version}, Culture=neutral, PublicKeyToken=null; {name}.dll; {mvid}; \
             {name}.ThunkImage: abstract sealed of Object, 0 members; System.Runtime\n"
        );
    }
    assert_eq!(lab.run(&program, &files), expected);
}

#[test]
fn the_same_key_twice_is_refused() {
    let error = image(&thunks(["Mv", "Mi", "Mv"]), &identity("Twice")).expect_err("two thunks of a key");
    assert_eq!(error.to_string(), "the key `Mv` is given twice");
}

#[test]
fn a_host_installs_it() {
    let keys = both_directions(&["Mv", "MviS8p", "Miip", "MVl2V4p"].map(str::to_owned).into());
    let bytes = image(&thunks(keys.iter().map(String::as_str)), &identity("Installed")).expect("an image");
    let facts = facts(&bytes);
    for (memory_base, table_base) in [(0, 0), (0x1_0010, 7)] {
        let installed = install::install(&bytes, facts.sizes, memory_base, table_base);
        assert_eq!(installed.size, facts.sizes.0);
        let mut expected = facts.payload.clone();
        assert_eq!(expected[28..32], [0; 4]);
        expected[28..32].copy_from_slice(&table_base.to_le_bytes());
        assert!(installed.payload == expected, "the payload, with the place in the table");
        assert!(installed.elsewhere_untouched);
        assert_eq!(installed.table, facts.functions);
    }
}
