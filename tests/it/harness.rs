//! The harness itself: it accepts correct hand-written code and refuses every damaged form of it.
//!
//! A harness that cannot fail would make every other suite worthless.

use std::collections::BTreeSet;

use thunkgen_tests::data::crate_file;
use thunkgen_tests::failure::expect_none;
use thunkgen_tests::wasm::interp;
use thunkgen_tests::wasm::link::interp_module;
use thunkgen_tests::wasm::toolchain::Flags;

fn sample_keys() -> BTreeSet<String> {
    ["MS16Tiafp", "MS1S8i", "MdifS12ld", "MilA32p", "Mvp"].map(str::to_owned).into()
}

#[test]
fn a_correct_table_is_accepted_at_every_optimisation_level() {
    let text = crate_file("support/samples/interp.cpp");
    for optimize in ["0", "1", "2", "s"] {
        let wasm = interp_module(&text, Flags::PLAIN.at(optimize)).unwrap();
        let ran = expect_none("sample", interp::check(&wasm, &sample_keys(), 6));
        assert_eq!((ran.keys, ran.calls), (5, 30));
    }
}

#[test]
fn every_damaged_table_is_refused() {
    let text = crate_file("support/samples/interp.cpp");
    let edits = [
        ("argument one slot off", "I64(4), F64(5)", "I64(3), F64(5)"),
        ("struct one slot off", "F32(1), SLOT(2)", "F32(1), SLOT(3)"),
        ("32-bit load of a 64-bit argument", "I64(0), SLOT(2), target", "I32(0), SLOT(2), target"),
        ("float as a number", "I32(0), F32(1)", "I32(0), (float)I32(1)"),
        ("buffer swapped with this", "(&frame, I32(0), pRet,", "(&frame, (int32_t)pRet, (int8_t*)I32(0),"),
        ("buffer after the first argument", "(pRet, SLOT(0), I32(1))", "((int8_t*)SLOT(0), pRet, I32(1))"),
        ("continuation passed on", "I32(1), 0, F32(3)", "I32(1), I32(2), F32(3)"),
        ("result too wide", "*(int32_t*)pRet = ", "*(int64_t*)pRet = "),
        ("result as a number", "*(double*)pRet = ", "*(int64_t*)pRet = (int64_t)"),
        (
            "no terminator",
            "int frame = TERMINATE_R2R_STACK_WALK;\n    PCODE code = *(PCODE*)target;\n    ((void (*)(int*, PCODE",
            "int frame = 0;\n    PCODE code = *(PCODE*)target;\n    ((void (*)(int*, PCODE",
        ),
        ("no entry point", "SLOT(2), target)", "SLOT(2), code)"),
        (
            "entry point called",
            "PCODE code = *(PCODE*)target;\n    *(int32_t*)",
            "PCODE code = target;\n    *(int32_t*)",
        ),
        (
            "argument area written",
            "    PCODE code = *(PCODE*)target;\n    *(int32_t*)",
            "    PCODE code = *(PCODE*)target;\n    pArgs[-1] = 0;\n    *(int32_t*)",
        ),
        (
            "table not sorted",
            "{ \"MS16Tiafp\", (void*)&Managed_This_Async_RetS16 },\n    { \"MS1S8i\", (void*)&Native_S8_RetS1 },",
            "{ \"MS1S8i\", (void*)&Native_S8_RetS1 },\n    { \"MS16Tiafp\", (void*)&Managed_This_Async_RetS16 },",
        ),
        ("key missing", "    { \"Mvp\", (void*)&Managed_Void },\n", "    { \"Mvp2\", (void*)&Managed_Void },\n"),
        ("count short", "sizeof(g_wasmThunks[0]);", "sizeof(g_wasmThunks[0]) - 1;"),
    ];
    for (name, from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "`{name}` must apply once");
        let wasm = interp_module(&text.replacen(from, to, 1), Flags::PLAIN).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(interp::check(&wasm, &sample_keys(), 6).is_err(), "`{name}` went unnoticed");
    }
}

#[test]
fn code_that_warns_is_refused() {
    let text = crate_file("support/samples/interp.cpp")
        .replace("PCODE target, int8_t*, int8_t*)", "PCODE target, int8_t* a, int8_t*)");
    assert!(interp_module(&text, Flags::PLAIN).unwrap_err().contains("unused"));
}

#[test]
fn a_table_with_internal_linkage_is_refused() {
    let text = crate_file("support/samples/interp.cpp")
        .replace("\nconst StringToWasmSigThunk", "\nnamespace {\nconst StringToWasmSigThunk");
    let text = text
        .replace("\nconst size_t", "\n}\nconst size_t")
        .replace("sizeof(g_wasmThunks) / sizeof(g_wasmThunks[0])", "5");
    assert!(interp_module(&text, Flags::PLAIN).unwrap_err().contains("g_wasmThunks"));
}
