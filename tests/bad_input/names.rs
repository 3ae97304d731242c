//! Names made to break out of literals, comments and lines stay inside them: the generated code compiles, links, and
//! finds everything under exactly those names; messages stay one clean line.

use std::collections::BTreeSet;

use clr_wasm_abi::TargetOs;
use clr_wasm_abi::types::{Input, Role, TypeSystem};
use thunkgen_core::collect::ir::Ir;
use thunkgen_core::collect::{LibraryName, Options, collect};
use thunkgen_diagnostics::Diagnostics;
use thunkgen_tests::corrupt::corpus::Corpus;
use thunkgen_tests::corrupt::rename::{SNIPPETS, rename};
use thunkgen_tests::executed::run_all;
use thunkgen_tests::wasm::toolchain::Flags;

/// What is collected from a file beside the fixtures' core library, and every message.
fn collected(corpus: &Corpus, index: usize, bytes: &[u8]) -> (Option<Ir>, Vec<String>) {
    let mut inputs = vec![Input { path: "renamed.dll", bytes, role: Role::Input }];
    for file in corpus.references(index) {
        inputs.push(Input { path: &file.name, bytes: &file.bytes, role: Role::Reference });
    }
    let mut diagnostics = Diagnostics::default();
    let type_system = TypeSystem::load(&inputs, &mut diagnostics);
    let options = Options { modules: BTreeSet::from([LibraryName::from("*")]), ..Options::new(TargetOs::Browser) };
    let ir = collect(&type_system, &options, &mut diagnostics);
    let ir = (!diagnostics.has_errors()).then_some(ir);
    (ir, diagnostics.into_sorted().iter().map(ToString::to_string).collect())
}

fn file(corpus: &Corpus, name: &str) -> usize {
    corpus.files.iter().position(|file| file.name == format!("fixtures/{name}")).expect("a fixture")
}

/// What a terminal or an editor takes for more than text.
fn is_unclean(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn generated_code_keeps_names_inside() {
    let corpus = Corpus::fixtures();
    let index = file(&corpus, "Interop.dll");
    let mut met = BTreeSet::new();
    for round in 0..3 {
        let (bytes, renamed) = rename(&corpus.files[index].bytes, round);
        assert!(renamed > 150, "{renamed} names");
        let (ir, messages) = collected(&corpus, index, &bytes);
        let ir = ir.unwrap_or_else(|| panic!("round {round}: {messages:#?}"));
        let names = ir.pinvokes.iter().flat_map(|(module, rows)| rows.keys().chain([module]));
        let names = names.map(String::as_str).chain(ir.callbacks.keys().map(String::as_str)).collect::<Vec<_>>();
        met.extend(SNIPPETS.into_iter().filter(|snippet| names.iter().any(|name| name.contains(snippet))));
        let ran = run_all(&format!("round {round}"), &ir, Flags::SIMD);
        assert!(ran.pinvokes > 60 && ran.callbacks > 30, "{ran:?}");
    }
    let missed: Vec<_> = SNIPPETS.iter().filter(|snippet| !met.contains(*snippet)).collect();
    assert!(missed.is_empty(), "no name with {missed:?}");
}

#[test]
fn messages_stay_one_clean_line() {
    let corpus = Corpus::fixtures();
    let (mut lines, mut with_names) = (0, 0);
    for (index, file) in corpus.files.iter().enumerate() {
        for round in 0..SNIPPETS.len() {
            let (bytes, _) = rename(&file.bytes, round);
            for line in collected(&corpus, index, &bytes).1 {
                assert!(!line.chars().any(is_unclean), "{}: {line:?}", file.name);
                assert!(line.chars().count() <= 400, "{}: {line}", file.name);
                lines += 1;
                with_names += usize::from(line.contains("\\u{1b}"));
            }
        }
    }
    assert!(lines > 1_000 && with_names > 20, "{lines} lines, {with_names} with an escape");
}

/// Exported names are in attribute blobs, not in the heap of names. One with a control character is left out.
#[test]
#[ignore = "needs clang and wasm-ld"]
fn exported_names() {
    let corpus = Corpus::fixtures();
    let index = file(&corpus, "Interop.dll");
    let good = &corpus.files[index].bytes;
    let at = good.windows(12).position(|bytes| bytes == b"exported_add").expect("an exported name");
    for snippet in SNIPPETS {
        let mut bytes = good.clone();
        bytes[at..at + snippet.len()].copy_from_slice(snippet.as_bytes());
        let (ir, messages) = collected(&corpus, index, &bytes);
        let ir = ir.unwrap_or_else(|| panic!("{snippet:?}: {messages:#?}"));
        let is_left_out = messages.iter().any(|line| line.contains("TG0207"));
        assert_eq!(is_left_out, snippet.contains(char::is_control), "{snippet:?}: {messages:#?}");
        assert!(!messages.iter().any(|line| line.chars().any(is_unclean)), "{messages:#?}");
        assert!(run_all(&format!("export {snippet:?}"), &ir, Flags::SIMD).callbacks > 30);
    }
}

#[test]
fn names_that_are_not_utf_8() {
    let corpus = Corpus::fixtures();
    let index = file(&corpus, "Interop.dll");
    let good = &corpus.files[index].bytes;
    let at = good.windows(13).position(|bytes| bytes == b"native_struct").expect("an entry point");
    for bad in [&b"\xff\xfe"[..], b"\x80", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"] {
        let mut bytes = good.clone();
        bytes[at..at + bad.len()].copy_from_slice(bad);
        let (ir, messages) = collected(&corpus, index, &bytes);
        assert!(ir.is_none());
        assert!(messages.iter().any(|line| line.contains("string that is not UTF-8")), "{messages:#?}");
    }
}
