//! Generated code, damaged on purpose: each damage must turn the check red, at the damaged row and nowhere else.

use std::collections::BTreeSet;

use thunkgen_tests::Failure;
use thunkgen_tests::generated::{callbacks, interp_to_native, pinvokes};
use thunkgen_tests::wasm::link::{interp_module, reverse_module};
use thunkgen_tests::wasm::mutate::{
    edit_call, edit_function, function_of_row, replace_first, replace_once, without_warnings,
};
use thunkgen_tests::wasm::toolchain::Flags;
use thunkgen_tests::wasm::{interp, pinvoke, reverse};

const ROUNDS: u32 = 6;

/// One key for each thing that can go wrong.
const KEYS: [&str; 9] = ["MiS12l", "MS16ii", "MS16Tiip", "MiTailp", "Mdfd", "MvTafp", "Mvl2A16ip", "Mfip", "Mvp"];

fn check_interp(text: &str) -> Result<interp::Ran, Vec<Failure>> {
    let keys: BTreeSet<String> = KEYS.map(str::to_owned).into();
    let wasm = interp_module(&without_warnings(text), Flags::PLAIN).unwrap_or_else(|error| panic!("{error}"));
    interp::check(&wasm, &keys, ROUNDS)
}

fn generated() -> String {
    interp_to_native(&KEYS.map(str::to_owned))
}

/// Damages the thunk of one key and expects failures of that key alone.
#[track_caller]
fn must_notice(key: &str, edit: impl FnOnce(&str) -> String) {
    let text = generated();
    let damaged = edit_function(&text, &function_of_row(&text, key), edit);
    let failures = check_interp(&damaged).expect_err("the damage went unnoticed");
    assert!(failures.iter().all(|failure| failure.subject == key), "{failures:?}");
}

#[test]
fn undamaged_code_passes() {
    let ran = check_interp(&generated()).unwrap();
    assert_eq!((ran.keys, ran.calls), (KEYS.len(), KEYS.len() * ROUNDS as usize));
}

#[test]
fn an_argument_one_slot_off() {
    must_notice("MiS12l", |body| replace_once(body, "(pArgs, 2)", "(pArgs, 1)"));
    must_notice("MiS12l", |body| replace_once(body, "(pArgs, 0)", "(pArgs, 1)"));
    must_notice("MiTailp", |body| replace_once(body, "(pArgs, 3)", "(pArgs, 2)"));
    must_notice("Mvl2A16ip", |body| replace_once(body, "(pArgs, 2)", "(pArgs, 3)"));
}

#[test]
fn the_return_buffer_in_another_place() {
    // Both are i32, so only the values show it.
    must_notice("MS16ii", |body| {
        edit_call(body, |types, values| {
            types.swap(0, 1);
            values.swap(0, 1);
        })
    });
    must_notice("MS16Tiip", |body| {
        edit_call(body, |types, values| {
            types.swap(1, 2);
            values.swap(1, 2);
        })
    });
}

#[test]
fn the_return_buffer_before_the_stack_pointer() {
    must_notice("MS16Tiip", |body| {
        edit_call(body, |types, values| {
            let (of_type, value) = (types.remove(2), values.remove(2));
            types.insert(0, of_type);
            values.insert(0, value);
        })
    });
}

#[test]
fn a_dropped_continuation() {
    for (key, at) in [("MiTailp", 2), ("MvTafp", 2)] {
        must_notice(key, |body| {
            edit_call(body, |types, values| {
                assert_eq!((types.remove(at).as_str(), values.remove(at).as_str()), ("int32_t", "0"));
            })
        });
    }
}

#[test]
fn a_continuation_read_from_its_slot() {
    must_notice("MiTailp", |body| edit_call(body, |_, values| values[2] = "LoadArg<int32_t>(pArgs, 1)".to_owned()));
}

#[test]
fn floats_as_numbers() {
    must_notice("Mdfd", |body| replace_once(body, "LoadArg<float>(", "(float)LoadArg<int32_t>("));
    must_notice("Mdfd", |body| replace_once(body, "LoadArg<double>(", "(double)LoadArg<int64_t>("));
    must_notice("Mdfd", |body| replace_once(body, "pRet, code(", "pRet, (int64_t)code("));
    must_notice("MvTafp", |body| replace_once(body, "LoadArg<float>(", "(float)(double)1e30 * LoadArg<float>("));
}

#[test]
fn widths() {
    must_notice("MiS12l", |body| replace_once(body, "LoadArg<int64_t>(", "LoadArg<int32_t>("));
    must_notice("Mfip", |body| replace_once(body, "pRet, code(", "pRet, (double)code("));
    must_notice("MiS12l", |body| replace_once(body, "pRet, code(", "pRet, (int64_t)code("));
    must_notice("Mvl2A16ip", |body| {
        edit_call(body, |types, values| {
            types.remove(2);
            values.remove(2);
        })
    });
}

#[test]
fn structs_by_value() {
    must_notice("MiS12l", |body| {
        edit_call(body, |_, values| values[0] = "(int8_t*)LoadArg<int32_t>(pArgs, 0)".to_owned())
    });
}

#[test]
fn the_managed_frame() {
    must_notice("Mvp", |body| replace_once(body, "= TERMINATE_R2R_STACK_WALK;", "= 0;"));
    must_notice("Mvp", |body| replace_once(body, "alignas(16) int frame", "static int frame"));
    must_notice("Mfip", |body| {
        edit_call(body, |_, values| *values.last_mut().expect("an entry point") = "(PCODE)code".to_owned())
    });
    must_notice("Mfip", |body| edit_call(body, |_, values| values[0] = "(int*)((char*)&frame + 4)".to_owned()));
    must_notice("Mfip", |body| replace_once(body, "GetCode(target)", "target"));
}

#[test]
fn rows_of_the_table() {
    let text = generated();
    let (first, second) = (function_of_row(&text, "Mvp"), function_of_row(&text, "Mfip"));
    let (one, other) = (format!("(void*)&{first} }}"), format!("(void*)&{second} }}"));
    let swapped = replace_once(&replace_once(&replace_once(&text, &one, "@"), &other, &one), "@", &other);
    assert_eq!(check_interp(&swapped).expect_err("swapped functions").len(), 2);
    let shared = replace_once(&text, &one, &other);
    assert!(check_interp(&shared).is_err());
    let unsorted = replace_once(&text, "\"MS16Tiip\"", "\"MzS16Tiip\"");
    assert!(check_interp(&unsorted).is_err());
}

fn check_reverse(text: &str) -> Result<reverse::Ran, Vec<Failure>> {
    let wasm = reverse_module(&without_warnings(text), &["sample_mix"], Flags::PLAIN).unwrap_or_else(|e| panic!("{e}"));
    reverse::check(&wasm, &[mix()], ROUNDS)
}

fn mix() -> reverse::Callback {
    reverse::Callback {
        key: "Mix#6:Sample:Sample:T".to_owned(),
        qualified_type: "Sample.T, Sample".to_owned(),
        method: "Mix".to_owned(),
        signature: "difS12lA16d".to_owned(),
        export: Some("sample_mix".to_owned()),
    }
}

#[test]
fn reverse_thunks() {
    let text = callbacks(&[mix()]);
    check_reverse(&text).unwrap();
    let edits = [
        ("StoreArg(args, 0, arg0)", "StoreArg(args, 0, (int64_t)arg0)"),
        ("StoreArg(args, 1, arg1)", "StoreArg(args, 1, (int32_t)arg1)"),
        ("StoreArg(args, 1, arg1)", "StoreArg(args, 1, (double)arg1)"),
        ("StoreStruct(args, 2, arg2, 12)", "StoreStruct(args, 2, arg2, 8)"),
        ("StoreStruct(args, 2, arg2, 12)", "StoreStruct(args, 2, arg2, 16)"),
        ("StoreStruct(args, 2, arg2, 12)", "StoreArg(args, 2, arg2)"),
        ("StoreStruct(args, 6, arg4, 16)", "StoreStruct(args, 5, arg4, 16)"),
        ("LoadResult<double>(result)", "(double)LoadResult<int64_t>(result)"),
        ("\"Sample.T, Sample\"", "\"T, Sample\""),
        ("sizeof(args),", "sizeof(args) - 8,"),
        ("\"Mix#6:Sample:Sample:T\"", "\"Mix#5:Sample:Sample:T\""),
    ];
    for (from, to) in edits {
        check_reverse(&replace_first(&text, from, to)).expect_err(from);
    }
}

#[test]
fn pinvoke_entries() {
    let entry = |module: &str, name: &str, signature: &str| pinvoke::Entry {
        module: module.to_owned(),
        entry_point: name.to_owned(),
        signature: signature.to_owned(),
        source: pinvoke::Source::Symbol(name.to_owned()),
    };
    let entries = [entry("libA", "First", "iil"), entry("libA", "Second", "S16d"), entry("libB", "First", "iil")];
    let text = pinvokes(&entries);
    let check = |text: &str| pinvoke::check(&without_warnings(text), &entries, Flags::PLAIN);
    assert_eq!(check(&text).unwrap().entries, 3);
    let edits = [
        ("(int32_t, int64_t)", "(int64_t, int64_t)"),
        ("(void*, double)", "(double)"),
        ("__asm__(\"Second\")", "__asm__(\"second\")"),
        ("{ \"Second\"", "{ \"Third\""),
        ("{ \"libB\"", "{ \"libC\""),
        ("return nullptr;", "return (const void*)&s_libraries;"),
    ];
    for (from, to) in edits {
        check(&replace_first(&text, from, to)).expect_err(from);
    }
}
