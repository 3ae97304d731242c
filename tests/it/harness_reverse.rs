//! The harness for reverse thunks: it accepts correct hand-written code and refuses every damaged form of it.

use thunkgen_tests::data::crate_file;
use thunkgen_tests::failure::expect_none;
use thunkgen_tests::wasm::link::reverse_module;
use thunkgen_tests::wasm::reverse::{self, Callback};
use thunkgen_tests::wasm::toolchain::Flags;

fn callbacks() -> Vec<Callback> {
    let rows = [
        ("Tick#0:Sample:Sample:Clock", "Sample.Clock, Sample", "Tick", "v", None),
        ("Mix#5:Sample::Inner", "Sample.Outer+Inner, Sample", "Mix", "difS12lA16", Some("sample_mix")),
        ("Make#1:Sample:Sample:Maker", "Sample.Maker, Sample", "Make", "S16S3", None),
        ("Count#0:Sample:Sample:Maker", "Sample.Maker, Sample", "Count", "i", None),
    ];
    let row = |(key, qualified_type, method, signature, export): (&str, &str, &str, &str, Option<&str>)| Callback {
        key: key.to_owned(),
        qualified_type: qualified_type.to_owned(),
        method: method.to_owned(),
        signature: signature.to_owned(),
        export: export.map(str::to_owned),
    };
    rows.into_iter().map(row).collect()
}

#[test]
fn a_correct_table_is_accepted_at_every_optimisation_level() {
    let text = crate_file("support/samples/reverse.cpp");
    for optimize in ["0", "1", "2", "s"] {
        let wasm = reverse_module(&text, &["sample_mix"], Flags::PLAIN.at(optimize)).unwrap();
        let ran = expect_none("sample", reverse::check(&wasm, &callbacks(), 5));
        assert_eq!((ran.callbacks, ran.calls, ran.export_calls), (4, 20, 5));
    }
}

#[test]
fn every_damaged_table_is_refused() {
    let text = crate_file("support/samples/reverse.cpp");
    let edits = [
        ("hash", "{ 1", "{ 2"),
        ("key", "Mix#5:Sample::Inner", "Mix#5:Sample:Sample:Inner"),
        ("type name", "Sample.Outer+Inner, Sample", "Sample.Inner, Sample"),
        ("method name", "\"Count\", &MD_Count", "\"count\", &MD_Count"),
        ("another MethodDesc", "{ &MD_Count, (void*)", "{ &MD_Tick, (void*)"),
        ("look-up every time", "if (MD_Tick == nullptr)", "if (&MD_Tick != nullptr)"),
        ("look-up into another variable", "\"Make\", &MD_Make", "\"Make\", &MD_Mix"),
        (
            "args not aligned",
            "alignas(16) int64_t args[8] = {};",
            "alignas(16) int64_t more[9] = {}; int64_t* args = more + 1;",
        ),
        ("args not cleared", "memcpy(&args[0], &first, 4);", "args[0] = -1; memcpy(&args[0], &first, 4);"),
        ("sign extended", "memcpy(&args[0], &first, 4);", "args[0] = first;"),
        ("float as a number", "memcpy(&args[1], &second, 4);", "args[1] = (int64_t)second;"),
        ("float as a double", "memcpy(&args[1], &second, 4);", "double wide = second; memcpy(&args[1], &wide, 8);"),
        ("pointer instead of the struct", "memcpy(&args[2], third, 12);", "memcpy(&args[2], &third, 4);"),
        ("one slot for a struct", "memcpy(&args[2], third, 12);", "memcpy(&args[2], third, 8);"),
        ("reads past a struct", "memcpy(&args[2], third, 12);", "memcpy(&args[2], third, 16);"),
        ("aligned struct one slot early", "memcpy(&args[6], fifth, 16);", "memcpy(&args[5], fifth, 16);"),
        (
            "size",
            "(int8_t*)args, sizeof(args), (int8_t*)&result",
            "(int8_t*)args, 5 * sizeof(int64_t), (int8_t*)&result",
        ),
        ("result too small", "int64_t result = 0;", "int32_t result = 0;"),
        ("result as a number", "return (int32_t)result;", "return (int32_t)(float)result;"),
        (
            "result for void",
            "nullptr, 0, nullptr, (PCODE)&Call_Tick",
            "nullptr, 0, (int8_t*)&MD_Tick, (PCODE)&Call_Tick",
        ),
        (
            "struct return lost",
            "sizeof(args), ret, (PCODE)&Call_Make",
            "sizeof(args), (int8_t*)args + 0 * (ret - ret), (PCODE)&Call_Make",
        ),
        ("callerIp", "(PCODE)&Call_Mix)", "(PCODE)&Call_Tick)"),
        ("export forwards elsewhere", "return Call_Mix(first, second,", "return Call_Mix(first + 1, second,"),
    ];
    for (name, from, to) in edits {
        let damaged = text.replacen(from, to, 1);
        assert_ne!(damaged, text, "`{name}` must apply");
        // The damage need not be free of warnings.
        let damaged = format!("#pragma clang diagnostic ignored \"-Weverything\"\n{damaged}");
        let wasm = reverse_module(&damaged, &["sample_mix"], Flags::PLAIN).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(reverse::check(&wasm, &callbacks(), 5).is_err(), "`{name}` went unnoticed");
    }
}
