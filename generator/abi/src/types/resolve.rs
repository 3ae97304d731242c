//! From a token to the TypeDef it means, across assemblies.

use std::rc::Rc;

use super::ty::Unresolved;
use super::type_info::TypeDefId;
use super::type_system::{AssemblyId, BadImage, TypeSystem};
use clr_metadata::columns::{assembly_ref, exported_type, type_ref};
use clr_metadata::{ReadError, TableId, Token};

/// Longest chain of type forwarders that is followed; facades in use are two deep.
const MAX_FORWARDERS: u32 = 16;

/// Deepest nesting of TypeRefs.
const MAX_NESTING: u32 = 64;

/// A TypeDef, or why there is none.
pub type Resolution = Result<TypeDefId, Rc<Unresolved>>;

impl TypeSystem<'_> {
    /// Resolves a TypeDef or TypeRef.
    ///
    /// The outer error is a damaged file, the inner one a reference to nothing.
    pub fn resolve_token(&self, assembly: AssemblyId, token: Token) -> Result<Resolution, BadImage> {
        match token.table {
            TableId::TypeDef => {
                self.check_row(assembly, token)?;
                Ok(Ok(TypeDefId { assembly, row: token.row }))
            }
            TableId::TypeRef => self.resolve_type_ref(assembly, token.row, 0),
            _ => Err(self.row_error(assembly, token, "TypeDef or TypeRef expected")),
        }
    }

    fn check_row(&self, assembly: AssemblyId, token: Token) -> Result<(), BadImage> {
        let tables = &self[assembly].module.tables;
        tables.check(token).map_err(Self::bad_image(assembly))
    }

    fn row_error(&self, assembly: AssemblyId, token: Token, reason: &'static str) -> BadImage {
        let error = self[assembly].module.tables.error(token.table, token.row, reason);
        BadImage { assembly, error }
    }

    fn resolve_type_ref(&self, assembly: AssemblyId, row: u32, depth: u32) -> Result<Resolution, BadImage> {
        let token = Token::new(TableId::TypeRef, row);
        if depth > MAX_NESTING {
            return Err(self.row_error(assembly, token, "types nested at most 64 deep expected"));
        }
        let at = &self[assembly];
        let read = || -> Result<_, ReadError> {
            let scope = at.module.coded(type_ref::RESOLUTION_SCOPE, row)?;
            let name = at.module.string(type_ref::NAME, row)?;
            let namespace = at.module.string(type_ref::NAMESPACE, row)?;
            Ok((scope, namespace, name))
        };
        let (scope, namespace, name) = read().map_err(Self::bad_image(assembly))?;
        let unresolved = |reason: String| {
            let full_name = if namespace.is_empty() { name.to_owned() } else { format!("{namespace}.{name}") };
            Ok(Err(Rc::new(Unresolved { full_name, reason })))
        };
        match scope.table {
            TableId::TypeRef if scope.is_nil() => unresolved("its reference has no scope".into()),
            TableId::TypeRef => match self.resolve_type_ref(assembly, scope.row, depth + 1)? {
                Ok(outer) => self.find_nested_type(outer, name),
                Err(outer) => {
                    let full_name = format!("{}+{name}", outer.full_name);
                    Ok(Err(Rc::new(Unresolved { full_name, reason: outer.reason.clone() })))
                }
            },
            TableId::AssemblyRef => {
                let wanted = at.module.string(assembly_ref::NAME, scope.row).map_err(Self::bad_image(assembly))?;
                match self.find_assembly(wanted) {
                    Some(target) => self.find_type_by_name(target, namespace, name),
                    None => unresolved(format!("assembly `{wanted}` is not among the inputs")),
                }
            }
            TableId::Module => self.find_type_by_name(assembly, namespace, name),
            _ => unresolved("it is in another module of its assembly, which is not supported".into()),
        }
    }

    fn find_nested_type(&self, outer: TypeDefId, name: &str) -> Result<Resolution, BadImage> {
        let assembly = &self[outer.assembly];
        let damaged = Self::bad_image(outer.assembly);
        if let Some(row) = assembly.find_nested(outer.row, name).map_err(&damaged)? {
            return Ok(Ok(TypeDefId { assembly: outer.assembly, row }));
        }
        let full_name = format!("{}+{name}", assembly.module.full_name(outer.row).map_err(&damaged)?);
        let reason = format!("assembly `{}` does not define it", assembly.name);
        Ok(Err(Rc::new(Unresolved { full_name, reason })))
    }

    /// Finds a top-level type in an assembly or where that assembly forwards it to.
    pub fn find_type_by_name(&self, assembly: AssemblyId, namespace: &str, name: &str) -> Result<Resolution, BadImage> {
        let mut at = assembly;
        let unresolved = |reason: String| {
            let full_name = if namespace.is_empty() { name.to_owned() } else { format!("{namespace}.{name}") };
            Ok(Err(Rc::new(Unresolved { full_name, reason })))
        };
        for _ in 0..MAX_FORWARDERS {
            let here = &self[at];
            let damaged = Self::bad_image(at);
            if let Some(row) = here.find_type(namespace, name).map_err(&damaged)? {
                return Ok(Ok(TypeDefId { assembly: at, row }));
            }
            let Some(exported) = here.find_exported(namespace, name).map_err(&damaged)? else {
                return unresolved(format!("assembly `{}` does not define it", here.name));
            };
            let read = || {
                let to = here.module.coded(exported_type::IMPLEMENTATION, exported)?;
                here.module.string(assembly_ref::NAME, to.row)
            };
            let target = read().map_err(&damaged)?;
            match self.find_assembly(target) {
                Some(next) => at = next,
                None => {
                    return unresolved(format!(
                        "assembly `{}` forwards it to `{target}`, which is not among the inputs",
                        here.name
                    ));
                }
            }
        }
        unresolved("its type forwarders lead in a circle".into())
    }

    /// The type with this reflection name in an assembly or where that assembly forwards it to.
    pub(super) fn find_forwarded(&self, assembly: AssemblyId, full_name: &str) -> Result<Option<TypeDefId>, BadImage> {
        let mut parts = full_name.split('+');
        let outermost = parts.next().unwrap_or_default();
        let (namespace, name) = outermost.rsplit_once('.').unwrap_or(("", outermost));
        let Ok(mut found) = self.find_type_by_name(assembly, namespace, name)? else { return Ok(None) };
        for name in parts {
            match self.find_nested_type(found, name)? {
                Ok(nested) => found = nested,
                Err(_) => return Ok(None),
            }
        }
        Ok(Some(found))
    }

    /// The type of an assembly with this reflection name (`Namespace.Outer+Inner`).
    pub fn find_by_full_name(&self, assembly: AssemblyId, full_name: &str) -> Result<Option<TypeDefId>, BadImage> {
        let here = &self[assembly];
        let damaged = Self::bad_image(assembly);
        let mut parts = full_name.split('+');
        let outermost = parts.next().unwrap_or_default();
        let (namespace, name) = outermost.rsplit_once('.').unwrap_or(("", outermost));
        let Some(mut row) = here.find_type(namespace, name).map_err(&damaged)? else { return Ok(None) };
        for name in parts {
            match here.find_nested(row, name).map_err(&damaged)? {
                Some(nested) => row = nested,
                None => return Ok(None),
            }
        }
        Ok(Some(TypeDefId { assembly, row }))
    }
}
