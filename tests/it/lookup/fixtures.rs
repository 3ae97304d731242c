//! The images in `fixtures/images-wrong`, which the command line's sessions show: they are what this writes.
//!
//! `BLESS=1` writes them.

use thunkgen_tests::data::crate_dir;
use thunkgen_tests::ready_to_run::image::{Image, Imports, string_thunks};
use thunkgen_tests::ready_to_run::module::{Thunk, Wrapper, wrap_with_locals};
use thunkgen_tests::webcil::convert;
use wasm_encoder::ValType::I32;

/// An image with these thunks, compiled by something of this name.
fn image(compiler: &str, pairs: &[(&str, u32)], functions: &[Thunk]) -> Vec<u8> {
    image_with_locals(compiler, pairs, functions, 0)
}

/// The same, with so many locals in each function.
fn image_with_locals(compiler: &str, pairs: &[(&str, u32)], functions: &[Thunk], locals: u32) -> Vec<u8> {
    let image = Image {
        sections: vec![(100, format!("{compiler}\0").into_bytes())],
        imports: vec![Imports { flags: 1, kind: 0, signatures: vec![string_thunks(pairs)] }],
        ..Image::default()
    };
    wrap_with_locals(&convert::version_1(&image.pe("Wrong", false)), Wrapper::Copied, functions, locals)
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
    // A passive segment of 8 bytes is the first one.
    let sizes = bytes.windows(10).position(|window| window.starts_with(&[1, 8]) && window.ends_with(&slots));
    bytes[sizes.expect("the segment of the sizes") + 6] = 4;
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

/// No engine takes so many locals, parameters included.
fn locals() -> Vec<u8> {
    image_with_locals("by hand 1.0", &[("Mvi", 0)], &[function("WasmInterpreterToR2RThunk(vi)", 3)], 49_998)
}

/// As another version would make it: another body.
fn older() -> Vec<u8> {
    let functions = [
        function("WasmInterpreterToR2RThunk(vi)", 3),
        function("getWebcilSize", 1),
        function("getWebcilPayload", 2),
        function("fillWebcilTable", 0),
    ];
    image("thunkgen format=0", &[("Mvi", 3)], &functions)
}

#[test]
fn they_are_what_is_written_here() {
    let folder = crate_dir().join("fixtures/images-wrong");
    for (name, bytes) in
        [("wrong.wasm", wrong()), ("huge.wasm", huge()), ("locals.wasm", locals()), ("older.wasm", older())]
    {
        let path = folder.join(name);
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(&path, &bytes).expect("a file");
        }
        assert!(std::fs::read(&path).is_ok_and(|found| found == bytes), "{name}: BLESS=1 writes it");
    }
}
