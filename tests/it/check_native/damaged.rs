//! Damaged native files: an error with its place at worst.

use clr_wasm_file::objects::{self, ObjectError, SymbolNames};
use thunkgen_tests::cost;

/// An archive of C, one of C++, and a linked module.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    ["libdraw.a", "libpaint.a", "linked/stripped.wasm"]
        .map(|name| (name, std::fs::read(super::fixtures("native-side").join(name)).expect("a fixture")))
        .into()
}

fn read(bytes: &[u8]) -> Result<usize, ObjectError> {
    let names = SymbolNames::parse(b"0:a\n1:b\n4294967295:c\n").expect("symbols");
    let read = || objects::read("x", &[], bytes, Some(&names)).map(|objects| objects.len());
    cost::at_most(500, "a damaged object", read)
}

fn is_located(error: &ObjectError) -> bool {
    let text = error.to_string();
    text.contains("offset 0x") || text.contains("archive") || text.contains("neither a wasm module nor an archive")
}

#[test]
fn cut_short() {
    for (name, bytes) in samples() {
        let member = objects::read(name, &[], &bytes, None).expect("an object").remove(0).bytes;
        for file in [&bytes[..], member] {
            assert!(read(file).is_ok_and(|objects| objects == 1), "{name}");
            let mut errors = 0;
            for length in 0..file.len() {
                if let Err(error) = read(&file[..length]) {
                    assert!(is_located(&error), "{name} cut to {length}: {error}");
                    errors += 1;
                }
            }
            // Between two sections a module may end, and between two members an archive.
            assert!(errors * 10 > file.len() * 8, "{name}: only {errors} of {} are refused", file.len());
        }
    }
}

#[test]
fn every_byte_changed() {
    for (name, bytes) in samples() {
        let mut refused = 0;
        for at in 0..bytes.len() {
            for change in [0x01, 0x7F, 0x80, 0xFF] {
                let mut damaged = bytes.clone();
                damaged[at] ^= change;
                if let Err(error) = read(&damaged) {
                    refused += 1;
                    assert!(error.to_string().len() < 200, "{name} at {at}: {error}");
                }
            }
        }
        assert!(refused > bytes.len() / 4, "{name}: {refused}");
    }
}

#[test]
fn counts_that_are_not_there() {
    // A symbol table that announces four thousand million symbols.
    let linking = [&[2u8, 8, 5][..], &[0xFF, 0xFF, 0xFF, 0xFF, 0x0F]].concat();
    let payload = [&[7u8][..], b"linking", &linking].concat();
    let module = [b"\0asm\x01\0\0\0", &[0, payload.len() as u8][..], &payload].concat();
    let error = read(&module).expect_err("no symbol is there");
    assert!(error.to_string().starts_with("wasm linking section, offset 0x"), "{error}");
    // The same of types.
    let module = [&b"\0asm\x01\0\0\0"[..], &[1, 5, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]].concat();
    assert!(is_located(&read(&module).expect_err("no type is there")));
}

#[test]
fn what_is_no_native_code() {
    for (bytes, reason) in [
        (&b""[..], "neither a wasm module nor an archive"),
        (b"\x7fELF....", "another machine"),
        (b"\0asm\x0D\0\x01\0", "component"),
        (b"!<thin>\n", "thin archive"),
        (b"MZ....", "Windows"),
    ] {
        let error = read(bytes).expect_err("no wasm").to_string();
        assert!(error.contains(reason), "{error}");
    }
    let managed = std::fs::read(super::fixtures("images/thunks.wasm")).expect("a fixture");
    assert_eq!(read(&managed), Ok(0));
}

#[test]
fn symbols_of_any_bytes() {
    let good = b"0:main\n12:malloc\r\n\n13:operator new:(unsigned)\n";
    assert_eq!(SymbolNames::parse(good).map(|names| names.iter().count()), Ok(3));
    for at in 0..good.len() {
        for byte in 0..=255 {
            let mut damaged = *good;
            damaged[at] = byte;
            if let Err(error) = SymbolNames::parse(&damaged) {
                assert!((1..=5).contains(&error.line), "{at} {byte}");
            }
        }
    }
    for (text, line) in
        [("x", 1), ("1:a\n:b", 2), ("1:a\n\n-1:b", 3), ("+1:b", 1), ("4294967296:a", 1), ("1:\u{FF}\n1", 2)]
    {
        assert_eq!(SymbolNames::parse(text.as_bytes()).expect_err(text).line, line, "{text}");
    }
    assert_eq!(SymbolNames::parse(b"1:\xFF").expect_err("no UTF-8").line, 1);
}

/// Addresses of 64 bits are another machine, in an object and in a member of an archive.
#[test]
#[ignore = "needs clang"]
fn wasm64_is_named() {
    use thunkgen_tests::native_corpus::{archive, compilers};
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("wide.c");
    std::fs::write(&source, "int wide(int a) { return a; }\n").expect("a writable folder");
    for compiler in compilers() {
        let sources = std::slice::from_ref(&source);
        let object = compiler.compile_files(folder.path(), sources, "--target=wasm64").remove(0);
        let library = folder.path().join("libwide.a");
        archive(&library, &[&object]);
        for file in [&object, &library] {
            let bytes = std::fs::read(file).expect("a file");
            let error = objects::read("x", &[], &bytes, None).expect_err("wasm64").to_string();
            assert!(error.contains("made for wasm64") && error.contains("compile for wasm32"), "{error}");
        }
    }
}

/// Debug information that contradicts itself says less, and what it says has the types that the functions have.
#[test]
fn debug_information_with_changed_bytes() {
    let archive = std::fs::read(super::fixtures("native-rust/libeasel.a")).expect("a fixture");
    let shapes = |bytes: &[u8]| {
        let read = || {
            let objects = objects::read("x", &[], bytes, None).unwrap_or_default();
            let infos = objects.iter().filter_map(|object| Some((object, object.debug_info(&|_| true, &|_| true)?)));
            let of = |(object, info): (&objects::Object<'_>, clr_wasm_file::DebugInfo)| {
                let shapes = object.functions.iter().filter_map(|function| {
                    let shape = info.function(function)?.shape.as_ref()?;
                    assert_eq!(shape.ty, *function.ty);
                    Some(shape)
                });
                shapes.count()
            };
            infos.map(of).sum::<usize>()
        };
        cost::at_most(500, "damaged debug information", read)
    };
    let whole = shapes(&archive);
    assert!(whole > 20, "{whole}");
    let mut less = 0;
    for at in (0..archive.len()).step_by(3) {
        for change in [0x01, 0x7F, 0xFF] {
            let mut damaged = archive.clone();
            damaged[at] ^= change;
            less += usize::from(shapes(&damaged) < whole);
        }
    }
    assert!(less > 500, "{less}");
}
