//! The worked examples of the calling convention: each signature string beside its wasm type and the places of its
//! arguments, written out by hand.

use std::collections::BTreeSet;

use clr_wasm_abi::slots::{ArgArea, ArgKind, SLOT_SIZE};
use clr_wasm_abi::{ParamToken, ReturnToken, Signature};
use thunkgen_tests::failure::expect_none;
use thunkgen_tests::generated::interp_to_native;
use thunkgen_tests::wasm::interp;
use thunkgen_tests::wasm::keys::{Param, Shape, Ty};
use thunkgen_tests::wasm::link::interp_module;
use thunkgen_tests::wasm::toolchain::Flags;

/// Example number, signature, wasm type, offset of each argument from the start of the argument area.
///
/// `sp` is the stack pointer, `rb` the return buffer, `ac` the async continuation, `pe` the portable entry point,
/// `this` and `ctx` the hidden pointers; all of these are i32.
type Example = (u32, &'static str, &'static str, &'static [u32]);

#[rustfmt::skip]
const EXAMPLES: &[Example] = &[
    (1, "vp", "sp pe -> ()", &[]),
    (2, "iip", "sp i32 pe -> i32", &[0]),
    (3, "vTip", "sp this i32 pe -> ()", &[0, 8]),
    (4, "S16p", "sp rb pe -> ()", &[]),
    (5, "vS8p", "sp i32 pe -> ()", &[0]),
    (6, "ifdp", "sp f32 f64 pe -> i32", &[0, 8]),
    (7, "ii", "i32 -> i32", &[0]),
    (8, "vlVip", "sp i64 v128 i32 pe -> ()", &[0, 16, 32]),
    (9, "vlVip", "sp i64 v128 i32 pe -> ()", &[0, 16, 32]),
    (10, "vll2ip", "sp i64 i64 i64 i32 pe -> ()", &[0, 16, 32]),
    (11, "vll2ip", "sp i64 i64 i64 i32 pe -> ()", &[0, 16, 32]),
    (12, "vlV2ip", "sp i64 v128 v128 i32 pe -> ()", &[0, 16, 48]),
    (13, "vlV4ip", "sp i64 v128 v128 v128 v128 i32 pe -> ()", &[0, 16, 80]),
    (14, "vllp", "sp i64 i64 pe -> ()", &[0, 8]),
    (15, "vlVp", "sp i64 v128 pe -> ()", &[0, 16]),
    (16, "vllip", "sp i64 i64 i32 pe -> ()", &[0, 8, 16]),
    (17, "vliip", "sp i64 i32 i32 pe -> ()", &[0, 8, 16]),
    (18, "vlS16ip", "sp i64 i32 i32 pe -> ()", &[0, 8, 24]),
    (19, "vlS16ip", "sp i64 i32 i32 pe -> ()", &[0, 8, 24]),
    (20, "vlS32ip", "sp i64 i32 i32 pe -> ()", &[0, 8, 40]),
    (21, "vlS32ip", "sp i64 i32 i32 pe -> ()", &[0, 8, 40]),
    (22, "vlVip", "sp i64 v128 i32 pe -> ()", &[0, 16, 32]),
    (23, "vlV2ip", "sp i64 v128 v128 i32 pe -> ()", &[0, 16, 48]),
    (24, "vlV4ip", "sp i64 v128 v128 v128 v128 i32 pe -> ()", &[0, 16, 80]),
    (25, "vll2ip", "sp i64 i64 i64 i32 pe -> ()", &[0, 16, 32]),
    (26, "vlS32ip", "sp i64 i32 i32 pe -> ()", &[0, 8, 40]),
    (26, "vlS64ip", "sp i64 i32 i32 pe -> ()", &[0, 8, 72]),
    (26, "vlS128ip", "sp i64 i32 i32 pe -> ()", &[0, 8, 136]),
    // 27 and 28 are single types: here as the only parameter of a native function.
    (27, "vS16", "i32 -> ()", &[0]),
    (27, "vl", "i64 -> ()", &[0]),
    (27, "vi", "i32 -> ()", &[0]),
    (28, "vS8", "i32 -> ()", &[0]),
    (28, "vS64", "i32 -> ()", &[0]),
    (29, "iS8p", "sp i32 pe -> i32", &[0]),
    (30, "iip", "sp i32 pe -> i32", &[0]),
    (30, "iiip", "sp i32 i32 pe -> i32", &[0, 8]),
    (30, "iiiip", "sp i32 i32 i32 pe -> i32", &[0, 8, 16]),
    (30, "iiiiip", "sp i32 i32 i32 i32 pe -> i32", &[0, 8, 16, 24]),
    (31, "VVVp", "sp v128 v128 pe -> v128", &[0, 16]),
    (32, "lTlp", "sp this i64 pe -> i64", &[0, 8]),
    (33, "S16Tp", "sp this rb pe -> ()", &[0]),
    (34, "S16l2l2p", "sp rb i64 i64 i64 i64 pe -> ()", &[0, 16]),
    (35, "VVp", "sp v128 pe -> v128", &[0]),
    (36, "S32V2p", "sp rb v128 v128 pe -> ()", &[0]),
    (37, "iiiip", "sp i32 i32 i32 pe -> i32", &[0, 8, 16]),
    (38, "liiip", "sp i32 i32 i32 pe -> i64", &[0, 8, 16]),
    (39, "fiiip", "sp i32 i32 i32 pe -> f32", &[0, 8, 16]),
    (40, "diip", "sp i32 i32 pe -> f64", &[0, 8]),
    (41, "vS8S8p", "sp i32 i32 pe -> ()", &[0, 8]),
    (42, "S8S12p", "sp rb i32 pe -> ()", &[0]),
    (43, "S8S16p", "sp rb i32 pe -> ()", &[0]),
    (44, "vilp", "sp i32 i64 pe -> ()", &[0, 8]),
    (45, "S16S16p", "sp rb i32 pe -> ()", &[0]),
    (46, "S16S16ip", "sp rb i32 i32 pe -> ()", &[0, 16]),
    (47, "S16lp", "sp rb i64 pe -> ()", &[0]),
    (48, "vS1p", "sp i32 pe -> ()", &[0]),
    (48, "S1p", "sp rb pe -> ()", &[]),
    (49, "vfp", "sp f32 pe -> ()", &[0]),
    (49, "vdp", "sp f64 pe -> ()", &[0]),
    (50, "vS8p", "sp i32 pe -> ()", &[0]),
    (51, "vA32p", "sp i32 pe -> ()", &[0]),
    (52, "S32p", "sp rb pe -> ()", &[]),
    (53, "vS16S12S8p", "sp i32 i32 i32 pe -> ()", &[0, 16, 32]),
    (54, "vS64p", "sp i32 pe -> ()", &[0]),
    (55, "vS4p", "sp i32 pe -> ()", &[0]),
    (56, "vS8ip", "sp i32 i32 pe -> ()", &[0, 8]),
    (57, "iiip", "sp ctx i32 pe -> i32", &[0, 8]),
    (58, "S16Tiip", "sp this rb ctx i32 pe -> ()", &[0, 8, 16]),
    (59, "iaip", "sp ac i32 pe -> i32", &[0, 8]),
    (60, "lTiaip", "sp this ctx ac i32 pe -> i64", &[0, 16, 8, 24]),
    (61, "iTip", "sp this i32 pe -> i32", &[0, 8]),
    (62, "vil", "i32 i64 -> ()", &[0, 8]),
    (63, "S16S8", "rb i32 -> ()", &[0]),
    (64, "iiif", "i32 i32 f32 -> i32", &[0, 8, 16]),
    (65, "S16l2", "rb i64 i64 -> ()", &[0]),
    (66, "viii", "i32 i32 i32 -> ()", &[0, 8, 16]),
    // Beyond the 66: what 16-byte alignment does behind an odd number of slots, and areas of the stub's own examples.
    (67, "iTlA32dp", "sp this i64 i32 f64 pe -> i32", &[0, 8, 16, 48]),
    (68, "S12Tip", "sp this rb i32 pe -> ()", &[0, 8]),
    (69, "viA16p", "sp i32 i32 pe -> ()", &[0, 16]),
    (70, "vA16iA16V", "i32 i32 i32 v128 -> ()", &[0, 16, 32, 48]),
    (71, "vS3l2S17i", "i32 i64 i64 i32 i32 -> ()", &[0, 16, 32, 56]),
    (72, "viap", "sp ctx ac pe -> ()", &[8, 0]),
];

/// The words of the parameters, and the result.
fn wasm_type(text: &str) -> (Vec<&str>, &str) {
    let (params, result) = text.split_once("->").expect("an arrow");
    (params.split_whitespace().collect(), result.trim())
}

/// The valtype a word stands for.
fn valtype(word: &str) -> Ty {
    match word {
        "i32" | "sp" | "this" | "rb" | "ctx" | "ac" | "pe" => Ty::I32,
        "i64" => Ty::I64,
        "f32" => Ty::F32,
        "f64" => Ty::F64,
        "v128" => Ty::V128,
        _ => panic!("`{word}` is no word of the table"),
    }
}

fn parse(text: &str) -> Signature {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn no_example_is_left_out() {
    let numbers: BTreeSet<u32> = EXAMPLES.iter().map(|example| example.0).collect();
    assert_eq!(numbers, (1..=72).collect());
    assert_eq!(EXAMPLES.len(), 82);
}

#[test]
fn strings_print_as_they_were_read() {
    for (number, text, ..) in EXAMPLES {
        assert_eq!(parse(text).to_string(), *text, "example {number}");
        assert_eq!(parse(text).interp_key(), format!("M{text}"), "example {number}");
    }
}

#[test]
fn parameters_and_results_are_those_of_the_table() {
    for (number, text, ty, _) in EXAMPLES {
        let signature = parse(text);
        let (params, result) = wasm_type(ty);
        let has = |word: &str| params.contains(&word);
        assert_eq!(signature.managed, has("sp") && has("pe"), "example {number}");
        assert_eq!(signature.has_this, has("this"), "example {number}");
        assert_eq!(signature.is_async, has("ac"), "example {number}");
        // A context that no continuation follows reads as a leading int.
        assert_eq!(signature.has_generic_context, has("ctx") && has("ac"), "example {number}");
        assert_eq!(matches!(signature.ret, ReturnToken::Struct(_)), has("rb"), "example {number}");
        let expected = match signature.ret {
            ReturnToken::Scalar(_) => valtype(result),
            _ => {
                assert_eq!(result, "()", "example {number}");
                Ty::I32
            }
        };
        if let ReturnToken::Scalar(scalar) = signature.ret {
            assert_eq!(valtype_of(scalar), expected, "example {number}");
        }
        assert_eq!(explicit_params(&signature), explicit_words(&params, &signature), "example {number}");
    }
}

fn valtype_of(scalar: clr_wasm_abi::Scalar) -> Ty {
    use clr_wasm_abi::Scalar;
    match scalar {
        Scalar::I32 => Ty::I32,
        Scalar::I64 => Ty::I64,
        Scalar::F32 => Ty::F32,
        Scalar::F64 => Ty::F64,
        Scalar::V128 => Ty::V128,
    }
}

/// The wasm parameters of the library's explicit parameters.
fn explicit_params(signature: &Signature) -> Vec<Ty> {
    let mut types = Vec::new();
    for param in &signature.params {
        match param {
            ParamToken::Scalar(scalar) => types.push(valtype_of(*scalar)),
            ParamToken::MultiSlot(multi) => types.extend((0..multi.count()).map(|_| valtype_of(multi.element()))),
            ParamToken::Struct { .. } => types.push(Ty::I32),
            ParamToken::Empty => {}
        }
    }
    types
}

/// The same of the table: what is left when the hidden parameters are taken away.
fn explicit_words(params: &[&str], signature: &Signature) -> Vec<Ty> {
    let is_explicit = |word: &str| match word {
        "sp" | "this" | "rb" | "ac" | "pe" => false,
        "ctx" => !signature.has_generic_context,
        _ => true,
    };
    params.iter().filter(|word| is_explicit(word)).map(|word| valtype(word)).collect()
}

#[test]
fn arguments_stand_where_the_table_says() {
    for (number, text, _, expected) in EXAMPLES {
        let signature = parse(text);
        let area = ArgArea::of(&signature);
        let offsets: Vec<u32> = area.args.iter().map(|arg| arg.slot * SLOT_SIZE).collect();
        assert_eq!(offsets, *expected, "example {number}");
        let explicit = area.args.iter().filter(|arg| matches!(arg.kind, ArgKind::Param(..))).count();
        assert_eq!(explicit, signature.params.len(), "example {number}");
        let hidden = [signature.has_this, signature.has_generic_context, signature.is_async];
        let hidden = hidden.into_iter().filter(|present| *present).count();
        assert_eq!(area.args.len(), explicit + hidden, "example {number}");
        assert!(area.args.last().is_none_or(|arg| area.slots > arg.slot), "example {number}");
    }
}

// The reading of the keys that the executed suites go by is held against the same table.
#[test]
fn the_harness_reads_the_keys_alike() {
    for (number, text, ty, offsets) in EXAMPLES {
        let shape = Shape::of_signature(text);
        let (params, result) = wasm_type(ty);
        let expected: Vec<Ty> = params.iter().map(|word| valtype(word)).collect();
        let found: Vec<Ty> = shape.params().into_iter().map(Param::ty).collect();
        assert_eq!(found, expected, "example {number}");
        assert_eq!(shape.result(), (result != "()").then(|| valtype(result)), "example {number}");
        let found: Vec<u32> = shape.args.iter().map(|arg| arg.offset).collect();
        assert_eq!(found, *offsets, "example {number}");
        for (word, param) in params.iter().zip(shape.params()) {
            let is_hidden = match param {
                Param::StackPointer => *word == "sp",
                Param::ReturnBuffer => *word == "rb",
                Param::Zero => *word == "ac",
                Param::EntryPoint => *word == "pe",
                Param::Load(..) | Param::Address(_) => !["sp", "rb", "ac", "pe"].contains(word),
            };
            assert!(is_hidden, "example {number}: {word} is {param:?}");
        }
    }
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn the_thunks_of_the_examples_run() {
    let keys: BTreeSet<String> = EXAMPLES.iter().map(|(_, text, ..)| format!("M{text}")).collect();
    assert_eq!(keys.len(), 69, "different keys");
    let wasm = interp_module(&interp_to_native(&keys), Flags::SIMD).unwrap_or_else(|error| panic!("{error}"));
    let ran = expect_none("worked signatures", interp::check(&wasm, &keys, 5));
    assert_eq!((ran.keys, ran.calls), (keys.len(), 5 * keys.len()));
}

#[test]
fn sizes_that_fit_no_type_are_refused_and_every_cut_is_no_panic() {
    for (_, text, ..) in EXAMPLES {
        for end in 0..text.len() {
            // A cut string is another signature or none; whatever it is, it prints as it reads.
            if let Ok(signature) = text[..end].parse::<Signature>() {
                assert_eq!(signature.to_string(), text[..end]);
            }
        }
        for wrong in [format!("{text}x"), format!("{text}p"), format!("{text}S0")] {
            let is_error = wrong.parse::<Signature>().is_err();
            // Only a `p` at the end of a native string makes another signature.
            assert_eq!(is_error, !wrong.ends_with('p') || text.ends_with('p'), "{wrong}");
        }
    }
}
