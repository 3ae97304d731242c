//! What only a compiler knows is said, with its place; what is known in spite of it stays known.

use clr_wasm_file::FuncType;
use thunkgen_rust_source::{Cause, Crate, RustType};

use super::{read, read_one};

/// A function `f` after some items: the cause, and what is said.
fn unknown(text: &str) -> (Cause, String) {
    let read = read_one(text);
    let [function] = read.functions.as_slice() else { panic!("{} functions\n{text}", read.functions.len()) };
    let unknown = function.shape.as_ref().expect_err(text);
    assert!(unknown.place.line > 0 && unknown.place.path == "x.rs", "{unknown:?}");
    (unknown.cause, unknown.why.clone())
}

/// The parameters and result of `f` in wasm.
fn wasm(text: &str) -> String {
    let read = read_one(text);
    let function = read.functions.iter().find(|function| function.symbol == "f").expect("`f`");
    let shape = function.shape.as_ref().unwrap_or_else(|unknown| panic!("{unknown} at {}\n{text}", unknown.place));
    type_text(&shape.ty)
}

fn type_text(ty: &FuncType) -> String {
    format!("{{ params: {:?}, results: {:?} }}", ty.params(), ty.results())
}

const F: &str = "#[no_mangle] pub extern \"C\" fn f";

#[test]
fn what_only_a_compiler_knows() {
    let cases: [(&str, Cause, &str); 44] = [
        ("#[no_mangle] pub fn f() {}", Cause::Abi, "no extern \"C\""),
        ("#[no_mangle] pub extern \"efiapi\" fn f() {}", Cause::Abi, "extern \"efiapi\""),
        ("F<T>(a: *const T) {}", Cause::Generic, "type parameters"),
        ("F(a: impl Fn()) {}", Cause::Generic, "`impl Fn()`"),
        ("#[no_mangle] pub async extern \"C\" fn f() {}", Cause::Generic, "async"),
        ("struct S<T>(T); impl<T> S<T> { F(a: u8) {} }", Cause::Generic, "type parameters"),
        ("F(a: &str) {}", Cause::NotFfiSafe, "the address of `str` is two values"),
        ("F(a: &[u8]) {}", Cause::NotFfiSafe, "the address of `[u8]` is two values"),
        ("F(a: *const dyn Fn()) {}", Cause::NotFfiSafe, "two values"),
        ("F(a: Box<dyn Fn()>) {}", Cause::NotFfiSafe, "two values"),
        ("use std::ffi::CStr; F(a: Option<&CStr>) {}", Cause::NotFfiSafe, "`CStr` is two values"),
        ("trait T {} F(a: &T) {}", Cause::NotFfiSafe, "two values"),
        ("struct S { a: u8, b: [u8] } F(a: &S) {}", Cause::NotFfiSafe, "two values"),
        ("struct S<T: ?Sized>(u8, T); F(a: &S<[u8]>) {}", Cause::NotFfiSafe, "two values"),
        ("F(a: (u8, u8)) {}", Cause::NotFfiSafe, "the tuple `(u8, u8)`"),
        ("F(a: [u8; 4]) {}", Cause::NotFfiSafe, "the array `[u8; 4]`"),
        ("struct S(u8); F(a: S) {}", Cause::NotFfiSafe, "`S` has no #[repr(C)]"),
        ("union S { a: u8 } F(a: S) {}", Cause::NotFfiSafe, "`S` has no #[repr(C)]"),
        ("enum E { A } F(a: E) {}", Cause::NotFfiSafe, "the enum `E`"),
        ("enum E { A(u8) } F() -> E {}", Cause::NotFfiSafe, "the enum `E`"),
        ("F(a: Option<u8>) {}", Cause::NotFfiSafe, "`Option<u8>`"),
        ("F(a: Option<*const u8>) {}", Cause::NotFfiSafe, "`Option<*const u8>`"),
        ("#[repr(u8)] enum E { A } F(a: Option<E>) {}", Cause::NotFfiSafe, "`Option<E>`"),
        ("F(a: Option<Option<&u8>>) {}", Cause::NotFfiSafe, "`Option<Option<&u8>>`"),
        ("extern \"C\" { type Opaque; } F(a: Opaque) {}", Cause::NotFfiSafe, "unknown size"),
        ("F(a: other::Thing) {}", Cause::Elsewhere, "`other::Thing` is not of this crate"),
        ("F(a: *mut other::Thing) {}", Cause::Elsewhere, "`other::Thing` is not of this crate"),
        ("use other::Thing as T; F(a: T) {}", Cause::Elsewhere, "`other::Thing` is not of this crate"),
        ("use other::{other, Thing}; F(a: Thing) {}", Cause::Elsewhere, "`other::Thing` is not of this crate"),
        ("use other::*; F(a: Thing) {}", Cause::Elsewhere, "it may come from `other`"),
        ("make_types!(); F(a: Thing) {}", Cause::Elsewhere, "it may come from make_types! at x.rs(1,1)"),
        ("mod m { make!(); } use m::Thing; F(a: Thing) {}", Cause::Elsewhere, "unless a macro of the crate makes it"),
        ("F(a: std::time::Duration) {}", Cause::Elsewhere, "`std::time::Duration`"),
        ("F(a: String) {}", Cause::Elsewhere, "`String`"),
        ("F(a: libc::time_t) {}", Cause::Elsewhere, "`libc::time_t`"),
        ("F(a: <u8 as Trait>::Out) {}", Cause::Elsewhere, "associated type"),
        ("struct S; impl Trait for S { F(a: Self::Out) {} }", Cause::Elsewhere, "associated item"),
        ("F(a: make!(u8)) {}", Cause::Elsewhere, "made by a macro"),
        ("#[repr(C)] struct S([u8; len()]); F(a: S) {}", Cause::Elsewhere, "the constant `len()`"),
        ("#[repr(C)] struct S([u8; other::LEN]); F(a: S) {}", Cause::Elsewhere, "`other::LEN`"),
        ("F(a: Missing) {}", Cause::Invalid, "there is no `Missing` here"),
        ("#[repr(C)] struct S(S); F(a: S) {}", Cause::Invalid, "contains itself"),
        ("#[repr(C)] struct S([u8; 4_000_000_000]); F(a: S) {}", Cause::Invalid, "more than memory has"),
        ("#[repr(simd)] struct S(f32, f32); F(a: S) {}", Cause::NotFfiSafe, "`S`"),
    ];
    for (text, cause, why) in cases {
        let found = unknown(&text.replace("F(", &format!("{F}(")).replace("F<", &format!("{F}<")));
        assert!(found.0 == cause && found.1.contains(why), "{text}: {found:?}");
    }
}

#[test]
fn what_only_the_build_knows() {
    for (text, why) in [
        ("#[cfg(feature = \"x\")] type T = u8; #[cfg(not(feature = \"x\"))] type T = u64; F(a: T) {}", "which `T`"),
        ("#[repr(C)] struct S { #[cfg(unix)] a: u8, b: u8 } F(a: S) {}", "whether the field"),
        ("#[repr(C)] enum E { #[cfg(unix)] A(u8), B } F(a: E) {}", "whether the variant"),
        ("#[cfg_attr(unix, repr(C))] struct S { a: u8 } F(a: S) {}", "the layout of `S`"),
        ("F(#[cfg(debug_assertions)] a: u8) {}", "whether the parameter"),
        (
            "#[cfg(unix)] const N: usize = 1; #[cfg(not(unix))] const N: usize = 2; #[repr(C)] struct S([u8; N]); F(a: S) {}",
            "the value of `N`",
        ),
        ("#[cfg(unix)] F(a: u8) {} #[cfg(not(unix))] F(a: u64) {}", "`f` has another type at x.rs(1,"),
        ("#[cfg(unix)] F(a: u8) {} #[cfg(not(unix))] F(a: String) {}", "`String`"),
    ] {
        let found = unknown(&text.replace("F(", &format!("{F}(")));
        assert!(found.1.contains(why), "{text}: {found:?}");
    }
    // The same whatever the build knows.
    for (text, expected) in [
        ("#[cfg(unix)] type T = u8; #[cfg(not(unix))] type T = u8; F(a: T) {}", "{ params: [I32], results: [] }"),
        ("#[cfg(unix)] F(a: u8) {} #[cfg(not(unix))] F(a: u32) {}", "{ params: [I32], results: [] }"),
        (
            "#[cfg(unix)] #[repr(C)] struct T(f32); #[cfg(not(unix))] #[repr(C)] struct T(f32); F(a: T) {}",
            "{ params: [F32], results: [] }",
        ),
        (
            "#[cfg(unix)] struct A; #[cfg(unix)] type T = A; #[cfg(not(unix))] type T = u8; F(a: &T) {}",
            "{ params: [I32], results: [] }",
        ),
        (
            "cfg_if! { if #[cfg(windows)] { type T = u8; } else if #[cfg(target_arch = \"wasm32\")] { type T = f64; } else { type T = f32; } } F(a: T) {}",
            "{ params: [F64], results: [] }",
        ),
        ("cfg_if::cfg_if! { if #[cfg(unix)] { F(a: u8) {} } else { F(a: i8) {} } }", "{ params: [I32], results: [] }"),
        (
            "#[cfg(any())] type T = u8; #[cfg(all())] type T = u64; #[cfg(false)] type T = f32; F(a: T) {}",
            "{ params: [I64], results: [] }",
        ),
    ] {
        assert_eq!(wasm(&text.replace("F(", &format!("{F}("))), expected, "{text}");
    }
}

#[test]
fn what_is_known_in_spite_of_it() {
    for (text, expected) in [
        // Behind a pointer, only whether the address is one value matters.
        ("struct S(other::Thing); F(a: &mut S, b: Box<S>) {}", "{ params: [I32, I32], results: [] }"),
        ("enum E {} F(a: *mut E) {}", "{ params: [I32], results: [] }"),
        ("F(a: *const (u8, u16), b: &Vec<u8>, c: *mut libc::FILE) {}", "{ params: [I32, I32, I32], results: [] }"),
        ("F(a: extern \"C\" fn(other::Thing)) {}", "{ params: [I32], results: [] }"),
        ("struct Slice<'a>(&'a [u8]); F(a: &Slice<'_>) {}", "{ params: [I32], results: [] }"),
        ("mod libc { pub type c_long = i64; } F(a: libc::c_long) {}", "{ params: [I64], results: [] }"),
        ("F(a: libc::c_long, b: libc::size_t, c: libc::int64_t) {}", "{ params: [I32, I32, I64], results: [] }"),
        ("extern crate libc as c; mod m { F(a: c::c_int) {} }", "{ params: [I32], results: [] }"),
        ("use other::*; F(a: u8, b: Option<&u8>) {}", "{ params: [I32, I32], results: [] }"),
        ("use std::os::raw::*; F(a: c_ulong, b: *const c_char) {}", "{ params: [I32, I32], results: [] }"),
        ("struct u8; mod m { F(a: u8) {} }", "{ params: [I32], results: [] }"),
        (
            "mod a { use core::ffi::c_int as T; } mod b { pub type T = u64; } use a::*; use b::*; F(a: T) {}",
            "{ params: [I64], results: [] }",
        ),
        ("mod a { use core::ffi::c_int as T; mod b { use super::*; F(a: T) {} } }", "{ params: [I32], results: [] }"),
        (
            "use m::{self as n, T as U}; mod m { pub type T = u64; } F(a: U, b: n::T) {}",
            "{ params: [I64, I64], results: [] }",
        ),
        (
            "mod a { pub use super::b::*; } mod b { pub use super::a::*; pub type T = f32; } F(a: a::T) {}",
            "{ params: [F32], results: [] }",
        ),
    ] {
        assert_eq!(wasm(&text.replace("F(", &format!("{F}("))), expected, "{text}");
    }
}

#[test]
fn names_of_the_edition_2015_start_at_the_root() {
    let manifest = |edition: &str| format!("[package]\nname = \"old-one\"\nversion = \"0.1.0\"\n{edition}");
    let source = "mod a { pub type T = u64; } mod b { use a::T; #[no_mangle] pub extern fn f(a: T, b: ::a::T) {} }";
    let read = |edition: &str| -> Crate {
        let manifest = manifest(edition);
        read(&[("c/Cargo.toml", manifest.as_str()), ("c/src/lib.rs", source)]).expect("a crate")
    };
    let old = read("");
    assert_eq!(old.name, "old_one");
    assert_eq!(type_text(&old.functions[0].shape.as_ref().expect("known").ty), "{ params: [I64, I64], results: [] }");
    let new = read("edition = \"2021\"");
    let unknown = new.functions[0].shape.as_ref().expect_err("`::a` is a crate");
    assert_eq!((unknown.cause, unknown.why.as_str()), (Cause::Elsewhere, "`a::T` is not of this crate"));
}

#[test]
fn macros_that_may_define_functions() {
    let read = read_one(
        "macro_rules! make { () => {} }\nmake!();\nmod m {\n  bitflags::bitflags! { struct A: u8 { } }\n}\n\
         thread_local! { static X: u8 = 0; }\n#[wasm_bindgen]\npub fn g() {}\n#[derive(Clone)] #[rustfmt::skip] struct S;\n\
         #[derive(Serialize)] #[serde(untagged)] pub enum E { #[error] A }\n\
         include!(concat!(env!(\"OUT_DIR\"), \"/x.rs\"));\nextern \"C\" { declare!(); }\n",
    );
    let found: Vec<String> = read.unexpanded.iter().map(|one| format!("{} {}", one.place, one.name)).collect();
    let expected = [
        "x.rs(2,1) make!",
        "x.rs(4,3) bitflags::bitflags!",
        "x.rs(7,3) #[wasm_bindgen]",
        "x.rs(11,1) include!",
        "x.rs(12,14) declare!",
    ];
    assert_eq!(found, expected);
}

#[test]
fn functions_that_macros_may_export() {
    let read = read_one(
        "#[cfg_attr(feature = \"export\", export_name = prefix!(a))]\npub extern \"C\" fn a() {}\n\
         #[wasm_bindgen]\npub fn b() {}\n#[test]\nfn c() {}\nfn d() {}\n",
    );
    let found: Vec<_> = read.hidden.iter().map(|one| (&*one.name, one.attribute.as_deref())).collect();
    let a = "#[export_name = prefix!(a)]";
    assert_eq!(found, [("a", Some(a)), ("b", Some("#[wasm_bindgen]")), ("d", None)]);
    let found: Vec<String> = read.unexpanded.iter().map(|one| format!("{} {}", one.place, one.name)).collect();
    assert_eq!(found, [format!("x.rs(1,32) {a}"), "x.rs(3,3) #[wasm_bindgen]".to_owned()]);
}

#[test]
fn modules_that_import_all_of_each_other() {
    let count = 200;
    let modules: String = (0..count)
        .map(|n| format!("mod m{n} {{ pub use crate::m{}::*; pub use crate::m{}::*; }}\n", (n + 1) % count, n / 2))
        .collect();
    let text = format!(
        "{modules} use m0::*; mod last {{ pub use crate::m7::*; pub struct S(u8); }} {F}(a: u8, b: Option<&S>) {{}}"
    );
    assert_eq!(
        wasm(&text.replace("mod m199 {", "mod m199 { pub use crate::last::*;")),
        "{ params: [I32, I32], results: [] }"
    );
}

#[test]
fn crates_that_every_module_imports_all_of() {
    let (count, crates) = (180, 12);
    let globs: String = (0..crates).map(|n| format!("pub use dep_{n}::x::*;")).collect();
    let module = |n| {
        let others = format!("pub use crate::m{}::*; pub use crate::m{}::*;", (n + 1) % count, n / 2);
        format!("mod m{n} {{ {others} {globs} {F}{n}(a: u64) {{}} }}\n")
    };
    let modules: String = (0..count).map(module).collect();
    let dependencies: String = (0..crates).map(|n| format!("dep-{n} = \"1\"\n")).collect();
    let manifest =
        format!("[package]\nname = \"x\"\nedition = \"2021\"\n[target.'cfg(unix)'.dependencies]\n{dependencies}");
    let read = super::read(&[("Cargo.toml", &manifest), ("src/lib.rs", &modules)]).expect("a crate");
    assert_eq!(read.functions.iter().filter(|one| one.shape.is_ok()).count(), count, "{:?}", read.functions[0].shape);
}

#[test]
fn what_crosses_is_told_apart() {
    let read = read_one(
        "use core::ffi::c_void; #[repr(C)] pub struct Point { x: i16, y: [f32; 2] } #[repr(i8)] enum E { A }\n\
         #[no_mangle] extern \"C\" fn f(_: u128, point: Point, (): (), e: &E, call: Option<extern \"C\" fn(*mut c_void, Point) -> E>, end: bool) -> Point { loop {} }\n\
         #[export_name = \"other\"] extern \"C\" fn renamed() {}\nfn plain() {}\n",
    );
    let shape = read.functions[0].shape.as_ref().expect("known");
    let params: Vec<_> =
        shape.params.iter().map(|param| (param.name.as_str(), param.written.as_str(), param.values)).collect();
    let call = "Option<extern \"C\" fn(*mut c_void, Point) -> E>";
    assert_eq!(
        params,
        [("", "u128", 2), ("point", "Point", 1), ("", "()", 0), ("e", "&E", 1), ("call", call, 1), ("end", "bool", 1)]
    );
    assert_eq!((shape.ret.written.as_str(), shape.ret.values), ("Point", 0));
    assert_eq!(read.functions[0].text.find("extern \"C\" fn f(_: u128, point: Point, (): (),"), Some(0));
    let RustType::Struct(point) = shape.params[1].ty else { panic!("{:?}", shape.params[1]) };
    let layout = read.structs[point].layout.as_ref().expect("a layout");
    let fields: Vec<_> = layout.fields.iter().map(|field| (field.name.as_str(), field.offset, field.size)).collect();
    assert_eq!((layout.size, layout.align, fields), (12, 4, vec![("x", 0, 2), ("y", 4, 8)]));
    let byte = RustType::Enum { name: "E".to_owned(), bytes: 1, signed: true };
    assert_eq!(shape.params[3].ty, RustType::Pointer(Box::new(byte.clone())));
    let RustType::Function(call) = shape.params[4].ty else { panic!("{:?}", shape.params[4]) };
    let call = read.prototypes[call].shape.as_ref().expect("a type");
    assert_eq!((type_text(&call.ty), &call.ret.ty), ("{ params: [I32, I32], results: [I32] }".to_owned(), &byte));
    assert_eq!(call.params[0].ty, RustType::Pointer(Box::new(RustType::Void)));
    let hidden: Vec<_> =
        read.hidden.iter().map(|one| (one.name.as_str(), one.is_c, one.exported_as.as_deref())).collect();
    assert_eq!(hidden, [("plain", false, None), ("renamed", true, Some("other"))]);
}
