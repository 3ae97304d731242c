//! Base types and the flags of type definitions that are rarely needed.

use super::instantiate::TypeArguments;
use super::resolve::Resolution;
use super::ty::{Named, Type};
use super::type_info::TypeDefId;
use super::type_system::{BadImage, TypeSystem};
use clr_metadata::columns::{method_def, type_def};
use clr_metadata::{TableId, Token, TypeSig};

/// Longest chain of base types that is followed; a longer one is a cycle made by hand.
const MAX_BASES: u32 = 64;

/// MethodAttributes: MemberAccessMask and Public.
const METHOD_ACCESS: u32 = 7;
const METHOD_PUBLIC: u32 = 6;

/// TypeAttributes.
mod flags {
    pub const INTERFACE: u32 = 0x20;
    pub const ABSTRACT: u32 = 0x80;
    pub const CHAR_SET_SHIFT: u32 = 16;
}

/// Character set of a type's native form (StringFormatMask of TypeAttributes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the specification's
#[non_exhaustive]
pub enum CharSet {
    Ansi,
    Unicode,
    Auto,
    Custom,
}

impl TypeSystem<'_> {
    fn type_flags(&self, id: TypeDefId) -> Result<u32, BadImage> {
        let tables = &self[id.assembly].module.tables;
        tables.cell(type_def::FLAGS, id.row).map_err(Self::bad_image(id.assembly))
    }

    /// True for an interface.
    pub fn is_interface(&self, id: TypeDefId) -> Result<bool, BadImage> {
        Ok(self.type_flags(id)? & flags::INTERFACE != 0)
    }

    /// True for an abstract class or an interface.
    pub fn is_abstract(&self, id: TypeDefId) -> Result<bool, BadImage> {
        Ok(self.type_flags(id)? & flags::ABSTRACT != 0)
    }

    /// The character set of a type.
    pub fn char_set(&self, id: TypeDefId) -> Result<CharSet, BadImage> {
        Ok(match self.type_flags(id)? >> flags::CHAR_SET_SHIFT & 3 {
            0 => CharSet::Ansi,
            1 => CharSet::Unicode,
            2 => CharSet::Auto,
            _ => CharSet::Custom,
        })
    }

    /// The base type of a type definition, of a generic one its definition; `None` for `object` and interfaces.
    pub fn base_type(&self, id: TypeDefId) -> Result<Option<Resolution>, BadImage> {
        let module = &self[id.assembly].module;
        let mut base = module.coded(type_def::EXTENDS, id.row).map_err(Self::bad_image(id.assembly))?;
        if base.table == TableId::TypeSpec && !base.is_nil() {
            base = match self.type_spec(id.assembly, base.row)?.unmodified() {
                TypeSig::Class(token) | TypeSig::GenericInst { definition: token, .. } => *token,
                _ => Token::new(TableId::TypeDef, 0),
            };
        }
        if base.is_nil() || base.table == TableId::TypeSpec {
            return Ok(None);
        }
        self.resolve_token(id.assembly, base).map(Some)
    }

    /// The base class of a class, with its type arguments; `None` for `object` and interfaces.
    pub fn base_class(&self, id: TypeDefId, arguments: &[Type]) -> Result<Option<Named>, BadImage> {
        let module = &self[id.assembly].module;
        let base = module.coded(type_def::EXTENDS, id.row).map_err(Self::bad_image(id.assembly))?;
        if base.is_nil() {
            return Ok(None);
        }
        let arguments = TypeArguments { of_type: arguments, of_method: &[] };
        Ok(match self.instantiate(id.assembly, id.token(), &TypeSig::Class(base), arguments)? {
            Type::Class(named) | Type::Value(named) => Some(named),
            _ => None,
        })
    }

    /// The constructor of a type without parameters: whether it is public; `None` if there is none.
    pub fn default_constructor(&self, id: TypeDefId) -> Result<Option<bool>, BadImage> {
        let module = &self[id.assembly].module;
        let damaged = Self::bad_image(id.assembly);
        for row in module.owned(type_def::METHOD_LIST, id.row).map_err(&damaged)? {
            if module.string(method_def::NAME, row).map_err(&damaged)? == ".ctor" {
                let sig = self.method_signature(id.assembly, Token::new(TableId::MethodDef, row))?;
                if sig.params.is_empty() {
                    let access = module.tables.cell(method_def::FLAGS, row).map_err(&damaged)? & METHOD_ACCESS;
                    return Ok(Some(access == METHOD_PUBLIC));
                }
            }
        }
        Ok(None)
    }

    /// A type and its base types, as far as they can be resolved.
    pub fn bases(&self, id: TypeDefId) -> Result<Bases, BadImage> {
        let mut bases = Bases { known: vec![id], is_complete: false };
        let mut at = id;
        for _ in 0..MAX_BASES {
            match self.base_type(at)? {
                None => {
                    bases.is_complete = true;
                    break;
                }
                Some(Err(_)) => break,
                Some(Ok(base)) => {
                    bases.known.push(base);
                    at = base;
                }
            }
        }
        Ok(bases)
    }
}

/// A type and its base types.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bases {
    /// The type itself first.
    pub known: Vec<TypeDefId>,
    /// False when a base type cannot be resolved.
    pub is_complete: bool,
}
