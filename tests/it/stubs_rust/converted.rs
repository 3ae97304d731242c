//! Parameters and results that Rust would pass otherwise than the signature: a program calls the exported functions by
//! the types that managed code uses, and both sides see the same values.

use std::process::Command;

use thunkgen_core::collect::ir::Linkage;
use thunkgen_core::collect::ir::declarations::{
    Declaration, Declarations, Field, Integer, Meaning, NativeType, Param, Struct,
};
use thunkgen_native::stubs::documentation::Documentation;
use thunkgen_tests::rust_stubs::stubs;

const INT: NativeType = NativeType::Integer(Integer { bytes: 4, signed: true, meaning: Meaning::Number });

fn of(name: &str, size: u32, align: u32, fields: Option<Vec<(&str, u32, NativeType)>>) -> Struct {
    let field = |(name, field_size, ty): (&str, u32, NativeType)| Field {
        name: name.to_owned(),
        offset: 0,
        size: field_size,
        ty,
    };
    Struct {
        name: name.to_owned(),
        documentation_id: String::new(),
        is_marshalled: false,
        size,
        align,
        fields: fields.map(|fields| fields.into_iter().map(field).collect()),
    }
}

/// A function that takes and returns structs by value, by their indices.
fn function(name: &str, signature: &str, ret: Option<usize>, params: &[usize]) -> Declaration {
    let param = |native| Param { name: String::new(), managed: String::new(), native };
    Declaration {
        module: "special".to_owned(),
        entry_point: Some(name.to_owned()),
        linkage: Linkage::Static,
        path: "App.dll".to_owned(),
        assembly: "App".to_owned(),
        method: format!("T.{name}"),
        token: 0x0600_0001,
        documentation_id: String::new(),
        signature: signature.parse().expect("a signature"),
        ret: param(ret.map_or(NativeType::Void, NativeType::Struct)),
        params: params.iter().map(|index| param(NativeType::Struct(*index))).collect(),
    }
}

fn declarations() -> Declarations {
    Declarations {
        functions: vec![
            // One value to Rust, two fields to C.
            function("by_address", "S4S4S4", Some(0), &[0, 0]),
            // Bytes to Rust, a number to whoever knows the fields.
            function("by_value", "lli", Some(1), &[1, 2]),
            function("double", "dd", Some(1), &[1]),
            // An empty one is a byte to Rust, and nothing as a parameter.
            function("empty", "S1eS4", Some(3), &[3, 0]),
            function("wide", "vl2", None, &[4]),
        ],
        structs: vec![
            of("Alike", 4, 4, Some(vec![("A", 4, INT), ("B", 4, INT)])),
            of("Unknown8", 8, 8, None),
            of("Unknown3", 3, 1, None),
            of("Empty", 1, 1, Some(vec![])),
            of("Holds", 16, 16, Some(vec![("A", 16, NativeType::Wide { signed: true })])),
        ],
        ..Declarations::default()
    }
}

const PROGRAM: &str = r#"
mod special;
struct Special;
use special::*;
impl Functions for Special {
    unsafe fn by_address(a: Alike, b: Alike) -> Alike { Alike { a: unsafe { a.a - b.b } } }
    unsafe fn by_value(mut a: Unknown8, b: Unknown3) -> Unknown8 { a._gap_0[..3].copy_from_slice(&b._gap_0); a }
    unsafe fn double(mut a: Unknown8) -> Unknown8 { a._gap_0[7] ^= 0x80; a }
    unsafe fn empty(a: Empty, b: Alike) -> Empty { assert_eq!((a._gap_0, unsafe { b.a }), ([0], 9)); Empty { _gap_0: [7] } }
    unsafe fn wide(a: Holds) { assert_eq!(a.a, [0x1122334455667788, -2]); }
}
mod managed {
    unsafe extern "C" {
        pub fn by_address(result: *mut i32, a: *const i32, b: *const i32);
        pub fn by_value(a: i64, b: i32) -> i64;
        pub fn double(a: f64) -> f64;
        pub fn empty(result: *mut u8, b: *const i32);
        pub fn wide(a: i128);
    }
}
fn main() {
    let (mut int, mut byte) = (0, 0);
    unsafe {
        managed::by_address(&mut int, &50, &8);
        assert_eq!(int, 42);
        assert_eq!(managed::by_value(0x1122334455667788, 0xAABBCC), 0x1122334455AABBCC);
        assert_eq!(managed::double(2.5), -2.5);
        managed::empty(&mut byte, &9);
        assert_eq!(byte, 7);
        managed::wide((-2i128 << 64) | 0x1122334455667788);
    }
}
"#;

#[test]
fn what_is_converted_arrives() {
    let declared = declarations();
    let stubs = stubs(&declared, &Documentation::default());
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("special.rs"), &stubs[0].text).expect("a writable folder");
    let root = folder.path().join("main.rs");
    std::fs::write(&root, PROGRAM).expect("a writable folder");
    let program = folder.path().join("program");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut compile = Command::new(rustc);
    compile.args(["--edition", "2024", "-Aimproper_ctypes"]).arg(&root).arg("-o").arg(&program).env_remove("RUSTFLAGS");
    let output = compile.output().expect("rustc runs");
    assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stderr), stubs[0].text);
    let output = Command::new(&program).output().expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // And on wasm they have the types of the signatures.
    let (compared, found) = super::on_wasm(&declared);
    assert_eq!((compared, found), (declared.functions.len(), vec![]));
}
