//! The corpus as a Rust library.

use std::fmt::Write;

use super::{Function, KINDS, Kind, Mutation};

const TYPES: &str = "\
#[repr(u8)]
pub enum Small {
    A,
}
#[repr(C)]
pub enum Plain {
    A,
}
#[repr(i64)]
pub enum Big {
    A,
}
#[repr(C)]
pub struct OneInt {
    pub a: c_int,
}
#[repr(C)]
pub struct OneLong {
    pub a: i64,
}
#[repr(C)]
pub struct OneFloat {
    pub a: f32,
}
#[repr(transparent)]
pub struct OneDouble(pub f64);
#[repr(C)]
pub struct Nested {
    pub a: OneDouble,
}
#[repr(C)]
pub struct Pair {
    pub a: i32,
    pub b: i32,
}
#[repr(C)]
pub struct Mixed {
    pub a: u8,
    pub b: f64,
    pub c: i16,
}
#[repr(C)]
pub struct Bytes3 {
    pub a: u8,
    pub b: u8,
    pub c: u8,
}
#[repr(C)]
pub union Union {
    pub a: i32,
    pub b: f32,
}
pub const LENGTH: usize = 5;
#[repr(C)]
pub struct Buffer {
    pub a: [i32; LENGTH],
}
pub type Callback = Option<unsafe extern \"C\" fn(value: c_int)>;
";

const USES: &str = "use core::ffi::{c_char, c_int, c_long, c_longlong, c_uint, c_ulong, c_void};\n";

const ALLOW: &str = "#![no_std]\n#![allow(unused_imports, dead_code, improper_ctypes_definitions)]\n";

/// A type in Rust.
fn rust(kind: &Kind) -> &'static str {
    match kind.csharp {
        "sbyte" => "i8",
        "byte" => "u8",
        "short" => "i16",
        "ushort" | "char" => "u16",
        "int" => "c_int",
        "uint" => "c_uint",
        "long" => "c_longlong",
        "ulong" => "u64",
        "nint" => "c_long",
        "nuint" => "usize",
        "float" => "f32",
        "double" => "f64",
        "bool" => "bool",
        "byte*" => "*mut c_char",
        "void*" => "*mut c_void",
        "Pair*" => "Option<&'static mut Pair>",
        "delegate* unmanaged<int, void>" => "Callback",
        "int*" => "*mut i32",
        "Pair *" => "&Pair",
        named => named,
    }
}

/// The library, with the mistakes of some functions. What is in another library is left out.
pub fn rust_file(functions: &[Function], is_mutated: impl Fn(&Function) -> bool) -> String {
    let definitions: String = library(functions, is_mutated).collect();
    format!("{ALLOW}{USES}{TYPES}{definitions}")
}

/// The other library, with the functions that were moved there.
pub fn rust_moved<'f>(functions: impl Iterator<Item = &'f Function>) -> String {
    let moved = functions.enumerate().filter(|(_, function)| function.mutation == Mutation::Library);
    let definitions: String = moved.map(|(number, function)| definition(number, function, None)).collect();
    format!("{ALLOW}{USES}{TYPES}{definitions}")
}

fn library(functions: &[Function], is_mutated: impl Fn(&Function) -> bool) -> impl Iterator<Item = String> {
    functions.iter().enumerate().filter_map(move |(number, function)| match function.mutation {
        _ if !is_mutated(function) => Some(definition(number, function, None)),
        Mutation::Library => None,
        mutation => Some(definition(number, function, Some(mutation))),
    })
}

fn definition(number: usize, function: &Function, mutation: Option<Mutation>) -> String {
    let mut params: Vec<String> = function.params.iter().map(|kind| rust(&KINDS[*kind]).to_owned()).collect();
    let mut ret = function.ret.map(|kind| rust(&KINDS[kind]).to_owned());
    let mut name = function.name.clone();
    match mutation {
        Some(Mutation::Param(at, wasm)) => params[at] = wasm.rust_type().to_owned(),
        Some(Mutation::Result(wasm)) => ret = wasm.map(|wasm| wasm.rust_type().to_owned()),
        Some(Mutation::More(at, wasm)) => params.insert(at, wasm.rust_type().to_owned()),
        Some(Mutation::Fewer(at)) => drop(params.remove(at)),
        Some(Mutation::ByPointer(at)) => params[at] = format!("*const {}", params[at]),
        Some(Mutation::ReturnByPointer) => ret = ret.map(|ret| format!("*mut {ret}")),
        Some(Mutation::Name) => name += "_renamed",
        Some(Mutation::Library) | None => {}
    }
    let params: Vec<String> = params.iter().enumerate().map(|(at, ty)| format!("p{at}: {ty}")).collect();
    let (params, body) = (params.join(", "), "loop {}");
    let ret = ret.map(|ret| format!(" -> {ret}")).unwrap_or_default();
    let mut text = String::new();
    // Both ways to export it.
    let (attribute, own) = match number % 4 {
        0 => (format!("unsafe(export_name = \"{name}\")"), format!("own_name_{number}")),
        _ => ("unsafe(no_mangle)".to_owned(), name),
    };
    writeln!(text, "#[{attribute}]\npub extern \"C\" fn {own}({params}){ret} {{\n    {body}\n}}").expect("a string");
    text
}
