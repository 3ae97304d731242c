//! The images in `fixtures/images`, which the command line's sessions show: they are what this writes.
//!
//! `BLESS=1` writes them.

use std::path::PathBuf;

use thunkgen_tests::data::crate_dir;
use thunkgen_tests::executable;
use thunkgen_tests::ready_to_run::image::{Image, Imports, string_thunks};
use thunkgen_tests::ready_to_run::module::{Thunk, Wrapper, wrap};
use thunkgen_tests::webcil::metadata::Metadata;
use thunkgen_tests::webcil::{convert, pe, wrapper};
use wasm_encoder::ValType::{F64, I32, I64};

/// A wrapper with a thunk of every kind, one of them without a function, and an import thunk.
fn thunks() -> Vec<u8> {
    let i32s = |count| vec![I32; count];
    let functions = [
        Thunk { name: "WasmInterpreterToR2RThunk(viS8p)", params: i32s(3), results: vec![] },
        Thunk { name: "WasmR2RToInterpreterThunk(ldTp)", params: vec![I32, I32, F64, I32], results: vec![I64] },
        Thunk { name: "WasmVirtualDispatchThunk(Vviiii)", params: i32s(4), results: vec![] },
        Thunk { name: "WasmUnboxingStub(UGviii)", params: i32s(3), results: vec![] },
        Thunk { name: "WasmUnboxingStub(UMiiii)", params: i32s(3), results: vec![I32] },
        Thunk { name: "WasmUnboxingStub(Uvriii)", params: i32s(3), results: vec![] },
        Thunk { name: "WasmClosedStaticRetBufThunk(Dviiii)", params: i32s(4), results: vec![] },
        Thunk { name: "WasmDelayLoadHelper->Program__Main(ImportSection:4)", params: i32s(2), results: vec![] },
        Thunk { name: "Program__Main", params: i32s(2), results: vec![] },
    ];
    // The slots are filled from the last function on.
    let pairs = [
        ("Dviiii", 2),
        ("IlTdp", 7),
        ("M?", 8),
        ("MiS8", 9),
        ("MviS8p", 8),
        ("UGviii", 5),
        ("UMiiii", 4),
        ("Uvriii", 3),
        ("Vviiii", 6),
    ];
    let image = Image {
        sections: vec![(100, b"by hand 1.0\0".to_vec()), (112, vec![0; 20])],
        imports: vec![
            Imports {
                flags: 1,
                kind: 0,
                signatures: vec![vec![0x1A, 0x01], vec![0x1A, 0x81, 0x18], string_thunks(&pairs)],
            },
            Imports { flags: 4, kind: 2, signatures: vec![vec![0x14, 1]] },
        ],
        ..Image::default()
    };
    wrap(&convert::version_1(&image.pe("Thunks", false)), Wrapper::Copied, &functions)
}

/// A PE file with a fixup of every payload.
fn code() -> Vec<u8> {
    let signatures = vec![
        vec![0x13, 0x00, 0x05],                                  // a method: no flags, row
        vec![0x13, 0xC0, 0, 0, 0xD0, 2, 0x12, 0x09, 0x03],       // of module 2, in the type of TypeRef 2, MemberRef 3
        vec![0x90, 4, 0x15, 0x11, 0x08, 1, 0x3F, 6, 0x12, 0x05], // of module 4: an instance of TypeDef 2
        vec![0x1B, 0x81, 0x00],
        vec![0x27, 0x10, 0x07],
        vec![0x7E, 0xFF],
    ];
    let image = Image {
        version: (9, 1),
        flags: 0x4B,
        sections: vec![(100, b"by hand 1.0\0".to_vec()), (199, vec![1])],
        imports: vec![Imports { flags: 0, kind: 0, signatures }],
    };
    let mut file = image.pe("Code", true);
    // x64 XOR Linux.
    file[0x84..0x86].copy_from_slice(&(0x8664u16 ^ 0x7B79).to_le_bytes());
    file
}

/// Keys out of order, one of them twice, in a bare image.
fn disorder() -> Vec<u8> {
    let image = Image::with_thunks(&[("Mv", 1), ("Mi", 2), ("Mv", 3)]);
    convert::version_0(&image.pe("Disorder", false))
}

/// No ReadyToRun code.
fn plain() -> Vec<u8> {
    let pe = pe::write(&Metadata::assembly("Plain").write(), &[], false);
    wrapper::version_0(&convert::version_0(&pe))
}

#[test]
fn they_are_what_is_written_here() {
    let folder: PathBuf = crate_dir().join("fixtures/images");
    let files =
        [("thunks.wasm", thunks()), ("code.dll", code()), ("disorder.webcil", disorder()), ("plain.wasm", plain())];
    for (name, bytes) in files {
        let path = folder.join(name);
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(&path, &bytes).expect("a file");
        }
        assert!(std::fs::read(&path).is_ok_and(|found| found == bytes), "{name}: BLESS=1 writes it");
    }
}

/// Every member of the JSON is explained.
#[test]
fn the_documentation_names_every_member() {
    let run = executable::run(crate_dir(), ["r2r", "dump", "--json", "fixtures/images"]);
    let page = std::fs::read_to_string(crate_dir().join("../docs/reference/r2r-dump.md")).expect("a page");
    let mut members = 0;
    for line in run.stdout.lines() {
        let Some((name, _)) = line.trim().strip_prefix('"').and_then(|line| line.split_once("\":")) else { continue };
        // The names of fixups and thunks are no members.
        if name.starts_with(|c: char| c.is_ascii_lowercase()) {
            members += 1;
            assert!(page.contains(&format!("`{name}`")), "docs/reference/r2r-dump.md says nothing of `{name}`");
        }
    }
    assert!(members > 300, "{members}");
}
