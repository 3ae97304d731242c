//! Function pointers and delegates against the types by which native code calls them: agreement, one mistake each, and
//! what nothing can be said of.

use std::collections::BTreeMap;
use std::path::Path;

use clr_wasm_abi::TargetOs;
use clr_wasm_file::objects::{self, Object, ParamCall};
use thunkgen_core::collect::Options;
use thunkgen_core::collect::ir::declarations::Declarations;
use thunkgen_diagnostics::Diagnostics;
use thunkgen_native::{CompareOptions, compare};
use thunkgen_tests::native_corpus::{
    CALLBACKS, archive, callback_library, compilers_with, csharp_callbacks, with_callbacks,
};
use thunkgen_tests::tool::Files;
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, FunctionSection, Module, TableSection, TableType, TypeSection,
    ValType,
};

use super::fixtures;

const FIXTURE: &str = "native-callbacks/NativeCallbacks.cs";

#[test]
fn the_callbacks_are_the_committed_ones() {
    let text = csharp_callbacks(&with_callbacks());
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(fixtures(FIXTURE), &text).expect("a writable fixture");
    }
    let committed = std::fs::read_to_string(fixtures(FIXTURE)).expect("the fixture");
    assert!(committed == text, "BLESS=1 writes it; then tests/fixtures/rebuild.sh LAB native-callbacks");
}

fn declarations() -> Declarations {
    let paths =
        ["corlib/System.Private.CoreLib.dll", "facade/System.Runtime.dll", "native-callbacks/NativeCallbacks.dll"];
    let modules = [CALLBACKS.into()].into();
    let options = Options { modules, declarations: true, ..Options::new(TargetOs::Browser) };
    let found = Files::read(paths.map(fixtures)).collect_with(&options);
    found.unwrap_or_else(|errors| panic!("{errors:#?}")).declarations
}

/// Codes by method, with the messages.
fn problems(declarations: &Declarations, file: &Path) -> BTreeMap<String, (&'static str, String)> {
    let bytes = std::fs::read(file).expect("an object");
    let objects = objects::read("native", &[CALLBACKS.to_owned()], &bytes, None).expect("an object");
    let mut diagnostics = Diagnostics::default();
    let outcome = compare(declarations, &objects, &CompareOptions::default(), &mut diagnostics);
    assert_eq!(outcome.compared, declarations.functions.len());
    let mut found = BTreeMap::new();
    for problem in diagnostics.into_sorted() {
        let (method, _) = problem.location.member.clone().unwrap_or_default();
        let name = method.trim_start_matches("Callbacks.").to_owned();
        assert_eq!(found.insert(name, (problem.rule.code, problem.message.clone())), None, "two problems: {problem}");
    }
    found
}

#[test]
#[ignore = "needs clang"]
fn every_call_by_another_type_is_found_and_nothing_else() {
    let functions = with_callbacks();
    let declarations = declarations();
    let mut messages = Vec::new();
    for (compiler, optimised) in compilers_with(&["-O1", "-O2", "-Oz"]) {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        for (name, mutated) in [("good", false), ("bad", true)] {
            let object = compiler.compile_with(folder, name, &callback_library(&functions, mutated), optimised);
            let linked = |name: &str, arguments: &[&str]| {
                let module = folder.join(name);
                compiler.link(&module, &[&object], &[arguments, &["--export-all", "--allow-undefined"]].concat());
                module
            };
            let library = folder.join(format!("lib{name}.a"));
            archive(&library, &[&object]);
            let (names, exports) = (linked("names.wasm", &[]), linked("exports.wasm", &["--strip-all"]));
            for file in [names, exports, library, object.clone()] {
                let found = problems(&declarations, &file);
                let what = format!("{} {optimised} {}", compiler.name(), file.display());
                if !mutated {
                    assert!(found.is_empty(), "{what}: {found:#?}");
                    continue;
                }
                for function in &functions {
                    let problem = found.get(&function.callback.name);
                    let Some((code, message)) = problem else { panic!("{what}: {function:?} is not told") };
                    assert_eq!(*code, "TG0606", "{what}: {message}");
                    assert!(message.contains("`callback`") && message.contains("the call `"), "{message}");
                }
                assert_eq!(found.len(), functions.len(), "{what}: {found:#?}");
                messages = found.into_values().collect();
            }
        }
    }
    println!("{}", messages.iter().take(12).map(|(_, message)| format!("{message}\n")).collect::<String>());
}

/// A module with one exported function of this body; type 0 is its own `(i32 i64) -> ()`, type 1 `(i32) -> ()`, type 2
/// `(f32) -> ()`.
fn module(body: &[u8]) -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32, ValType::I64], []);
    types.ty().function([ValType::I32], []);
    types.ty().function([ValType::F32], []);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut tables = TableSection::new();
    let element_type = wasm_encoder::RefType::FUNCREF;
    tables.table(TableType { element_type, minimum: 1, maximum: None, table64: false, shared: false });
    let mut exports = ExportSection::new();
    exports.export("f", ExportKind::Func, 0);
    let mut code = CodeSection::new();
    let mut function = Function::new([(2, ValType::I32)]);
    function.raw(body.iter().copied());
    code.function(&function);
    module.section(&types).section(&functions).section(&tables).section(&exports).section(&code);
    module.finish()
}

fn calls(bytes: &[u8]) -> Vec<(usize, usize)> {
    let objects = objects::read("x", &[], bytes, None).expect("a module");
    let [object] = &objects[..] else { panic!("{objects:?}") };
    let of = |object: &Object<'_>| object.calls_of_params(&object.functions[0]);
    of(object)
        .iter()
        .map(|ParamCall { param, ty }| (*param, usize::from(ty.params() == [clr_wasm_file::ValType::F32]) + 1))
        .collect()
}

#[test]
fn only_what_is_certain_is_told() {
    let (get, set, tee, call, end) = (0x20, 0x21, 0x22, [0x11, 1, 0], 0x0B);
    let int = [0x41, 0];
    let direct = [&int[..], &[get, 0], &call].concat();
    for (what, body, expected) in [
        ("a call", [&direct[..], &[end]].concat(), &[(0, 1)][..]),
        ("twice", [&direct[..], &direct, &[end]].concat(), &[(0, 1)]),
        ("by two types", [&direct[..], &[0x43, 0, 0, 0, 0, get, 0, 0x11, 2, 0, end]].concat(), &[(0, 1), (0, 2)]),
        ("a tail call", [&int[..], &[get, 0, 0x13, 1, 0, end]].concat(), &[(0, 1)]),
        ("a local", [&int[..], &[get, 2], &call, &[end]].concat(), &[]),
        ("set before", [&int[..], &[set, 0], &direct, &[end]].concat(), &[]),
        ("set behind", [&direct[..], &int, &[set, 0, end]].concat(), &[]),
        ("teed", [&direct[..], &int, &[tee, 0, 0x1A, end]].concat(), &[]),
        ("another one set", [&direct[..], &int, &[set, 2, end]].concat(), &[(0, 1)]),
        ("computed", [&int[..], &[get, 0], &int, &[0x6A], &call, &[end]].concat(), &[]),
        ("out of a block", [&int[..], &[0x02, 0x7F, get, 0, end], &call, &[end]].concat(), &[]),
        ("no such type", [&int[..], &[get, 0, 0x11, 9, 0, end]].concat(), &[]),
        ("no such instruction", [&direct[..], &[0xFF, end]].concat(), &[]),
    ] {
        assert_eq!(calls(&module(&body)), expected, "{what}");
    }
    // Whatever the bytes: no panic.
    let good = module(&[&direct[..], &[end]].concat());
    for at in 0..good.len() {
        for byte in 0..=255 {
            let mut damaged = good.clone();
            damaged[at] = byte;
            for object in objects::read("x", &[], &damaged, None).unwrap_or_default() {
                object.functions.iter().for_each(|function| drop(object.calls_of_params(function)));
            }
        }
    }
}
