//! Every entry of a generated P/Invoke table, found by the override function and called.

use thunkgen_tests::failure::expect_none;
use thunkgen_tests::generated::pinvokes;
use thunkgen_tests::wasm::keys::Shape;
use thunkgen_tests::wasm::pinvoke::{Entry, Ran, Source, check};
use thunkgen_tests::wasm::synthetic::made_up_keys;
use thunkgen_tests::wasm::toolchain::Flags;

fn run(entries: &[Entry], flags: Flags) -> Ran {
    let ran = expect_none(flags.optimize, check(&pinvokes(entries), entries, flags));
    assert_eq!(ran.entries, entries.len());
    assert!(ran.unknown > entries.len(), "{ran:?}");
    ran
}

fn symbol(module: &str, name: &str, signature: &str) -> Entry {
    Entry {
        module: module.to_owned(),
        entry_point: name.to_owned(),
        signature: signature.to_owned(),
        source: Source::Symbol(name.to_owned()),
    }
}

fn import(module: &str, name: &str, signature: &str) -> Entry {
    Entry { source: Source::Import(module.to_owned(), name.to_owned()), ..symbol(module, name, signature) }
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn every_native_signature_is_linked_with_its_exact_type() {
    let keys = made_up_keys();
    let native: Vec<&str> = keys.iter().filter(|key| !Shape::of_key(key).managed).map(|key| &key[1..]).collect();
    let mut entries = Vec::new();
    for (index, signature) in native.iter().enumerate() {
        let module = ["libOne", "libTwo", "Three.Native"][index % 3];
        entries.push(symbol(module, &format!("Function{index}"), signature));
        entries.push(import("env:functions/all@1.0", &format!("imported-{index}"), signature));
    }
    for optimize in ["0", "2"] {
        assert!(run(&entries, Flags::SIMD.at(optimize)).entries > 150);
    }
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn one_symbol_under_several_libraries() {
    run(
        &[
            symbol("libSystem.Native", "SystemNative_Read", "iiii"),
            symbol("System.Native", "SystemNative_Read", "iiii"),
            symbol("System.Native", "SystemNative_Write", "iiii"),
            symbol("*", "SystemNative_Write", "iiii"),
        ],
        Flags::PLAIN,
    );
}

/// Two libraries, or two symbols, whose names are one after sanitising; keywords, C library functions, odd bytes.
#[test]
#[ignore = "needs clang and wasm-ld"]
fn names_that_collide_or_are_no_identifiers() {
    run(
        &[
            symbol("lib.a", "f.g", "vi"),
            symbol("lib.a", "f-g", "vl"),
            symbol("lib.a", "f_g", "vf"),
            symbol("lib.a", "p_f_g", "vd"),
            symbol("lib-a", "f+g", "ii"),
            symbol("lib_a", "f<g", "ll"),
            symbol("libraries", "class", "v"),
            symbol("libraries", "malloc", "ii"),
            symbol("libraries", "free", "vi"),
            symbol("libraries", "printf", "iii"),
            symbol("libraries", "sqrt", "dd"),
            symbol("libraries", "Entry", "v"),
            symbol("libraries", "s_libraries", "v"),
            symbol("libraries", "minipal_resolve_dllimport", "i"),
            symbol("1lib/ü\"\\", "ü\"x", "v"),
            symbol("1lib/ü\"\\", "#1", "v"),
            symbol("__Internal", "?mangled@@YAXXZ", "v"),
            symbol("__Internal", "%1$s", "v"),
            import("wasi:io/poll@0.2.8", "[method]pollable.block", "vi"),
            import("wasi:io/poll@0.2.8", "[method]pollable-block", "vi"),
            import("wasi.io/poll@0.2.8", "f.g", "vi"),
            import("quote\"module", "quote\"\\name", "dfS1"),
        ],
        Flags::PLAIN,
    );
}
