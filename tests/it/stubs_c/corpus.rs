//! The corpus: a library written with its header compiles, and every mistake is reported where it is.

use std::collections::BTreeSet;
use std::path::Path;

use clr_wasm_file::objects;
use thunkgen_diagnostics::Diagnostics;
use thunkgen_native::stubs::documentation::Documentation;
use thunkgen_native::{CompareOptions, compare};
use thunkgen_tests::c_header::{C11, CPP17, Dialect, Reader, fixture, headers, library, readers, require};
use thunkgen_tests::native_corpus::{Function, LIBRARY, Mutation, functions};

const HEADER: &str = "corpus.h";
const EXTERN_C: &str = "extern \"C\" ";

fn linkage(dialect: Dialect) -> &'static str {
    if dialect.is_cpp { EXTERN_C } else { "" }
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let files = headers(&fixture("native-corpus/NativeCorpus.dll"), &Documentation::default());
    std::fs::write(folder.path().join(HEADER), &files[HEADER]).expect("a writable folder");
    folder
}

/// Every way to compile for wasm32.
fn ways() -> impl Iterator<Item = (Reader, Dialect)> {
    readers()
        .into_iter()
        .filter(Reader::is_clang)
        .flat_map(|reader| [C11, CPP17].map(|dialect| (reader.clone(), dialect)))
}

/// A mistake in a type, which the compiler sees.
fn is_of_type(function: &Function) -> bool {
    !matches!(function.mutation, Mutation::Name | Mutation::Library)
}

/// The functions whose lines have errors, in a source file or in the header.
fn wrong_lines(folder: &Path, said: &str) -> BTreeSet<String> {
    let mut wrong = BTreeSet::new();
    for message in said.lines().filter(|line| line.contains(" error: ")) {
        let of_line = || {
            let mut place = message.split(':');
            let text = std::fs::read_to_string(folder.join(Path::new(place.next()?).file_name()?)).ok()?;
            let number: usize = place.next()?.parse().ok()?;
            name(text.lines().nth(number - 1)?).map(str::to_owned)
        };
        wrong.insert(of_line().unwrap_or_else(|| panic!("{message}")));
    }
    wrong
}

/// The name of a function of the corpus in a text.
fn name(text: &str) -> Option<&str> {
    let is_name = |at: &usize| {
        text.get(*at + 1..*at + 4).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
            && !text[..*at].ends_with(|c: char| c.is_alphanumeric())
    };
    let at = text.match_indices('f').map(|(at, _)| at).find(is_name)?;
    text.get(at..at + 4)
}

fn names<'f>(functions: impl IntoIterator<Item = &'f Function>) -> BTreeSet<String> {
    functions.into_iter().map(|function| function.name.clone()).collect()
}

fn undefined(said: &str) -> BTreeSet<String> {
    let missing = said.lines().filter_map(|line| line.split("undefined symbol: ").nth(1));
    missing.map(|symbol| symbol.trim().to_owned()).collect()
}

#[test]
#[ignore = "needs clang"]
fn a_correct_library_compiles_links_and_agrees() {
    let (functions, folder) = (functions(), folder());
    let declarations = fixture("native-corpus/NativeCorpus.dll");
    for (reader, dialect) in ways() {
        let text = require(HEADER) + &library(&functions, linkage(dialect), |_| false);
        let object = reader.compile(dialect, folder.path(), &text).unwrap_or_else(|said| panic!("{said}"));
        reader.link(&[&object]).unwrap_or_else(|said| panic!("{said}"));
        let bytes = std::fs::read(&object).expect("the object");
        let read = objects::read("corpus.o", &[LIBRARY.to_owned()], &bytes, None).expect("an object");
        let mut diagnostics = Diagnostics::default();
        let mut corpus = declarations.clone();
        corpus.functions.retain(|function| function.module == LIBRARY);
        let outcome = compare(&corpus, &read, &CompareOptions::default(), &mut diagnostics);
        assert_eq!((outcome.compared, diagnostics.into_sorted()), (functions.len(), vec![]), "{reader:?} {dialect:?}");
    }
}

#[test]
#[ignore = "needs clang"]
fn every_wrong_type_is_an_error_at_its_function() {
    let (functions, folder) = (functions(), folder());
    let expected = names(functions.iter().filter(|function| is_of_type(function)));
    assert!(expected.len() > 200, "{}", expected.len());
    for (reader, dialect) in ways() {
        // Wrong types in C++ are told twice, the second time by the address of an overload.
        let text = library(&functions, linkage(dialect), is_of_type);
        let said = reader.check(dialect, folder.path(), &text).expect_err("wrong types");
        assert_eq!(wrong_lines(folder.path(), &said), expected, "{reader:?} {dialect:?}\n{said}");
    }
}

/// The same one at a time, in each seventh function.
#[test]
#[ignore = "needs clang"]
fn one_wrong_type_is_an_error_by_itself() {
    let (functions, folder) = (functions(), folder());
    for (reader, dialect) in ways() {
        for wrong in functions.iter().filter(|function| is_of_type(function)).step_by(7) {
            let text = library(&functions, linkage(dialect), |function| function.name == wrong.name);
            let said = reader.check(dialect, folder.path(), &text).expect_err("a wrong type");
            assert_eq!(wrong_lines(folder.path(), &said), names([wrong]), "{reader:?} {dialect:?} {wrong:?}\n{said}");
        }
    }
}

/// In C++ a definition that lacks `extern "C"` is another function.
#[test]
#[ignore = "needs clang"]
fn overloads_are_found_at_the_end_of_the_file() {
    let (functions, folder) = (functions(), folder());
    let expected = names(functions.iter().filter(|function| is_of_type(function)));
    for (reader, dialect) in ways().filter(|(_, dialect)| dialect.is_cpp) {
        let text = library(&functions, "", is_of_type);
        let said = reader.check(dialect, folder.path(), &text).expect_err("overloads");
        assert_eq!(wrong_lines(folder.path(), &said), expected, "{reader:?}\n{said}");
    }
}

fn link(reader: &Reader, dialect: Dialect, folder: &Path, text: &str) -> BTreeSet<String> {
    let object = reader.compile(dialect, folder, &(require(HEADER) + text)).unwrap_or_else(|said| panic!("{said}"));
    undefined(&reader.link(&[&object]).expect_err("functions are missing"))
}

#[test]
#[ignore = "needs clang"]
fn every_missing_function_is_an_undefined_symbol() {
    let (functions, folder) = (functions(), folder());
    let missing: Vec<&Function> = functions.iter().filter(|function| !is_of_type(function)).collect();
    assert!(missing.iter().any(|function| function.mutation == Mutation::Library));
    for (reader, dialect) in ways() {
        let text = library(&functions, linkage(dialect), |function| !is_of_type(function));
        assert_eq!(
            link(&reader, dialect, folder.path(), &text),
            names(missing.iter().copied()),
            "{reader:?} {dialect:?}"
        );
        for one in missing.iter().copied().step_by(12) {
            let text = library(&functions, linkage(dialect), |function| function.name == one.name);
            assert_eq!(link(&reader, dialect, folder.path(), &text), names([one]), "{reader:?} {dialect:?}");
        }
    }
}

/// Without the macro, what is missing goes unnoticed: it is the macro that finds it.
#[test]
#[ignore = "needs clang"]
fn functions_are_required_only_where_asked_for() {
    let (functions, folder) = (functions(), folder());
    let (reader, dialect) = ways().next().expect("a compiler");
    let text = library(&functions, "", |function| !is_of_type(function));
    let object = reader.compile(dialect, folder.path(), &text).unwrap_or_else(|said| panic!("{said}"));
    reader.link(&[&object]).unwrap_or_else(|said| panic!("{said}"));
}

/// In the place of a struct or enum, the author's own.
#[test]
#[ignore = "needs clang"]
fn types_of_the_author_are_compared_by_size_and_alignment() {
    let folder = folder();
    let own = "enum small { SMALL } __attribute__((packed));\nstruct two { int a, b; } __attribute__((aligned(4)));\n\
               #define THUNKGEN_OWN_corpus_Small enum small\n#define THUNKGEN_OWN_corpus_Pair struct two\n\
               #include \"corpus.h\"\nenum small small;\ncorpus_Small *same = &small;\n\
               struct two two;\ncorpus_Pair *pair = &two;\n";
    for (reader, dialect) in ways() {
        reader.check(dialect, folder.path(), own).unwrap_or_else(|said| panic!("{said}"));
        for (right, wrong, what) in [
            ("SMALL } __attribute__((packed))", "SMALL = 256 } __attribute__((packed))", "size of corpus_Small"),
            ("a, b;", "a, b, c, d, e;", "size of corpus_Pair"),
            ("aligned(4)", "aligned(8)", "alignment of corpus_Pair"),
        ] {
            let text = own.replace(right, wrong);
            let said = reader.check(dialect, folder.path(), &text).expect_err(what);
            assert!(said.contains(what), "{said}");
        }
    }
}
