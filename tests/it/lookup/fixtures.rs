//! The images in `fixtures/images-wrong`, which the command line's sessions show: they are what this writes.
//!
//! `BLESS=1` writes them.

use thunkgen_tests::data::crate_dir;
use thunkgen_tests::ready_to_run::image::{Image, Imports, string_thunks};
use thunkgen_tests::ready_to_run::module::{Thunk, wrap};
use thunkgen_tests::webcil::convert;
use wasm_encoder::ValType::I32;

/// An image with these thunks, compiled by something of this name.
fn image(compiler: &str, pairs: &[(&str, u32)], functions: &[Thunk]) -> Vec<u8> {
    let image = Image {
        sections: vec![(100, format!("{compiler}\0").into_bytes())],
        imports: vec![Imports { flags: 1, kind: 0, signatures: vec![string_thunks(pairs)] }],
        ..Image::default()
    };
    wrap(&convert::version_1(&image.pe("Wrong", false)), 2, functions)
}

fn function(name: &'static str, params: usize) -> Thunk {
    Thunk { name, params: vec![I32; params], results: vec![] }
}

/// Nearly everything is wrong. The slots are filled from the last function on.
fn wrong() -> Vec<u8> {
    let functions = [
        function("WasmInterpreterToR2RThunk(vi)", 3),
        function("WasmInterpreterToR2RThunk(vl)", 2),
        function("Program__Main", 2),
    ];
    let pairs = [("Mvf", 3), ("Mvi", 2), ("Mvl", 1), ("Mvi", 2), ("Mvx", 2)];
    let mut bytes = image("by hand 1.0", &pairs, &functions);
    // The host is told of one place more in the table than there are functions.
    let slots = 3u32.to_le_bytes();
    let sizes =
        (4..bytes.len()).rfind(|&at| bytes[at..].starts_with(&slots) && bytes[at + 4..].starts_with(&[0, 35, 1]));
    bytes[sizes.expect("the sizes before the next segment")] = 4;
    bytes
}

/// No engine takes a function of so many parameters.
fn huge() -> Vec<u8> {
    image(
        "by hand 1.0",
        &[("Mvi", 1)],
        &[function("WasmInterpreterToR2RThunk(vi)", 3), function("Program__Huge", 1001)],
    )
}

/// As another version would make it: another body.
fn older() -> Vec<u8> {
    let functions =
        [function("WasmInterpreterToR2RThunk(vi)", 3), function("getWebcilSize", 1), function("patchWebcilHeader", 2)];
    image("thunkgen format=0", &[("Mvi", 2)], &functions)
}

#[test]
fn they_are_what_is_written_here() {
    let folder = crate_dir().join("fixtures/images-wrong");
    for (name, bytes) in [("wrong.wasm", wrong()), ("huge.wasm", huge()), ("older.wasm", older())] {
        let path = folder.join(name);
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(&path, &bytes).expect("a file");
        }
        assert!(std::fs::read(&path).is_ok_and(|found| found == bytes), "{name}: BLESS=1 writes it");
    }
}
