//! Structs of any layout: the compiler finds every field where it was said to be, and says so when it is not.

use std::collections::BTreeMap;

use thunkgen_core::collect::ir::declarations::Declarations;
use thunkgen_native::stubs::documentation::Documentation;
use thunkgen_tests::random_structs::declarations;
use thunkgen_tests::rust_stubs::{StubFile, check, codes, stubs, write};
use thunkgen_tests::rust_wasm::RustWasm;

const COUNT: usize = 400;

fn stub_file(declared: &Declarations) -> StubFile {
    let [stub_file] = <[StubFile; 1]>::try_from(stubs(declared, &Documentation::default())).expect("one module");
    stub_file
}

/// What is asserted of each struct: `size`, `align`, and the offsets of fields by their names.
fn asserted(text: &str) -> BTreeMap<String, BTreeMap<String, u32>> {
    let mut asserted = BTreeMap::<String, BTreeMap<String, u32>>::new();
    for line in text.lines().map(str::trim) {
        let Some((what, rest)) = line.strip_prefix("assert!(core::mem::").and_then(|rest| rest.split_once("_of"))
        else {
            continue;
        };
        let (of, number) = rest.split_once(") == ").expect("a comparison");
        let of = of.trim_matches(['!', ':', '<', '>', '(']);
        let (of, field) =
            of.split_once(", ").map_or((of, what), |(of, path)| (of, path.rsplit('.').next().expect("a field")));
        let number = number.trim_end_matches(");").parse().expect("a number");
        assert_eq!(asserted.entry(of.to_owned()).or_default().insert(field.to_owned(), number), None, "{line}");
    }
    asserted
}

/// Each is asserted as it was described: but for an alignment that does not go with the size.
#[test]
fn structs_of_any_layout_hold_on_wasm() {
    let declared = declarations("layouts", COUNT);
    let stub_file = stub_file(&declared);
    let asserted = asserted(&stub_file.text);
    assert_eq!(asserted.len(), COUNT);
    for of in &declared.structs {
        let mut expected: BTreeMap<String, u32> =
            of.fields.iter().flatten().map(|field| (field.name.clone(), field.offset)).collect();
        expected.insert("size".to_owned(), of.size);
        let possible = 1 << of.size.trailing_zeros().min(of.align.trailing_zeros());
        expected.insert("align".to_owned(), possible);
        assert_eq!(asserted.get(&of.name), Some(&expected), "{of:#?}");
    }
    for part in ["packed(2)", "align(16)", "union", "_gap_", "overlap_", "since it is not aligned", "in its place"] {
        let count = stub_file.text.matches(part).count();
        println!("{part}: {count}");
        assert!(count > 5, "{part}: {count}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let root = write(folder.path(), std::slice::from_ref(&stub_file));
    RustWasm::find().compile_file(folder.path(), "layouts", &root).unwrap_or_else(|error| panic!("{error}"));
    for edition in super::EDITIONS {
        assert_eq!(check(&root, edition), [], "{edition}");
    }
}

/// The text with one number of each struct changed, in turn.
fn damaged(text: &str, turn: usize) -> (String, usize) {
    let (mut out, mut structs) = (String::new(), 0);
    for (index, block) in text.split("const _: () = {").enumerate() {
        let assertions: Vec<usize> = block.match_indices("assert!(").map(|(at, _)| at).collect();
        if index == 0 {
            out += block;
            continue;
        }
        structs += 1;
        let at = assertions[turn % assertions.len()];
        let (before, line) = block.split_at(at);
        let (left, right) = line.split_once(" == ").expect("a comparison");
        out += &format!("const _: () = {{{before}{left} == 1 + {right}");
    }
    (out, structs)
}

/// In whichever number a struct is not what it was said to be, on wasm the crate does not compile.
#[test]
fn a_wrong_number_is_refused() {
    let good = stub_file(&declarations("layouts", COUNT));
    for turn in [0, 1, 2] {
        let (text, structs) = damaged(&good.text, turn);
        let folder = tempfile::tempdir().expect("a folder");
        let root = write(folder.path(), &[StubFile { text, ..good.clone() }]);
        let error = RustWasm::find().compile_file(folder.path(), "damaged", &root).expect_err("damaged");
        assert_eq!((structs, error.matches("error[E0080]").count()), (COUNT, COUNT), "turn {turn}");
        // On this machine, those without pointers.
        let here = codes(&check(&root, "2021"));
        assert!(here.get("E0080").is_some_and(|count| (50..COUNT).contains(count)) && here.len() <= 2, "{here:?}");
    }
}
