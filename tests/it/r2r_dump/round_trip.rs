//! What the tool writes into an image is what it reads from it.

use std::collections::BTreeMap;

use clr_wasm_file::{Bases, FuncType};
use thunkgen_r2r::emit::{Identity, Thunk, image, thunk};
use thunkgen_r2r::ready_to_run::{self, Payload, R2R_TO_INTERPRETER};
use thunkgen_tests::corrupt::prng::Prng;
use thunkgen_tests::wasm::random_keys::{long_keys, random_keys, to_interp_keys};

/// Images of one test.
const IMAGES: u64 = 60;

/// As both sides can be written down.
fn type_text(ty: &FuncType) -> String {
    let list = |types: &[clr_wasm_file::ValType]| types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let result = if ty.results().is_empty() { "()".to_owned() } else { list(ty.results()) };
    format!("({}) -> {result}", list(ty.params()))
}

/// Writes an image of the keys and reads it back.
fn check(name: &str, keys: &[String]) {
    let mut expected: BTreeMap<String, Thunk> = BTreeMap::new();
    for key in keys {
        expected.insert(key.clone(), thunk(&key.parse().unwrap()).unwrap());
    }
    let thunks: Vec<Thunk> = keys.iter().map(|key| expected[key].clone()).collect();
    let bytes = image(&thunks, &Identity::new(name.parse().unwrap())).unwrap();

    let file = ready_to_run::open(&bytes).unwrap();
    let wasm = file.wasm.as_ref().expect("a module");
    assert_eq!((wasm.wrapper_version(), wasm.bases()), (Some(1), Some(Bases::Copied)), "{name}");
    let announced = wasm.announced().unwrap().expect("sizes");
    assert_eq!(announced.payload_size as usize, wasm.payload().expect("an image").bytes.len(), "{name}");
    assert_eq!(announced.table_size, Some(wasm.table_functions().len() as u32), "{name}");
    let code = file.ready_to_run.as_ref().expect("code");
    assert_eq!((code.major_version, code.minor_version), (26, 1), "{name}");
    assert!(code.compiler().unwrap().expect("a name").starts_with("thunkgen "), "{name}");

    let tables = code.string_thunks().unwrap();
    assert!(tables.len() == 1 && tables[0].is_eager && tables[0].blob.disorder().is_none(), "{name}");
    let helpers: Vec<Payload> = code
        .import_sections()
        .unwrap()
        .iter()
        .flat_map(|section| code.fixups(section).unwrap())
        .map(|fixup| fixup.unwrap().payload)
        .filter(|payload| !matches!(payload, Payload::StringThunks | Payload::Opaque))
        .collect();
    let calls_helper = keys.iter().any(|key| key.starts_with('I'));
    assert_eq!(helpers, if calls_helper { vec![Payload::Helper(R2R_TO_INTERPRETER)] } else { vec![] }, "{name}");

    let found = file.thunks().unwrap();
    assert!(found.iter().map(|thunk| thunk.key).eq(expected.keys()), "{name}: the keys");
    for thunk in &found {
        let written = &expected[thunk.key];
        let function = thunk.function.as_ref().unwrap_or_else(|| panic!("{}: no function", thunk.key));
        assert_eq!(function.name, Some(written.name.as_str()), "{}", thunk.key);
        assert_eq!(type_text(function.ty.expect("a type")), written.function_type.to_string(), "{}", thunk.key);
        assert!(function.body.is_some_and(|body| body.ends_with(&[0x0B])), "{}", thunk.key);
    }
}

#[test]
fn random_sets_of_keys() {
    let from_interp = random_keys("r2r_dump", 600);
    let all: Vec<String> = from_interp.union(&to_interp_keys(&from_interp)).cloned().collect();
    let (mut largest, mut smallest) = (0, usize::MAX);
    for number in 0..IMAGES {
        let mut prng = Prng::new(0x7232_7264_756D_7021, number);
        let mut keys = Vec::new();
        let one_in = 1 + prng.below(60);
        for key in &all {
            if prng.below(one_in) == 0 {
                keys.push(key.clone());
            }
        }
        // The order they are given in is none.
        for index in (1..keys.len()).rev() {
            keys.swap(index, prng.below(index + 1));
        }
        (largest, smallest) = (largest.max(keys.len()), smallest.min(keys.len()));
        check(&format!("Random{number}"), &keys);
    }
    assert!(largest > 500 && smallest < 30, "the sets are all alike: {smallest} to {largest} keys");
}

#[test]
fn no_key_one_key_and_long_keys() {
    check("None", &[]);
    check("One", &["Mv".to_owned()]);
    check("OneBack", &["Ivp".to_owned()]);
    let keys = long_keys();
    let all: Vec<String> = keys.union(&to_interp_keys(&keys)).cloned().collect();
    check("Long", &all);
}
