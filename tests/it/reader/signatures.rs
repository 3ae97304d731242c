//! Signatures: blobs made by hand from the grammar (ECMA-335 II.23.2), and those of fixtures by their source.

use clr_metadata::columns::{field, method_def, stand_alone_sig, type_def, type_ref};
use clr_metadata::{Heaps, Module, ReadError, StandAloneSig, TableId, Token};
use thunkgen_tests::webcil::metadata::Metadata;
use thunkgen_tests::webcil::pe;

use super::text::{method_text, type_text, types_text};
use super::{fixture, open};

/// Calls `read` with the heaps of a module that holds only this blob.
fn with_blob<T>(blob: &[u8], read: impl FnOnce(&Heaps<'_>, u32) -> T) -> T {
    let mut module = Metadata::empty();
    let index = module.blob(blob);
    let file = pe::write(&module.write(), &[], false);
    read(&open(&file).heaps, index)
}

fn number(token: Token) -> String {
    format!("{:x}", token.to_u32())
}

#[test]
fn types_by_hand() {
    let cases: [(&[u8], &str); 33] = [
        (&[0x01], "void"),
        (&[0x02], "bool"),
        (&[0x03], "char"),
        (&[0x04], "i1"),
        (&[0x05], "u1"),
        (&[0x06], "i2"),
        (&[0x07], "u2"),
        (&[0x08], "i4"),
        (&[0x09], "u4"),
        (&[0x0A], "i8"),
        (&[0x0B], "u8"),
        (&[0x0C], "r4"),
        (&[0x0D], "r8"),
        (&[0x0E], "string"),
        (&[0x16], "typedref"),
        (&[0x18], "i"),
        (&[0x19], "u"),
        (&[0x1C], "object"),
        // TypeDefOrRef: 1 << 2 | tag.
        (&[0x11, 0x04], "valuetype 2000001"),
        (&[0x11, 0x05], "valuetype 1000001"),
        (&[0x12, 0x06], "class 1b000001"),
        (&[0x12, 0xC0, 0x01, 0x00, 0x01], "class 1004000"),
        (&[0x13, 0x80, 0x80], "!128"),
        (&[0x1E, 0x00], "!!0"),
        (&[0x0F, 0x0F, 0x01], "void**"),
        (&[0x10, 0x1D, 0x1D, 0x0E], "string[][]&"),
        (&[0x14, 0x08, 0x01, 0x00, 0x00], "i4[1;;]"),
        // Sizes 5 and 200, lower bounds -1, 3 and -8192: the sign is in the lowest bit.
        (&[0x14, 0x08, 0x03, 0x02, 0x05, 0x80, 0xC8, 0x03, 0x7F, 0x06, 0x80, 0x01], "i4[3;5,200;-1,3,-8192]"),
        (&[0x15, 0x11, 0x05, 0x02, 0x08, 0x13, 0x01], "valuetype 1000001<i4,!1>"),
        (&[0x15, 0x12, 0x04, 0x01, 0x15, 0x12, 0x04, 0x01, 0x1E, 0x02], "class 2000001<class 2000001<!!2>>"),
        (&[0x1F, 0x05, 0x20, 0x09, 0x08], "i4 modopt(1000002) modreq(1000001)"),
        (&[0x0F, 0x20, 0x05, 0x0F, 0x08], "i4* modopt(1000001)*"),
        (
            &[0x1B, 0x09, 0x02, 0x20, 0x05, 0x01, 0x10, 0x08, 0x1B, 0x00, 0x00, 0x01],
            "fn(unmanaged <0> void modopt(1000001)(i4&,fn(default <0> void() 0)) 2)",
        ),
    ];
    for (blob, expected) in cases {
        let decoded = with_blob(blob, clr_metadata::decode_type_spec);
        assert_eq!(decoded.map(|sig| type_text(&sig, &number)).as_deref(), Ok(expected), "{blob:x?}");
    }
}

#[test]
fn methods_by_hand() {
    let cases: [(&[u8], &str); 13] = [
        (&[0x00, 0x00, 0x01], "default <0> void() 0"),
        (&[0x20, 0x01, 0x08, 0x0E], "default instance <0> i4(string) 1"),
        (&[0x60, 0x01, 0x01, 0x1C], "default instance explicit <0> void(object) 1"),
        (&[0x30, 0x02, 0x01, 0x1E, 0x01, 0x1E, 0x00], "default instance <2> !!1(!!0) 1"),
        (&[0x01, 0x01, 0x0A, 0x0A], "cdecl <0> i8(i8) 1"),
        (&[0x02, 0x00, 0x01], "stdcall <0> void() 0"),
        (&[0x03, 0x01, 0x01, 0x18], "thiscall <0> void(i) 1"),
        (&[0x04, 0x00, 0x01], "fastcall <0> void() 0"),
        (&[0x09, 0x00, 0x20, 0x05, 0x01], "unmanaged <0> void modopt(1000001)() 0"),
        (&[0x0B, 0x01, 0x01, 0x08], "nativevararg <0> void(i4) 1"),
        (&[0x05, 0x01, 0x01, 0x08], "vararg <0> void(i4) 1"),
        (&[0x05, 0x03, 0x08, 0x08, 0x41, 0x0E, 0x0A], "vararg <0> i4(i4,string,i8) 1"),
        (&[0x05, 0x02, 0x10, 0x08, 0x41, 0x16, 0x08], "vararg <0> i4&(typedref,i4) 0"),
    ];
    for (blob, expected) in cases {
        let decoded = with_blob(blob, clr_metadata::decode_method);
        assert_eq!(decoded.map(|sig| method_text(&sig, &number)).as_deref(), Ok(expected), "{blob:x?}");
    }
}

#[test]
fn other_signatures_by_hand() {
    let text = |sig: &_| type_text(sig, &number);
    let field = with_blob(&[0x06, 0x1F, 0x05, 0x1D, 0x08], clr_metadata::decode_field);
    assert_eq!(field.as_ref().map(text).as_deref(), Ok("i4[] modreq(1000001)"));
    let indexer = with_blob(&[0x28, 0x02, 0x0E, 0x08, 0x1C], clr_metadata::decode_property);
    let indexer = indexer.map(|sig| method_text(&sig, &number));
    assert_eq!(indexer.as_deref(), Ok("default instance <0> string(i4,object) 2"));
    let arguments = with_blob(&[0x0A, 0x02, 0x08, 0x1D, 0x13, 0x00], clr_metadata::decode_method_spec);
    assert_eq!(arguments.map(|sigs| types_text(&sigs, &number)).as_deref(), Ok("i4,!0[]"));
    let stand_alone = |blob: &[u8]| match with_blob(blob, clr_metadata::decode_stand_alone) {
        Ok(StandAloneSig::Locals(sigs)) => format!("locals {}", types_text(&sigs, &number)),
        Ok(StandAloneSig::Method(sig)) => method_text(&sig, &number),
        Ok(StandAloneSig::Field(sig)) => format!("field {}", type_text(&sig, &number)),
        Err(error) => error.reason.to_owned(),
    };
    assert_eq!(
        stand_alone(&[0x07, 0x03, 0x45, 0x1C, 0x45, 0x10, 0x05, 0x16]),
        "locals object pinned,u1& pinned,typedref"
    );
    assert_eq!(stand_alone(&[0x07, 0x01, 0x20, 0x05, 0x45, 0x0E]), "locals string pinned modopt(1000001)");
    assert_eq!(stand_alone(&[0x07, 0x00]), "locals ");
    assert_eq!(stand_alone(&[0x01, 0x01, 0x01, 0x08]), "cdecl <0> void(i4) 1");
    assert_eq!(stand_alone(&[0x06, 0x0C]), "field r4");
}

/// A decoder of one kind of signature, its result dropped.
type Decode = fn(&Heaps<'_>, u32) -> Result<(), ReadError>;

#[test]
fn broken_signatures() {
    let ty: Decode = |heaps, blob| clr_metadata::decode_type_spec(heaps, blob).map(drop);
    let method: Decode = |heaps, blob| clr_metadata::decode_method(heaps, blob).map(drop);
    let field: Decode = |heaps, blob| clr_metadata::decode_field(heaps, blob).map(drop);
    let property: Decode = |heaps, blob| clr_metadata::decode_property(heaps, blob).map(drop);
    let spec: Decode = |heaps, blob| clr_metadata::decode_method_spec(heaps, blob).map(drop);
    let stand_alone: Decode = |heaps, blob| clr_metadata::decode_stand_alone(heaps, blob).map(drop);
    let nested = |depth: usize| [vec![0x1D; depth], vec![0x08]].concat();
    let functions = [[0x1B, 0x00, 0x00].repeat(70), vec![0x01]].concat();
    // The offset is that of the byte behind what was read, counted from the blob's first.
    let wide = [vec![0x15, 0x11, 0x04, 0x8F, 0xA0], vec![0x08; 4000]].concat();
    let cases: [(Decode, &[u8], usize, &str); 26] = [
        (ty, &[], 0, "more bytes expected"),
        (ty, &[0x08, 0x08], 1, "end of the signature expected"),
        (ty, &[0x00], 1, "element type expected"),
        (ty, &[0x17], 1, "element type expected"),
        (ty, &[0x41], 1, "element type expected"),
        (ty, &[0x1D], 1, "more bytes expected"),
        (ty, &[0x12, 0x00], 2, "TypeDef, TypeRef or TypeSpec expected"),
        (ty, &[0x12, 0x07], 2, "TypeDef, TypeRef or TypeSpec expected"),
        (ty, &[0x13, 0xFF], 1, "compressed integer expected"),
        (ty, &[0x15, 0x0E, 0x04, 0x01, 0x08], 2, "CLASS or VALUETYPE of a generic instance expected"),
        (ty, &[0x15, 0x11, 0x06, 0x01, 0x08], 3, "TypeDef or TypeRef of a generic instance expected"),
        (ty, &[0x15, 0x11, 0x04, 0xDF, 0xFF, 0xFF, 0xFF, 0x08], 8, "more bytes expected"),
        (ty, &[0x14, 0x08, 0x02, 0xDF, 0xFF, 0xFF, 0xFF], 7, "more bytes expected"),
        (ty, &nested(65), 65, "types nested at most 64 deep expected"),
        (ty, &functions, 0, "types nested at most 64 deep expected"),
        (ty, &wide, 2005, "type of at most 2,000 parts expected"),
        (method, &[0x06, 0x08], 1, "calling convention of a method signature expected"),
        (method, &[0x00, 0xDF, 0xFF, 0xFF, 0xFF, 0x01], 6, "more bytes expected"),
        (method, &[0x05, 0x02, 0x01, 0x41, 0x08, 0x41, 0x08], 6, "element type expected"),
        (method, &[0x00, 0x01, 0x01], 3, "more bytes expected"),
        (field, &[0x07, 0x08], 0, "field signature expected"),
        (field, &[0x06], 1, "more bytes expected"),
        (property, &[0x18, 0x00, 0x08], 1, "property signature expected"),
        (spec, &[0x00, 0x01, 0x08], 0, "generic method instantiation expected"),
        (stand_alone, &[0x07, 0x02, 0x08], 3, "more bytes expected"),
        (stand_alone, &[0x08, 0x00, 0x08], 1, "calling convention of a method signature expected"),
    ];
    let start =
        with_blob(&[], |heaps, blob| clr_metadata::decode_type_spec(heaps, blob).expect_err("an empty blob").offset);
    for (decode, blob, offset, reason) in cases {
        let error = with_blob(blob, decode).expect_err("a broken signature");
        assert_eq!(error.reason, reason, "{blob:x?}");
        assert_eq!(error.place.to_string(), "stream #Blob");
        if offset > 0 {
            assert_eq!(error.offset, start + offset, "{blob:x?}: {error}");
        }
    }
    assert!(with_blob(&nested(64), ty).is_ok());
}

/// Names instead of numbers.
fn named(module: &Module<'_>, token: Token) -> String {
    let name = if token.table == TableId::TypeDef { type_def::NAME } else { type_ref::NAME };
    module.string(name, token.row).expect("a name").to_owned()
}

fn method(module: &Module<'_>, name: &str) -> u32 {
    let mut rows = module.tables.all(TableId::MethodDef);
    rows.find(|row| module.string(method_def::NAME, *row) == Ok(name)).unwrap_or_else(|| panic!("{name}"))
}

// Where the text below differs from the source, the assembler wrote it so: a size of 0 before one that is known,
// `instance` with `explicit`, and no `pinned`.
#[test]
fn methods_of_a_fixture() {
    let file = fixture("interop-il/InteropIl.dll");
    let module = open(&file);
    let expected = [
        (
            "Modifiers__iiiiS12l",
            "default <0> i4 modopt(CallConvCdecl)(i4 modreq(IsVolatile),i8 modopt(IsVolatile)& modreq(InAttribute),\
             i1 modopt(CallConvCdecl)* modopt(IsVolatile),valuetype Ints3 modopt(IsVolatile),\
             i8 modopt(IsVolatile) modreq(IsVolatile)) 5",
        ),
        ("ModifiedVoid__v", "default <0> void modopt(CallConvCdecl)() 0"),
        ("Marshalled__iiiii", "default <0> string(string,bool,object,i4[]) 4"),
        (
            "Types__iiS8iS8",
            "default <0> u(i4[2;0,4;0,2],typedref,fn(default <0> i4(i4,r8) 2),valuetype Nullable`1<i4>) 4",
        ),
        ("VarArg", "vararg <0> i4(i4) 1"),
        ("ExplicitThis", "default instance explicit <0> i4(class Bodies,i4) 2"),
        ("Prefixes", "default <1> i4(i4&,!!0&,object[]) 3"),
    ];
    for (name, text) in expected {
        let blob = module.tables.cell(method_def::SIGNATURE, method(&module, name)).expect("a signature");
        let sig = clr_metadata::decode_method(&module.heaps, blob).expect("a whole signature");
        assert_eq!(method_text(&sig, &|token| named(&module, token)), text, "{name}");
    }
}

#[test]
fn stand_alone_signatures_of_a_fixture() {
    let file = fixture("interop-il/InteropIl.dll");
    let module = open(&file);
    let mut texts = Vec::new();
    for row in module.tables.all(TableId::StandAloneSig) {
        let blob = module.tables.cell(stand_alone_sig::SIGNATURE, row).expect("a blob");
        let name = |token| named(&module, token);
        texts.push(match clr_metadata::decode_stand_alone(&module.heaps, blob).expect("a whole signature") {
            StandAloneSig::Locals(sigs) => format!("locals {}", types_text(&sigs, &name)),
            StandAloneSig::Method(sig) => method_text(&sig, &name),
            StandAloneSig::Field(sig) => format!("field {}", type_text(&sig, &name)),
        });
    }
    for expected in [
        "cdecl <0> i4(i4,i8) 2",
        "stdcall <0> r4(r4,r8) 2",
        "fastcall <0> void(i4,i4,i4) 3",
        "thiscall <0> i4(i4) 1",
        "default <0> i4(i4) 1",
        "default instance <0> i4(i4) 1",
        "default instance explicit <0> i4(class Calli,i4) 2",
        "vararg <0> i4(i4,i4,r8) 1",
        "locals i4,fn(cdecl <0> void(r8,r8,i8) 3),object,i4&",
    ] {
        assert!(texts.iter().any(|text| text == expected), "{expected} is not in {texts:#?}");
    }
}

#[test]
fn fields_of_a_fixture() {
    let file = fixture("metadata/Metadata.dll");
    let module = open(&file);
    let fields: Vec<(&str, String)> = module
        .tables
        .all(TableId::Field)
        .map(|row| {
            let blob = module.tables.cell(field::SIGNATURE, row).expect("a blob");
            let sig = clr_metadata::decode_field(&module.heaps, blob).expect("a whole signature");
            let name = module.string(field::NAME, row).expect("a name");
            (name, type_text(&sig, &|token| named(&module, token)))
        })
        .collect();
    for (name, expected) in [
        ("Cube", "i4[3;;0,0,0]"),
        ("Jagged", "i4[][]"),
        ("Nested", "class List`1<i4[]>[]"),
        ("Pointer", "u1***"),
        ("Function", "fn(default <0> string& modreq(InAttribute)(i4&,i8& modreq(InAttribute),valuetype Span`1<u1>) 3)"),
        ("Enum", "valuetype Huge"),
        ("Key", "!0"),
        ("B", "!0"),
        ("A", "!2"),
    ] {
        assert!(fields.iter().any(|(n, t)| *n == name && t == expected), "{name} {expected} is not in {fields:#?}");
    }
}
