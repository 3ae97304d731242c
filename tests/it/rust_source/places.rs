//! Files of a crate: where modules are looked for, what was read, and what is said of a file that is not there or wrong.

use std::path::{Path, PathBuf};

use thunkgen_rust_source::OpenError;

use super::read;

fn errors(files: &[(&str, &str)]) -> Vec<String> {
    read(files).expect_err("errors").iter().map(ToString::to_string).collect()
}

const PACKAGE: &str = "[package]\nname = \"a-b\"\nversion = \"1.0.0\"\nedition = \"2024\"\n";

#[test]
fn a_crate_starts_where_its_manifest_says() {
    let f = "#[no_mangle] extern \"C\" fn f() {}";
    let library = read(&[("c/Cargo.toml", PACKAGE), ("c/src/lib.rs", f), ("c/src/main.rs", "fn main() {}")]);
    let library = library.expect("a library");
    assert_eq!((library.name.as_str(), library.functions.len()), ("a_b", 1));
    assert_eq!(library.files, [PathBuf::from("c/Cargo.toml"), PathBuf::from("c/src/lib.rs")]);
    let program = read(&[("c/Cargo.toml", PACKAGE), ("c/src/main.rs", f)]).expect("a program");
    assert_eq!(program.functions[0].place.to_string(), "c/src/main.rs(1,28)");
    let named = format!("{PACKAGE}[lib]\nname = \"native\"\npath = 'in\\native.rs'\n");
    let named = read(&[("c/Cargo.toml", &named), ("c/in/native.rs", f)]).expect("a library");
    assert_eq!((named.name.as_str(), named.functions[0].place.path.as_str()), ("native", "c/in/native.rs"));
    let nowhere = errors(&[("c/Cargo.toml", PACKAGE)]);
    assert_eq!(nowhere, ["c/src/lib.rs: there is no such file; name the file that the crate starts with"]);
    let folder = |path: &Path| match path.to_str() {
        Some("c/Cargo.toml") => Ok(PACKAGE.into()),
        Some("c/src/lib.rs") => Ok(f.into()),
        _ => Err(OpenError::Missing),
    };
    assert_eq!(thunkgen_rust_source::read(Path::new("c"), &folder).expect("a folder").functions.len(), 1);
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    let long = format!("const X: u8 = {}1;", "-".repeat(5_000));
    let deep = format!("\nconst X: u8 = {}1{};", "(".repeat(500), ")".repeat(500));
    for (files, expected) in [
        (
            &[("c/Cargo.toml", "[workspace]\n")][..],
            "c/Cargo.toml: it has no [package]; name the folder of a crate, not of a workspace",
        ),
        (&[("c/Cargo.toml", "[package]\nname = \n")], "c/Cargo.toml(2,"),
        (&[("c/Cargo.toml", PACKAGE)], "c/src/lib.rs: there is no such file"),
        (&[("x.rs", "mod a;")], "x.rs(1,5): there is no file for the module `a`: a.rs or a/mod.rs"),
        (&[("x.rs", "fn f() {\n  let x = (;\n}\n")], "x.rs(3,1): no Rust token starts here"),
        (&[("x.rs", "fn f() -> { }\n struct;")], "x.rs(1,11): "),
        (&[("x.rs", "mod a;"), ("a.rs", "\n\nstruct\n")], "a.rs(3,1): unexpected end of input"),
        (&[("x.rs", "#[path = \"x.rs\"] mod a;")], "x.rs(1,22): x.rs contains itself"),
        (&[("x.rs", "mod a;"), ("a.rs", "#[path = \"b/../a.rs\"] mod a;")], "a.rs(1,27): b/../a.rs contains itself"),
        (&[("x.rs", "include!(\"y.rs\");")], "x.rs(1,1): y.rs: there is no such file"),
        (&[("x.rs", &long)], "x.rs(1,1510): more than 1500 tokens of one type or expression"),
        (&[("x.rs", &deep)], "x.rs(2,215): brackets in more than 200 others"),
    ] {
        let found = errors(files);
        assert!(matches!(found.as_slice(), [only] if only.starts_with(expected)), "{found:?}\nnot {expected}");
    }
    let many = "mod a; ".repeat(1_000);
    assert_eq!(errors(&[("x.rs", &many)]).len(), 50);
    let both = errors(&[("x.rs", "mod a; mod b; mod c;"), ("b.rs", "fn"), ("c.rs", "")]);
    assert_eq!(
        both,
        [
            "b.rs(1,1): unexpected end of input, expected identifier",
            "x.rs(1,5): there is no file for the module `a`: a.rs or a/mod.rs"
        ]
    );
}

#[test]
fn a_module_that_may_not_be_there_may_be_missing() {
    let read = read(&[
        ("x.rs", "#[cfg(feature = \"a\")] mod a; #[cfg(windows)] mod b; #[cfg(unix)] mod c;"),
        ("c/mod.rs", "mod d;"),
        ("c/d.rs", "#[no_mangle] extern \"C\" fn f() {}"),
    ]);
    let read = read.expect("a file");
    assert_eq!((read.functions.len(), read.functions[0].is_conditional), (1, true));
}

#[test]
fn a_first_line_for_a_shell_is_no_token() {
    for text in [
        "#!/usr/bin/env run\n#[no_mangle] extern \"C\" fn f() {}",
        "\u{feff}\n#[no_mangle] extern \"C\" fn f() {}",
        "#![no_std]\n#[no_mangle] extern \"C\" fn f() {}",
    ] {
        let read = super::read_one(text);
        assert_eq!(read.functions[0].place.to_string(), "x.rs(2,28)", "{text}");
    }
}
