//! Looks up the types of a declaration among the assemblies.

use std::rc::Rc;

use super::type_text::{Path, TypeText};
use clr_metadata::Primitive;
use clr_wasm_abi::types::{BadImage, Definition, Named, Type, TypeDefId, TypeKind, TypeSystem, Unresolved};

/// Why a type name is ambiguous. An unknown name is not such an error, since its size may be declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NameError {
    BadImage(BadImage),
    /// Several assemblies define it.
    Ambiguous(String),
}

impl From<BadImage> for NameError {
    fn from(damaged: BadImage) -> NameError {
        NameError::BadImage(damaged)
    }
}

/// The type that a text names.
pub(super) fn resolve(type_system: &TypeSystem<'_>, ty: &TypeText) -> Result<Type, NameError> {
    Ok(match ty {
        TypeText::Primitive(primitive) => Type::Primitive(*primitive),
        TypeText::Address => Type::Pointer(Rc::new(Type::Primitive(Primitive::Void))),
        TypeText::Reference => Type::Object,
        TypeText::Named(path) => match built_in(path) {
            Some(ty) => ty,
            None => {
                let arguments = path.parts.iter().flat_map(|part| &part.arguments);
                let arguments = arguments.map(|ty| resolve(type_system, ty)).collect::<Result<Vec<_>, _>>()?;
                named(type_system, path.assembly.as_deref(), &spellings(path), arguments)?
            }
        },
        TypeText::Nullable(inner) => match resolve(type_system, inner)? {
            reference @ (Type::Object | Type::String | Type::Class(_)) => reference,
            value => named(type_system, None, &["System.Nullable`1".to_owned()], vec![value])?,
        },
    })
}

/// A type that every signature may use, even if CoreLib is not among the assemblies.
fn built_in(path: &Path) -> Option<Type> {
    let [namespace, name] = &*path.parts else { return None };
    if path.assembly.is_some() || namespace.name != "System" || name.is_nested {
        return None;
    }
    match name.name.as_str() {
        "String" => Some(Type::String),
        "Object" => Some(Type::Object),
        "TypedReference" => Some(Type::TypedReference),
        name => Primitive::from_core_name(name).filter(|found| *found != Primitive::Void).map(Type::Primitive),
    }
}

/// The reflection names that a text may mean: C# uses a dot both in a namespace and before a nested type. The one with
/// the longest namespace comes first.
fn spellings(path: &Path) -> Vec<String> {
    let is_type = |part: &super::type_text::Part| part.name.contains('`');
    let nested = path.parts.iter().position(|part| part.is_nested).unwrap_or(path.parts.len());
    let outermost = path.parts.iter().position(is_type).map_or(nested, |generic| nested.min(generic + 1));
    let names: Vec<&str> = path.parts.iter().map(|part| part.name.as_str()).collect();
    let spelling = |outermost: usize| {
        let mut name = names[..outermost].join(".");
        for nested in &names[outermost..] {
            name += &format!("+{nested}");
        }
        name
    };
    (1..=outermost).rev().map(spelling).collect()
}

fn named(
    type_system: &TypeSystem<'_>,
    assembly: Option<&str>,
    spellings: &[String],
    arguments: Vec<Type>,
) -> Result<Type, NameError> {
    let definition = match find(type_system, assembly, spellings)? {
        Ok(id) => Definition::Resolved(id),
        Err(reason) => {
            let full_name = spellings.first().cloned().unwrap_or_default();
            Definition::Unresolved(Rc::new(Unresolved { full_name, reason }))
        }
    };
    let named = Named { definition, arguments: arguments.into() };
    if let Definition::Resolved(id) = named.definition
        && matches!(type_system.type_info(id)?.kind, TypeKind::Class | TypeKind::Delegate)
    {
        return Ok(Type::Class(named));
    }
    Ok(Type::Value(named))
}

/// The definition of the first spelling that has one; the inner error says why there is none.
fn find(
    type_system: &TypeSystem<'_>,
    assembly: Option<&str>,
    spellings: &[String],
) -> Result<Result<TypeDefId, String>, NameError> {
    let Some(assembly) = assembly else { return find_anywhere(type_system, spellings) };
    let Some(index) = type_system.find_assembly(assembly) else {
        return Ok(Err(format!("assembly `{assembly}` is not among the inputs")));
    };
    for spelling in spellings {
        // A facade only forwards the type; a forwarded type includes its nested types.
        let outermost = spelling.split('+').next().unwrap_or_default();
        let (namespace, name) = outermost.rsplit_once('.').unwrap_or(("", outermost));
        if let Ok(outermost) = type_system.find_type_by_name(index, namespace, name)?
            && let Some(id) = type_system.find_by_full_name(outermost.assembly, spelling)?
        {
            return Ok(Ok(id));
        }
    }
    Ok(Err(format!("assembly `{assembly}` does not define it")))
}

fn find_anywhere(type_system: &TypeSystem<'_>, spellings: &[String]) -> Result<Result<TypeDefId, String>, NameError> {
    for spelling in spellings {
        let mut found = Vec::new();
        for (assembly, _) in type_system.assemblies() {
            found.extend(type_system.find_by_full_name(assembly, spelling)?);
        }
        let name = |id: &TypeDefId| type_system[id.assembly].name;
        match found.as_slice() {
            [] => {}
            [id] => return Ok(Ok(*id)),
            [first, second, ..] => {
                return Err(NameError::Ambiguous(format!(
                    "`{spelling}` is defined by the assemblies `{0}` and `{1}`; write `[{0}]{spelling}` or \
                     `[{1}]{spelling}`",
                    name(first),
                    name(second)
                )));
            }
        }
    }
    Ok(Err("none of the assemblies defines it".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::extra_signatures::declaration::ExtraDeclaration;

    #[test]
    fn a_dot_can_be_before_a_nested_type() {
        let spellings = |text: &str| match ExtraDeclaration::parse(&format!("{text} ()"), 1).unwrap().ret.ty {
            TypeText::Named(path) => spellings(&path),
            other => panic!("{other:?}"),
        };
        assert_eq!(spellings("A.B.C"), ["A.B.C", "A.B+C", "A+B+C"]);
        assert_eq!(spellings("A.B+C.D"), ["A.B+C+D", "A+B+C+D"]);
        assert_eq!(spellings("A.B<int>.C"), ["A.B`1+C", "A+B`1+C"]);
        assert_eq!(spellings("A"), ["A"]);
    }
}
