//! Rust sources.

use std::path::Path;

use thunkgen_rust_source::{Place, RustType, Shape};

use crate::data::{crate_dir, crate_file};

/// A file; every other file that it asks for is empty. Memory is not counted, since it is another thread's.
pub fn source(bytes: &[u8]) -> bool {
    let open = |path: &Path| Ok(if path == Path::new("x.rs") { bytes.to_vec() } else { Vec::new() });
    let lines = bytes.split(|byte| *byte == b'\n').count();
    let is_there = |place: &Place| match place.path.as_str() {
        "x.rs" => (place.line as usize) <= lines,
        _ => place.line <= 1,
    };
    match thunkgen_rust_source::read(Path::new("x.rs"), &open) {
        Ok(read) => {
            let functions = read.functions.iter().map(|one| (&one.place, &one.shape));
            let imports = read.imports.iter().map(|one| (&one.place, &one.shape));
            for (place, shape) in functions.chain(imports) {
                assert!(is_there(place), "{place}");
                match shape {
                    Ok(shape) => whole(&read, shape),
                    Err(unknown) => assert!(is_there(&unknown.place) && !unknown.why.is_empty(), "{unknown:?}"),
                }
            }
            for one in &read.structs {
                let Ok(layout) = &one.layout else { continue };
                assert!(layout.align.is_power_of_two() && layout.size.is_multiple_of(layout.align), "{one:?}");
                for field in &layout.fields {
                    assert!(field.offset.checked_add(field.size).is_some_and(|end| end <= layout.size), "{one:?}");
                }
            }
            for shape in read.prototypes.iter().filter_map(|one| one.shape.as_ref().ok()) {
                whole(&read, shape);
            }
            assert!(read.unexpanded.iter().all(|one| is_there(&one.place)) && !read.files.is_empty());
            true
        }
        Err(errors) => {
            assert!(!errors.is_empty() && errors.iter().all(|error| is_there(&error.place)), "{errors:?}");
            false
        }
    }
}

/// Every value of the type belongs to a parameter, the result or the variable arguments; what is known has a layout.
fn whole(read: &thunkgen_rust_source::Crate, shape: &Shape) {
    let values: usize = shape.params.iter().map(|param| param.values).sum();
    let more = shape.ty.params().len() - values - usize::from(shape.is_variadic);
    assert!(more + shape.ty.results().len() <= 1 && shape.ret.values == shape.ty.results().len(), "{shape:?}");
    for param in shape.params.iter().chain([&shape.ret]) {
        match param.ty {
            RustType::Struct(index) => assert!(read.structs[index].layout.is_ok(), "{param:?}"),
            RustType::Function(index) => assert!(read.prototypes.len() > index),
            RustType::Unknown(_) | RustType::Array { .. } => panic!("{param:?}"),
            _ => {}
        }
    }
}

/// Small sources, and those that have every form.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for folder in ["data/rust/seeds", "data/rust/every/src"] {
        let entries = std::fs::read_dir(crate_dir().join(folder)).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        let files = names.iter().filter(|name| name.ends_with(".rs"));
        all.extend(files.map(|name| crate_file(&format!("{folder}/{name}")).into_bytes()));
    }
    all
}

/// Parts of Rust sources.
pub const TOKENS: &[&[u8]] = &[
    b"{",
    b"}",
    b"(",
    b")",
    b"[",
    b"]",
    b"<",
    b">",
    b";",
    b",",
    b"::",
    b"|",
    b"&",
    b"*mut ",
    b"*",
    b"#",
    b"!",
    b"'a ",
    b"\"",
    b"/*",
    b"//",
    b"r#\"",
    b"crate::",
    b"super::",
    b"self::",
    b"Self",
    b"use ",
    b"mod a;",
    b"type X = ",
    b"X",
    b"T",
    b"struct ",
    b"union ",
    b"enum ",
    b"#[repr(C)]\n",
    b"#[repr(transparent)]\n",
    b"#[repr(packed(1), align(8))]",
    b"#[cfg(unix)]\n",
    b"#[cfg(windows)]\n",
    b"#[no_mangle]\n",
    b"extern \"C\" ",
    b"fn f",
    b"fn() -> ",
    b"impl ",
    b"Option<",
    b"Box<",
    b"dyn ",
    b"u128",
    b"f32",
    b"[u8; ",
    b"1 << 31",
    b"as usize",
    b"4294967295",
    b"...",
    b"include!(\"x.rs\");",
    b"cfg_if! { if #[cfg(a)] {",
    b"m! {",
    b"-",
    b"=",
    b"=> {}",
    b"where ",
    b"const ",
    b"\xFF",
    b"\xE2\x80\xAE",
];
