//! What `docs/reference/stubs.md` shows of C.

use std::path::Path;

use thunkgen_native::stubs::documentation::Documentation;
use thunkgen_tests::c_header::{C11, CPP17, fixture, headers, readers};
use thunkgen_tests::data::crate_file;
use thunkgen_tests::markdown::snippets;
use thunkgen_tests::native_corpus::archive;

#[test]
#[ignore = "needs clang"]
fn the_page_is_true() {
    let page = crate_file("../docs/reference/stubs.md");
    let shown: Vec<String> =
        snippets(&page).into_iter().filter(|one| one.language == "c").map(|one| one.text).collect();
    let [source, own] = &shown[..] else { panic!("{shown:?}") };
    let mut declared = fixture("native-side/NativeSide.dll");
    declared.functions.retain(|function| function.module == "libdraw");
    let folder = tempfile::tempdir().expect("a folder");
    let header = &headers(&declared, &Documentation::default())["libdraw.h"];
    std::fs::write(folder.path().join("libdraw.h"), header).expect("a writable folder");
    let told = |message: &str, said: &str| {
        assert!(page.contains(&format!("`{message}`")), "{message}");
        assert!(said.contains(message), "{said}");
    };
    for reader in readers() {
        for text in [source, own] {
            reader.check(C11, folder.path(), text).unwrap_or_else(|said| panic!("{said}"));
        }
        let wrong = reader.check(C11, folder.path(), &source.replace("libdraw_Angle angle", "float degrees"));
        if !reader.is_clang() {
            wrong.expect_err("a wrong type");
            continue;
        }
        told("conflicting types for 'draw_turn'", &wrong.expect_err("a wrong type"));
        let renamed = source.replace("draw_turn", "draw_rotated");
        let object = reader.compile(C11, folder.path(), &renamed).unwrap_or_else(|said| panic!("{said}"));
        told("undefined symbol: draw_turn", &reader.link(&[&object]).expect_err("a function is missing"));
        let library = folder.path().join("libdraw.a");
        archive(&library, &[&object]);
        assert!(page.contains("`wasm-ld --no-entry --whole-archive libdraw.a`"));
        reader.link(&[Path::new("--whole-archive"), &library]).expect_err("a function is missing");
        // Without the table it goes unnoticed.
        let unasked = renamed.replace("#define", "//");
        let object = reader.compile(C11, folder.path(), &unasked).unwrap_or_else(|said| panic!("{said}"));
        reader.link(&[&object]).unwrap_or_else(|said| panic!("{said}"));
        // Another function in C++, until the header is there again.
        let overload = source.replace("libdraw_Angle angle", "float").replace("angle.Degrees", "360.0");
        reader.check(CPP17, folder.path(), &overload).unwrap_or_else(|said| panic!("{said}"));
        let again = format!("{overload}#include \"libdraw.h\"\n");
        reader.check(CPP17, folder.path(), &again).expect_err("an overload");
    }
}
