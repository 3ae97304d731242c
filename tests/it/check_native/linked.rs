//! Linked apps with P/Invoke tables, as a release build leaves them: stripped, optimised, and with equal functions merged.

use std::path::Path;

use thunkgen_tests::native_corpus::{
    Compiler, Function, LIBRARY, compilers, functions, is_complete, library, moved, pinvoke_table, wasm_opt,
};

use super::{Found, check, code, sub, without_names};

/// Links an app from the libraries and their table.
fn link(compiler: &Compiler, folder: &Path, functions: &[Function], mutated: bool, is_counted: bool) {
    let own = compiler.compile(folder, LIBRARY, &library(functions, mutated));
    let table = compiler.compile(folder, "table", &pinvoke_table(functions, mutated, is_counted));
    let other = compiler.compile(folder, "other", &moved(functions));
    let objects = [&*own, &table, &other];
    let objects = if mutated { &objects[..] } else { &objects[..2] };
    compiler.link(&folder.join("names.wasm"), objects, &["--export=pinvoke_table", "--export-table"]);
    let (names, optimised) = (folder.join("names.wasm"), folder.join("optimised.wasm"));
    wasm_opt(&names, &optimised, &["-O3", "--strip-debug", "--strip-producers", "--strip-target-features"]);
    wasm_opt(&names, &folder.join("merged.wasm"), &["-g", "--duplicate-function-elimination"]);
}

#[test]
#[ignore = "needs clang, Node.js and Binaryen"]
fn tables_name_the_functions_of_an_app() {
    let functions = functions();
    // Both forms of tables.
    let mut all: Vec<_> = compilers().into_iter().zip([true, false]).collect();
    if !is_complete() {
        all.drain(..all.len() - 1);
    }
    for (compiler, is_counted) in &all {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        link(compiler, folder, &functions, false, *is_counted);
        link(compiler, &sub(folder, "bad"), &functions, true, *is_counted);
        let named: Found = functions.iter().map(|f| (f.name.clone(), code(f, false).to_owned())).collect();
        let named: Found = named.into_iter().filter(|(_, code)| code != "TG0603").collect();
        for (module, expected) in
            [("names.wasm", &named), ("merged.wasm", &named), ("optimised.wasm", &without_names(&functions))]
        {
            let what = format!("{} {module}", compiler.name());
            assert_eq!(check(folder, &[module]), (Some(0), Found::new()), "{what}");
            assert_eq!(check(&folder.join("bad"), &[module]), (Some(1), expected.clone()), "{what}");
        }
        // The tools did what they are for.
        let named = |module: &str| {
            let bytes = std::fs::read(folder.join(module)).expect("a module");
            let text = String::from_utf8_lossy(&bytes);
            // In the table, and as a function.
            functions.iter().filter(|function| text.matches(&*function.name).count() > 1).count()
        };
        let counts = ["names.wasm", "merged.wasm", "optimised.wasm"].map(named);
        assert!(counts[0] == functions.len() && counts[1] < counts[0] * 2 / 3 && counts[2] == 0, "{counts:?}");
    }
}
