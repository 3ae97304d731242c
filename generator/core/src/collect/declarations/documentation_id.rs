//! Documentation ids, which identify types and methods in XML documentation files (C# standard, D.4.2), as the C#
//! compiler writes them.

use clr_metadata::columns::{method_def, type_ref, type_spec};
use clr_metadata::{MethodSig, ReadError, TableId, Token, TypeSig, decode_type_spec};
use clr_wasm_abi::types::{Assembly, AssemblyId, BadImage, Definition, Named, TypeDefId, TypeSystem};

/// Longest id, in bytes: generic arguments can repeat a long name. A longer one is not looked up.
const MAX_LENGTH: usize = 65_535;

/// Maximum nesting of types, and of TypeSpecs.
const MAX_NESTING: usize = 64;

/// The id of a struct (for a generic one, of its definition); empty if the metadata is malformed.
pub(super) fn of_type(type_system: &TypeSystem<'_>, named: &Named) -> String {
    match &named.definition {
        Definition::Resolved(id) => definition(type_system, *id).map(|name| format!("T:{name}")).unwrap_or_default(),
        Definition::Unresolved(unresolved) => format!("T:{}", unresolved.full_name.replace('+', ".")),
    }
}

/// The id of a MethodDef.
pub(super) fn of_method(
    type_system: &TypeSystem<'_>,
    index: AssemblyId,
    method: u32,
    sig: &MethodSig,
) -> Result<String, BadImage> {
    let assembly = &type_system[index];
    let read = || {
        let mut id = "M:".to_owned();
        if let Some(owner) = assembly.method_owner(method)? {
            push_definition(&mut id, assembly, owner)?;
            id.push('.');
        }
        let name = assembly.module.string(method_def::NAME, method)?;
        id.extend(name.chars().map(escaped));
        if sig.generic_params > 0 {
            id += &format!("``{}", sig.generic_params);
        }
        let ids = Ids { assembly };
        if let [first, rest @ ..] = &*sig.params {
            id.push('(');
            ids.push(&mut id, first, 0)?;
            for param in rest {
                id.push(',');
                ids.push(&mut id, param, 0)?;
            }
            id.push(')');
        }
        // Conversions may differ only in the result.
        if matches!(name, "op_Implicit" | "op_Explicit" | "op_CheckedExplicit") {
            id.push('~');
            ids.push(&mut id, &sig.ret, 0)?;
        }
        Ok(if id.len() > MAX_LENGTH { String::new() } else { id })
    };
    read().map_err(TypeSystem::bad_image(index))
}

/// Replaces characters of a method's name that are punctuation in ids.
fn escaped(c: char) -> char {
    match c {
        '.' => '#',
        '<' => '{',
        '>' => '}',
        ',' => '@',
        c => c,
    }
}

fn definition(type_system: &TypeSystem<'_>, id: TypeDefId) -> Option<String> {
    let mut name = String::new();
    push_definition(&mut name, &type_system[id.assembly], id.row).ok()?;
    Some(name)
}

/// `Namespace.Outer.Inner`, with the arities of generic types.
fn push_definition(out: &mut String, assembly: &Assembly<'_>, row: u32) -> Result<(), ReadError> {
    for (index, part) in assembly.module.enclosing_chain(row)?.into_iter().rev().chain([row]).enumerate() {
        let (namespace, name) = assembly.module.type_name(part)?;
        match index {
            0 => push_namespace(out, namespace),
            _ => out.push('.'),
        }
        out.push_str(name);
    }
    Ok(())
}

fn push_namespace(out: &mut String, namespace: &str) {
    if !namespace.is_empty() {
        out.push_str(namespace);
        out.push('.');
    }
}

/// The types of one assembly's signatures.
struct Ids<'i, 'a> {
    assembly: &'i Assembly<'a>,
}

impl<'a> Ids<'_, 'a> {
    fn push(&self, out: &mut String, ty: &TypeSig, specs: usize) -> Result<(), ReadError> {
        match ty.unmodified() {
            TypeSig::Primitive(primitive) => *out += &format!("System.{}", primitive.core_name()),
            TypeSig::String => out.push_str("System.String"),
            TypeSig::Object => out.push_str("System.Object"),
            TypeSig::TypedByRef => out.push_str("System.TypedReference"),
            TypeSig::Class(token) | TypeSig::ValueType(token) if token.table == TableId::TypeSpec => {
                let module = &self.assembly.module;
                if specs >= MAX_NESTING {
                    return Err(module.tables.error(
                        TableId::TypeSpec,
                        token.row,
                        "less deeply nested TypeSpecs expected",
                    ));
                }
                let sig = decode_type_spec(&module.heaps, module.tables.cell(type_spec::SIGNATURE, token.row)?)?;
                self.push(out, &sig, specs + 1)?;
            }
            TypeSig::Class(token) | TypeSig::ValueType(token) => self.push_named(out, *token, &[], specs)?,
            TypeSig::GenericInst { definition, arguments, .. } => {
                self.push_named(out, *definition, arguments, specs)?;
            }
            TypeSig::Var(index) => *out += &format!("`{index}"),
            TypeSig::MVar(index) => *out += &format!("``{index}"),
            TypeSig::Pointer(inner) => {
                self.push(out, inner, specs)?;
                out.push('*');
            }
            TypeSig::ByRef(inner) => {
                self.push(out, inner, specs)?;
                out.push('@');
            }
            TypeSig::SzArray(inner) => {
                self.push(out, inner, specs)?;
                out.push_str("[]");
            }
            TypeSig::Array(inner, shape) => {
                self.push(out, inner, specs)?;
                let bounds: Vec<&str> = (0..shape.rank.min(32)).map(|_| "0:").collect();
                *out += &format!("[{}]", bounds.join(","));
            }
            // The compiler writes nothing: no syntax was ever specified.
            TypeSig::FnPtr(_) => {}
            TypeSig::Modified { .. } | TypeSig::Pinned(_) => {} // removed by `unmodified`
        }
        Ok(())
    }

    /// A type with each of its arguments where it is declared: `Outer{A}.Inner{B}`.
    fn push_named(&self, out: &mut String, token: Token, arguments: &[TypeSig], specs: usize) -> Result<(), ReadError> {
        if out.len() > MAX_LENGTH {
            return Ok(());
        }
        let parts = self.parts(token)?;
        let mut rest = arguments;
        let last = parts.len().saturating_sub(1);
        for (index, (namespace, name)) in parts.into_iter().enumerate() {
            match index {
                0 => push_namespace(out, namespace),
                _ => out.push('.'),
            }
            if arguments.is_empty() {
                out.push_str(name);
                continue;
            }
            let (name, arity) = name.split_once('`').unwrap_or((name, ""));
            out.push_str(name);
            // If the arities do not add up, the innermost type gets the rest.
            let count = if index == last { rest.len() } else { arity.parse().unwrap_or(0).min(rest.len()) };
            let (own, others) = rest.split_at(count);
            rest = others;
            for (index, argument) in own.iter().enumerate() {
                out.push(if index == 0 { '{' } else { ',' });
                self.push(out, argument, specs)?;
            }
            if !own.is_empty() {
                out.push('}');
            }
        }
        Ok(())
    }

    /// Namespace and name of a type and its enclosing types, outermost first.
    fn parts(&self, token: Token) -> Result<Vec<(&'a str, &'a str)>, ReadError> {
        let module = &self.assembly.module;
        if token.table == TableId::TypeDef {
            let chain = self.assembly.module.enclosing_chain(token.row)?;
            return chain.into_iter().rev().chain([token.row]).map(|row| self.assembly.module.type_name(row)).collect();
        }
        let mut parts = Vec::new();
        let mut at = token;
        while let Some(name) = self.assembly.token_name(at)? {
            parts.push(name);
            if at.table != TableId::TypeRef || parts.len() > MAX_NESTING {
                break;
            }
            at = module.coded(type_ref::RESOLUTION_SCOPE, at.row)?;
            if at.table != TableId::TypeRef || at.is_nil() {
                break;
            }
        }
        parts.reverse();
        Ok(parts)
    }
}
