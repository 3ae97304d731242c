//! Sizes, alignments, offsets and wasm types are those that managed code has.

use std::collections::BTreeSet;

use clr_wasm_file::objects;
use thunkgen_core::collect::ir::Linkage;
use thunkgen_core::collect::ir::declarations::{Declarations, Struct};
use thunkgen_diagnostics::Diagnostics;
use thunkgen_native::stubs::documentation::Documentation;
use thunkgen_native::{CompareOptions, compare};
use thunkgen_tests::c_header::{C11, CPP17, LATER, Reader, declarations, fixture, headers, readers, require};
use thunkgen_tests::data::sets;
use thunkgen_tests::fixtures::WITH_PINVOKES;
use thunkgen_tests::tool::Files;

/// A source file with nothing but the header, twice.
fn source(header: &str) -> String {
    format!("{}#include \"{header}\"\n#include \"{header}\"\n", require(header))
}

/// Every header is read without a warning by every compiler; and what clang calls has the declared wasm types.
///
/// Headers that are `done` are not read again: every fixture has the runtime's own.
fn compiles(declared: &Declarations, what: &str, done: &mut BTreeSet<String>) -> usize {
    let readers = readers();
    let newest = readers.iter().rposition(Reader::is_clang);
    let folder = tempfile::tempdir().expect("a folder");
    let mut asserted = 0;
    for (name, text) in headers(declared, &Documentation::default()) {
        if !done.insert(text.clone()) {
            continue;
        }
        std::fs::write(folder.path().join(&name), &text).expect("a writable folder");
        asserted += text.matches("sizeof(").count();
        for (index, reader) in readers.iter().enumerate() {
            let later = LATER.into_iter().filter(|_| Some(index) == newest);
            for dialect in [C11, CPP17].into_iter().chain(later) {
                let said = reader.check(dialect, folder.path(), &source(&name));
                said.unwrap_or_else(|said| panic!("{what} {name} {reader:?} {dialect:?}\n{said}"));
            }
            if reader.is_clang() {
                let object = reader.compile(C11, folder.path(), &source(&name)).unwrap_or_else(|said| panic!("{said}"));
                let bytes = std::fs::read(object).expect("the object");
                agrees(declared, &text, &bytes, what);
            }
        }
    }
    asserted
}

/// The types by which an object refers to all functions of a header are those of the signatures.
fn agrees(declared: &Declarations, header: &str, object: &[u8], what: &str) {
    let read = objects::read("object.o", &["object".to_owned()], object, None).expect("an object");
    let mut some = declared.clone();
    let uses: BTreeSet<&str> = read.iter().flat_map(|object| object.uses.iter().map(|one| one.symbol)).collect();
    let mut seen = BTreeSet::new();
    // Of several declarations of one function, the first is written.
    some.functions.retain(|function| {
        let symbol = function.entry_point.as_deref().unwrap_or_default();
        let heading = format!("// What the P/Invokes of `{}` call", function.module);
        function.linkage == Linkage::Static && header.contains(&heading) && seen.insert(symbol.to_owned())
    });
    assert!(some.functions.iter().all(|f| uses.contains(f.entry_point.as_deref().unwrap_or_default())), "{what}");
    if some.functions.is_empty() {
        return;
    }
    let mut diagnostics = Diagnostics::default();
    let outcome = compare(&some, &read, &CompareOptions::default(), &mut diagnostics);
    assert_eq!((outcome.compared, diagnostics.into_sorted()), (some.functions.len(), vec![]), "{what}");
}

#[test]
#[ignore = "needs clang"]
fn headers_of_the_fixtures() {
    let (mut asserted, mut done) = (0, BTreeSet::new());
    for path in WITH_PINVOKES {
        asserted += compiles(&fixture(path), path, &mut done);
    }
    assert!(asserted > 300, "{asserted}");
}

#[test]
#[ignore = "needs the real sets"]
fn headers_of_a_framework() {
    let files = Files::read_folder(&sets().join("net10"));
    let asserted = compiles(&declarations(&files), "net10", &mut BTreeSet::new());
    println!("{asserted} sizes");
    assert!(asserted > 10, "{asserted}");
}

/// What is asserted is what is declared: the size and all offsets of every struct, and its alignment unless C has no such
/// size.
#[test]
fn everything_declared_is_asserted() {
    let mut compared = 0;
    for path in WITH_PINVOKES {
        let declared = fixture(path);
        for text in headers(&declared, &Documentation::default()).values() {
            for of in &declared.structs {
                let Some(name) = name_in_c(text, of) else { continue };
                let assertion = |what: &str, number: u32| text.contains(&format!("ASSERT({what} == {number}, "));
                assert!(assertion(&format!("sizeof({name})"), of.size), "{of:?}");
                let aligned = assertion(&format!("THUNKGEN_ALIGNOF({name})"), of.align);
                assert!(aligned || of.size % of.align != 0, "{of:?}");
                for field in of.fields.iter().flatten().filter(|field| field.size > 0) {
                    let field_name = field.name.strip_prefix('<').and_then(|name| name.split_once(">k__"));
                    let field_name = field_name.map_or(&*field.name, |(name, _)| name);
                    assert!(assertion(&format!("offsetof({name}, {field_name})"), field.offset), "{field:?} of {of:?}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 400, "{compared}");
}

/// What a struct is called in a header, if it is there; handles may have the name, too.
fn name_in_c<'h>(header: &'h str, of: &Struct) -> Option<&'h str> {
    let more = if of.is_marshalled { ", as it is marshalled" } else { "" };
    let origin = format!("// C#: {}{more}\n#ifdef THUNKGEN_OWN_", of.name);
    let names = header.split(&origin).skip(1).filter_map(|rest| rest.lines().next());
    let is_struct =
        |name: &&str| ["struct", "union"].iter().any(|kind| header.contains(&format!("\n{kind} {name} {{")));
    let is_struct = |name: &&str| is_struct(name) || header.contains(&format!(")) {name} {{"));
    names.into_iter().find(is_struct)
}

/// Each number that is one more than it should be is an error in its line, and there are no other errors.
#[test]
#[ignore = "needs clang"]
fn every_wrong_number_is_an_error() {
    let mut damaged = 0;
    for path in ["layouts/Layouts.dll", "marshalling/Marshalling.dll"] {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in headers(&fixture(path), &Documentation::default()) {
            let mut lines = BTreeSet::new();
            let mut changed = String::new();
            for (number, line) in text.lines().enumerate() {
                match line.split_once(") == ").and_then(|(head, rest)| Some((head, rest.split_once(", ")?))) {
                    Some((head, (value, tail))) if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                        let value: u64 = value.parse().expect("a number");
                        changed += &format!("{head}) == {}, {tail}\n", value + 1);
                        lines.insert(number + 1);
                    }
                    _ => changed += &format!("{line}\n"),
                }
            }
            std::fs::write(folder.path().join(&name), changed).expect("a writable folder");
            let reader = readers().remove(0);
            for dialect in [C11, CPP17] {
                let said = reader.check(dialect, folder.path(), &source(&name)).err().unwrap_or_default();
                let told = said.lines().filter(|line| line.contains(" error: "));
                let told =
                    told.filter_map(|line| line.split(&format!("{name}:")).nth(1)?.split(':').next()?.parse().ok());
                assert_eq!(told.collect::<BTreeSet<usize>>(), lines, "{path} {name} {dialect:?}");
            }
            damaged += lines.len();
        }
    }
    assert!(damaged > 500, "{damaged}");
}

/// What C would pass otherwise, with the same wasm type or another, is written as it is passed.
#[test]
fn what_c_passes_otherwise() {
    let of = |path: &str, header: &str| headers(&fixture(path), &Documentation::default())[header].clone();
    let layouts = of("layouts/Layouts.dll", "layouts.h");
    for prototype in [
        "void Empty__vS1(const layouts_Empty *a);",
        "void Empty__S1(layouts_Empty *result);",
        "void HoldsEmpty__vS1(const layouts_HoldsEmpty *a);",
        "layouts_ByteLong ByteLong__S16();",
        "void OneDecimal__vS16(layouts_OneDecimal a);",
    ] {
        let prototype = prototype.replace("()", "(void)");
        assert!(layouts.contains(&format!("\n{prototype} // ")), "{prototype}");
    }
    let interop = of("interop/Interop.dll", "native.h");
    for also in ["void Interop.OneSymbol.Pointer__vi(int* a)", "uint Interop.OneSymbol.UInts__iii(uint a, uint b)"] {
        assert!(interop.contains(&format!("// Also declared as: {also}\n")), "{also}");
    }
    let native_side = of("native-side/NativeSide.dll", "draw.h");
    assert!(native_side.contains(": a function can have only one of the signatures\n"), "{native_side}");
}

/// The character of UTF-16 is the author's to choose.
#[test]
#[ignore = "needs clang"]
fn characters_of_the_author() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = &headers(&fixture("marshalling/Marshalling.dll"), &Documentation::default())["native.h"];
    assert!(text.contains("const THUNKGEN_CHAR16 *"));
    std::fs::write(folder.path().join("native.h"), text).expect("a writable folder");
    let source = "#define THUNKGEN_CHAR16 char16_t\n#include \"native.h\"\n\
                  extern \"C\" char16_t CharUnicode__ii(char16_t a) { return a; }\n";
    for reader in readers() {
        reader.check(CPP17, folder.path(), source).unwrap_or_else(|said| panic!("{said}"));
        reader.check(CPP17, folder.path(), &source.replace("char16_t\n", "uint16_t\n")).expect_err("another type");
    }
}
