//! Random tables and images: what is found is what the registry of `tests/model` finds, and from where.

use std::collections::BTreeMap;

use thunkgen_diagnostics::Diagnostics;
use thunkgen_r2r::emit::{Identity, image as emit, thunk};
use thunkgen_r2r::lookup::{Answer, SourceKind, Sources, Standing, TablePlace};
use thunkgen_r2r::ready_to_run;
use thunkgen_registry::{Image, Registry, Source};
use thunkgen_tests::corrupt::prng::Prng;
use thunkgen_tests::ready_to_run::image::{self, Imports, string_thunks};
use thunkgen_tests::ready_to_run::module::{Thunk, Wrapper, wrap};
use thunkgen_tests::webcil::convert;

const KEYS: [&str; 12] =
    ["Mv", "Mvi", "Mvii", "MviS8", "MiTp", "MS8Tip", "Ivp", "IiTp", "IS8Tip", "IviaS8p", "Vvii", "UGvii"];

/// One program: rows of both tables, and the pairs of every image in the order in which they are loaded.
struct Program {
    from_interp: Vec<&'static str>,
    to_interp: Vec<&'static str>,
    images: Vec<Vec<(&'static str, u32)>>,
}

impl Program {
    fn random(random: &mut Prng) -> Program {
        let mut rows = |prefix: char| {
            let keys: Vec<&str> = KEYS.into_iter().filter(|key| key.starts_with(prefix)).collect();
            (0..random.below(5)).map(|_| *random.pick(&keys)).collect()
        };
        let (from_interp, to_interp) = (rows('M'), rows('I'));
        let mut image = |_| (0..random.below(6)).map(|_| (*random.pick(&KEYS), random.below(50) as u32)).collect();
        let images = (0..4).map(&mut image).collect();
        Program { from_interp, to_interp, images }
    }

    /// The C++ file of the tables: the number of a row is in the name of its function.
    fn cpp(&self) -> String {
        let table = |name: &str, rows: &[&str], first: usize| {
            let rows: Vec<String> = rows
                .iter()
                .zip(first..)
                .map(|(key, number)| format!("    {{ \"{key}\", (void*)&F{number} }},\n"))
                .collect();
            format!("const Row {name}[] = {{\n{}}};\n", rows.concat())
        };
        table("g_wasmThunks", &self.from_interp, 1000) + &table("g_wasmPortableEntryPointThunks", &self.to_interp, 2000)
    }

    /// What the registry finds: a row by its number, or image and place.
    fn registry(&self) -> BTreeMap<&'static str, (Source, u32)> {
        let blobs: Vec<Vec<u8>> = self.images.iter().map(|pairs| string_thunks(pairs)).collect();
        let registry = Registry::new();
        registry.add_static(self.from_interp.iter().copied().zip(1000..));
        registry.add_static(self.to_interp.iter().copied().zip(2000..));
        for (blob, number) in blobs.iter().zip(0..) {
            registry.inject(&Image { bytes: blob, code_base: 10_000 * (number + 1) }, 0).expect("a good fixup");
        }
        let found = KEYS.into_iter().filter_map(|key| Some((key, registry.lookup(key)?)));
        found.map(|(key, found)| (key, (found.source, found.thunk))).collect()
    }

    fn sources(&self, tables_first: bool) -> Sources {
        let mut sources = Sources::default();
        // Images that inject nothing are told, and duplicates are.
        let mut diagnostics = Diagnostics::default();
        let cpp = self.cpp();
        if tables_first {
            sources.add("tables.cpp", cpp.as_bytes(), &mut diagnostics);
        }
        for (pairs, number) in self.images.iter().zip(0..) {
            let file = convert::version_1(&image::Image::with_thunks(pairs).pe("Image", false));
            sources.add(&format!("{number}"), &file, &mut diagnostics);
        }
        if !tables_first {
            sources.add("tables.cpp", cpp.as_bytes(), &mut diagnostics);
        }
        assert!(!diagnostics.has_errors());
        sources
    }
}

/// What an answer says, in the registry's words.
fn found(answer: &Answer<'_>) -> Option<(Source, u32)> {
    let winner = answer.winner()?;
    Some(match (&winner.source.kind, &winner.thunk.place) {
        (SourceKind::Table { .. }, _) => {
            (Source::Static, winner.thunk.function[1..].parse().expect("the row's number"))
        }
        (SourceKind::Image, TablePlace::Entry { table_index, .. }) => {
            let image: u32 = winner.source.path.parse().expect("the image's number");
            (Source::Injected, 10_000 * (image + 1) + table_index)
        }
        (kind, place) => panic!("{place:?} of {kind:?}"),
    })
}

#[test]
fn what_is_found_is_what_the_registry_finds() {
    let (mut statics, mut injected, mut nothing) = (0, 0, 0);
    for number in 0..2000 {
        let random = &mut Prng::new(7, number);
        let program = Program::random(random);
        let registry = program.registry();
        let sources = program.sources(random.below(2) == 0);
        for key in KEYS {
            let answer = sources.find(key);
            let expected = registry.get(key).copied();
            assert_eq!(found(&answer), expected, "{number}: {key}");
            match expected {
                Some((Source::Static, _)) => statics += 1,
                Some((Source::Injected, _)) => injected += 1,
                None => nothing += 1,
            }
            // Everything with the key is told, and only the first is found.
            let rows = program.from_interp.iter().chain(&program.to_interp).filter(|row| **row == key).count();
            let pairs = program.images.iter().flatten().filter(|(of, _)| *of == key).count();
            assert_eq!(answer.candidates.len(), rows + pairs, "{number}: {key}");
            assert!(answer.candidates.iter().skip(1).all(|candidate| !candidate.standing.wins()), "{number}: {key}");
        }
    }
    assert!(statics > 2000 && injected > 2000 && nothing > 2000, "{statics} {injected} {nothing}");
}

/// What `r2r emit` writes behind the keys is what the registry looks for there.
#[test]
fn the_index_of_an_emitted_image_is_used() {
    let keys = KEYS.into_iter().filter(|key| key.starts_with(['M', 'I']));
    let made: Vec<_> = keys.map(|key| thunk(&key.parse().expect("a key")).expect("a thunk")).collect();
    let bytes = emit(&made, &Identity::new("Thunks".parse().expect("a name"))).expect("an image");
    let file = ready_to_run::open(&bytes).expect("an image");
    let payload = file.wasm.as_ref().and_then(|wasm| wasm.payload()).expect("a payload");
    let thunks = file.thunks().expect("thunks");
    let fixup = thunks[0].offset - 1 - payload.range.start;
    let registry = Registry::new();
    let injected = registry.inject(&Image { bytes: payload.bytes, code_base: 100 }, fixup).expect("a good fixup");
    assert_eq!((injected.added, thunks.len()), (made.len(), made.len()));
    assert!(registry.uses_index());
    for thunk in thunks {
        let found = registry.lookup(thunk.key).map(|found| (found.source, found.thunk));
        assert_eq!(found, Some((Source::Injected, 100 + thunk.table_index)), "{}", thunk.key);
    }
}

/// Files in the order in which they are loaded.
fn loaded(files: &[&[u8]]) -> Sources {
    let mut sources = Sources::default();
    for (number, file) in files.iter().enumerate() {
        sources.add(&number.to_string(), file, &mut Diagnostics::default());
    }
    sources
}

fn standings(sources: &Sources, key: &str) -> (bool, Vec<(String, Standing)>) {
    let answer = sources.find(key);
    let all = answer.candidates.iter().map(|candidate| (candidate.source.path.clone(), candidate.standing));
    (answer.winner().is_some(), all.collect())
}

/// A module with two functions and one key, in a section with these flags.
fn module(slot: u32, flags: u16) -> Vec<u8> {
    let imports = vec![Imports { flags, kind: 0, signatures: vec![string_thunks(&[("Mvi", slot)])] }];
    let image = image::Image { imports, ..image::Image::default() };
    let function = Thunk { name: "f", params: vec![wasm_encoder::ValType::I32; 3], results: vec![] };
    wrap(&convert::version_1(&image.pe("Image", false)), Wrapper::Copied, &[function.clone(), function])
}

/// The runtime takes a key without a look at its place, so that nothing behind it counts.
#[test]
fn a_place_without_function_is_not_found_and_hides_what_is_behind() {
    let (good, table) = (module(1, 1), b"const T g_wasmThunks[] = { { \"Mvi\", (void*)&F } };");
    let at = |number: u32, standing| (number.to_string(), standing);
    for slot in [2, 77, u32::MAX] {
        let bad = module(slot, 1);
        let behind = standings(&loaded(&[&bad, &good]), "Mvi");
        assert_eq!(behind, (false, vec![at(0, Standing::Empty), at(1, Standing::LoadedLater)]));
        let before = standings(&loaded(&[&good, &bad]), "Mvi");
        assert_eq!(before, (true, vec![at(0, Standing::FirstImage), at(1, Standing::LoadedLater)]));
        let linked = standings(&loaded(&[&bad, table]), "Mvi");
        assert_eq!(linked, (true, vec![at(1, Standing::Static), at(0, Standing::BehindTable)]));
    }
}

/// What the runtime does not add by itself neither wins nor hides anything.
#[test]
fn a_section_that_is_not_eager_is_passed_over() {
    let (good, lazy, empty) = (module(1, 1), module(1, 0), module(77, 0));
    let at = |number: u32, standing| (number.to_string(), standing);
    for other in [&lazy, &empty] {
        assert_eq!(standings(&loaded(&[other]), "Mvi"), (false, vec![at(0, Standing::NotEager)]));
        let first = standings(&loaded(&[other, &good]), "Mvi");
        assert_eq!(first, (true, vec![at(1, Standing::FirstImage), at(0, Standing::NotEager)]));
    }
}
