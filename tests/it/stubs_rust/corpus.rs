//! The corpus of P/Invokes: its stub file asks for the types that were written down for each kind, and an implementation
//! with any of the mistakes is refused by the compiler, for that mistake.

use std::collections::{BTreeMap, BTreeSet};

use thunkgen_core::collect::ir::declarations::Declarations;
use thunkgen_native::stubs::documentation::Documentation;
use thunkgen_tests::native_corpus::{Function, KINDS, Kind, LIBRARY, Mutation, functions};
use thunkgen_tests::rust_stubs::{Problem, StubFile, check, stubs, write_with};

/// A kind of type as the stub file has it.
fn rust(kind: &Kind) -> &'static str {
    match kind.csharp {
        "sbyte" => "i8",
        "byte" | "bool" => "u8",
        "short" => "i16",
        "ushort" | "char" => "u16",
        "int" => "i32",
        "uint" => "u32",
        "long" => "i64",
        "ulong" => "u64",
        "nint" => "isize",
        "nuint" => "usize",
        "float" => "f32",
        "double" => "f64",
        "byte*" => "*mut u8",
        "void*" => "*mut core::ffi::c_void",
        "Pair*" | "Pair *" => "*mut Pair",
        "int*" => "*mut i32",
        "delegate* unmanaged<int, void>" => "Option<unsafe extern \"C\" fn(i32)>",
        named => named,
    }
}

/// A method that implements a function, with a mistake or without. `None` where the mistake is that it is missing.
fn method(function: &Function, mutation: Option<Mutation>) -> Option<String> {
    let mut params: Vec<String> = function.params.iter().map(|kind| rust(&KINDS[*kind]).to_owned()).collect();
    let mut ret = function.ret.map(|kind| rust(&KINDS[kind]).to_owned());
    let mut name = function.name.clone();
    match mutation {
        Some(Mutation::Param(at, wasm)) => params[at] = wasm.rust_type().to_owned(),
        Some(Mutation::Result(wasm)) => ret = wasm.map(|wasm| wasm.rust_type().to_owned()),
        Some(Mutation::More(at, wasm)) => params.insert(at, wasm.rust_type().to_owned()),
        Some(Mutation::Fewer(at)) => drop(params.remove(at)),
        Some(Mutation::ByPointer(at)) => params[at].insert_str(0, "*const "),
        Some(Mutation::ReturnByPointer) => ret = ret.map(|ret| format!("*mut {ret}")),
        Some(Mutation::Name) => name += "_renamed",
        Some(Mutation::Library) => return None,
        None => {}
    }
    let params: Vec<String> = params.iter().enumerate().map(|(at, ty)| format!("p{at}: {ty}")).collect();
    let ret = ret.map(|ret| format!(" -> {ret}")).unwrap_or_default();
    Some(format!("unsafe fn {name}({}){ret};", params.join(", ")))
}

fn corpus() -> StubFile {
    let declared = super::declarations("native-corpus/NativeCorpus.dll");
    let functions = declared.functions.into_iter().filter(|function| function.module == LIBRARY).collect();
    let declared = Declarations { functions, ..declared };
    let [stub_file] = <[StubFile; 1]>::try_from(stubs(&declared, &Documentation::default())).expect("one module");
    stub_file
}

/// What the compiler says of an implementation by these methods, and the line of each by its function.
fn implemented(stub_file: &StubFile, methods: &[(String, String)]) -> (Vec<Problem>, BTreeMap<usize, String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let texts: Vec<String> = methods.iter().map(|(_, method)| method.clone()).collect();
    let text = stub_file.root(&texts);
    let root = write_with(folder.path(), std::slice::from_ref(stub_file), &text);
    let lines = std::fs::read_to_string(&root).expect("the crate's root");
    let line = |method: &str| lines.lines().position(|line| line.starts_with(method)).expect("a method's line") + 1;
    let at = methods.iter().map(|(name, method)| (line(method.trim_end_matches(';')), name.clone())).collect();
    (check(&root, "2024"), at)
}

#[test]
fn the_types_are_those_of_the_kinds() {
    let stub_file = corpus();
    let functions = functions();
    let methods = |all: &[Function]| all.iter().filter_map(|f| Some((f.name.clone(), method(f, None)?))).collect();
    let methods: Vec<(String, String)> = methods(&functions);
    assert_eq!(implemented(&stub_file, &methods).0, []);
    let asked: BTreeSet<String> =
        stub_file.methods().into_iter().map(|method| method.replace("( ", "(").replace(", )", ")")).collect();
    assert_eq!(asked, methods.into_iter().map(|(_, method)| method).collect());
}

/// Every function has its mistake; the compiler finds each where it is.
#[test]
fn every_mistake_is_refused() {
    let stub_file = corpus();
    let functions = functions();
    // A name that is not in the trait is an error before there are types, so it gets a run of its own.
    let is_name = |function: &Function| function.mutation == Mutation::Name;
    let with = |mutated: &dyn Fn(&Function) -> bool| -> Vec<(String, String)> {
        let of = |f: &Function| Some((f.name.clone(), method(f, mutated(f).then_some(f.mutation))?));
        functions.iter().filter_map(of).collect()
    };
    let mut refused = BTreeMap::<String, BTreeSet<String>>::new();
    for methods in [with(&is_name), with(&|function| !is_name(function))] {
        let (problems, lines) = implemented(&stub_file, &methods);
        for problem in problems {
            let code = problem.message.split(']').next().unwrap_or_default().trim_start_matches("error[").to_owned();
            let names: Vec<String> = match lines.get(&problem.line) {
                Some(function) => vec![function.clone()],
                // All that are missing, in one error at the implementation.
                None => problem.message.split('`').skip(1).step_by(2).map(str::to_owned).collect(),
            };
            for name in names {
                refused.entry(name).or_default().insert(code.clone());
            }
        }
    }
    let expected = functions.iter().map(|function| {
        let codes: &[&str] = match function.mutation {
            Mutation::Param(..) | Mutation::Result(_) | Mutation::ByPointer(_) | Mutation::ReturnByPointer => {
                &["E0053"]
            }
            Mutation::More(..) | Mutation::Fewer(_) => &["E0050"],
            // The new one is too many, the old one is missing.
            Mutation::Name => &["E0046", "E0407"],
            Mutation::Library => &["E0046"],
        };
        (function.name.clone(), codes.iter().map(|code| (*code).to_owned()).collect())
    });
    assert_eq!(refused, expected.collect());
}
