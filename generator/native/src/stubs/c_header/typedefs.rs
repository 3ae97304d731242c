//! Typedefs: types that are not structs, and the names of structs.

use std::collections::BTreeSet;

use super::Header;
use super::c_functions::CFunction;
use super::c_layout::{self, Body};
use super::comments::plain;
use super::header_names::exact;
use super::used_types::UsedType;
use thunkgen_core::collect::ir::declarations::{NativeType, Param, Prototype};
use thunkgen_core::emit::cpp::Cpp;

/// Writes every type except the members of structs.
pub(super) fn typedefs(out: &mut Cpp, header: &Header<'_>) {
    out.separate();
    out.line(format_args!("// A function of unknown type."));
    out.line(format_args!("typedef void (*{})(void);", header.names.function));
    for key in header.used_types.keys() {
        typedef(out, header, key);
    }
    let mut done = BTreeSet::new();
    for key in header.used_types.keys() {
        if let UsedType::Prototype(index) = key {
            prototype(out, header, *index, &mut done, &mut BTreeSet::new());
        }
    }
}

fn typedef(out: &mut Cpp, header: &Header<'_>, key: &UsedType) {
    let name = header.names.of(key);
    match key {
        UsedType::Enum(full_name, underlying) => {
            origin(out, full_name, "");
            own(out, name, &exact(*underlying));
            let bytes = underlying.bytes;
            out.line(format_args!("THUNKGEN_ASSERT(sizeof({name}) == {bytes}, \"size of {name}\");"));
        }
        UsedType::Handle(full_name) => {
            origin(out, full_name, "");
            own(out, name, "intptr_t");
            out.line(format_args!("THUNKGEN_ASSERT(sizeof({name}) == sizeof(intptr_t), \"size of {name}\");"));
        }
        UsedType::Unknown(full_name) => {
            origin(out, full_name, ", an opaque type");
            own(out, name, &format!("struct {name}"));
        }
        UsedType::Vector(16) => {
            out.separate();
            out.line(format_args!("#ifdef __wasm_simd128__"));
            out.line(format_args!("typedef v128_t {name};"));
            out.line(format_args!("#else"));
            out.line(format_args!("typedef int32_t {name} __attribute__((vector_size(16), aligned(16)));"));
            out.line(format_args!("#endif"));
        }
        UsedType::Vector(bytes) => {
            out.separate();
            out.line(format_args!("typedef int32_t {name} __attribute__((vector_size({bytes}), aligned({bytes})));"));
        }
        UsedType::Wide { signed } => {
            out.separate();
            let unsigned = if *signed { "" } else { "unsigned " };
            out.line(format_args!("__extension__ typedef {unsigned}__int128 {name};"));
        }
        UsedType::Struct(index) => {
            let Some(of) = header.structs().get(*index) else { return };
            let Body { is_union, .. } = c_layout::body(of, header.structs());
            origin(out, &of.name, if of.is_marshalled { ", as it is marshalled" } else { "" });
            own(out, name, &format!("{} {name}", if is_union { "union" } else { "struct" }));
        }
        UsedType::Prototype(_) => {}
    }
}

fn origin(out: &mut Cpp, full_name: &str, more: &str) {
    out.separate();
    out.line(format_args!("// C#: {}{more}", plain(full_name)));
}

/// A typedef that the author may replace.
fn own(out: &mut Cpp, name: &str, otherwise: &str) {
    out.line(format_args!("#ifdef THUNKGEN_OWN_{name}"));
    out.line(format_args!("typedef THUNKGEN_OWN_{name} {name};"));
    out.line(format_args!("#else"));
    out.line(format_args!("typedef {otherwise} {name};"));
    out.line(format_args!("#endif"));
}

/// Writes a function pointer after those it uses.
fn prototype(out: &mut Cpp, header: &Header<'_>, index: usize, done: &mut BTreeSet<usize>, open: &mut BTreeSet<usize>) {
    let Some(of) = header.stub_file.declarations.prototypes.get(index) else { return };
    if done.contains(&index) || !open.insert(index) {
        return;
    }
    for inner in of.params.iter().chain([&of.ret]).filter_map(|param| function_pointer(&param.native)) {
        prototype(out, header, inner, done, open);
    }
    // C cannot express a recursive function pointer.
    let untyped = |param: &Param| Param { native: without(&param.native, open), ..param.clone() };
    let Prototype { signature, ret, params } = of;
    let params: Vec<Param> = params.iter().map(untyped).collect();
    let function = CFunction::new(header, &untyped(ret), &params, signature);
    let key = UsedType::Prototype(index);
    out.separate();
    if let Some(delegate) = header.used_types.get(&key).and_then(|first_use| first_use.delegate.as_deref()) {
        out.line(format_args!("// C#: {}", plain(delegate)));
    }
    let start = format!("typedef {}(*{})(", function.ret.result(), header.names.of(&key));
    out.list(4, format_args!("{start}"), &function.params(), ");");
    open.remove(&index);
    done.insert(index);
}

/// The function pointer that a type is or points to, if any.
fn function_pointer(ty: &NativeType) -> Option<usize> {
    match ty {
        NativeType::Function { prototype, .. } => *prototype,
        NativeType::Pointer(to) | NativeType::Array(to) | NativeType::Reference { to, .. } => function_pointer(to),
        NativeType::Repeated { element, .. } => function_pointer(element),
        _ => None,
    }
}

/// A type in which function pointers that are not declared yet are replaced.
fn without(ty: &NativeType, open: &BTreeSet<usize>) -> NativeType {
    if function_pointer(ty).is_none_or(|index| !open.contains(&index)) {
        return ty.clone();
    }
    match ty {
        NativeType::Function { delegate, .. } => NativeType::Function { delegate: delegate.clone(), prototype: None },
        NativeType::Pointer(to) => NativeType::Pointer(Box::new(without(to, open))),
        NativeType::Array(to) => NativeType::Array(Box::new(without(to, open))),
        NativeType::Reference { to, direction } => {
            NativeType::Reference { to: Box::new(without(to, open)), direction: *direction }
        }
        _ => ty.clone(),
    }
}
