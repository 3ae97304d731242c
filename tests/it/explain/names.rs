//! Names, tokens and stacks, with assemblies and modules.

use super::{explain, explain_input, fixture};

/// Runs `explain` with the fixture of a LibraryImport method.
fn run_store(text: &str) -> super::Run {
    let arguments = [fixture("library-import/LibraryImport.dll"), "-r".to_owned(), fixture("corlib")];
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let words = ["explain", text].into_iter().chain(arguments.iter().copied());
    thunkgen_tests::executable::run(&std::env::temp_dir(), words)
}

const FETCH: &str = "P/Invoke  Store.Rows.<Fetch>g____PInvoke|1_0  LibraryImport 0x06000007  needs MiiS24";
const CLOSE: &str = "P/Invoke  Store.Rows.Close  LibraryImport 0x06000004  needs Mii";

/// Every name by which people know a function leads to its declaration.
#[test]
fn every_name_is_found() {
    for (name, line) in [
        ("Fetch", FETCH),
        ("Rows.Fetch", FETCH),
        ("Store.Rows.Fetch", FETCH),
        ("store.rows.fetch", FETCH),
        ("rows_fetch", FETCH),
        ("ws_fet", FETCH),
        ("Store.Rows.<Fetch>g____PInvoke|1_0", FETCH),
        ("int Store.Rows::Fetch(nint, Box)", FETCH),
        ("(wrapper managed-to-native) Store.Rows:Fetch (intptr,Store.Rows/Box)", FETCH),
        ("0x06000007", FETCH),
        ("06000007", FETCH),
        ("rows_close", CLOSE),
        ("Rows.Close", CLOSE),
        ("0x06000004", CLOSE),
    ] {
        let run = run_store(name);
        assert_eq!(run.code, Some(0), "{name}: {}", run.stderr);
        assert_eq!(run.stdout.lines().next(), Some(line), "{name}");
    }
    let text = run_store("Fetch").stdout;
    for line in [
        "  declared as  int Store.Rows.Fetch(nint handle, Store.Rows.Box box)",
        "  calls        rows_fetch of rows; not in the P/Invoke table, because rows is not linked: add --module rows",
    ] {
        assert!(text.lines().any(|other| other == line), "{text}");
    }
    assert!(
        run_store("Compare").stdout.starts_with("callback  Store.Rows.Compare  LibraryImport 0x0600000"),
        "{}",
        run_store("Compare").stdout
    );
    let text = run_store("who needs rows_close, and what is that?").stdout;
    assert_eq!(text.lines().next(), Some(CLOSE), "{text}");
    assert_eq!(run_store("nobody needs this thing").code, Some(5));
    // A library is all of its functions.
    assert_eq!(run_store("librows").stdout.lines().filter(|line| line.starts_with("P/Invoke")).count(), 3);
}

/// What does not exist has its own exit code, and the nearest name.
#[test]
fn the_nearest_name() {
    for (name, nearest) in [
        ("rows_fecth", "rows_fetch"),
        ("Store.Rows.Fetsch", "Store.Rows.Fetch"),
        ("Fetsch", "Store.Rows.Fetch"),
        ("Rows.Clsoe", "Store.Rows.Close"),
    ] {
        let run = run_store(name);
        assert_eq!((run.code, run.stdout.as_str()), (Some(5), ""), "{name}");
        let line = format!(
            "thunkgen: no P/Invoke, callback or delegate named `{name}` in the inputs; did you mean `{nearest}`?\n"
        );
        assert_eq!(run.stderr, line);
    }
    let run = run_store("0x06000099");
    assert_eq!(run.code, Some(5));
}

/// A message leads to the declarations of what it names.
#[test]
fn messages_lead_to_declarations() {
    let declared = "    declared as  int Store.Rows.Fetch(nint handle, Store.Rows.Box box)";
    for text in [
        "wasm-ld: warning: function signature mismatch: rows_fetch\n>>> defined as (i32, i64) -> i32 in a.o",
        "System.EntryPointNotFoundException: Unable to find an entry point named 'rows_fetch' in shared library 'rows'.",
        "System.DllNotFoundException: Unable to load shared library 'rows' or one of its dependencies.",
    ] {
        let run = run_store(text);
        assert_eq!(run.code, Some(0));
        assert!(run.stdout.lines().any(|line| line == declared), "{}", run.stdout);
    }
    let run = run_store("Unable to find an entry point named 'rows_fecth' in shared library 'rows'.");
    assert!(
        run.stdout.contains("the assemblies do not declare rows_fecth; did you mean `rows_fetch`?"),
        "{}",
        run.stdout
    );
    // The thunk in a stack tells the key, and the key tells the callers.
    let run = run_store(
        "RuntimeError: indirect call signature mismatch\nCallFunc_I32_RetI32@http://h/dotnet.native.wasm:wasm-function[4]:0x5",
    );
    assert!(run.stdout.contains("function 4 CallFunc_I32_RetI32, the thunk of the key Mii: "), "{}", run.stdout);
    assert!(run.stdout.contains("Store.Rows.Close"), "{}", run.stdout);
}

/// Without a name in the stack, the module has it, with the function's type.
#[test]
fn a_module_names_the_functions_of_a_stack() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.wasm");
    std::fs::write(&path, module()).unwrap();
    let path = path.display().to_string();
    let stack = "RuntimeError: null function or function signature mismatch\n  at wasm://wasm/1:wasm-function[2]:0x1\n  at wasm://wasm/1:wasm-function[1]:0x1\n  at wasm://wasm/1:wasm-function[9]:0x1";
    let run = explain_input(stack.as_bytes(), &["--native", &path]);
    for line in [
        "  in     function 2 CallFunc_I32_S8_RetVoid (func (param i32 i32 i32 i32)), the thunk of the key MviS8: the function that it called has another type",
        "  in     function 1 rows_fetch (func (param i32 i64) (result i32))",
        "  in     function 9, which the module does not have: it is another one",
    ] {
        assert!(run.stdout.lines().any(|other| other == line), "{}", run.stdout);
    }
    let run = explain(stack, &["--native", "no-such.wasm"]);
    let expected = "no-such.wasm: error TG0001: no such file or directory\nthunkgen: 1 error; nothing was explained\n";
    assert_eq!((run.code, run.stderr.as_str()), (Some(3), expected));
}

/// Three functions with types and names.
fn module() -> Vec<u8> {
    use wasm_encoder::{CodeSection, Function, FunctionSection, Module, NameMap, NameSection, TypeSection, ValType};
    let (i32, i64) = (ValType::I32, ValType::I64);
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([i32, i64], [i32]);
    types.ty().function([i32; 4], []);
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    for ty in 0..3 {
        functions.function(ty);
        let mut body = Function::new([]);
        body.instructions().unreachable().end();
        code.function(&body);
    }
    let mut map = NameMap::new();
    map.append(1, "rows_fetch");
    map.append(2, "CallFunc_I32_S8_RetVoid");
    let mut names = NameSection::new();
    names.functions(&map);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code).section(&names);
    module.finish()
}

/// The text of a thunk is a module again: with the type and the body that `r2r emit` writes.
#[test]
fn the_body_of_a_thunk() {
    for (key, expected) in [("MviS8", "call_indirect"), ("IviS8p", "call_indirect"), ("MdVl2p", "v128.load")] {
        let run = explain(key, &["--wat"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stdout.contains(expected) && run.stdout.ends_with("  )\n"), "{}", run.stdout);
        let opening = run.stdout.matches("(func (;").count();
        assert!(opening >= 1, "{}", run.stdout);
    }
    let run = explain("Vvii", &["--wat"]);
    assert_eq!(run.code, Some(2));
    assert_eq!(explain("TG0101", &["--wat"]).code, Some(0));
}

/// `layout` finds the only type with the end of a name.
#[test]
fn layout_finds_the_end_of_a_name() {
    let dll = fixture("library-import/LibraryImport.dll");
    let corlib = fixture("corlib");
    let layout =
        |name: &str| thunkgen_tests::executable::run(&std::env::temp_dir(), ["layout", name, &dll, "-r", &corlib]);
    for name in ["Box", "Rows.Box", "Rows+Box", "Store.Rows+Box", "box"] {
        let run = layout(name);
        assert_eq!(run.code, Some(0), "{name}: {}", run.stderr);
        assert!(run.stdout.starts_with("Store.Rows+Box  LibraryImport"), "{}", run.stdout);
    }
    let run = layout("Bxo");
    assert_eq!(run.code, Some(5));
    assert!(run.stderr.contains("did you mean `Store.Rows+Box`?"), "{}", run.stderr);
}

/// The examples of the help work on every real set.
#[test]
#[ignore = "needs THUNKGEN_SETS"]
fn the_examples_of_the_help_work_on_every_set() {
    let help = super::executable::run(&std::env::temp_dir(), ["explain", "--help"]).stdout;
    assert!(help.contains("thunkgen explain SystemNative_Read app/"), "{help}");
    for set in ["framework8", "net7", "net8", "net10"] {
        let set = thunkgen_tests::data::sets().join(set);
        let set = set.to_str().unwrap();
        let run = thunkgen_tests::executable::run(&std::env::temp_dir(), ["explain", "SystemNative_Read", set]);
        assert_eq!(run.code, Some(0), "{set}: {}", run.stderr);
        assert!(run.stdout.contains("calls        SystemNative_Read of libSystem.Native"), "{set}: {}", run.stdout);
        let run = thunkgen_tests::executable::run(&std::env::temp_dir(), ["layout", "DateTimeOffset", set]);
        assert_eq!(run.code, Some(0), "{set}: {}", run.stderr);
    }
}
