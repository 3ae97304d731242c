//! The worked examples of the calling convention, `data/worked-signatures.tsv`: each signature string beside its wasm type
//! and the places of its arguments.

use std::collections::BTreeSet;

use clr_wasm_abi::slots::{ArgArea, SLOT_SIZE};
use clr_wasm_abi::{FunctionType, Signature};
use thunkgen_tests::data::crate_file;
use thunkgen_tests::failure::expect_none;
use thunkgen_tests::generated::interp_to_native;
use thunkgen_tests::wasm::interp;
use thunkgen_tests::wasm::keys::{Param, Shape, Ty};
use thunkgen_tests::wasm::link::interp_module;
use thunkgen_tests::wasm::toolchain::Flags;

struct Example {
    signature: String,
    /// The words of the parameters, and the result.
    params: Vec<String>,
    result: String,
    offsets: Vec<u32>,
}

fn examples() -> Vec<Example> {
    let text = crate_file("data/worked-signatures.tsv");
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let examples: Vec<Example> = rows
        .map(|row| {
            let mut cells = row.split('\t').skip(1).chain([""]);
            let mut cell = || cells.next().expect("a cell");
            let (signature, (params, result)) = (cell().to_owned(), cell().split_once(" -> ").unwrap_or_default());
            let words = |text: &str| text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
            let offsets = cell().split(' ').filter_map(|offset| offset.parse().ok()).collect();
            Example { signature, params: words(params), result: result.to_owned(), offsets }
        })
        .collect();
    assert_eq!(examples.len(), 82);
    examples
}

/// The valtype that a word stands for, as WebAssembly spells it.
fn valtype(word: &str) -> &str {
    if matches!(word, "sp" | "this" | "rb" | "ctx" | "ac" | "pe") { "i32" } else { word }
}

#[test]
fn the_library_reads_the_signatures_as_the_table_does() {
    for Example { signature: text, params, result, offsets } in examples() {
        let signature: Signature = text.parse().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((signature.to_string(), signature.interp_key()), (text.clone(), format!("M{text}")));
        let has = |word: &str| params.iter().any(|param| param == word);
        assert_eq!(signature.managed, has("sp") && has("pe"), "{text}");
        assert_eq!((signature.has_this, signature.is_async), (has("this"), has("ac")), "{text}");
        // A context that no continuation follows reads as a leading int.
        assert_eq!(signature.has_generic_context, has("ctx") && has("ac"), "{text}");
        let expected: Vec<&str> = params.iter().map(|word| valtype(word)).collect();
        let expected = format!("({}) -> {result}", expected.join(", "));
        assert_eq!(FunctionType::of(&signature).to_string(), expected, "{text}");
        let area = ArgArea::of(&signature);
        let found: Vec<u32> = area.args.iter().map(|arg| arg.slot * SLOT_SIZE).collect();
        assert_eq!(found, offsets, "{text}");
        // A cut string is another signature or none; whatever it is, it prints as it reads.
        for end in 0..text.len() {
            if let Ok(signature) = text[..end].parse::<Signature>() {
                assert_eq!(signature.to_string(), text[..end]);
            }
        }
        for wrong in [format!("{text}x"), format!("{text}p"), format!("{text}S0")] {
            // Only a `p` at the end of a native string makes another signature.
            assert_eq!(wrong.parse::<Signature>().is_err(), !wrong.ends_with('p') || text.ends_with('p'), "{wrong}");
        }
    }
}

// The reading of the keys that the executed suites go by is held against the same table.
#[test]
fn the_harness_reads_the_keys_alike() {
    for Example { signature: text, params, result, offsets } in examples() {
        let shape = Shape::of_signature(&text);
        let name = |ty: Ty| format!("{ty:?}").to_lowercase();
        let found: Vec<String> = shape.params().into_iter().map(|param| name(param.ty())).collect();
        assert_eq!(found, params.iter().map(|word| valtype(word)).collect::<Vec<_>>(), "{text}");
        assert_eq!(shape.result().map_or("()".to_owned(), name), result, "{text}");
        assert_eq!(shape.args.iter().map(|arg| arg.offset).collect::<Vec<_>>(), offsets, "{text}");
        for (word, param) in params.iter().zip(shape.params()) {
            let is_it = match param {
                Param::StackPointer => word == "sp",
                Param::ReturnBuffer => word == "rb",
                Param::Zero => word == "ac",
                Param::EntryPoint => word == "pe",
                Param::Load(..) | Param::Address(_) => !["sp", "rb", "ac", "pe"].contains(&word.as_str()),
            };
            assert!(is_it, "{text}: {word} is {param:?}");
        }
    }
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn the_thunks_of_the_examples_run() {
    let keys: BTreeSet<String> = examples().into_iter().map(|example| format!("M{}", example.signature)).collect();
    assert_eq!(keys.len(), 69, "different keys");
    let wasm = interp_module(&interp_to_native(&keys), Flags::SIMD).unwrap_or_else(|error| panic!("{error}"));
    let ran = expect_none("worked signatures", interp::check(&wasm, &keys, 5));
    assert_eq!((ran.keys, ran.calls), (keys.len(), 5 * keys.len()));
}
