//! The structs that native code sees, as C sees them.

use std::collections::BTreeSet;

use super::crossings::pinvoke_id;
use super::report::{FieldShape, StructShape};
use thunkgen_core::collect::ir::declarations::{Declaration, Declarations, Integer, Meaning, NativeType};

/// Every struct that P/Invokes use, by name.
pub(super) fn all(declarations: &Declarations) -> Vec<StructShape> {
    let mut users: Vec<BTreeSet<String>> = vec![BTreeSet::new(); declarations.structs.len()];
    for function in &declarations.functions {
        for index in structs_of(function, declarations) {
            if let Some(users) = users.get_mut(index) {
                users.insert(pinvoke_id(&function.assembly, function.token));
            }
        }
    }
    let shapes = declarations.structs.iter().zip(users).map(|(of, users)| {
        let fields = of.fields.as_ref().map(|fields| {
            let mut shapes: Vec<FieldShape> = fields
                .iter()
                .map(|field| FieldShape {
                    name: field.name.clone(),
                    native: c_type(&field.ty, declarations),
                    offset: field.offset,
                    size: field.size,
                })
                .collect();
            shapes.sort_by_key(|field| field.offset);
            shapes
        });
        StructShape {
            name: of.name.clone(),
            size: of.size,
            alignment: of.align,
            is_marshalled: of.is_marshalled,
            fields,
            used_by: users.into_iter().collect(),
        }
    });
    let mut shapes: Vec<StructShape> = shapes.filter(|shape| !shape.used_by.is_empty()).collect();
    shapes.sort_by(|a, b| (&a.name, a.is_marshalled).cmp(&(&b.name, b.is_marshalled)));
    shapes
}

/// The names of the structs of a P/Invoke.
pub(super) fn names_of(declaration: &Declaration, declarations: &Declarations) -> Vec<String> {
    let names = structs_of(declaration, declarations).into_iter().filter_map(|index| declarations.structs.get(index));
    let names: BTreeSet<&str> = names.map(|of| &*of.name).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// Indices of the structs that a declaration passes, and of those in them.
fn structs_of(declaration: &Declaration, declarations: &Declarations) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut left: Vec<&NativeType> =
        declaration.params.iter().chain([&declaration.ret]).map(|param| &param.native).collect();
    while let Some(ty) = left.pop() {
        match ty {
            NativeType::Pointer(to) | NativeType::Array(to) | NativeType::Reference { to, .. } => left.push(to),
            NativeType::Repeated { element, .. } => left.push(element),
            NativeType::Struct(index) if found.insert(*index) => {
                let of = declarations.structs.get(*index);
                let fields = of.and_then(|of| of.fields.as_ref());
                left.extend(fields.into_iter().flatten().map(|field| &field.ty));
            }
            _ => {}
        }
    }
    found
}

/// A type as C writes it; of a struct or enum, its C# name.
fn c_type(ty: &NativeType, declarations: &Declarations) -> String {
    match ty {
        NativeType::Void => "void".to_owned(),
        NativeType::Integer(of) => integer(*of),
        NativeType::Float => "float".to_owned(),
        NativeType::Double => "double".to_owned(),
        NativeType::Enum { name, underlying } => format!("{} (enum {name})", integer(*underlying)),
        NativeType::Pointer(to) | NativeType::Array(to) | NativeType::Reference { to, .. } => {
            format!("{}*", c_type(to, declarations))
        }
        NativeType::String { unit, writable } => {
            let unit = if *unit == 1 { "char" } else { "char16_t" };
            if *writable { format!("{unit}*") } else { format!("const {unit}*") }
        }
        NativeType::Function { delegate: Some(name), .. } => format!("function pointer ({name})"),
        NativeType::Function { delegate: None, .. } => "function pointer".to_owned(),
        NativeType::Handle(name) => format!("void* ({name})"),
        NativeType::Struct(index) => match declarations.structs.get(*index) {
            Some(of) => format!("struct {}", of.name),
            None => "struct".to_owned(),
        },
        NativeType::Vector(bytes) => format!("vector of {bytes} bytes"),
        NativeType::Wide { signed } => if *signed { "__int128" } else { "unsigned __int128" }.to_owned(),
        NativeType::Repeated { element, count } => format!("{}[{count}]", c_type(element, declarations)),
        NativeType::Object(name) | NativeType::Unknown(name) => format!("void* ({name})"),
    }
}

fn integer(of: Integer) -> String {
    let u = if of.signed { "" } else { "u" };
    match (of.meaning, of.bytes) {
        (Meaning::Size, _) => format!("{u}intptr_t"),
        (Meaning::Bool, 1) => "bool".to_owned(),
        (Meaning::Char, 1) => "char".to_owned(),
        (Meaning::Char, 2) => "char16_t".to_owned(),
        (_, bytes) => format!("{u}int{}_t", u32::from(bytes) * 8),
    }
}
