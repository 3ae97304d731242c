//! `check-native` on a corpus: every P/Invoke agrees with the library it was written for, and each single mistake in the
//! library is found for what it is, with nothing else.

mod callbacks;
mod cpp;
mod damaged;
mod kinds;
mod libraries;
mod linked;
mod linking;
mod names;
mod runtime;
mod rust;
mod zig;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clr_wasm_abi::TargetOs;
use clr_wasm_file::objects::{self, Object};
use thunkgen_core::collect::Options;
use thunkgen_core::collect::ir::declarations::Declarations;
use thunkgen_diagnostics::Diagnostics;
use thunkgen_native::{CompareOptions, compare};
use thunkgen_tests::data::crate_dir;
use thunkgen_tests::executable;
use thunkgen_tests::native_corpus::{
    Compiler, Function, KINDS, LIBRARY, Mutation, Wasm, archive, archive_without_index, compilers, compilers_with,
    csharp, definition, functions, library, memory_library, moved,
};
use thunkgen_tests::tool::Files;

fn fixtures(path: &str) -> PathBuf {
    crate_dir().join("fixtures").join(path)
}

/// Codes by method, of the problems with native code.
type Found = BTreeMap<String, String>;

/// What the executable says of the corpus against files of native code, with its exit code.
fn check(folder: &Path, native: &[&str]) -> (Option<i32>, Found) {
    let paths = ["native-corpus", "facade"].map(|path| fixtures(path).display().to_string());
    let corlib = fixtures("corlib").display().to_string();
    let mut arguments = vec!["check-native", &paths[0], &paths[1], "--reference", &corlib, "-m", LIBRARY, "-v"];
    for file in native {
        arguments.extend(["--native", file]);
    }
    let run = executable::run(folder, arguments);
    let mut found = Found::new();
    // Many missing functions are one problem, and a line each with -v.
    let is_one =
        |line: &&str| line.contains(" TG06") && !line.contains(" functions of ") && !line.starts_with("thunkgen: ");
    for line in run.stderr.lines().filter(is_one) {
        let code = line.split(" TG06").nth(1).and_then(|rest| rest.get(..2)).expect("a code");
        let name = line.split(" Corpus.").nth(1).and_then(|rest| rest.get(..4)).unwrap_or("the file");
        assert_eq!(found.insert(name.to_owned(), format!("TG06{code}")), None, "two problems: {line}");
        assert!(line.chars().count() < 600 && !line.contains("Debug"), "{line}");
    }
    for line in run.stderr.lines().filter(|line| line.contains(": no function `") && !line.contains(" TG06")) {
        let name = line.split(" Corpus.").nth(1).and_then(|rest| rest.get(..4)).expect("a method");
        assert_eq!(found.insert(name.to_owned(), "TG0601".to_owned()), None, "two problems: {line}");
    }
    (run.code, found)
}

fn expected(functions: &[Function], code: impl Fn(Mutation) -> Option<&'static str>) -> Found {
    functions.iter().filter_map(|f| Some((f.name.clone(), code(f.mutation)?.to_owned()))).collect()
}

#[test]
fn the_corpus_is_the_committed_one() {
    let functions = functions();
    let path = fixtures("native-corpus/NativeCorpus.cs");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, csharp(&functions)).expect("a writable fixture");
    }
    let committed = std::fs::read_to_string(&path).expect("the fixture");
    assert!(committed == csharp(&functions), "BLESS=1 writes it; then tests/fixtures/rebuild.sh LAB native-corpus");
    let mut by_code = BTreeMap::<&str, usize>::new();
    for function in &functions {
        *by_code.entry(function.mutation.code()).or_default() += 1;
    }
    assert!(by_code.values().all(|count| *count >= 15) && by_code.len() == 3, "{by_code:?}");
    for (kind, of) in KINDS.iter().enumerate() {
        assert!(functions.iter().any(|function| function.params.contains(&kind)), "{of:?} is no parameter");
        assert!(!of.is_result || functions.iter().any(|f| f.ret == Some(kind)), "{of:?} is no result");
    }
}

/// The libraries of one compiler, with these arguments.
fn build(compiler: &Compiler, folder: &Path, functions: &[Function], arguments: &str) {
    let good = compiler.compile_with(folder, LIBRARY, &library(functions, false), arguments);
    let bad = compiler.compile_with(&sub(folder, "bad"), LIBRARY, &library(functions, true), arguments);
    let other = compiler.compile_with(&sub(folder, "bad"), "other", &moved(functions), arguments);
    let memory = compiler.compile_with(&sub(folder, "memory"), LIBRARY, &memory_library(functions).0, arguments);
    archive(&folder.join("libcorpus.a"), &[&good]);
    archive(&folder.join("bad/libcorpus.a"), &[&bad]);
    archive(&folder.join("bad/libother.a"), &[&other]);
    archive(&folder.join("memory/libcorpus.a"), &[&memory]);
    compiler.link(&folder.join("memory/names.wasm"), &[&memory], &["--export-all"]);
    for (name, arguments) in [("names.wasm", &["--export-all"][..]), ("exports.wasm", &["--export-all", "--strip-all"])]
    {
        compiler.link(&folder.join(name), &[&good], arguments);
        compiler.link(&folder.join("bad").join(name), &[&bad, &other], arguments);
    }
}

fn sub(folder: &Path, name: &str) -> PathBuf {
    let folder = folder.join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// What is reported of a mistake. Without debug information, one integer more at the end may be variable arguments.
fn code(function: &Function, has_debug_info: bool) -> &'static str {
    let is_i32 = |params: &[usize]| params.iter().all(|kind| KINDS[*kind].wasm == Wasm::I32);
    match function.mutation {
        Mutation::More(at, Wasm::I32) if !has_debug_info && is_i32(&function.params[at..]) => "TG0605",
        mutation => mutation.code(),
    }
}

/// What is reported of a linked module without names: a function that is missing may be there without its name.
fn without_names(functions: &[Function]) -> Found {
    let typed = functions.iter().map(|f| (f.name.clone(), code(f, false).to_owned()));
    let typed = typed.filter(|(_, code)| ["TG0602", "TG0605"].contains(&&**code));
    typed.chain([("the file".to_owned(), "TG0608".to_owned())]).collect()
}

#[test]
#[ignore = "needs clang"]
fn every_mistake_is_found_and_nothing_else() {
    let functions = functions();
    let (_, in_memory) = memory_library(&functions);
    for (code, least) in [("TG0605", 15), ("TG0606", 10), ("TG0613", 30), ("TG0614", 30), ("TG0616", 20)] {
        let count = in_memory.values().filter(|found| *found == code).count();
        assert!(count >= least, "{code}: {count} of {}", in_memory.len());
    }
    for (compiler, debug) in compilers_with(&[false, true]) {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        build(&compiler, folder, &functions, if debug { "-O1 -g" } else { "-O1" });
        let what = format!("{} -g: {debug}", compiler.name());
        for good in ["corpus.o", "libcorpus.a", "names.wasm", "exports.wasm"] {
            assert_eq!(check(folder, &[good]), (Some(0), Found::new()), "{what} {good}");
        }
        let all: Found = functions.iter().map(|f| (f.name.clone(), code(f, debug).to_owned())).collect();
        for bad in [["bad/corpus.o", "bad/other.o"], ["bad/libcorpus.a", "bad/libother.a"]] {
            assert_eq!(check(folder, &bad), (Some(1), all.clone()), "{what} {bad:?}");
        }
        // A linked module is every library, so that none is the wrong one.
        let linked: Found = all.clone().into_iter().filter(|(_, code)| code != "TG0603").collect();
        assert_eq!(check(folder, &["bad/names.wasm"]), (Some(1), linked), "{what}");
        // The linker took the debug information too.
        assert_eq!(check(folder, &["bad/exports.wasm"]), (Some(1), without_names(&functions)), "{what}");
        // What no wasm type shows.
        for bad in ["memory/corpus.o", "memory/libcorpus.a", "memory/names.wasm"] {
            let (exit, found) = check(folder, &[bad]);
            let expected = if debug { in_memory.clone() } else { Found::new() };
            assert_eq!((exit, found), (Some(i32::from(debug)), expected), "{what} {bad}");
        }
    }
}

/// Variable arguments are one warning for a function, and no error.
#[test]
#[ignore = "needs clang"]
fn variable_arguments_are_reported_once_for_a_function() {
    let source = std::fs::read_to_string(fixtures("native-varargs/varargs.c")).expect("a fixture");
    let assemblies = ["native-varargs", "facade"].map(|path| fixtures(path).display().to_string());
    let corlib = fixtures("corlib").display().to_string();
    for (compiler, debug) in compilers_with(&[false, true]) {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        compiler.compile_with(folder, "varargs", &source, if debug { "-O1 -g" } else { "-O1" });
        let arguments = ["check-native", &assemblies[0], &assemblies[1], "-r", &corlib, "--native", "varargs.o"];
        let run = executable::run(folder, arguments);
        let lines = run.stderr.lines().filter(|line| line.contains(" TG06"));
        let found: Vec<String> = lines
            .map(|line| {
                let level = if line.contains(": error ") { "error" } else { "warning" };
                let code = line.split(" TG06").nth(1).and_then(|rest| rest.get(..2)).expect("a code");
                let symbol = line.split('`').nth(1).expect("a symbol");
                format!("{level} TG06{code} {symbol}")
            })
            .collect();
        let mut expected = vec![
            "error TG0602 default_params",
            "warning TG0601 main_loop",
            "warning TG0601 memmove",
            "warning TG0605 printf",
            "warning TG0605 set_option",
            "warning TG0605 sum",
            "warning TG0605 trace",
        ];
        let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{} -g: {debug}\n{}", compiler.name(), run.stderr);
    }
}

/// Debug information is read of the members that have a function in question, and of no other.
#[test]
#[ignore = "needs clang"]
fn debug_information_of_other_members_is_not_read() {
    let functions = functions();
    let compiler = compilers().pop().expect("clang");
    let folder = tempfile::tempdir().expect("a folder");
    let asked = compiler.compile_with(folder.path(), "asked", &library(&functions, false), "-O1 -g");
    let text = format!("{}int unasked(int a) {{ return a; }}", library(&[], false));
    let other = compiler.compile_with(folder.path(), "other", &text, "-O1 -g");
    // A caller declares the functions too, which says nothing new.
    let declared = functions.iter().map(|function| {
        let definition = definition(function, None, &KINDS.map(|kind| kind.c));
        let head = definition.split(" {").next().expect("a head");
        format!("extern {head};\nvoid *address_of_{0}(void) {{ return (void *)&{0}; }}\n", function.name)
    });
    let text = format!("{}{}", library(&[], false), declared.collect::<String>());
    let caller = compiler.compile_with(folder.path(), "caller", &text, "-O1 -g");
    let both = folder.path().join("libcorpus.a");
    archive(&both, &[&other, &asked, &caller]);
    let declarations = declarations();
    let read = |path: &Path| {
        let bytes = std::fs::read(path).expect("a file");
        let objects = objects::read("corpus", &[LIBRARY.to_owned()], &bytes, None).expect("objects");
        assert!(objects.iter().all(Object::has_debug_info));
        compare(&declarations, &objects, &CompareOptions::default(), &mut Diagnostics::default())
    };
    let (alone, with_other, nothing) = (read(&asked), read(&both), read(&other));
    assert!(alone.debug_bytes > 10_000 && alone.compared == functions.len(), "{alone:?}");
    assert_eq!((with_other.debug_bytes, nothing.debug_bytes), (alone.debug_bytes, 0));
    // Without the definitions, the caller is all there is.
    let of_caller = read(&caller);
    assert!(of_caller.debug_bytes > 5000 && of_caller.compared == functions.len(), "{of_caller:?}");
}

/// Bitcode has no types yet: nothing is said of its functions, and all of those that other objects have.
#[test]
#[ignore = "needs clang"]
fn bitcode_is_not_compared() {
    let functions = functions();
    let untold = || Found::from([("the file".to_owned(), "TG0608".to_owned())]);
    for compiler in compilers() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        let bitcode = compiler.compile_with(folder, LIBRARY, &library(&functions, true), "-flto");
        assert!(!std::fs::read(&bitcode).expect("an object").starts_with(b"\0asm"), "{}", compiler.name());
        let other = compiler.compile(folder, "other", &moved(&functions));
        archive_without_index(&folder.join("libcorpus.a"), &[&bitcode, &other]);
        archive_without_index(&folder.join("libother.a"), &[&other]);
        for files in [&["libcorpus.a"][..], &["corpus.o", "libother.a"]] {
            assert_eq!(check(folder, files), (Some(0), untold()), "{} {files:?}", compiler.name());
        }
        // A check that compares nothing does not pass.
        let nothing = Found::from([("the file".to_owned(), "TG0615".to_owned())]);
        assert_eq!(check(folder, &["corpus.o"]), (Some(1), nothing), "{}", compiler.name());
        let bad = compiler.compile(&sub(folder, "bad"), LIBRARY, &library(&functions, true));
        archive_without_index(&folder.join("bad/libcorpus.a"), &[&bitcode, &bad]);
        let typed = functions.iter().map(|f| (f.name.clone(), code(f, false).to_owned()));
        let typed = typed.filter(|(_, code)| ["TG0602", "TG0605"].contains(&&**code));
        let all: Found = typed.chain(untold()).collect();
        assert_eq!(check(folder, &["bad/libcorpus.a"]), (Some(1), all), "{}", compiler.name());
    }
}

/// Declarations of the corpus.
fn declarations() -> Declarations {
    let paths = ["corlib/System.Private.CoreLib.dll", "facade/System.Runtime.dll", "native-corpus/NativeCorpus.dll"];
    let modules = [LIBRARY.into()].into();
    let options = Options { modules, declarations: true, ..Options::new(TargetOs::Browser) };
    Files::read(paths.map(fixtures)).collect_with(&options).expect("no errors").declarations
}

/// One mistake at a time: of all functions of the good library, one is replaced.
#[test]
#[ignore = "needs clang"]
fn one_mistake_at_a_time() {
    let functions = functions();
    let compiler = compilers().pop().expect("clang");
    let folder = tempfile::tempdir().expect("a folder");
    let read = |path: PathBuf| std::fs::read(path).expect("an object");
    let good = read(compiler.compile(folder.path(), "good", &library(&functions, false)));
    let bad = read(compiler.compile(folder.path(), "bad", &library(&functions, true)));
    let other = read(compiler.compile(folder.path(), "other", &moved(&functions)));
    let open = |bytes: &'static [u8], name: &str| -> Object<'static> {
        objects::read(name, &[name.to_owned()], bytes, None).expect("an object").remove(0)
    };
    let (good, bad, other) = (open(good.leak(), LIBRARY), open(bad.leak(), LIBRARY), open(other.leak(), "other"));
    let declarations = declarations();
    assert_eq!(declarations.functions.len(), functions.len());
    for function in &functions {
        let mut copy = good.clone();
        let of = |object: &Object<'static>, name: &str| object.functions.iter().find(|f| f.symbol == name).cloned();
        copy.functions.retain(|other| other.symbol != function.name);
        let renamed = format!("{}_renamed", function.name);
        copy.functions.extend(of(&bad, &function.name).into_iter().chain(of(&bad, &renamed)));
        let mut elsewhere = other.clone();
        elsewhere.functions.retain(|moved| moved.symbol == function.name);
        let mut diagnostics = Diagnostics::default();
        compare(&declarations, &[copy, elsewhere], &CompareOptions::default(), &mut diagnostics);
        let found = diagnostics.into_sorted();
        let [problem] = &found[..] else { panic!("{function:?}: {found:?}") };
        let member = problem.location.member.as_ref().map(|(name, _)| name.as_str());
        assert_eq!(member, Some(&*format!("Corpus.{}", function.name)));
        assert_eq!(problem.rule.code, code(function, false), "{function:?}: {problem}");
        let message = &problem.message;
        match function.mutation {
            Mutation::Fewer(_) => assert!(message.contains("has no") || message.contains("passes"), "{message}"),
            Mutation::More(..) => assert!(message.contains("lacks") || message.contains("pointer"), "{message}"),
            Mutation::ByPointer(at) => assert!(message.contains(&format!("parameter {} `p{at}`", at + 1)), "{message}"),
            Mutation::Param(at, _) => {
                assert!(message.contains(&format!("parameter {} `p{at}` is", at + 1)), "{function:?} {message}");
            }
            Mutation::ReturnByPointer => assert!(message.contains("hidden pointer"), "{message}"),
            _ => {}
        }
    }
}
