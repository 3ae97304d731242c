//! Types as the C# program reads them: assembly and metadata row, so that no two types are mistaken for each other.

use clr_metadata::Primitive;
use clr_wasm_abi::types::{Definition, Named, Type, TypeSystem};

/// A value type as a question; `None` when a part of it is unresolved, open, or no type argument.
pub fn question(type_system: &TypeSystem<'_>, named: &Named) -> Option<String> {
    let mut text = String::new();
    write_named(type_system, named, &mut text)?;
    Some(text)
}

/// A value type for a reader: names instead of rows.
pub fn display(type_system: &TypeSystem<'_>, named: &Named) -> String {
    let Definition::Resolved(id) = &named.definition else { return format!("{:?}", named.definition) };
    let name = type_system[id.assembly].module.full_name(id.row).unwrap_or_else(|error| error.to_string());
    let arguments = named.arguments.iter().map(|argument| display_type(type_system, argument)).collect::<Vec<_>>();
    if arguments.is_empty() { name } else { format!("{name}<{}>", arguments.join(",")) }
}

fn display_type(type_system: &TypeSystem<'_>, ty: &Type) -> String {
    match ty {
        Type::Class(named) | Type::Value(named) => display(type_system, named),
        Type::Array(element) => format!("{}[]", display_type(type_system, element)),
        Type::Pointer(element) => format!("{}*", display_type(type_system, element)),
        other => built_in(other).map_or_else(|| format!("{other:?}"), str::to_owned),
    }
}

fn write_named(type_system: &TypeSystem<'_>, named: &Named, text: &mut String) -> Option<()> {
    let Definition::Resolved(id) = &named.definition else { return None };
    if !named.arguments.is_empty() {
        *text += &format!("generic {} ", named.arguments.len());
    }
    *text += &format!("@{}:{}", type_system[id.assembly].name, id.row);
    for argument in named.arguments.iter() {
        *text += " ";
        write_type(type_system, argument, text)?;
    }
    Some(())
}

fn write_type(type_system: &TypeSystem<'_>, ty: &Type, text: &mut String) -> Option<()> {
    match ty {
        Type::Class(named) | Type::Value(named) => write_named(type_system, named, text),
        Type::Array(element) => {
            *text += "array ";
            write_type(type_system, element, text)
        }
        Type::Pointer(element) => {
            *text += "pointer ";
            write_type(type_system, element, text)
        }
        other => {
            *text += built_in(other)?;
            Some(())
        }
    }
}

fn built_in(ty: &Type) -> Option<&'static str> {
    Some(match ty {
        Type::String => "System.String",
        Type::Object => "System.Object",
        Type::TypedReference => "System.TypedReference",
        Type::Primitive(primitive) => match primitive {
            Primitive::Void => "System.Void",
            Primitive::Boolean => "System.Boolean",
            Primitive::Char => "System.Char",
            Primitive::I1 => "System.SByte",
            Primitive::U1 => "System.Byte",
            Primitive::I2 => "System.Int16",
            Primitive::U2 => "System.UInt16",
            Primitive::I4 => "System.Int32",
            Primitive::U4 => "System.UInt32",
            Primitive::I8 => "System.Int64",
            Primitive::U8 => "System.UInt64",
            Primitive::R4 => "System.Single",
            Primitive::R8 => "System.Double",
            Primitive::I => "System.IntPtr",
            Primitive::U => "System.UIntPtr",
        },
        _ => return None,
    })
}
