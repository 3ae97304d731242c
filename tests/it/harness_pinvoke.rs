//! The harness for P/Invoke tables: it accepts correct hand-written code and refuses every damaged form of it.

use thunkgen_tests::data::crate_file;
use thunkgen_tests::failure::expect_none;
use thunkgen_tests::wasm::pinvoke::{self, Entry, Source};
use thunkgen_tests::wasm::toolchain::Flags;

fn entries() -> Vec<Entry> {
    let symbol = |module: &str, name: &str, signature: &str| Entry {
        module: module.to_owned(),
        entry_point: name.to_owned(),
        signature: signature.to_owned(),
        source: Source::Symbol(name.to_owned()),
    };
    let poll = "wasi:io/poll@0.2.8";
    vec![
        symbol("libOne", "Lib_Read", "iil"),
        symbol("libOne", "Lib.Dotted+Name", "ff"),
        symbol("libTwo", "Lib_Read", "iil"),
        symbol("libTwo", "delete", "S24d"),
        Entry {
            module: poll.to_owned(),
            entry_point: "[method]poll".to_owned(),
            signature: "ii".to_owned(),
            source: Source::Import(poll.to_owned(), "[method]poll".to_owned()),
        },
    ]
}

#[test]
fn a_correct_table_is_accepted() {
    let text = crate_file("support/samples/pinvoke.cpp");
    for optimize in ["0", "1", "2"] {
        let ran = expect_none("sample", pinvoke::check(&text, &entries(), Flags::PLAIN.at(optimize)));
        assert_eq!(ran.entries, 5);
        assert!(ran.unknown > 20, "{}", ran.unknown);
    }
}

#[test]
fn every_damaged_table_is_refused() {
    let text = crate_file("support/samples/pinvoke.cpp");
    let edits = [
        ("parameter type", "p_read(int32_t, int64_t)", "p_read(int32_t, int32_t)"),
        ("result type", "extern \"C\" float p_dotted", "extern \"C\" int32_t p_dotted"),
        ("parameter missing", "p_delete(void*, double)", "p_delete(double)"),
        ("symbol", "__asm__(\"delete\")", "__asm__(\"delete_\")"),
        (
            "entry of another function",
            "{ \"Lib_Read\", (const void*)&p_read },\n    { \"delete\"",
            "{ \"Lib_Read\", (const void*)&p_dotted },\n    { \"delete\"",
        ),
        ("entry name", "{ \"Lib.Dotted+Name\"", "{ \"Lib_Dotted_Name\""),
        ("library name", "{ \"libTwo\",", "{ \"libThree\","),
        ("count", "s_libTwo, 2", "s_libTwo, 1"),
        ("import module", "wasi:io/poll@0.2.8\"), import", "wasi:io/poll\"), import"),
        ("import name", "import_name(\"[method]poll\")", "import_name(\"poll\")"),
        ("import type", "int32_t p_poll(int32_t)", "int32_t p_poll(int64_t)"),
        (
            "any library",
            "strcmp(table.name, library_name) == 0",
            "library_name[0] != 0 || strcmp(table.name, library_name) == 0",
        ),
        ("a default", "return nullptr;", "return (const void*)&p_read;"),
    ];
    for (name, from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "`{name}` must apply once");
        let damaged = text.replacen(from, to, 1);
        assert!(pinvoke::check(&damaged, &entries(), Flags::PLAIN).is_err(), "`{name}` went unnoticed");
    }
}
