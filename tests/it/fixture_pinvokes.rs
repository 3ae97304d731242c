//! The P/Invoke table of the fixtures: which modules the list keeps, and what each entry is.

use std::collections::{BTreeMap, BTreeSet};

use clr_wasm_abi::TargetOs;
use thunkgen_core::collect::ir::Linkage;
use thunkgen_diagnostics::Policy;
use thunkgen_tests::fixtures::{Fixtures, options};

/// Entry points of `Interop` that the list `native, libSystem.Native` keeps: module, entry point, signature.
#[rustfmt::skip]
const KEPT: [(&str, &str, &str); 71] = [
    ("*", "statically_linked", "v"),
    ("System.Native", "SystemNative_Read", "iiii"),
    ("a-b", "c", "v"),
    ("a.b", "c", "v"),
    ("env", "host_time", "d"),
    ("libSystem.Native", "SystemNative_Fixture", "lii"),
    ("libSystem.Native", "SystemNative_Write", "iiii"),
    ("libSystem.Native", "native_repeated", "ll"),
    ("native", "\u{1b}[31mred", "v"),
    ("native", " ", "v"),
    ("native", "\");}int x;//", "v"),
    ("native", "#include <x>", "v"),
    ("native", "$dollar@at", "v"),
    ("native", "%s%n", "v"),
    ("native", "// comment ??/", "v"),
    ("native", "1after digits", "v"),
    ("native", "Keep_ByType__v", "v"),
    ("native", "Keep_InnerOverOuter__v", "v"),
    ("native", "Keep_MethodOverType__v", "v"),
    ("native", "Keep_SupportedBoth__v", "v"),
    ("native", "Keep_SupportedBrowser__v", "v"),
    ("native", "Keep_SupportedUpperCase__v", "v"),
    ("native", "Keep_SupportedVersion__v", "v"),
    ("native", "Keep_UnsupportedLonger__v", "v"),
    ("native", "Keep_UnsupportedOther__v", "v"),
    ("native", "NULL", "ii"),
    ("native", "a.b-c+d", "v"),
    ("native", "a<b>c.d", "v"),
    ("native", "a_b_c_d", "v"),
    ("native", "abs", "ii"),
    ("native", "back\\slash", "v"),
    ("native", "carriage\r\nreturn", "v"),
    ("native", "class", "ii"),
    ("native", "default", "i"),
    ("native", "default_entry_point__iii", "iii"),
    ("native", "double", "ii"),
    ("native", "end*/comment", "v"),
    ("native", "ends in backslash\\", "v"),
    ("native", "imported", "ll"),
    ("native", "int32_t", "ii"),
    ("native", "main", "iii"),
    ("native", "malloc", "ii"),
    ("native", "memcpy", "iiii"),
    ("native", "native_aligned", "S32A32"),
    ("native", "native_cdecl", "fd"),
    ("native", "native_enum", "ii"),
    ("native", "native_exact", "vi"),
    ("native", "native_fast", "l"),
    ("native", "native_global", "v"),
    ("native", "native_int128", "S16l2"),
    ("native", "native_named", "vl"),
    ("native", "native_repeated", "ll"),
    ("native", "native_shared", "iii"),
    ("native", "native_shared_struct", "vi"), // of two spellings of one wasm type the first
    ("native", "native_small", "iiii"),
    ("native", "native_stdcall", "dfi"),
    ("native", "native_struct", "S16S12l"),
    ("native", "native_vector", "VVi"),
    ("native", "new\nline", "v"),
    ("native", "operator", "ii"),
    ("native", "printf", "ii"),
    ("native", "quo\"te", "v"),
    ("native", "tab\tand\u{1}", "v"),
    ("native", "\u{e9}a", "v"),
    ("native", "\u{202e}reversed\u{2028}", "v"),
    ("native", "\u{65e5}\u{672c}\u{1f600}", "v"),
    ("native", "Ünïcode_ñ日__v", "v"),
    ("quo\"te\\\n*/", "end\")))\n", "v"),
    ("wasi:io/poll@0.2.8", "[method]pollable.block", "vi"),
    ("wasi:io/poll@0.2.8", "[resource-drop]pollable", "vi"),
    ("wasi:io/poll@0.2.8", "poll", "viii"),
];

type Table = BTreeMap<(String, String), String>;

fn pinvokes(folders: &[&str], modules: &[&str]) -> Table {
    let collected = Fixtures::with_core(folders).collect(&options(TargetOs::Browser, modules), Policy::default());
    assert!(!collected.has_errors(), "{:?}", collected.diagnostics);
    let rows = collected.ir.pinvokes.into_iter().flat_map(|(module, rows)| {
        rows.into_iter().map(move |(name, row)| ((module.clone(), name), row.signature.to_string()))
    });
    rows.collect()
}

fn kept() -> Table {
    let row = |(module, entry_point, signature): (&str, &str, &str)| {
        ((module.to_owned(), entry_point.to_owned()), signature.to_owned())
    };
    KEPT.into_iter().map(row).collect()
}

#[test]
fn the_table_holds_the_listed_modules_and_nothing_else() {
    let expected = kept();
    assert_eq!(expected.len(), KEPT.len());
    assert_eq!(pinvokes(&["interop"], &["native", "libSystem.Native"]), expected);
}

/// Modules of `Interop` that the list decides on, and their entry points.
const BY_LIST: [(&str, &[&str]); 10] = [
    ("__Internal", &["internal_entry"]),
    ("user32.dll", &["MessageBoxW"]),
    ("mod\"ule", &["in_quote"]),
    ("mod\nule", &["in_newline"]),
    ("mod*/ule??/", &["in_comment"]),
    ("C:\\dir\\m.dll", &["in_backslash"]),
    ("../\u{fc}p", &["in_path"]),
    ("mod.ule", &["alike1"]),
    ("mod-ule", &["alike2"]),
    ("libSystem.Native", &["SystemNative_Fixture", "SystemNative_Write", "native_repeated"]),
];

#[test]
fn each_module_is_kept_exactly_when_it_is_listed() {
    // Without a list: only what asks for no library.
    let unlisted = pinvokes(&["interop"], &[]);
    let modules: BTreeSet<&str> = unlisted.keys().map(|(module, _)| module.as_str()).collect();
    let imports = ["*", "a-b", "a.b", "env", "native", "quo\"te\\\n*/", "wasi:io/poll@0.2.8"];
    assert_eq!(modules, imports.into());
    assert_eq!(unlisted.len(), 9);
    assert_eq!(unlisted[&("native".to_owned(), "imported".to_owned())], "ll", "an import of a module of any name");
    for (module, entry_points) in BY_LIST {
        let listed = pinvokes(&["interop"], &[module]);
        let added: BTreeSet<&(String, String)> = listed.keys().filter(|row| !unlisted.contains_key(*row)).collect();
        let mut expected: BTreeSet<(String, String)> =
            entry_points.iter().map(|name| (module.to_owned(), (*name).to_owned())).collect();
        if module == "libSystem.Native" {
            expected.insert(("System.Native".to_owned(), "SystemNative_Read".to_owned()));
        }
        assert_eq!(added, expected.iter().collect(), "{module:?}");
    }
    // Directories, `lib` and the extension do not count.
    for (module, spellings) in [
        ("libSystem.Native", ["System.Native", "a/libSystem.Native.so.1", "System.Native.wasm"]),
        ("user32.dll", ["user32", "libuser32.a", "user32.lib"]),
        ("C:\\dir\\m.dll", ["m", "libm.dylib", "native/m.bc"]),
        ("../\u{fc}p", ["\u{fc}p", "\u{fc}p.o", "\u{fc}p.so"]),
    ] {
        for spelling in spellings {
            assert_eq!(pinvokes(&["interop"], &[spelling]), pinvokes(&["interop"], &[module]), "{spelling}");
        }
    }
    // Case counts, and so does any other extension.
    assert_eq!(pinvokes(&["interop"], &["NATIVE", "user32.exe", "user32.DLL", "nativ", "QCall"]), unlisted);
}

#[test]
fn every_library_is_one_that_the_runtime_does_not_resolve_itself() {
    let all = pinvokes(&["interop"], &["*"]);
    let listed: Vec<&str> = BY_LIST.iter().map(|(module, _)| *module).chain(["native"]).collect();
    assert_eq!(all, pinvokes(&["interop"], &listed));
    assert!(all.keys().any(|(module, _)| module == "user32.dll"));
    assert!(!all.keys().any(|(module, _)| module == "QCall"));
}

#[test]
fn thunks_do_not_depend_on_the_list() {
    let fixtures = Fixtures::with_core(&["interop"]);
    let keys = |modules: &[&str]| fixtures.collect(&options(TargetOs::Browser, modules), Policy::default()).ir.keys;
    assert_eq!(keys(&[]), keys(&["*"]));
    assert!(keys(&[])["Miiiii"].reasons.iter().any(|reason| reason.member == "Interop.Modules.Unlisted__iiiii"));
    assert!(keys(&[])["MvS8"].reasons.iter().any(|reason| reason.member == "Interop.Modules.QCall__vS8"));
}

#[test]
fn imports_are_told_from_symbols() {
    let collected = Fixtures::with_core(&["interop"]).collect(&options(TargetOs::Browser, &[]), Policy::default());
    let mut imports = BTreeMap::new();
    for (module, rows) in &collected.ir.pinvokes {
        for (entry_point, row) in rows {
            if let Linkage::WasmImport { namespace } = &row.linkage {
                imports.insert((module.as_str(), entry_point.as_str()), namespace.as_str());
            }
            assert!(!row.assemblies.is_empty(), "{module}!{entry_point}");
        }
    }
    let expected: BTreeMap<(&str, &str), &str> = [
        ("a-b", "c"),
        ("a.b", "c"),
        ("env", "host_time"),
        ("native", "imported"),
        ("quo\"te\\\n*/", "end\")))\n"),
        ("wasi:io/poll@0.2.8", "[method]pollable.block"),
        ("wasi:io/poll@0.2.8", "[resource-drop]pollable"),
        ("wasi:io/poll@0.2.8", "poll"),
    ]
    .map(|import| (import, "Interop.Wasi"))
    .into();
    assert_eq!(imports, expected);
}
