//! What the linker does: tools that must match those of the runtime, symbols that `--wrap` replaces, files of any name.

use std::path::Path;
use std::process::Command;

use clr_wasm_file::objects::{self, Binding, Object};
use thunkgen_core::RuntimeToolchain;
use thunkgen_diagnostics::{Diagnostics, Level};
use thunkgen_native::compare::wrapped;
use thunkgen_native::{CompareOptions, compare, compare_toolchains};
use thunkgen_tests::executable;
use thunkgen_tests::native_corpus::{LIBRARY, Mutation, archive, compilers, functions, library};

use super::{declarations, fixtures};

/// The objects of a file.
fn open(path: &Path) -> Vec<Object<'static>> {
    let bytes: &'static [u8] = std::fs::read(path).expect("a file").leak();
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    objects::read(&name, &[LIBRARY.to_owned()], bytes, None).expect("objects")
}

/// Codes and levels of the problems of these objects on a runtime, and the number of remarks.
fn problems(objects: &[Object<'_>], runtime: u16) -> (Vec<(&'static str, Level)>, usize) {
    let mut diagnostics = Diagnostics::default();
    let remarks = compare_toolchains(objects, RuntimeToolchain::of(runtime), &mut diagnostics);
    let found = diagnostics.into_sorted();
    for problem in &found {
        assert!(problem.to_string().chars().count() < 400, "{problem}");
    }
    (found.iter().map(|problem| (problem.rule.code, problem.level)).collect(), remarks.len())
}

const MIXED: (&str, Level) = ("TG0617", Level::Error);
const OTHER: (&str, Level) = ("TG0618", Level::Warning);

#[test]
fn tools_of_each_runtime() {
    let path = |name: &str| fixtures("toolchains").join(name);
    let [legacy, standard, javascript] = ["legacy.o", "standard.o", "javascript.o"].map(|name| open(&path(name)));
    for (objects, runtime, expected) in [
        (&legacy, 11, vec![MIXED]),
        (&legacy, 10, vec![]),
        (&legacy, 9, vec![]),
        (&standard, 11, vec![]),
        // And features of a newer clang.
        (&standard, 10, vec![MIXED]),
        (&standard, 8, vec![OTHER]),
        (&javascript, 11, vec![OTHER]),
        (&javascript, 10, vec![OTHER]),
        (&javascript, 8, vec![]),
        (&javascript, 12, vec![]),
    ] {
        assert_eq!(problems(objects, runtime).0, expected, "{} {runtime}", objects[0].place);
    }
    // Without a known runtime, files are compared with each other.
    let both: Vec<_> = legacy.iter().chain(&standard).cloned().collect();
    assert_eq!(problems(&both, 12), (vec![MIXED], 0));
    // Several causes are one line, which ends with the options to use.
    let mut diagnostics = Diagnostics::default();
    let mut archive: Vec<_> = legacy.iter().chain(&standard).chain(&javascript).cloned().collect();
    archive.iter_mut().for_each(|object| object.file = "native/libmixed.a".to_owned());
    compare_toolchains(&archive, RuntimeToolchain::of(11), &mut diagnostics);
    let [problem] = &diagnostics.into_sorted()[..] else { panic!("several problems") };
    assert!(problem.to_string().contains("setjmp"), "{problem}");
    assert!(problem.to_string().ends_with(" -fwasm-exceptions -sWASM_LEGACY_EXCEPTIONS=0"), "{problem}");
    // An older compiler alone is a remark.
    assert_eq!((problems(&legacy, 10).1, problems(&standard, 10).1), (1, 0));
    let facts = &javascript[0].toolchain;
    assert_eq!(facts.producers, [("Debian clang".to_owned(), "14.0.6".to_owned())]);
    assert!(standard[0].toolchain.features.contains("bulk-memory-opt"));
}

/// What the compilers of this machine write: the forms of `setjmp` and exceptions, bitcode, threads.
#[test]
#[ignore = "needs clang"]
fn tools_of_compilers() {
    let folder = tempfile::tempdir().expect("a folder");
    for compiler in compilers() {
        let build = |name: &str, source: &str, arguments: &[&str]| {
            let path = folder.path().join(name);
            let driver =
                if source.ends_with("cpp") { compiler.name().replace("clang", "clang++") } else { compiler.name() };
            let status = Command::new(driver)
                .args(["--target=wasm32-unknown-emscripten", "-c", "-o"])
                .args([&path, &fixtures("toolchains").join(source)])
                .args(arguments)
                .status();
            assert!(status.expect("clang").success(), "{} {name}", compiler.name());
            open(&path)
        };
        let javascript = build("javascript.o", "jump.c", &["-mllvm", "-enable-emscripten-sjlj"]);
        let legacy = build("legacy.o", "catch.cpp", &["-fwasm-exceptions"]);
        let setjmp = build("setjmp.o", "jump.c", &["-mllvm", "-wasm-enable-sjlj"]);
        let bitcode = build("bitcode.o", "jump.c", &["-flto"]);
        let threads = build("threads.o", "jump.c", &["-pthread"]);
        let name = compiler.name();
        assert!(problems(&javascript, 11).0.contains(&OTHER), "{name}");
        assert_eq!(problems(&legacy, 11).0, [MIXED], "{name}");
        assert_eq!(problems(&threads, 11), (vec![], 2), "{name}");
        // LLVM calls other functions for `setjmp` since version 19, which .NET 8 to 10 do not provide.
        let text = |runtime| {
            let mut diagnostics = Diagnostics::default();
            compare_toolchains(&setjmp, RuntimeToolchain::of(runtime), &mut diagnostics);
            diagnostics.into_sorted().iter().map(ToString::to_string).collect::<String>()
        };
        let is_newer = !name.ends_with("-14");
        let of_runtimes = [8, 9, 10, 11].map(|runtime| text(runtime).contains("it uses another form of setjmp"));
        assert_eq!(of_runtimes, [is_newer, is_newer, is_newer, !is_newer], "{name}");
        assert_eq!(
            text(9).contains("(`__wasm_setjmp`, `__wasm_setjmp_test`), undefined in .NET 9.0"),
            is_newer,
            "{name}"
        );
        let [(llvm, version)] = &bitcode[0].toolchain.producers[..] else { panic!("{name}") };
        assert_eq!(llvm, "LLVM", "{name}");
        let major: u16 = version.split('.').next().and_then(|text| text.parse().ok()).expect("a version");
        assert!(name.ends_with(&major.to_string()), "{name} {version}");
        let unreadable = if major > 17 { vec![OTHER] } else { vec![] };
        assert_eq!(problems(&bitcode, 8).0, unreadable, "{name}");
        assert_eq!(problems(&bitcode, 11).0, [], "{name}");
    }
}

/// The linker resolves symbols: the name of a file does not matter.
#[test]
#[ignore = "needs clang"]
fn files_of_any_name_are_compared() {
    let functions = functions();
    let compiler = compilers().pop().expect("clang");
    let folder = tempfile::tempdir().expect("a folder");
    let object = compiler.compile(folder.path(), "unrelated", &library(&functions, true));
    archive(&folder.path().join("libanything.a"), &[&object]);
    let wrong = functions.iter().filter(|function| function.mutation.code() == "TG0602").count();
    let assemblies = ["native-corpus", "facade"].map(|path| fixtures(path).display().to_string());
    let corlib = fixtures("corlib").display().to_string();
    for file in ["unrelated.o", "libanything.a"] {
        let arguments = ["check-native", &assemblies[0], &assemblies[1], "-r", &corlib, "-n", file];
        let run = executable::run(folder.path(), arguments);
        let found = [" TG0602: ", " TG0605: "].map(|code| run.stderr.matches(code).count());
        assert_eq!((run.code, found.iter().sum()), (Some(1), wrong), "{file}");
    }
}

/// With `--wrap`, a P/Invoke calls `__wrap_SYMBOL`, and one of `__real_SYMBOL` calls SYMBOL.
#[test]
#[ignore = "needs clang"]
fn wrapped_symbols() {
    let functions = functions();
    let function = functions.iter().find(|one| matches!(one.mutation, Mutation::Param(..))).expect("a function");
    let compiler = compilers().pop().expect("clang");
    let folder = tempfile::tempdir().expect("a folder");
    let [good, bad] = [false, true].map(|mutated| {
        let name = if mutated { "bad" } else { "good" };
        open(&compiler.compile(folder.path(), name, &library(&functions, mutated))).remove(0)
    });
    let of = |object: &Object<'static>| {
        let found = object.functions.iter().find(|one| one.symbol == function.name && one.binding == Binding::Strong);
        found.expect("the function").clone()
    };
    let codes = |declared: &str, wrap: &[&str]| {
        let mut declarations = declarations();
        declarations.functions.retain(|one| one.entry_point.as_deref() == Some(&*function.name));
        declarations.functions[0].entry_point = Some(declared.to_owned());
        let mut object = good.clone();
        object.functions = vec![of(&bad), of(&good)];
        object.functions[1].symbol = format!("__wrap_{}", function.name).leak();
        let wrapped = wrapped(wrap.iter().copied());
        let mut options = CompareOptions::default();
        options.wrapped = &wrapped;
        let mut diagnostics = Diagnostics::default();
        compare(&declarations, &[object], &options, &mut diagnostics);
        diagnostics.into_sorted().iter().map(|problem| problem.rule.code).collect::<Vec<_>>()
    };
    let real = format!("__real_{}", function.name);
    assert_eq!(codes(&function.name, &[]), ["TG0602"]);
    assert_eq!(codes(&function.name, &[&function.name]), [""; 0]);
    assert_eq!(codes(&real, &[&function.name]), ["TG0602"]);
    assert!(codes(&real, &[]).contains(&"TG0601"));
}
