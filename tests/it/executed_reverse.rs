//! Every wrapper of a generated reverse-thunk table, called by table index and by export.

use thunkgen_tests::data::CheckedInKeys;
use thunkgen_tests::failure::expect_none;
use thunkgen_tests::generated::callbacks;
use thunkgen_tests::wasm::keys::Shape;
use thunkgen_tests::wasm::link::reverse_module;
use thunkgen_tests::wasm::reverse::{Callback, Ran, check};
use thunkgen_tests::wasm::synthetic::made_up_keys;
use thunkgen_tests::wasm::toolchain::Flags;

const ROUNDS: u32 = 6;

fn run(rows: &[Callback], flags: Flags) -> Ran {
    let exports: Vec<&str> = rows.iter().filter_map(|row| row.export.as_deref()).collect();
    let wasm = reverse_module(&callbacks(rows), &exports, flags).unwrap_or_else(|error| panic!("{error}"));
    let ran = expect_none(flags.optimize, check(&wasm, rows, ROUNDS));
    assert_eq!(ran.callbacks, rows.len());
    assert_eq!((ran.calls, ran.export_calls), (rows.len() * ROUNDS as usize, exports.len() * ROUNDS as usize));
    ran
}

/// A callback for every native signature the interp-to-native suite runs, each third one exported.
fn one_per_signature() -> Vec<Callback> {
    let keys = made_up_keys();
    let native = keys.iter().filter(|key| !Shape::of_key(key).managed).enumerate();
    let callback = |(index, key): (usize, &String)| {
        let signature = &key[1..];
        let (namespace, outer) =
            if index % 2 == 0 { ("Sample.Callbacks", "") } else { ("", "Sample.Callbacks.Outer+") };
        let full_name = if index % 2 == 0 { "Sample.Callbacks.Inner" } else { "Inner" };
        Callback {
            key: format!("Call{index}#{}:Sample:{namespace}:Inner", declared_parameters(signature)),
            qualified_type: format!("{outer}{full_name}, Sample"),
            method: format!("Call{index}"),
            signature: signature.to_owned(),
            export: (index % 3 == 0).then(|| format!("sample_{index}")),
        }
    };
    native.map(callback).collect()
}

fn declared_parameters(signature: &str) -> usize {
    Shape::of_signature(signature).args.len()
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn every_native_signature_reaches_the_interpreter_exactly() {
    let rows = one_per_signature();
    for optimize in ["0", "1", "2"] {
        let ran = run(&rows, Flags::SIMD.at(optimize));
        assert!(ran.callbacks > 70 && ran.export_calls > 100, "{ran:?}");
    }
}

/// The checked-in tables' keys, with signatures of the right parameter count: names as compilers make them.
#[test]
#[ignore = "needs clang and wasm-ld"]
fn the_checked_in_names_are_found_and_looked_up() {
    for keys in [CheckedInKeys::browser(), CheckedInKeys::wasi()] {
        let callback = |(_, key): &(u32, String)| {
            let (method, place) = key.split_once('#').expect("Method#paramCount");
            let parts: Vec<&str> = place.split(':').collect();
            let [count, assembly, namespace, type_name] = parts[..] else { panic!("four parts in {place}") };
            let params = "ilfd".chars().cycle().take(count.parse().expect("a count"));
            let prefix = if namespace.is_empty() { "Some.Outer+".to_owned() } else { format!("{namespace}.") };
            Callback {
                key: key.clone(),
                qualified_type: format!("{prefix}{type_name}, {assembly}"),
                method: method.to_owned(),
                signature: format!("v{}", params.collect::<String>()),
                export: None,
            }
        };
        let rows: Vec<Callback> = keys.reverse.iter().map(callback).collect();
        assert!(run(&rows, Flags::PLAIN).callbacks >= 76);
    }
}

#[test]
fn the_generator_s_hash_is_the_runtime_s() {
    let keys = [CheckedInKeys::browser(), CheckedInKeys::wasi()].map(|keys| keys.reverse).concat();
    assert_eq!(keys.len(), 85 + 76);
    for (hash, key) in keys {
        assert_eq!(thunkgen_core::emit::reverse_hash(&key), hash, "{key}");
    }
}

/// Names are metadata: anything may stand in them, and two may sanitise to one symbol.
#[test]
#[ignore = "needs clang and wasm-ld"]
fn hostile_and_colliding_names_survive() {
    let names = [
        "a.b",
        "a-b",
        "a+b",
        "a<b",
        "a_b",
        "\"; }",
        "\\",
        "??/",
        "*/",
        "//",
        "%s",
        "quote'",
        "é",
        "\u{1F600}",
        "x\ny",
        "int",
        "",
    ];
    let callback = |(index, name): (usize, &&str)| Callback {
        key: format!("{name}#1:Sample:Sample:T"),
        qualified_type: "Sample.T, Sample".to_owned(),
        method: (*name).to_owned(),
        signature: "ii".to_owned(),
        export: (index % 5 == 0).then(|| ["memcpy_", "delete", "int", "main_"][index / 5].to_owned()),
    };
    let rows: Vec<Callback> = names.iter().enumerate().map(callback).collect();
    run(&rows, Flags::PLAIN);
}
