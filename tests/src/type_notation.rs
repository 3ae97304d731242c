//! Types as the fixtures' tables write them, looked up among assemblies.
//!
//! ECMA-335 full names: `+` before a nested type, type arguments in `<>` at the end, comma-separated, `[]` for an array.

use clr_metadata::Primitive;
use clr_wasm_abi::types::{Definition, Named, Type, TypeKind, TypeSystem};

/// A named type and its arguments. Panics when there is none: the tables name types that exist.
pub fn named(type_system: &TypeSystem<'_>, text: &str) -> Named {
    let (name, arguments) = split(text);
    let found: Vec<_> = (0..type_system.assemblies().len())
        .filter_map(|assembly| type_system.find_by_full_name(assembly, name).expect("a sound fixture"))
        .collect();
    assert_eq!(found.len(), 1, "assemblies that define `{name}`");
    let arguments = arguments.into_iter().map(|argument| resolve(type_system, argument)).collect();
    Named { definition: Definition::Resolved(found[0]), arguments }
}

/// A type as a signature would hold it: the primitives are no named types.
pub fn resolve(type_system: &TypeSystem<'_>, text: &str) -> Type {
    if let Some(element) = text.strip_suffix("[]") {
        return Type::Array(resolve(type_system, element).into());
    }
    if let Some(primitive) = primitive(text) {
        return Type::Primitive(primitive);
    }
    match text {
        "System.String" => return Type::String,
        "System.Object" => return Type::Object,
        "System.TypedReference" => return Type::TypedReference,
        _ => {}
    }
    let named = named(type_system, text);
    let Definition::Resolved(id) = &named.definition else { unreachable!("`named` resolves") };
    match type_system.type_info(*id).expect("a sound fixture").kind {
        TypeKind::Class | TypeKind::Delegate => Type::Class(named),
        TypeKind::Struct | TypeKind::Enum => Type::Value(named),
    }
}

fn primitive(text: &str) -> Option<Primitive> {
    Some(match text.strip_prefix("System.")? {
        "Void" => Primitive::Void,
        "Boolean" => Primitive::Boolean,
        "Char" => Primitive::Char,
        "SByte" => Primitive::I1,
        "Byte" => Primitive::U1,
        "Int16" => Primitive::I2,
        "UInt16" => Primitive::U2,
        "Int32" => Primitive::I4,
        "UInt32" => Primitive::U4,
        "Int64" => Primitive::I8,
        "UInt64" => Primitive::U8,
        "Single" => Primitive::R4,
        "Double" => Primitive::R8,
        "IntPtr" => Primitive::I,
        "UIntPtr" => Primitive::U,
        _ => return None,
    })
}

/// The name, and the arguments between the last `<` that closes at the end and its `>`. A `<` inside of a name
/// (`<Data>e__FixedBuffer`) does not close there.
fn split(text: &str) -> (&str, Vec<&str>) {
    let Some(inner) = text.strip_suffix('>') else { return (text, Vec::new()) };
    let mut depth = 1;
    let mut arguments = Vec::new();
    let mut end = inner.len();
    for (at, c) in inner.char_indices().rev() {
        match c {
            '>' => depth += 1,
            '<' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && c == ',') {
            arguments.insert(0, &inner[at + 1..end]);
            end = at;
        }
        if depth == 0 {
            return (&inner[..at], arguments);
        }
    }
    panic!("`{text}` closes a bracket it does not open");
}
