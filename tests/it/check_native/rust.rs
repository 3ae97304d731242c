//! The corpus in Rust: sources as they are written, each mistake in them found for what it is, and the objects that a
//! compiler makes of the same sources told the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clr_wasm_file::objects;
use thunkgen_core::collect::ir::declarations::Declarations;
use thunkgen_diagnostics::{Diagnostic, Diagnostics};
use thunkgen_native::{RustLibrary, compare};
use thunkgen_rust_source::OpenError;
use thunkgen_tests::native_corpus::{
    Function, KINDS, LIBRARY, Mutation, Wasm, functions, rust_crate, rust_file, rust_moved,
};
use thunkgen_tests::rust_wasm::RustWasm;

use super::{Found, check, declarations, expected, sub};

const NONE: fn(&Function) -> bool = |_| false;
const ALL: fn(&Function) -> bool = |_| true;

fn write(folder: &Path, files: &BTreeMap<String, String>) {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a writable folder");
    }
}

/// The crate, and the library in one file, with all mistakes in `bad`.
fn write_all(folder: &Path, functions: &[Function]) {
    write(&sub(folder, "corpus"), &rust_crate(LIBRARY, functions, NONE));
    let of = |name: &str, text| write(folder, &BTreeMap::from([(name.to_owned(), text)]));
    of("corpus.rs", rust_file(functions, NONE));
    write(&sub(folder, "bad/corpus"), &rust_crate("corpus", functions, ALL));
    of("bad/corpus.rs", rust_file(functions, ALL));
    of("bad/other.rs", rust_moved(functions.iter()));
}

#[test]
fn every_mistake_in_rust_is_found_and_nothing_else() {
    let functions = functions();
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    write_all(folder, &functions);
    // What was built of a crate lies in it too.
    std::fs::create_dir_all(folder.join("corpus/target/debug")).expect("a folder");
    std::fs::write(folder.join("corpus/target/debug/corpus.o"), "no object").expect("a writable folder");
    for good in ["corpus", "corpus/Cargo.toml", "corpus/src/lib.rs", "corpus.rs"] {
        let name = if good.ends_with("lib.rs") { "corpus/src/lib.rs" } else { good };
        assert_eq!(check(folder, &[name]), (Some(0), Found::new()), "{good}");
    }
    let all = expected(&functions, |mutation| Some(mutation.code()));
    for bad in ["bad/corpus", "bad/corpus.rs"] {
        assert_eq!(check(folder, &[bad, "bad/other.rs"]), (Some(1), all.clone()), "{bad}");
    }
    // The folder holds both files.
    let one = sub(folder, "one");
    std::fs::copy(folder.join("bad/corpus.rs"), one.join("corpus.rs")).expect("a copy");
    std::fs::copy(folder.join("bad/other.rs"), one.join("other.rs")).expect("a copy");
    assert_eq!(check(folder, &["one"]), (Some(1), all));
}

/// The oracle: the compiler's objects, of which nothing but the wasm type is known.
#[test]
fn objects_of_the_same_sources_are_told_the_same() {
    let functions = functions();
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    write_all(folder, &functions);
    let compiler = RustWasm::find();
    for (good, path) in [("good", "corpus.rs"), ("bad", "bad/corpus.rs"), ("bad", "bad/other.rs")] {
        let of = sub(folder, &format!("objects/{good}"));
        let name = Path::new(path).file_stem().and_then(|stem| stem.to_str()).expect("a name");
        compiler.compile_file(&of, name, &folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let root = compiler.compile_file(&sub(folder, "objects/crate"), "corpus", &folder.join("bad/corpus/src/lib.rs"));
    root.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(check(folder, &["objects/good/corpus.o"]), (Some(0), Found::new()));
    let all = expected(&functions, |mutation| Some(mutation.code()));
    for bad in ["objects/bad/corpus.o", "objects/crate/corpus.o"] {
        assert_eq!(check(folder, &[bad, "objects/bad/other.o"]), (Some(1), all.clone()), "{bad}");
    }
    // Sources beside the object that was made of them are no second definition.
    assert_eq!(check(folder, &["objects/good/corpus.o", "corpus.rs"]), (Some(0), Found::new()));
}

fn library(name: &str, text: &str) -> RustLibrary {
    let open = |path: &Path| match path.to_str() {
        Some(path) if path == format!("{name}.rs") => Ok(text.as_bytes().to_vec()),
        _ => Err(OpenError::Missing),
    };
    let source = thunkgen_rust_source::read(Path::new(&format!("{name}.rs")), &open);
    RustLibrary { names: vec![name.to_owned()], source: source.unwrap_or_else(|errors| panic!("{errors:?}")) }
}

fn problems(declarations: &Declarations, libraries: &[RustLibrary]) -> Vec<Diagnostic> {
    let mut diagnostics = Diagnostics::default();
    compare(declarations, &[], libraries, &mut diagnostics);
    diagnostics.into_sorted()
}

/// One mistake at a time, each with the place of the function.
#[test]
fn one_mistake_in_rust_at_a_time() {
    let functions = functions();
    let declarations = declarations();
    for function in &functions {
        let text = rust_file(&functions, |other| other.name == function.name);
        let mut libraries = vec![library(LIBRARY, &text)];
        if function.mutation == Mutation::Library {
            libraries.push(library("other", &rust_moved([function].into_iter())));
        }
        let found = problems(&declarations, &libraries);
        let [problem] = &found[..] else { panic!("{function:?}: {found:?}") };
        let member = problem.location.member.as_ref().map(|(name, _)| name.as_str());
        assert_eq!(member, Some(&*format!("Corpus.{}", function.name)));
        assert_eq!(problem.rule.code, function.mutation.code(), "{function:?}: {problem}");
        let message = &problem.message;
        if let Mutation::Library | Mutation::Name = function.mutation {
            continue;
        }
        assert!(points_at(message, &text, &function.name), "{function:?}: {message}");
        let rust = |wasm: Wasm| match wasm {
            Wasm::I32 => "an i32",
            Wasm::I64 => "an i64",
            Wasm::F32 => "an f32",
            Wasm::F64 => "an f64",
        };
        match function.mutation {
            Mutation::Param(at, wasm) => {
                assert!(message.contains(&format!("parameter {} `p{at}` is", at + 1)), "{function:?} {message}");
                assert!(message.contains(rust(wasm)), "{function:?} {message}");
            }
            Mutation::Result(Some(wasm)) => assert!(message.contains(rust(wasm)), "{function:?} {message}"),
            Mutation::ByPointer(at) => {
                assert!(message.contains(&format!("parameter {} `p{at}`", at + 1)), "{message}");
                assert!(message.contains("*const "), "{message}");
            }
            Mutation::ReturnByPointer => assert!(message.contains("hidden pointer"), "{message}"),
            _ => {}
        }
        assert!(message.contains("; C# `") && message.contains("`fn("), "{message}");
    }
}

/// Whether the place in a message is where the function's name stands, or what it is exported as.
fn points_at(message: &str, text: &str, name: &str) -> bool {
    let place = message.split("corpus.rs:").nth(1).and_then(|rest| rest.split_once(": ")).map(|(place, _)| place);
    let numbers = place.and_then(|place| place.split_once(':'));
    let Some((Ok(line), Ok(column))) = numbers.map(|(line, column)| (line.parse::<usize>(), column.parse::<usize>()))
    else {
        return false;
    };
    let at = text.lines().nth(line - 1).and_then(|line| line.get(column - 1..)).unwrap_or_default();
    let own = format!("own_name_{}", name.trim_start_matches('f').parse::<usize>().expect("a number"));
    at.starts_with(&format!("{name}(")) || at.starts_with(&format!("{own}("))
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
fn layouts_that_differ_are_found_where_they_are_used() {
    let functions = functions();
    let declarations = declarations();
    let good = rust_file(&functions, NONE);
    let mistakes = [
        // One field more, wider, missing, or in the other order.
        ("Pair", "    pub b: i32,\n}", "    pub b: i32,\n    pub c: i32,\n}"),
        ("Pair", "pub struct Pair {\n    pub a: i32", "pub struct Pair {\n    pub a: i64"),
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
        let found = problems(&declarations, &[library(LIBRARY, &good.replace(from, to))]);
        let by_value = having(&functions, name, "TG0613");
        let behind = [format!("{name}*"), format!("in {name}")];
        let behind = behind.iter().flat_map(|csharp| having(&functions, csharp, "TG0614"));
        let expected: BTreeSet<_> = by_value.chain(behind).collect();
        assert!(expected.len() > 5);
        assert_eq!(codes(&found), expected, "{name} {to}: {}", found[0]);
        for problem in &found {
            let message = &problem.message;
            assert!(
                message.contains("at offset ") && message.contains(&format!("`{name}` of corpus.rs:")),
                "{message}"
            );
        }
    }
    // Signs, names and types of one width are no difference.
    for (from, to) in [
        ("    pub a: i32,\n    pub b: i32,\n}", "    first: u32,\n    second: c_uint,\n}"),
        ("    pub a: u8,\n    pub b: u8,\n    pub c: u8,", "    pub all: [i8; 3],"),
        ("    pub b: f64,", "    pub b: OneDouble,"),
    ] {
        assert!(good.contains(from), "{from}");
        let found = problems(&declarations, &[library(LIBRARY, &good.replace(from, to))]);
        assert_eq!(codes(&found), BTreeSet::new(), "{to}: {found:?}");
    }
}

/// What is passed by value and taken behind a pointer is the first of what may be many.
#[test]
fn a_copy_that_is_taken_behind_a_pointer_may_be_right() {
    let (functions, declarations) = (functions(), declarations());
    let wider = rust_file(&functions, NONE).replace("    pub b: i32,\n}", "    pub b: i32,\n    pub c: i32,\n}");
    let pointer =
        |line: &str| if line.contains("fn ") { line.replace(": Pair", ": *const Pair") } else { line.to_owned() };
    let text: Vec<String> = wider.lines().map(pointer).collect();
    let found = codes(&problems(&declarations, &[library(LIBRARY, &text.join("\n"))]));
    let is_pair = |kind: &usize| KINDS[*kind].csharp == "Pair";
    for function in functions.iter().filter(|function| function.params.iter().any(is_pair)) {
        assert!(found.contains(&(function.name.clone(), "TG0614")), "{function:?}");
        let is_result = function.ret.as_ref().is_some_and(is_pair);
        assert_eq!(found.contains(&(function.name.clone(), "TG0613")), is_result, "{function:?}");
    }
}

/// A crate that only passes on what another one exports has none of the functions.
#[test]
fn functions_of_other_crates_are_explained() {
    let found = problems(&declarations(), &[library(LIBRARY, "pub use other::*;")]);
    assert!(found.len() > 200 && found.iter().all(|problem| problem.rule.code == "TG0601"));
    assert!(found[0].message.ends_with("; if another crate defines it, name that crate"), "{}", found[0]);
}

/// A function that only some builds have is wrong in each of them.
#[test]
fn mistakes_under_a_condition_are_mistakes() {
    let (functions, declarations) = (functions(), declarations());
    let is_typed = |one: &Function| matches!(one.mutation, Mutation::Param(..) | Mutation::Result(_));
    let text = rust_file(&functions, is_typed);
    let some = format!("#[cfg(feature = \"c\")]\nmod c {{\n{text}\n}}\n");
    let found = codes(&problems(&declarations, &[library(LIBRARY, &text)]));
    assert!(found.iter().any(|(_, code)| *code == "TG0602"));
    assert_eq!(codes(&problems(&declarations, &[library(LIBRARY, &some)])), found);
}

/// Structs that one side passes by address and the other as their one value: parameters have one wasm type all the same.
#[test]
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
        let found = problems(&declarations, &[library(LIBRARY, &good.replace(from, to))]);
        let is_of = |kind: &usize| KINDS[*kind].csharp == name;
        let code = |function: &Function| match function.ret.as_ref().is_some_and(is_of) {
            true => Some("TG0602"),
            false => Some("TG0613").filter(|_| function.params.iter().any(is_of)),
        };
        let expected = functions.iter().filter_map(|function| Some((function.name.clone(), code(function)?)));
        let mut expected: BTreeSet<_> = expected.collect();
        assert_eq!(codes(&found), expected, "{name}: {}", found[0]);
        // The compiler has the same results, and parameters that tell nothing.
        let folder = tempfile::tempdir().expect("a folder");
        let text = good.replace(from, to);
        let object = RustWasm::find().compile(folder.path(), "corpus", &text).unwrap_or_else(|error| panic!("{error}"));
        let objects = objects::read("corpus.o", &[LIBRARY.to_owned()], &object, None).expect("an object");
        let mut diagnostics = Diagnostics::default();
        compare(&declarations, &objects, &[], &mut diagnostics);
        expected.retain(|(_, code)| *code == "TG0602");
        assert_eq!(codes(&diagnostics.into_sorted()), expected, "{name}");
    }
}

#[test]
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
        let found = problems(&declarations, &[library(LIBRARY, &text)]);
        assert_eq!(codes(&found), having(&functions, csharp, code).collect(), "{to}: {}", found[0]);
    }
    let text = good.replace("extern \"C\" fn(value: c_int)", "extern \"C\" fn(value: u32)");
    assert_eq!(codes(&problems(&declarations, &[library(LIBRARY, &text)])), BTreeSet::new());
}

/// Sources that lack a line: a place where they cannot be read, or a comparison, whatever is left.
#[test]
fn sources_without_a_line() {
    let functions = functions();
    let declarations = declarations();
    let good = rust_file(&functions, NONE);
    let lines: Vec<&str> = good.lines().collect();
    let (mut refused, mut compared) = (0, BTreeMap::<&str, usize>::new());
    // All types, and some of the functions.
    for without in (0..70).chain((70..lines.len()).step_by(13)) {
        let text: String =
            lines.iter().enumerate().filter(|(at, _)| *at != without).map(|(_, l)| format!("{l}\n")).collect();
        let open = |_: &Path| Ok(text.clone().into_bytes());
        match thunkgen_rust_source::read(Path::new("corpus.rs"), &open) {
            Ok(source) => {
                let library = RustLibrary { names: vec![LIBRARY.to_owned()], source };
                for problem in problems(&declarations, &[library]) {
                    assert!(problem.location.member.is_some() && !problem.message.contains('\n'), "{problem}");
                    *compared.entry(problem.rule.code).or_default() += 1;
                }
            }
            Err(errors) => {
                assert!(errors.iter().all(|error| error.place.line > 0), "{errors:?}");
                refused += 1;
            }
        }
    }
    let codes: Vec<&str> = compared.keys().copied().collect();
    assert!(refused > 20, "{refused}");
    assert_eq!(codes, ["TG0601", "TG0602", "TG0611", "TG0613", "TG0614"], "{compared:?}");
}
