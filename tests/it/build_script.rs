//! `thunkgen-build` as a build script calls it: mistakes, stub files, headers. Its example is built and run by itself.

use std::path::PathBuf;

use thunkgen_build::{Language, Thunks};
use thunkgen_tests::data::crate_dir;

fn fixture(name: &str) -> PathBuf {
    crate_dir().join("fixtures").join(name)
}

#[test]
fn mistakes_are_about_methods() {
    let folder = tempfile::tempdir().unwrap();
    let thunks = || Thunks::new().input(fixture("corlib")).out(folder.path());
    let in_corlib = fixture("corlib/System.Private.CoreLib.dll: error TG0202: ").display().to_string();
    for (thunks, message) in [
        (thunks().nowarn("TG0101"), "nowarn: TG0101 is an error "),
        (thunks().struct_size("A"), "struct_size: invalid value 'A': expected `=SIZE` after"),
        (thunks().struct_size("A=1").struct_size("A=2"), "A is declared as 2, but as 1 in the build script"),
        (thunks().out(""), "out needs a path that is not empty"),
        (Thunks::new().out(folder.path()), "no inputs: name assemblies, "),
        (thunks().strict(), &in_corlib),
    ] {
        let error = thunks.generate().unwrap_err().to_string();
        assert!(error.starts_with(message) && !error.contains('\n'), "{error}");
    }
    let quiet = thunks().strict().nowarn("TG0202").generate().unwrap();
    assert_eq!((quiet.files.len(), quiet.warnings.len(), quiet.needs_simd()), (3, 0, true));
}

#[test]
fn a_stub_file_is_included_and_not_compiled() {
    let folder = tempfile::tempdir().unwrap();
    let thunks = || {
        let thunks = Thunks::new().reference(fixture("corlib")).reference(fixture("facade"));
        let thunks = thunks.input(fixture("native-side")).module("libdraw").out(folder.path());
        thunks.stubs(Language::Rust).stubs(Language::CHeader)
    };
    let generated = thunks().generate().unwrap();
    // A P/Invoke may name the library with `lib` and without.
    let names = ["draw.h", "draw.rs", "libdraw.h", "libdraw.rs"];
    assert_eq!(generated.stubs, names.map(|file| folder.path().join(file)));
    assert!(generated.files.len() == 3 && !generated.needs_simd());
    let modified = || generated.headers.join("minipal/utils.h").metadata().unwrap().modified().unwrap();
    let before = modified();
    thunks().generate().unwrap();
    assert_eq!(modified(), before, "headers are written once");
    let library = folder.path().join("lib.rs");
    let text = "mod libdraw { include!(\"libdraw.rs\"); }\nstruct Libdraw;\n\
                impl libdraw::Functions for Libdraw {\n\
                unsafe fn draw_turn(angle: libdraw::Angle) -> f64 { angle.degrees / 360.0 }\n}\n";
    std::fs::write(&library, text).unwrap();
    let mut rustc = std::process::Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition=2024", "--crate-type=lib", "--emit=metadata", "-Dwarnings"]).arg("--out-dir");
    let output = rustc.arg(folder.path()).arg(&library).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
