//! What is known of a type definition.

use std::rc::Rc;

use super::attributes::KnownAttribute;
use super::type_system::{AssemblyId, BadImage, TypeSystem};
use clr_metadata::columns::{class_layout, field, field_layout, type_def};
use clr_metadata::{AttributeValue, Primitive, ReadError, TableId, Token, TypeSig};

/// A TypeDef of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeDefId {
    /// Its assembly.
    pub assembly: AssemblyId,
    /// Row in TypeDef.
    pub row: u32,
}

impl TypeDefId {
    /// Its token in its assembly.
    pub fn token(self) -> Token {
        Token::new(TableId::TypeDef, self.row)
    }
}

/// Kind of type, from its base type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// A class or interface.
    Class,
    /// A delegate.
    Delegate,
    /// A value type that is not an enum.
    Struct,
    /// An enum.
    Enum,
}

/// Layout bits of TypeAttributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the specification's
pub enum LayoutKind {
    Auto,
    Sequential,
    Explicit,
    Extended,
}

/// A type definition.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TypeInfo<'a> {
    /// Which it is.
    pub id: TypeDefId,
    /// Namespace; empty for a nested type.
    pub namespace: &'a str,
    /// Own name, with the arity suffix of a generic type.
    pub name: &'a str,
    /// Full name as reflection writes it.
    pub full_name: String,
    /// Kind.
    pub kind: TypeKind,
    /// True for a nested type.
    pub is_nested: bool,
    /// Number of generic parameters, those of enclosing types included.
    pub generic_params: u32,
    /// Layout bits.
    pub layout: LayoutKind,
    /// Packing size of ClassLayout, 0 when absent.
    pub pack: u32,
    /// Class size of ClassLayout, 0 when absent.
    pub class_size: u32,
    /// Length of an `InlineArrayAttribute`.
    pub inline_array: Option<i64>,
    /// Kind of an `ExtendedLayoutAttribute`.
    pub extended_layout: Option<i64>,
    /// Has `IntrinsicAttribute`.
    pub is_intrinsic: bool,
    /// A `ref struct`.
    pub is_byref_like: bool,
    /// Instance fields, in metadata order.
    pub fields: Vec<Field>,
}

/// An instance field.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Field {
    /// Row in Field.
    pub row: u32,
    /// Its type.
    pub sig: TypeSig,
    /// Offset of FieldLayout.
    pub offset: Option<u32>,
}

/// TypeAttributes.
mod type_flags {
    pub const LAYOUT_SHIFT: u32 = 3;
    pub const LAYOUT_MASK: u32 = 0x3;
}

/// FieldAttributes.
mod field_flags {
    pub const STATIC: u32 = 0x10;
}

impl TypeInfo<'_> {
    /// Underlying type of an enum.
    pub fn enum_underlying(&self) -> Option<Primitive> {
        if self.kind != TypeKind::Enum {
            return None;
        }
        match self.fields.first().map(|field| field.sig.unmodified()) {
            Some(TypeSig::Primitive(primitive)) => Some(*primitive),
            _ => None,
        }
    }

    /// True for the type of this namespace and name that is not nested.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        !self.is_nested && self.namespace == namespace && self.name == name
    }
}

impl<'a> TypeSystem<'a> {
    /// What is known of a type definition; read once.
    pub fn type_info(&self, id: TypeDefId) -> Result<Rc<TypeInfo<'a>>, BadImage> {
        if let Some(info) = self.type_infos.borrow().get(&id) {
            return Ok(Rc::clone(info));
        }
        let info = Rc::new(self.read_type_info(id)?);
        self.type_infos.borrow_mut().insert(id, Rc::clone(&info));
        Ok(info)
    }

    /// Underlying type of an enum, without its attributes: decoding one may be what asks for it.
    pub(super) fn enum_underlying(&self, id: TypeDefId) -> Option<Primitive> {
        self.read_definition(id).ok()?.enum_underlying()
    }

    fn read_type_info(&self, id: TypeDefId) -> Result<TypeInfo<'a>, BadImage> {
        let token = id.token();
        let mut info = self.read_definition(id)?;
        self.keep(id.assembly, token, &*info.full_name)?;
        for attribute in self.attributes(id.assembly, token)? {
            match attribute.kind {
                KnownAttribute::Intrinsic => info.is_intrinsic = true,
                KnownAttribute::IsByRefLike => info.is_byref_like = true,
                KnownAttribute::InlineArray => info.inline_array = self.int_argument(id.assembly, attribute.row)?,
                KnownAttribute::ExtendedLayout => {
                    info.extended_layout = self.int_argument(id.assembly, attribute.row)?
                }
                _ => {}
            }
        }
        Ok(info)
    }

    fn int_argument(&self, assembly: AssemblyId, row: u32) -> Result<Option<i64>, BadImage> {
        Ok(match self.attribute_arguments(assembly, row)?.fixed.first() {
            Some(AttributeValue::Int(value)) => Some(*value),
            _ => None,
        })
    }

    fn read_definition(&self, id: TypeDefId) -> Result<TypeInfo<'a>, BadImage> {
        let info = self.read_row(id).map_err(Self::bad_image(id.assembly))?;
        Ok(TypeInfo { fields: self.read_fields(id)?, ..info })
    }

    /// What the row says itself: no fields, and nothing of attributes.
    fn read_row(&self, id: TypeDefId) -> Result<TypeInfo<'a>, ReadError> {
        let assembly = &self[id.assembly];
        let module = &assembly.module;
        let tables = &module.tables;
        let flags = tables.cell(type_def::FLAGS, id.row)?;
        let (namespace, name) = assembly.module.type_name(id.row)?;
        let is_nested = assembly.module.enclosing_type(id.row)?.is_some();
        let base = module.coded(type_def::EXTENDS, id.row)?;
        let base = if base.is_nil() { None } else { assembly.token_name(base)? };
        let kind = match base {
            Some(("System", "Enum")) => TypeKind::Enum,
            Some(("System", "ValueType")) if (namespace, name) != ("System", "Enum") => TypeKind::Struct,
            Some(("System", "MulticastDelegate")) => TypeKind::Delegate,
            _ => TypeKind::Class,
        };
        let layout = match flags >> type_flags::LAYOUT_SHIFT & type_flags::LAYOUT_MASK {
            0 => LayoutKind::Auto,
            1 => LayoutKind::Sequential,
            2 => LayoutKind::Explicit,
            _ => LayoutKind::Extended,
        };
        let (mut pack, mut class_size) = (0, 0);
        if let Some(row) = module.find(class_layout::PARENT, id.row)? {
            pack = tables.cell(class_layout::PACKING_SIZE, row)?;
            class_size = tables.cell(class_layout::CLASS_SIZE, row)?;
        }
        Ok(TypeInfo {
            id,
            namespace,
            name,
            full_name: assembly.module.full_name(id.row)?,
            kind,
            is_nested,
            generic_params: assembly.generic_param_count(id.token())?,
            layout,
            pack,
            class_size,
            inline_array: None,
            extended_layout: None,
            is_intrinsic: false,
            is_byref_like: false,
            fields: Vec::new(),
        })
    }

    fn read_fields(&self, id: TypeDefId) -> Result<Vec<Field>, BadImage> {
        let module = &self[id.assembly].module;
        let damaged = Self::bad_image(id.assembly);
        let mut fields = Vec::new();
        for row in module.owned(type_def::FIELD_LIST, id.row).map_err(&damaged)? {
            if module.tables.cell(field::FLAGS, row).map_err(&damaged)? & field_flags::STATIC != 0 {
                continue;
            }
            let sig = self.field_signature(id.assembly, row)?;
            let offset = match module.find(field_layout::FIELD, row).map_err(&damaged)? {
                Some(layout) => Some(module.tables.cell(field_layout::OFFSET, layout).map_err(&damaged)?),
                None => None,
            };
            fields.push(Field { row, sig, offset });
        }
        Ok(fields)
    }
}
