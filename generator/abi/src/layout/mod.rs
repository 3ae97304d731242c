//! Layout of value types, as the CoreCLR class loader does it for the target.
//!
//! [`LayoutEngine`] picks the algorithm of a type: the special types by name, then `explicit`, `sequential` or `auto` by the
//! layout bits, as `MethodTableBuilder` and the compiler's type system agree on.

mod auto;
mod explicit;
mod field;
mod inline_array;
mod native;
mod references;
mod sequential;
pub mod special;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::marshal;
use super::target::{ExplicitReferenceRules, InlineArrayRules, LayoutTarget};
use crate::types::{BadImage, Definition, LayoutKind, Named, Type, TypeArguments, TypeInfo, TypeKind, TypeSystem};
use clr_metadata::{Primitive, TableId, Token};
use field::{FieldClass, FieldLayout};
use foldhash::HashMap;

/// Largest size in bytes of a type, from the runtime's limit on field offsets.
pub const MAX_SIZE: u32 = (1 << 27) - 1 - 6;

const NO_VALUE_TYPE: &str = "it is not a value type";

/// Deepest nesting of value types.
const MAX_DEPTH: u32 = 100;

/// Size of a value type, declared by the user for a type that cannot be resolved.
///
/// A declared type is taken for a struct with more than one field: it is passed by address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclaredSize {
    /// Size in bytes, at least 1.
    pub size: u32,
    /// Alignment in bytes, a power of two. Without it the type can be a parameter or a return (its alignment is then
    /// taken to be at most 8), but no field of another type.
    pub align: Option<u32>,
}

/// Layout of a value type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Layout {
    /// Size in bytes as a field or an argument; not always a multiple of the alignment.
    pub size: u32,
    /// Alignment in bytes as a field.
    pub align: u32,
    /// Alignment in bytes that argument passing uses; above 8 it selects an `A` token.
    pub abi_align: u32,
    /// Offset in bytes of each instance field, in metadata order.
    pub offsets: Vec<u32>,
    /// Holds object references.
    pub contains_gc: bool,
    /// Holds managed pointers (`ref` fields).
    pub contains_byref: bool,
    /// Is a `ref struct`: only others of its kind can hold it.
    pub is_byref_like: bool,
    /// Is auto layout or has a field that is: its shape has no native counterpart.
    pub is_auto_tainted: bool,
    /// Where the references are; see the module `references`.
    pub(crate) references: references::References,
    /// Whether managed and native code use the same representation: the struct has an extended layout, or contains no
    /// reference, bool, char or struct with auto layout.
    pub is_blittable: bool,
}

/// Why a value type has no layout.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// A part of the type cannot be known.
    #[error("`{type_name}`: {reason}")]
    Unknown {
        /// Full name of the type that is not known.
        type_name: String,
        /// Why, as the end of a sentence.
        reason: String,
    },
    /// The type depends on a generic parameter without an argument.
    #[error("`{type_name}`: it is an open generic type")]
    Open {
        /// Full name of the open type.
        type_name: String,
    },
    /// The class loader refuses the type.
    #[error("`{type_name}`: {reason}")]
    Invalid {
        /// Full name of the type that is refused.
        type_name: String,
        /// Why, as the end of a sentence.
        reason: &'static str,
    },
    /// A file is damaged where the type is read.
    #[error(transparent)]
    BadImage(#[from] BadImage),
}

/// Layouts of value types, each computed once.
pub struct LayoutEngine<'u, 'a> {
    type_system: &'u TypeSystem<'a>,
    target: LayoutTarget,
    declared: BTreeMap<String, DeclaredSize>,
    /// The types whose declared size was asked for, or would have been.
    asked: RefCell<BTreeSet<String>>,
    done: RefCell<HashMap<Named, Result<Rc<Layout>, LayoutError>>>,
    /// The types of fields: they count once against what a run may have, however often a type is used.
    field_types: RefCell<HashMap<Named, Rc<[Type]>>>,
    /// Types whose layout is being computed, outermost first.
    open: RefCell<Vec<Named>>,
    /// What marshalling knows of the same types.
    pub(crate) marshalled: marshal::MarshalCache,
}

impl<'u, 'a> LayoutEngine<'u, 'a> {
    /// Layouts of the types of `type_system` for a target. `declared` is used, by full name, for types that cannot be
    /// resolved.
    pub fn new(
        type_system: &'u TypeSystem<'a>,
        target: LayoutTarget,
        declared: BTreeMap<String, DeclaredSize>,
    ) -> LayoutEngine<'u, 'a> {
        LayoutEngine {
            type_system,
            target,
            declared,
            asked: RefCell::default(),
            done: RefCell::default(),
            field_types: RefCell::default(),
            open: RefCell::default(),
            marshalled: marshal::MarshalCache::default(),
        }
    }

    /// Where types are resolved.
    pub fn type_system(&self) -> &'u TypeSystem<'a> {
        self.type_system
    }

    /// The target's constants.
    pub fn target(&self) -> LayoutTarget {
        self.target
    }

    /// Layout of a value type.
    pub fn of(&self, named: &Named) -> Result<Rc<Layout>, LayoutError> {
        if let Some(done) = self.done.borrow().get(named) {
            return done.clone();
        }
        if self.open.borrow().contains(named) {
            return Err(self.invalid(named, "it contains itself"));
        }
        if self.open.borrow().len() >= MAX_DEPTH as usize {
            return Err(self.invalid(named, "value types are nested more than 100 deep"));
        }
        self.open.borrow_mut().push(named.clone());
        let layout = self.compute(named).map(Rc::new);
        self.open.borrow_mut().pop();
        self.done.borrow_mut().insert(named.clone(), layout.clone());
        layout
    }

    /// The definition of a resolved type.
    pub fn info(&self, named: &Named) -> Result<Rc<TypeInfo<'a>>, LayoutError> {
        match &named.definition {
            Definition::Resolved(id) => Ok(self.type_system.type_info(*id)?),
            Definition::Unresolved(unresolved) => {
                Err(LayoutError::Unknown { type_name: unresolved.full_name.clone(), reason: unresolved.reason.clone() })
            }
        }
    }

    /// Types of the instance fields, in metadata order.
    pub fn field_types(&self, named: &Named, info: &TypeInfo<'_>) -> Result<Rc<[Type]>, BadImage> {
        if let Some(known) = self.field_types.borrow().get(named) {
            return Ok(Rc::clone(known));
        }
        let arguments = TypeArguments { of_type: &named.arguments, of_method: &[] };
        let mut types = Vec::with_capacity(info.fields.len());
        for field in &info.fields {
            let member = Token::new(TableId::Field, field.row);
            types.push(self.type_system.instantiate(info.id.assembly, member, &field.sig, arguments)?);
        }
        let types: Rc<[Type]> = types.into();
        self.field_types.borrow_mut().insert(named.clone(), Rc::clone(&types));
        Ok(types)
    }

    /// Size in bytes of a type as a field.
    pub fn size_of(&self, ty: &Type) -> Result<u32, LayoutError> {
        self.field_layout(ty).map(|field| field.size)
    }

    /// Full name for messages.
    pub fn name(&self, named: &Named) -> String {
        match &named.definition {
            Definition::Resolved(id) => match self.type_system.type_info(*id) {
                Ok(info) => info.full_name.clone(),
                Err(_) => format!("TypeDef {}", id.token()),
            },
            Definition::Unresolved(unresolved) => unresolved.full_name.clone(),
        }
    }

    fn invalid(&self, named: &Named, reason: &'static str) -> LayoutError {
        LayoutError::Invalid { type_name: self.name(named), reason }
    }

    /// The declared size of a type that cannot be resolved.
    pub fn declared(&self, named: &Named) -> Option<DeclaredSize> {
        match &named.definition {
            Definition::Unresolved(unresolved) => {
                self.request_size(&unresolved.full_name);
                self.declared.get(&unresolved.full_name).copied()
            }
            Definition::Resolved(_) => None,
        }
    }

    /// Remembers that a declared size of the type with this full name is of use.
    pub fn request_size(&self, full_name: &str) {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(full_name) {
            asked.insert(full_name.to_owned());
        }
    }

    /// Full names of all types whose declared size was asked for, declared or not.
    pub fn requested_sizes(&self) -> BTreeSet<String> {
        self.asked.borrow().clone()
    }

    fn compute(&self, named: &Named) -> Result<Layout, LayoutError> {
        let info = self.info(named)?;
        if info.generic_params as usize != named.arguments.len() {
            return Err(LayoutError::Open { type_name: info.full_name.clone() });
        }
        check_definition(self.target, &info).map_err(|reason| self.invalid(named, reason))?;
        let mut fields = Vec::with_capacity(info.fields.len());
        for ty in self.field_types(named, &info)?.iter() {
            fields.push(self.field_layout(ty)?);
        }
        if !info.is_byref_like && fields.iter().any(FieldLayout::contains_byref) {
            return Err(self.invalid(named, "it has a ref field but is not a ref struct"));
        }
        if !info.is_byref_like && fields.iter().any(FieldLayout::is_byref_like) {
            return Err(self.invalid(named, "it contains a ref struct but is not one"));
        }
        let kind = LayoutAlgorithm::of(&info, &fields);
        let placed = match kind {
            LayoutAlgorithm::Auto => auto::place(self.target, &fields),
            LayoutAlgorithm::Sequential => sequential::place(&fields, packing(self.target, &info), info.class_size),
            LayoutAlgorithm::Explicit => explicit::place(self.target, &info, &fields),
            LayoutAlgorithm::CStruct => sequential::place_c_struct(&fields, self.target.default_packing),
            LayoutAlgorithm::CUnion => explicit::place_c_union(&fields),
        };
        let mut placed = placed.map_err(|reason| self.invalid(named, reason))?;
        if let Some(length) = info.inline_array {
            let repeated = inline_array::repeat(self.target, &info, kind, placed, length);
            placed = repeated.map_err(|reason| self.invalid(named, reason))?;
        }
        if let Some(align) = special::forced_align(self, &info) {
            placed.align = align;
        }
        if let Some(size) = special::forced_size(self, &info) {
            placed.size = size;
        }
        if placed.size > MAX_SIZE {
            return Err(self.invalid(named, "it is larger than the runtime allows"));
        }
        Ok(self.finish(&info, kind, &fields, placed))
    }

    /// What is known of a type once its fields are placed.
    fn finish(
        &self,
        info: &TypeInfo<'_>,
        kind: LayoutAlgorithm,
        fields: &[FieldLayout],
        placed: FieldPlacement,
    ) -> Layout {
        let contains_gc = fields.iter().any(FieldLayout::contains_gc);
        let is_enum = info.kind == TypeKind::Enum;
        let is_blittable = is_blittable(info, fields);
        // GetClassAlignmentRequirement: auto types go by pointer alignment; 8-byte alignment is kept for all.
        let by_fields = match info.layout {
            LayoutKind::Auto => false,
            LayoutKind::Sequential | LayoutKind::Extended => true,
            LayoutKind::Explicit => is_blittable,
        };
        let mut abi_align = if by_fields { placed.align } else { self.target.pointer_size };
        if abi_align < 8 && placed.align > 4 {
            abi_align = 8;
        }
        Layout {
            references: references::References::of(self.target, fields, &placed.offsets, info.inline_array),
            contains_gc,
            contains_byref: fields.iter().any(FieldLayout::contains_byref),
            is_byref_like: info.is_byref_like,
            is_auto_tainted: !is_enum
                && (kind == LayoutAlgorithm::Auto || fields.iter().any(|field| field.is_auto_tainted)),
            is_blittable,
            size: placed.size,
            align: placed.align,
            abi_align,
            offsets: placed.offsets,
        }
    }
}

/// True for a type with the same bytes on both sides. Extended layout is the C layout: the runtime checks the fields when it
/// loads the type, and ignores what they say about marshalling.
fn is_blittable(info: &TypeInfo<'_>, fields: &[FieldLayout]) -> bool {
    match info.layout {
        LayoutKind::Extended => true,
        LayoutKind::Auto if info.kind != TypeKind::Enum => false,
        _ => fields.iter().all(|field| field.is_blittable),
    }
}

/// The algorithm for a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LayoutAlgorithm {
    Auto,
    Sequential,
    Explicit,
    CStruct,
    CUnion,
}

/// The value of `ExtendedLayoutKind.CUnion`; the other kind is `CStruct`.
const EXTENDED_C_UNION: i64 = 1;

impl LayoutAlgorithm {
    fn of(info: &TypeInfo<'_>, fields: &[FieldLayout]) -> LayoutAlgorithm {
        match info.layout {
            LayoutKind::Extended if info.extended_layout == Some(EXTENDED_C_UNION) => LayoutAlgorithm::CUnion,
            LayoutKind::Extended => LayoutAlgorithm::CStruct,
            LayoutKind::Explicit => LayoutAlgorithm::Explicit,
            LayoutKind::Sequential if !fields.iter().any(FieldLayout::contains_gc) => LayoutAlgorithm::Sequential,
            LayoutKind::Sequential | LayoutKind::Auto => LayoutAlgorithm::Auto,
        }
    }
}

/// Fields in their places, before the adjustments by name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FieldPlacement {
    size: u32,
    align: u32,
    offsets: Vec<u32>,
}

/// The packing of a type: its Pack, or the target's default.
fn packing(target: LayoutTarget, info: &TypeInfo<'_>) -> u32 {
    if info.pack == 0 { target.default_packing } else { info.pack }
}

/// Rounds up; `None` when the result is past every size a type can have.
fn align_up(value: u32, align: u32) -> Option<u32> {
    value.checked_next_multiple_of(align)
}

/// What the class loader refuses before any field is placed.
fn check_definition(target: LayoutTarget, info: &TypeInfo<'_>) -> Result<(), &'static str> {
    match info.kind {
        TypeKind::Enum if info.fields.len() != 1 => return Err("an enum has exactly one instance field"),
        TypeKind::Enum if matches!(info.layout, LayoutKind::Sequential | LayoutKind::Explicit) => {
            return Err("an enum has auto layout");
        }
        TypeKind::Enum if matches!(info.enum_underlying(), None | Some(Primitive::Void)) => {
            return Err("the underlying type of an enum must be a number, bool or char");
        }
        TypeKind::Class | TypeKind::Delegate => return Err(NO_VALUE_TYPE),
        _ => {}
    }
    if info.layout == LayoutKind::Extended && !target.has_extended_layout {
        return Err("the target knows no extended layout");
    }
    if info.layout == LayoutKind::Explicit && info.generic_params > 0 {
        return Err("a generic type cannot have explicit layout");
    }
    let packs = matches!(info.layout, LayoutKind::Sequential | LayoutKind::Explicit);
    if packs && info.pack != 0 && !(info.pack.is_power_of_two() && info.pack <= 128) {
        return Err("Pack is 0 or a power of two up to 128");
    }
    Ok(())
}

/// Size, alignment and kind of every field class; see the module `field`.
impl LayoutEngine<'_, '_> {
    fn field_layout(&self, ty: &Type) -> Result<FieldLayout, LayoutError> {
        let pointer = |class| FieldLayout::new(class, self.target.pointer_size, self.target.pointer_size);
        Ok(match ty {
            Type::Primitive(primitive) => {
                let Some((size, align)) = self.target.primitive(*primitive) else {
                    let reason = "a field cannot be void";
                    return Err(LayoutError::Invalid { type_name: "System.Void".into(), reason });
                };
                FieldLayout::primitive(*primitive, size, align)
            }
            Type::String | Type::Object | Type::Class(_) | Type::Array(_) => pointer(FieldClass::Reference),
            Type::Pointer(_) | Type::FunctionPointer => pointer(FieldClass::Pointer),
            Type::ByRef(_) => pointer(FieldClass::ByRef),
            Type::TypedReference => FieldLayout::typed_reference(self.target.pointer_size),
            Type::TypeVariable(_) | Type::MethodVariable(_) => {
                return Err(LayoutError::Open { type_name: "type parameter".into() });
            }
            Type::Value(named) => match (special::as_primitive(self, named), self.declared(named)) {
                (Some(primitive), _) => self.field_layout(&Type::Primitive(primitive))?,
                (None, Some(declared)) => FieldLayout::declared(declared).ok_or_else(|| LayoutError::Unknown {
                    type_name: self.name(named),
                    reason: "it is a field of another type, but its alignment is not declared".into(),
                })?,
                (None, None) => match self.info(named)?.kind {
                    // The reference was compiled against another version, where the class was a struct.
                    TypeKind::Class | TypeKind::Delegate => return Err(self.invalid(named, NO_VALUE_TYPE)),
                    kind => FieldLayout::value(self.of(named)?, kind == TypeKind::Enum),
                },
            },
        })
    }
}
