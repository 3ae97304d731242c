//! What a layout algorithm needs to know of a field.

use std::rc::Rc;

use super::references::References;
use super::{DeclaredSize, Layout};
use clr_metadata::Primitive;

/// Kind of a field.
#[derive(Clone, Debug)]
pub(super) enum FieldClass {
    /// A primitive or an enum.
    Scalar,
    /// An unmanaged pointer or function pointer.
    Pointer,
    /// A managed pointer.
    ByRef,
    /// An object reference.
    Reference,
    /// `System.TypedReference`: a managed pointer and a type handle.
    TypedReference,
    /// Any other value type.
    Struct(Rc<Layout>),
}

/// A field to be placed.
#[derive(Clone, Debug)]
pub(super) struct FieldLayout {
    pub class: FieldClass,
    pub size: u32,
    pub align: u32,
    pub is_blittable: bool,
    /// Auto layout inside: a reference, a managed pointer, or a value type that has it. Pointers do not count.
    pub is_auto_tainted: bool,
}

impl FieldLayout {
    pub fn new(class: FieldClass, size: u32, align: u32) -> FieldLayout {
        let is_blittable = matches!(class, FieldClass::Scalar | FieldClass::Pointer);
        FieldLayout { class, size, align, is_blittable, is_auto_tainted: !is_blittable }
    }

    pub fn primitive(primitive: Primitive, size: u32, align: u32) -> FieldLayout {
        let is_blittable = !matches!(primitive, Primitive::Boolean | Primitive::Char);
        FieldLayout { is_blittable, ..FieldLayout::new(FieldClass::Scalar, size, align) }
    }

    pub fn typed_reference(pointer_size: u32) -> FieldLayout {
        FieldLayout::new(FieldClass::TypedReference, 2 * pointer_size, pointer_size)
    }

    pub fn value(layout: Rc<Layout>, is_enum: bool) -> FieldLayout {
        FieldLayout {
            size: layout.size,
            align: layout.align,
            is_blittable: layout.is_blittable,
            is_auto_tainted: layout.is_auto_tainted,
            class: if is_enum { FieldClass::Scalar } else { FieldClass::Struct(layout) },
        }
    }

    /// A field of a type whose size and alignment were declared; what is inside of it is not known.
    pub fn declared(declared: DeclaredSize) -> Option<FieldLayout> {
        let layout = Layout {
            size: declared.size,
            align: declared.align?,
            abi_align: declared.align?,
            offsets: Vec::new(),
            contains_gc: false,
            contains_byref: false,
            is_byref_like: false,
            is_auto_tainted: false,
            references: References::none(),
            is_blittable: true,
        };
        Some(FieldLayout::value(Rc::new(layout), false))
    }

    pub fn contains_gc(&self) -> bool {
        match &self.class {
            FieldClass::Reference => true,
            FieldClass::Struct(layout) => layout.contains_gc,
            _ => false,
        }
    }

    pub fn contains_byref(&self) -> bool {
        match &self.class {
            FieldClass::ByRef | FieldClass::TypedReference => true,
            FieldClass::Struct(layout) => layout.contains_byref,
            _ => false,
        }
    }

    /// A value of a `ref struct`.
    pub fn is_byref_like(&self) -> bool {
        matches!(&self.class, FieldClass::Struct(layout) if layout.is_byref_like)
    }
}
