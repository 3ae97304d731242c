//! Declarations that look wrong, and stop no build: the tables compile and link, and have what can be called.

use std::collections::BTreeSet;

use clr_wasm_abi::TargetOs;
use clr_wasm_abi::types::Role;
use clr_wasm_file::WasmModule;
use thunkgen_core::emit::{self, Contract, Output, render};
use thunkgen_diagnostics::{Level, Policy};
use thunkgen_tests::fixtures::{Collected, Fixtures, options};
use thunkgen_tests::metadata_writer::{AssemblyWriter, Container, Sig, flags};
use thunkgen_tests::wasm::link::{Build, REVERSE_IMPORTS};
use thunkgen_tests::wasm::toolchain::Flags;

const FOLDER: &str = "declarations";

fn collected(strict: bool, is_own: bool) -> Collected {
    let mut options = options(TargetOs::Browser, &["m"]);
    if !is_own {
        options.others.insert(format!("{FOLDER}.dll"));
    }
    Fixtures::with_core(&[FOLDER]).collect(&options, Policy { strict, ..Policy::default() })
}

fn text(found: &Collected, output: Output) -> String {
    let options = emit::Options { contract: Contract::default(), target_os: TargetOs::Browser };
    render(&found.ir, &options).remove(&output).expect("every output")
}

/// `--strict` is about the code that the user can edit.
#[test]
fn only_own_declarations_can_be_errors() {
    let levels = |strict, is_own| -> BTreeSet<(&str, Level)> {
        let found = collected(strict, is_own);
        let file = format!("{FOLDER}.dll");
        let of_file = found.diagnostics.iter().filter(|found| found.location.file == file);
        of_file.map(|found| (found.rule.code, found.level)).collect()
    };
    let all = |level| ["TG0203", "TG0205", "TG0207"].map(|code| (code, level)).into();
    assert_eq!(levels(false, true), all(Level::Warning));
    assert_eq!(levels(true, false), all(Level::Warning));
    assert_eq!(levels(true, true), all(Level::Error));
}

/// One function, one warning, whatever number of declarations it has.
#[test]
fn one_warning_for_a_function() {
    let found = collected(false, true);
    let of_three = found.diagnostics.iter().filter(|found| found.message.starts_with("`three`"));
    let [only] = &of_three.map(|found| found.message.as_str()).collect::<Vec<_>>()[..] else { panic!("one expected") };
    assert!(only.contains("1 more declaration differs"), "{only}");
    let all: Vec<_> = found.diagnostics.iter().map(|found| found.message.clone()).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
}

#[test]
fn every_declaration_has_its_key_and_each_function_one_entry() {
    let found = collected(false, true);
    for (type_name, member) in [
        ("Twins", "Close32__ii"),
        ("Twins", "Close64__ll"),
        ("Twins", "A64__vil"),
        ("Twins", "B32__vii"),
        ("Twins", "Float__if"),
        ("Twins", "Double__id"),
        ("Imports", "Int__vi"),
        ("Imports", "Double__vd"),
    ] {
        let (_, signature) = member.split_once("__").expect("a signature");
        let keys = found.keys_of(&format!("Declarations.{type_name}.{member}"));
        assert_eq!(keys, [format!("M{signature}")], "{member}");
    }
    let entries = |module: &str| found.ir.pinvokes[module].keys().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(entries("m"), ["fine", "three", "token_close", "wide_first"]);
    assert_eq!(entries("host"), ["log", "size"]);
    let signature = |module: &str, name: &str| found.ir.pinvokes[module][name].signature.to_string();
    // What fits a 32-bit `long` is chosen for the prototype.
    assert_eq!((signature("m", "token_close"), signature("m", "wide_first")), ("ii".into(), "vii".into()));
    assert_eq!(signature("host", "size"), "vi");
}

/// The names of exports are those of `EntryPoint`, whatever is in them; the linker exports nothing else.
#[test]
#[ignore = "needs clang and wasm-ld"]
fn every_legal_name_is_exported() {
    let found = collected(false, true);
    let mut build = Build::new(Flags::PLAIN);
    build.add("generated", &text(&found, Output::Reverse)).unwrap_or_else(|error| panic!("{error}"));
    build.add_support("reverse_probe");
    let wasm = build.link(&REVERSE_IMPORTS, &[]).unwrap_or_else(|error| panic!("{error}"));
    let module = WasmModule::open(&wasm).expect("a readable module").expect("a module");
    let names: BTreeSet<&str> = module.exports.iter().map(|export| export.name).collect();
    for name in ["wasi:cli/run@0.2.0#run", "A_Conflict_C", "A_Conflict_C\u{733f}", "a-b", "a.b", "\"\\??/ \u{1f600}"] {
        assert!(names.contains(name), "{name} in {names:?}");
    }
    assert!(!names.iter().any(|name| name.contains('\0')), "{names:?}");
}

/// The prototype of a function has no effect on the linker as long as only the address is taken.
#[test]
#[ignore = "needs clang and wasm-ld"]
fn the_linker_accepts_a_table_of_functions_of_other_types() {
    let found = collected(false, true);
    let mut build = Build::new(Flags::PLAIN);
    build.add("generated", &text(&found, Output::PInvoke)).unwrap_or_else(|error| panic!("{error}"));
    let library = "extern \"C\" {\n\
                   unsigned long long token_close(unsigned long long a) { return a; }\n\
                   void wide_first(int, unsigned long long) {}\n\
                   int three(double a) { return (int)a; }\n\
                   int fine(int a) { return a; }\n}\n";
    build.add("library", library).unwrap_or_else(|error| panic!("{error}"));
    build.add_support("pinvoke_probe");
    build.link(&[], &[]).unwrap_or_else(|error| panic!("{error}"));
}

/// `class [System.Runtime]System.String` is `string`, which the runtime accepts and rewriters of IL write.
#[test]
fn a_class_token_of_string_is_a_string() {
    let mut written = AssemblyWriter::new("Tokens");
    let scope = written.assembly_ref("System.Runtime");
    let object = written.type_ref(scope, "System", "Object");
    let string = Sig::Class(written.type_ref(scope, "System", "String"));
    written.type_def(flags::STATIC_CLASS, "Tokens", "PInvokes", object);
    let module = written.module_ref("m");
    written.pinvoke(module, "parameter", &Sig::VOID, std::slice::from_ref(&string));
    written.pinvoke(module, "result", &string, &[Sig::R8, string.clone()]);
    written.pinvoke(module, "object", &Sig::VOID, &[Sig::Class(object)]);
    let bytes = written.finish(Container::Pe32);
    for folders in [&["corlib", "facade"][..], &[]] {
        let mut fixtures = Fixtures::inputs(folders.iter().copied());
        fixtures.add_bytes("Tokens.dll", bytes.clone(), Role::Input);
        let found = fixtures.collect(&options(TargetOs::Browser, &["m"]), Policy::default());
        assert_eq!(found.keys_of("Tokens.PInvokes.parameter"), ["Mvi"], "{folders:?}");
        assert_eq!(found.keys_of("Tokens.PInvokes.result"), ["Midi"], "{folders:?}");
        assert!(found.keys_of("Tokens.PInvokes.object").is_empty(), "{folders:?}");
        assert!(found.message("Tokens.PInvokes.object").contains("`object` is marshalled as a VARIANT"));
    }
}
