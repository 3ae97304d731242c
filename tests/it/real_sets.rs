//! Real assemblies: counts that are known from elsewhere, and everything generated for them compiled and run.
//!
//! `THUNKGEN_SETS` names a folder made by `tests/tools/fetch-sets.sh`.

use std::collections::{BTreeMap, BTreeSet};

use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_core::collect::ir::{Ir, ReasonKind};
use thunkgen_tests::data::sets;
use thunkgen_tests::executed::{Ran, run_all};
use thunkgen_tests::native_wasm::pinvoke_tables;
use thunkgen_tests::tool::Files;
use thunkgen_tests::wasm::keys::Shape;
use thunkgen_tests::wasm::toolchain::Flags;

fn set(name: &str) -> Files {
    Files::read_folder(&sets().join(name))
}

/// Everything collected, with every native module any P/Invoke names linked, QCalls aside.
fn collect(files: &Files, target_os: TargetOs) -> Ir {
    let modules = files.pinvoke_rows().into_iter().map(|(module, _)| module).filter(|module| module != "QCall");
    files
        .collect(target_os, TokenSet::Current, &modules.map(Into::into).collect())
        .unwrap_or_else(|errors| panic!("{}", errors.join("\n")))
}

/// The keys of P/Invokes, delegates, InternalCalls and string constructors are `keys`; calls through function pointers
/// may add some.
#[track_caller]
fn expect(ran: Ran, keys: usize, pinvokes: usize, callbacks: usize) {
    assert!((keys..keys + 10).contains(&ran.keys), "{ran:?}, not {keys} keys");
    assert_eq!((ran.pinvokes, ran.callbacks), (pinvokes, callbacks));
}

#[test]
#[ignore = "needs the real sets"]
fn net10() {
    let files = set("net10");
    let ir = collect(&files, TargetOs::Browser);
    assert_eq!(ir.totals.pinvoke_rows, 170);
    expect(run_all("net10", &ir, Flags::PLAIN), 83, 139, 5);
}

#[test]
#[ignore = "needs the real sets"]
fn net8() {
    let files = set("net8");
    let ir = collect(&files, TargetOs::Browser);
    assert_eq!(ir.totals.pinvoke_rows, 166);
    expect(run_all("net8", &ir, Flags::PLAIN), 78, 135, 4);
}

#[test]
#[ignore = "needs the real sets"]
fn net7() {
    let files = set("net7");
    let ir = collect(&files, TargetOs::Browser);
    assert_eq!(ir.totals.pinvoke_rows, 163);
    expect(run_all("net7", &ir, Flags::PLAIN), 77, 133, 2);
}

/// The desktop framework: ReadyToRun images, a CoreLib of CoreCLR, and libraries with much more interop.
#[test]
#[ignore = "needs the real sets"]
fn framework8() {
    let files = set("framework8");
    assert_eq!(files.count(), 168);
    let ir = collect(&files, TargetOs::Browser);
    assert_eq!((ir.totals.pinvoke_rows, ir.totals.callbacks), (957, 29));
    // The nine constructors of String are InternalCalls too, but have no keys of their own and do not count.
    let reasons = ir.keys.values().flat_map(|entry| &entry.reasons);
    let internal_calls = reasons.filter(|reason| reason.kind == ReasonKind::InternalCall).count();
    assert_eq!((ir.totals.internal_calls, internal_calls), (363, 363));
    let ran = run_all("framework8", &ir, Flags::PLAIN);
    expect(ran, 96, 128, 10);
    // Most libraries are marked as built for unix, so their interop goes on both targets.
    let ir = collect(&files, TargetOs::Wasi);
    let ran = run_all("framework8 wasi", &ir, Flags::PLAIN);
    expect(ran, 98, 128, 13);
}

/// The names the runtime's own build put into its native module, and the wasm types of the functions behind them.
#[test]
#[ignore = "needs the real sets"]
fn net10_entry_points_are_the_native_module_s() {
    let files = set("net10");
    let native = pinvoke_tables(files.starting_with("dotnet.native"));
    let modules: BTreeMap<&str, usize> = native.iter().fold(BTreeMap::new(), |mut modules, import| {
        *modules.entry(import.module.as_str()).or_default() += 1;
        modules
    });
    let expected =
        [("libSystem.Globalization.Native", 33), ("libSystem.IO.Compression.Native", 8), ("libSystem.Native", 98)];
    assert_eq!(modules, expected.into());

    let names: BTreeSet<&str> = native.iter().map(|import| import.name.as_str()).collect();
    let rows = files.pinvoke_rows();
    let entry_points: BTreeSet<&str> = rows.iter().map(|(_, entry_point)| entry_point.as_str()).collect();
    assert_eq!(entry_points, names);
    assert_eq!(names.len(), 139);

    let ir = collect(&files, TargetOs::Browser);
    for import in &native {
        let row = &ir.pinvokes[&import.module][&import.name];
        let shape = Shape::of_signature(&row.signature.to_string());
        assert_eq!(shape.func_type(), import.ty, "{}!{} is {}", import.module, import.name, row.signature);
    }
}
