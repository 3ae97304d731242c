//! Types as the C# program reads them: assembly and metadata row, so that no two types are mistaken for each other.

use clr_metadata::Primitive;
use clr_wasm_abi::types::{Definition, Named, Type, Universe};

/// A value type as a question; `None` when a part of it is unresolved, open, or no type argument.
pub fn question(universe: &Universe<'_>, named: &Named) -> Option<String> {
    let mut text = String::new();
    write_named(universe, named, &mut text)?;
    Some(text)
}

/// A value type for a reader: names instead of rows.
pub fn display(universe: &Universe<'_>, named: &Named) -> String {
    let Definition::Resolved(id) = &named.definition else { return format!("{:?}", named.definition) };
    let name = universe.assemblies()[id.assembly].full_name(id.row).unwrap_or_else(|error| error.to_string());
    let arguments = named.arguments.iter().map(|argument| display_type(universe, argument)).collect::<Vec<_>>();
    if arguments.is_empty() { name } else { format!("{name}<{}>", arguments.join(",")) }
}

fn display_type(universe: &Universe<'_>, ty: &Type) -> String {
    match ty {
        Type::Class(named) | Type::Value(named) => display(universe, named),
        Type::Array(element) => format!("{}[]", display_type(universe, element)),
        Type::Pointer(element) => format!("{}*", display_type(universe, element)),
        other => built_in(other).map_or_else(|| format!("{other:?}"), str::to_owned),
    }
}

fn write_named(universe: &Universe<'_>, named: &Named, text: &mut String) -> Option<()> {
    let Definition::Resolved(id) = &named.definition else { return None };
    if !named.arguments.is_empty() {
        *text += &format!("generic {} ", named.arguments.len());
    }
    *text += &format!("@{}:{}", universe.assemblies()[id.assembly].name, id.row);
    for argument in named.arguments.iter() {
        *text += " ";
        write_type(universe, argument, text)?;
    }
    Some(())
}

fn write_type(universe: &Universe<'_>, ty: &Type, text: &mut String) -> Option<()> {
    match ty {
        Type::Class(named) | Type::Value(named) => write_named(universe, named, text),
        Type::Array(element) => {
            *text += "array ";
            write_type(universe, element, text)
        }
        Type::Pointer(element) => {
            *text += "pointer ";
            write_type(universe, element, text)
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
