//! The checks of generated tables can fail: each accepts correct hand-written code and refuses every damaged form of it.

use std::collections::BTreeSet;

use thunkgen_tests::data::crate_file;
use thunkgen_tests::failure::expect_none;
use thunkgen_tests::wasm::interp;
use thunkgen_tests::wasm::link::{interp_module, reverse_module};
use thunkgen_tests::wasm::pinvoke::{self, Entry, Source};
use thunkgen_tests::wasm::reverse::{self, Callback};
use thunkgen_tests::wasm::toolchain::Flags;

/// A damage: its name, what is replaced once, and by what.
type Damage = (&'static str, &'static str, &'static str);

/// Every damaged form of a sample has to be refused.
fn refuses(sample: &str, damages: &[Damage], is_refused: impl Fn(&str) -> bool) {
    let text = crate_file(sample);
    for (name, from, to) in damages {
        let damaged = text.replacen(from, to, 1);
        assert_ne!(damaged, text, "`{name}` must apply");
        // The damage need not be free of warnings.
        let damaged = format!("#pragma clang diagnostic ignored \"-Weverything\"\n{damaged}");
        assert!(is_refused(&damaged), "`{name}` went unnoticed");
    }
}

fn linked(module: Result<Vec<u8>, String>) -> Vec<u8> {
    module.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn calls_out_of_the_interpreter() {
    let keys: BTreeSet<String> = ["MS16Tiafp", "MS1S8i", "MdifS12ld", "MilA32p", "Mvp"].map(str::to_owned).into();
    let check = |text: &str, flags| interp::check(&linked(interp_module(text, flags)), &keys, 6);
    let sample = "support/samples/interp.cpp";
    for optimize in ["0", "2"] {
        let ran = expect_none("sample", check(&crate_file(sample), Flags::PLAIN.at(optimize)));
        assert_eq!((ran.keys, ran.calls), (5, 30));
    }
    let damages = [
        ("argument one slot off", "I64(4), F64(5)", "I64(3), F64(5)"),
        ("32-bit load of a 64-bit argument", "I64(0), SLOT(2), target", "I32(0), SLOT(2), target"),
        ("float as a number", "I32(0), F32(1)", "I32(0), (float)I32(1)"),
        ("buffer after the first argument", "(pRet, SLOT(0), I32(1))", "((int8_t*)SLOT(0), pRet, I32(1))"),
        ("continuation passed on", "I32(2), 0, F32(3)", "I32(2), I32(1), F32(3)"),
        ("result too wide", "*(int32_t*)pRet = ", "*(int64_t*)pRet = "),
        (
            "no terminator",
            "int frame = TERMINATE_R2R_STACK_WALK;\n    PCODE code = *(PCODE*)target;\n    ((void (*)(int*, PCODE",
            "int frame = 0;\n    PCODE code = *(PCODE*)target;\n    ((void (*)(int*, PCODE",
        ),
        ("no entry point", "SLOT(2), target)", "SLOT(2), code)"),
        ("key missing", "    { \"Mvp\", (void*)&Managed_Void },\n", "    { \"Mvp2\", (void*)&Managed_Void },\n"),
        ("count short", "sizeof(g_wasmThunks[0]);", "sizeof(g_wasmThunks[0]) - 1;"),
    ];
    refuses(sample, &damages, |text| check(text, Flags::PLAIN).is_err());
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn code_that_warns() {
    let text = crate_file("support/samples/interp.cpp")
        .replace("PCODE target, int8_t*, int8_t*)", "PCODE target, int8_t* a, int8_t*)");
    assert!(interp_module(&text, Flags::PLAIN).unwrap_err().contains("unused"));
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn calls_into_the_interpreter() {
    let rows = [
        ("Tick#0:Sample:Sample:Clock", "Sample.Clock, Sample", "Tick", "v", None),
        ("Mix#5:Sample::Inner", "Sample.Outer+Inner, Sample", "Mix", "difS12lA16", Some("sample_mix")),
        ("Make#1:Sample:Sample:Maker", "Sample.Maker, Sample", "Make", "S16S3", None),
        ("Count#0:Sample:Sample:Maker", "Sample.Maker, Sample", "Count", "i", None),
    ];
    let callbacks = rows.map(|(key, qualified_type, method, signature, export)| Callback {
        key: key.to_owned(),
        qualified_type: qualified_type.to_owned(),
        method: method.to_owned(),
        signature: signature.to_owned(),
        export: export.map(str::to_owned),
    });
    let check =
        |text: &str, flags| reverse::check(&linked(reverse_module(text, &["sample_mix"], flags)), &callbacks, 5);
    let sample = "support/samples/reverse.cpp";
    for optimize in ["0", "2"] {
        let ran = expect_none("sample", check(&crate_file(sample), Flags::PLAIN.at(optimize)));
        assert_eq!((ran.callbacks, ran.calls, ran.export_calls), (4, 20, 5));
    }
    let damages = [
        ("hash", "{ 1", "{ 2"),
        ("type name", "Sample.Outer+Inner, Sample", "Sample.Inner, Sample"),
        ("look-up every time", "if (MD_Tick == nullptr)", "if (&MD_Tick != nullptr)"),
        ("args not cleared", "memcpy(&args[0], &first, 4);", "args[0] = -1; memcpy(&args[0], &first, 4);"),
        ("float as a double", "memcpy(&args[1], &second, 4);", "double wide = second; memcpy(&args[1], &wide, 8);"),
        ("reads past a struct", "memcpy(&args[2], third, 12);", "memcpy(&args[2], third, 16);"),
        ("aligned struct one slot early", "memcpy(&args[6], fifth, 16);", "memcpy(&args[5], fifth, 16);"),
        ("result as a number", "return (int32_t)result;", "return (int32_t)(float)result;"),
        ("callerIp", "(PCODE)&Call_Mix)", "(PCODE)&Call_Tick)"),
        ("export forwards elsewhere", "return Call_Mix(first, second,", "return Call_Mix(first + 1, second,"),
    ];
    refuses(sample, &damages, |text| check(text, Flags::PLAIN).is_err());
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn pinvoke_tables() {
    let entry = |module: &str, name: &str, signature: &str, source| Entry {
        module: module.to_owned(),
        entry_point: name.to_owned(),
        signature: signature.to_owned(),
        source,
    };
    let symbol = |module, name: &str, signature| entry(module, name, signature, Source::Symbol(name.to_owned()));
    let poll = "wasi:io/poll@0.2.8";
    let entries = [
        symbol("libOne", "Lib_Read", "iil"),
        symbol("libOne", "Lib.Dotted+Name", "ff"),
        symbol("libTwo", "Lib_Read", "iil"),
        symbol("libTwo", "delete", "S24d"),
        entry(poll, "[method]poll", "ii", Source::Import(poll.to_owned(), "[method]poll".to_owned())),
    ];
    let check = |text: &str| pinvoke::check(text, &entries, Flags::PLAIN);
    let sample = "support/samples/pinvoke.cpp";
    let ran = expect_none("sample", check(&crate_file(sample)));
    assert!(ran.entries == 5 && ran.unknown > 20, "{} unknown", ran.unknown);
    let damages = [
        ("parameter type", "p_read(int32_t, int64_t)", "p_read(int32_t, int32_t)"),
        ("symbol", "__asm__(\"delete\")", "__asm__(\"delete_\")"),
        ("library name", "{ \"libTwo\",", "{ \"libThree\","),
        ("count", "s_libTwo, 2", "s_libTwo, 1"),
        ("import name", "import_name(\"[method]poll\")", "import_name(\"poll\")"),
        ("import type", "int32_t p_poll(int32_t)", "int32_t p_poll(int64_t)"),
        ("a default", "return nullptr;", "return (const void*)&p_read;"),
    ];
    refuses(sample, &damages, |text| check(text).is_err());
}
