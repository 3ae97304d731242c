//! What a fixup's signature names, worked out by hand.

use clr_metadata::{TableId, Token};
use thunkgen_r2r::ready_to_run::{self, Fixup, MethodRef, Payload, TypeRef};
use thunkgen_tests::ready_to_run::image::{Image, Imports};

fn read(signatures: &[&[u8]]) -> Vec<Result<Fixup, String>> {
    let signatures = signatures.iter().map(|bytes| bytes.to_vec()).collect();
    let image = Image { imports: vec![Imports { flags: 0, kind: 0, signatures }], ..Image::default() };
    let file = image.pe("Signatures", false);
    let file = ready_to_run::open(&file).expect("a whole file");
    let code = file.ready_to_run.expect("code");
    let section = code.import_sections().expect("whole sections")[0];
    code.fixups(&section).expect("a list").map(|fixup| fixup.map_err(|error| error.reason.to_owned())).collect()
}

fn named(shape: &'static str, token: Option<(TableId, u32)>, module: Option<u32>) -> Payload {
    Payload::Type(type_ref(shape, token, module))
}

fn type_ref(shape: &'static str, token: Option<(TableId, u32)>, module: Option<u32>) -> TypeRef {
    TypeRef { shape, token: token.map(|(table, row)| Token::new(table, row)), module }
}

#[test]
fn types() {
    use TableId::{TypeDef, TypeRef, TypeSpec};
    for (signature, expected) in [
        (&[0x10, 0x08][..], named("primitive", None, None)),
        (&[0x10, 0x1C], named("primitive", None, None)),
        (&[0x10, 0x12, 0x09], named("class", Some((TypeRef, 2)), None)),
        (&[0x10, 0x11, 0x08], named("value type", Some((TypeDef, 2)), None)),
        (&[0x10, 0x12, 0x81, 0x02], named("class", Some((TypeSpec, 64)), None)),
        (&[0x10, 0x0F, 0x11, 0x08], named("pointer", Some((TypeDef, 2)), None)),
        (&[0x10, 0x10, 0x08], named("by-ref", None, None)),
        (&[0x10, 0x13, 1], named("type parameter", None, None)),
        (&[0x10, 0x1E, 0], named("method type parameter", None, None)),
        (&[0x10, 0x1D, 0x12, 0x05], named("vector", Some((TypeRef, 1)), None)),
        // Two dimensions, one size, two lower bounds.
        (&[0x10, 0x14, 0x08, 2, 1, 5, 2, 0, 0], named("array", None, None)),
        (&[0x10, 0x3E], named("canonical", None, None)),
        (&[0x10, 0x3D, 0x11, 0x08], named("value type", Some((TypeDef, 2)), None)),
        (&[0x10, 0x3F, 7, 0x12, 0x05], named("class", Some((TypeRef, 1)), Some(7))),
        // An instance over an instance: the token is the outer definition's.
        (
            &[0x10, 0x15, 0x12, 0x05, 2, 0x15, 0x11, 0x08, 1, 0x0E, 0x3F, 3, 0x12, 0x09],
            named("generic instance", Some((TypeRef, 1)), None),
        ),
        // A function pointer, and what no type starts with.
        (&[0x10, 0x1B, 0, 0, 1], Payload::Opaque),
        (&[0x10, 0x77], Payload::Opaque),
        (&[0x10, 0x1D, 0x77], Payload::Opaque),
        (&[0x10, 0x15, 0x12, 0x05, 1, 0x77], Payload::Opaque),
    ] {
        let fixup = read(&[signature]).remove(0).unwrap();
        assert_eq!((fixup.number, fixup.payload), (0x10, expected), "{signature:x?}");
    }
}

#[test]
fn methods_and_fields() {
    let method = |flags, token: Option<(TableId, u32)>, module, owner| {
        Payload::Method(MethodRef { flags, token: token.map(|(table, row)| Token::new(table, row)), module, owner })
    };
    use TableId::{Field, MemberRef, MethodDef, TypeDef};
    let owner = type_ref("value type", Some((TypeDef, 2)), None);
    for (signature, expected) in [
        (&[0x13, 0x00, 0x81, 0x23][..], method(0, Some((MethodDef, 0x123)), None, None)),
        (&[0x11, 0x10, 5], method(0x10, Some((MemberRef, 5)), None, None)),
        (&[0x16, 0x40, 0x11, 0x08, 5], method(0x40, Some((MethodDef, 5)), None, Some(owner))),
        (&[0x2F, 0x80, 0xD0, 9, 0x11, 0x08, 5], method(0xD0, Some((MemberRef, 5)), Some(9), Some(owner))),
        // The third element method of an array.
        (&[0x13, 0x48, 0x14, 0x08, 2, 0, 0, 3], method(0x48, None, None, Some(type_ref("array", None, None)))),
        // Instantiations follow the token.
        (&[0x29, 0x04, 5, 1, 0x0E], method(4, Some((MethodDef, 5)), None, None)),
        (&[0x13, 0x40, 0x77, 5], Payload::Opaque),
        (&[0x12, 0x00, 6], method(0, Some((Field, 6)), None, None)),
        (&[0x20, 0x50, 0x11, 0x08, 6], method(0x50, Some((MemberRef, 6)), None, Some(owner))),
        (&[0x27, 0x48, 0x11, 0x08, 6], method(0x48, None, None, Some(owner))),
        (&[0x17, 6], Payload::Token(0x0600_0006)),
        (&[0x18, 6], Payload::Token(0x0A00_0006)),
        (&[0x1B, 0xC0, 0x01, 0, 2], Payload::Token(0x7001_0002)),
    ] {
        let fixup = read(&[signature]).remove(0).unwrap();
        assert_eq!(fixup.payload, expected, "{signature:x?}");
    }
}

#[test]
fn what_breaks_the_format_is_an_error() {
    // Behind the last signature the section goes on, so a signature ends early only where the file does; what stands
    // in its place is tried instead.
    for (signature, reason) in [
        (&[0x10, 0x12, 0x07][..], "TypeDefOrRef expected"),
        (&[0x13, 0xFF], "compressed integer expected"),
        (&[0x90, 0xE0], "compressed integer expected"),
    ] {
        assert_eq!(read(&[signature]).remove(0), Err(reason.to_owned()), "{signature:x?}");
    }
    // The others are read all the same.
    let all = read(&[&[0x1A, 1], &[0x13, 0xFF], &[0x1A, 2]]);
    assert_eq!(all.iter().filter(|fixup| fixup.is_ok()).count(), 2);
}
