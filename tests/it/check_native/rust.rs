//! The corpus in Rust, as rustc compiles it with debug information: each mistake in it is found for what it is.

use std::collections::BTreeSet;
use std::path::Path;

use clr_wasm_file::objects;
use thunkgen_core::collect::ir::declarations::Declarations;
use thunkgen_diagnostics::{Diagnostic, Diagnostics};
use thunkgen_native::{CompareOptions, compare};
use thunkgen_tests::native_corpus::{Function, KINDS, LIBRARY, functions, rust_file, rust_moved};
use thunkgen_tests::rust_wasm::RustWasm;

use super::{Found, check, declarations, expected, sub};

const NONE: fn(&Function) -> bool = |_| false;
const ALL: fn(&Function) -> bool = |_| true;

fn compile(folder: &Path, name: &str, text: &str) -> Vec<u8> {
    RustWasm::find().compile(folder, name, text).unwrap_or_else(|error| panic!("{error}"))
}

/// The problems of the declarations with a library of this text.
fn problems(declarations: &Declarations, text: &str) -> Vec<Diagnostic> {
    let folder = tempfile::tempdir().expect("a folder");
    let object = compile(folder.path(), "corpus", text);
    let objects = objects::read("corpus.o", &[LIBRARY.to_owned()], &object, None).expect("an object");
    let mut diagnostics = Diagnostics::default();
    let source = |path: &str| Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
    compare(declarations, &objects, &CompareOptions::new(&source), &mut diagnostics);
    diagnostics.into_sorted()
}

#[test]
#[ignore = "needs a Rust compiler for wasm32"]
fn every_mistake_in_rust_is_found_and_nothing_else() {
    let functions = functions();
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    compile(folder, "corpus", &rust_file(&functions, NONE));
    compile(&sub(folder, "bad"), "corpus", &rust_file(&functions, ALL));
    compile(&sub(folder, "bad"), "other", &rust_moved(functions.iter()));
    assert_eq!(check(folder, &["corpus.o"]), (Some(0), Found::new()));
    let all = expected(&functions, |mutation| Some(mutation.code()));
    assert_eq!(check(folder, &["bad/corpus.o", "bad/other.o"]), (Some(1), all));
}

/// Which codes each method has.
fn codes(found: &[Diagnostic]) -> BTreeSet<(String, &'static str)> {
    let name = |problem: &Diagnostic| problem.location.member.clone().map(|(name, _)| name).unwrap_or_default();
    found.iter().map(|problem| (name(problem).replace("Corpus.", ""), problem.rule.code)).collect()
}

/// The functions with a parameter or result of a kind, with a code.
fn having(functions: &[Function], csharp: &str, code: &'static str) -> impl Iterator<Item = (String, &'static str)> {
    let has = move |function: &&Function| {
        let mut kinds = function.params.iter().chain(&function.ret);
        kinds.any(|kind| KINDS[*kind].csharp == csharp)
    };
    functions.iter().filter(has).map(move |function| (function.name.clone(), code)).collect::<Vec<_>>().into_iter()
}

/// Structs with one mistake: every function that has them is found, and no other.
#[test]
#[ignore = "needs a Rust compiler for wasm32"]
fn layouts_that_differ_are_found_where_they_are_used() {
    let functions = functions();
    let declarations = declarations();
    let good = rust_file(&functions, NONE);
    let mistakes = [
        // One field more, wider, missing, or in the other order.
        ("Pair", "    pub b: i32,\n}", "    pub b: i32,\n    pub c: i32,\n}"),
        ("Pair", "pub struct Pair {\n    pub a: i32", "pub struct Pair {\n    pub a: f32"),
        (
            "Mixed",
            "    pub a: u8,\n    pub b: f64,\n    pub c: i16,",
            "    pub b: f64,\n    pub a: u8,\n    pub c: i16,",
        ),
        ("Mixed", "    pub c: i16,\n", ""),
        ("Bytes3", "pub struct Bytes3 {\n", "pub struct Bytes3 {\n    pub extra: u8,\n"),
        ("Union", "    pub b: f32,\n}\npub const", "    pub b: f64,\n}\npub const"),
        ("Buffer", "LENGTH: usize = 5", "LENGTH: usize = 6"),
    ];
    for (name, from, to) in mistakes {
        assert_eq!(good.matches(from).count(), 1, "{from}");
        let found = problems(&declarations, &good.replace(from, to));
        let by_value = having(&functions, name, "TG0613");
        let behind = [format!("{name}*"), format!("{name} *")];
        let behind = behind.iter().flat_map(|csharp| having(&functions, csharp, "TG0614"));
        let expected: BTreeSet<_> = by_value.chain(behind).collect();
        assert!(expected.len() > 5);
        assert_eq!(codes(&found), expected, "{name} {to}: {}", found[0]);
        for problem in &found {
            let message = &problem.message;
            assert!(message.contains("at offset ") && message.contains(&format!("in Rust `{name}`")), "{message}");
            assert!(message.contains(" at corpus.rs:"), "{message}");
        }
    }
    // Signs, names and types of one width are no difference.
    for (from, to) in [
        ("    pub a: i32,\n    pub b: i32,\n}", "    first: u32,\n    second: c_uint,\n}"),
        ("    pub a: u8,\n    pub b: u8,\n    pub c: u8,", "    pub all: [i8; 3],"),
        ("    pub b: f64,", "    pub b: OneDouble,"),
    ] {
        assert!(good.contains(from), "{from}");
        let found = problems(&declarations, &good.replace(from, to));
        assert_eq!(codes(&found), BTreeSet::new(), "{to}: {found:?}");
    }
}

/// Structs that one side passes by address and the other as their one value: parameters have one wasm type all the same.
#[test]
#[ignore = "needs a Rust compiler for wasm32"]
fn an_address_on_one_side_only_is_found() {
    let functions = functions();
    let declarations = declarations();
    let good = rust_file(&functions, NONE);
    for (name, from, to) in [
        ("OneInt", "pub struct OneInt {\n", "pub struct OneInt {\n    pub more: i32,\n"),
        // For rustc, a union of values of one kind is such a value.
        ("Union", "    pub b: f32,\n}\npub const", "    pub b: u32,\n}\npub const"),
    ] {
        assert_eq!(good.matches(from).count(), 1, "{from}");
        let found = problems(&declarations, &good.replace(from, to));
        let is_of = |kind: &usize| KINDS[*kind].csharp == name;
        let code = |function: &Function| match function.ret.as_ref().is_some_and(is_of) {
            true => Some("TG0602"),
            false => Some("TG0613").filter(|_| function.params.iter().any(is_of)),
        };
        let expected = functions.iter().filter_map(|function| Some((function.name.clone(), code(function)?)));
        let expected: BTreeSet<_> = expected.collect();
        assert_eq!(codes(&found), expected, "{name}: {}", found[0]);
    }
}

#[test]
#[ignore = "needs a Rust compiler for wasm32"]
fn callbacks_of_another_type_are_found() {
    let functions = functions();
    let declarations = declarations();
    let good = rust_file(&functions, NONE);
    let csharp = "delegate* unmanaged<int, void>";
    for (to, code) in [
        ("extern \"C\" fn(value: i64)", "TG0606"),
        ("extern \"C\" fn(value: c_int) -> f32", "TG0606"),
        ("extern \"C\" fn()", "TG0606"),
        ("fn(value: c_int)", "TG0610"),
    ] {
        let text = good.replace("extern \"C\" fn(value: c_int)", to);
        assert_ne!(text, good);
        let found = problems(&declarations, &text);
        assert_eq!(codes(&found), having(&functions, csharp, code).collect(), "{to}: {}", found[0]);
    }
    let text = good.replace("extern \"C\" fn(value: c_int)", "extern \"C\" fn(value: u32)");
    assert_eq!(codes(&problems(&declarations, &text)), BTreeSet::new());
}
