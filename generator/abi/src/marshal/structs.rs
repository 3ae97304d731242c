//! Structs: which are the same on both sides, and the native layout of those that are not.

use std::rc::Rc;

use super::{Marshaller, Native, primitives, refuse};
use crate::layout::special::{Intrinsic, as_primitive};
use crate::types::{CharSet, Definition, LayoutKind, Named, Type, TypeInfo, TypeKind};
use crate::{LayoutError, LowerError};
use clr_metadata::columns::field;
use clr_metadata::{MarshalDescriptor, Primitive, UnmanagedType};

/// Native layout of a struct, or of a class inside of one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NativeLayout {
    /// Size in bytes.
    pub size: u32,
    /// Alignment in bytes as a field.
    pub align: u32,
    /// Alignment in bytes that argument passing goes by.
    pub abi_align: u32,
    /// Fields in metadata order.
    pub fields: Vec<NativeField>,
    /// Offset in bytes of each field.
    pub offsets: Vec<u32>,
}

/// A field of a native layout.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NativeField {
    /// The value, of an array one element.
    pub native: Native,
    /// Number of elements.
    pub count: u32,
    /// Size in bytes of all of them.
    pub size: u32,
    /// Alignment in bytes.
    pub align: u32,
}

/// A value type as marshalling sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A primitive, or an enum of one.
    Primitive(Primitive),
    Decimal,
    Guid,
    DateTime,
    HandleRef,
    ArrayWithOffset,
    ArgIterator,
    /// `RuntimeTypeHandle`, `RuntimeMethodHandle`, `RuntimeFieldHandle`
    RuntimeHandle,
    /// Any other struct.
    Struct,
    /// A class: the reference was compiled against a version where it was a struct.
    Class,
}

/// Deepest nesting of native layouts.
const MAX_DEPTH: usize = 100;

/// The structs of the core library that are marshalled by name.
fn by_name(name: &str) -> Option<Value> {
    Some(match name {
        "System.Decimal" => Value::Decimal,
        "System.Guid" => Value::Guid,
        "System.DateTime" => Value::DateTime,
        "System.ArgIterator" => Value::ArgIterator,
        "System.Runtime.InteropServices.HandleRef" => Value::HandleRef,
        "System.Runtime.InteropServices.ArrayWithOffset" => Value::ArrayWithOffset,
        "System.RuntimeTypeHandle" | "System.RuntimeMethodHandle" | "System.RuntimeFieldHandle" => Value::RuntimeHandle,
        _ => return None,
    })
}

/// Generic structs that are never marshalled, blittable or not.
const REFUSED_GENERICS: [&str; 7] = [
    "System.Nullable`1",
    "System.Span`1",
    "System.ReadOnlySpan`1",
    "System.Runtime.Intrinsics.Vector64`1",
    "System.Runtime.Intrinsics.Vector256`1",
    "System.Runtime.Intrinsics.Vector512`1",
    "System.Numerics.Vector`1",
];

impl Marshaller<'_, '_, '_> {
    pub(super) fn value_kind(&self, named: &Named) -> Result<Value, LowerError> {
        if let Some(primitive) = as_primitive(self.layouts, named) {
            return Ok(Value::Primitive(primitive));
        }
        if let Definition::Unresolved(unresolved) = &named.definition {
            return Ok(by_name(&unresolved.full_name).unwrap_or(Value::Struct));
        }
        let info = self.layouts.info(named)?;
        match info.kind {
            TypeKind::Class | TypeKind::Delegate => return Ok(Value::Class),
            TypeKind::Enum => {
                self.layouts.of(named)?;
                return Ok(info.enum_underlying().map_or(Value::Struct, Value::Primitive));
            }
            TypeKind::Struct => {}
        }
        let known = if self.layouts.is_core_library(&info) { by_name(&info.full_name) } else { None };
        Ok(known.unwrap_or(Value::Struct))
    }

    /// Refuses the generic structs that the runtime refuses as parameters and results, but not as fields.
    pub(super) fn check_generic(&self, named: &Named) -> Result<(), LowerError> {
        if named.arguments.is_empty() {
            return Ok(());
        }
        let name = self.layouts.name(named);
        let is_core = self.layouts.info(named).is_ok_and(|info| self.layouts.is_core_library(&info));
        if is_core && REFUSED_GENERICS.contains(&name.as_str()) {
            return Err(refuse(format!("`{name}` is not marshalled"), "pass its parts, or a pointer"));
        }
        if !self.is_blittable(named)? {
            let what = format!("the generic struct `{name}` is not blittable");
            return Err(refuse(what, "use a struct that is not generic, or a pointer"));
        }
        Ok(())
    }

    /// True when a struct is the same in managed and native code.
    pub fn is_blittable(&self, named: &Named) -> Result<bool, LowerError> {
        if let Some(known) = self.layouts.marshalled.blittable.borrow().get(named) {
            return Ok(*known);
        }
        if self.layouts.declared(named).is_some() {
            return Ok(true); // its size was declared, of its fields nothing is known: the user vouches for them
        }
        // Also ends every recursion: a struct that contains itself has no layout.
        self.layouts.of(named)?;
        let info = self.layouts.info(named)?;
        // Fields of an extended layout are not marshalled; `MarshalAs` and `CharSet` are ignored.
        let is_extended = info.layout == LayoutKind::Extended;
        let mut blittable = info.layout != LayoutKind::Auto;
        if blittable && !is_extended {
            let ansi = self.is_ansi(&info)?;
            for (field, ty) in info.fields.iter().zip(self.layouts.field_types(named, &info)?) {
                let given = self.descriptor(&info, field.row)?;
                blittable = blittable && self.is_blittable_field(&ty, given.map(|given| given.native), ansi)?;
            }
        }
        self.layouts.marshalled.blittable.borrow_mut().insert(named.clone(), blittable);
        Ok(blittable)
    }

    fn is_blittable_field(&self, ty: &Type, given: Option<UnmanagedType>, ansi: bool) -> Result<bool, LowerError> {
        Ok(match ty {
            Type::Primitive(primitive) => primitives::is_same(*primitive, given, ansi),
            Type::Pointer(_) => given.is_none(),
            Type::FunctionPointer => matches!(given, None | Some(UnmanagedType::FunctionPtr)),
            Type::Value(named) => match self.value_kind(named)? {
                Value::Primitive(primitive) => primitives::is_same(primitive, given, ansi),
                // As a field it is copied by a marshaler of its own.
                Value::Decimal | Value::Class => false,
                _ => matches!(given, None | Some(UnmanagedType::Struct)) && self.is_blittable(named)?,
            },
            _ => false,
        })
    }

    /// The native form of a struct that is not marshalled by name.
    pub(super) fn struct_native(&self, named: &Named) -> Result<Native, LowerError> {
        if self.is_blittable(named)? {
            return Ok(Native::Same(named.clone()));
        }
        self.native_layout(named).map(Native::Struct)
    }

    /// True for `Int128` and `UInt128`, and for structs with one of them inside.
    pub(super) fn has_int128(&self, named: &Named) -> Result<bool, LowerError> {
        if let Some(known) = self.layouts.marshalled.int128.borrow().get(named) {
            return Ok(*known);
        }
        // Without a layout there is nothing to pass; this also ends every recursion.
        if self.layouts.of(named).is_err() {
            return Ok(false);
        }
        let info = self.layouts.info(named)?;
        let mut found = self.layouts.intrinsic(&info) == Some(Intrinsic::Int128);
        for ty in self.layouts.field_types(named, &info)? {
            if let Type::Value(field) = &ty {
                found = found || self.has_int128(field)?;
            }
        }
        self.layouts.marshalled.int128.borrow_mut().insert(named.clone(), found);
        Ok(found)
    }

    /// The layout in native code of a type that is not blittable, or of a class with layout.
    pub(super) fn native_layout(&self, named: &Named) -> Result<Rc<NativeLayout>, LowerError> {
        if let Some(known) = self.layouts.marshalled.native.borrow().get(named) {
            return known.clone();
        }
        if self.layouts.marshalled.open.borrow().contains(named)
            || self.layouts.marshalled.open.borrow().len() >= MAX_DEPTH
        {
            let what = format!("the native form of `{}` contains itself", self.layouts.name(named));
            return Err(refuse(what, "break the circle with a pointer"));
        }
        self.layouts.marshalled.open.borrow_mut().push(named.clone());
        let layout = self.compute(named).map(Rc::new);
        self.layouts.marshalled.open.borrow_mut().pop();
        self.layouts.marshalled.native.borrow_mut().insert(named.clone(), layout.clone());
        layout
    }

    fn compute(&self, named: &Named) -> Result<NativeLayout, LowerError> {
        let info = self.layouts.info(named)?;
        if info.layout == LayoutKind::Auto {
            let what = format!("the struct `{}` has auto layout", self.layouts.name(named));
            return Err(refuse(what, "give it sequential layout, or pass a pointer"));
        }
        if info.kind == TypeKind::Class && self.has_base_with_fields(&info)? {
            let what = format!("the class `{}` has a base class with fields", self.layouts.name(named));
            return Err(refuse(what, "make it a struct with all of the fields"));
        }
        let ansi = self.is_ansi(&info)?;
        let mut fields = Vec::with_capacity(info.fields.len());
        for (field, ty) in info.fields.iter().zip(self.layouts.field_types(named, &info)?) {
            let given = self.descriptor(&info, field.row)?;
            fields.push(self.field(&ty, given, ansi).map_err(|error| self.in_field(&info, field.row, error))?);
        }
        let sizes: Vec<(u32, u32)> = fields.iter().map(|field| (field.size, field.align)).collect();
        let (size, align, offsets) = self.layouts.place_native(named, &info, &sizes)?;
        // As for managed layouts; an explicit layout that is not blittable goes by pointer alignment.
        let pointer = self.layouts.target().pointer_size;
        let by_fields = if info.layout == LayoutKind::Sequential { align } else { pointer };
        let abi_align = if by_fields < 8 && align > 4 { 8 } else { by_fields };
        Ok(NativeLayout { size, align, abi_align, fields, offsets })
    }

    /// `count` values one after the other.
    pub(super) fn repeated(&self, native: Native, count: u32) -> Result<NativeField, LowerError> {
        let target = self.layouts.target();
        let pointer = (target.pointer_size, target.pointer_size);
        let (size, align) = match &native {
            Native::Scalar(primitive) => target.primitive(*primitive).unwrap_or((0, 1)),
            Native::Pointer => pointer,
            Native::Same(named) => match self.layouts.declared(named) {
                Some(declared) => (declared.size, declared.align.unwrap_or(target.pointer_size)),
                None => self.layouts.of(named).map(|layout| (layout.size, layout.align))?,
            },
            Native::Struct(layout) => (layout.size, layout.align),
        };
        if count == 0 {
            return Err(refuse(
                "a ByValTStr or ByValArray field has no SizeConst",
                "give it a SizeConst of at least 1",
            ));
        }
        let size = size.checked_mul(count).filter(|size| *size <= crate::layout::MAX_SIZE);
        let size =
            size.ok_or_else(|| refuse("a field is larger than the runtime allows", "use a smaller SizeConst"))?;
        Ok(NativeField { native, count, size, align })
    }

    /// `CharSet.Auto` is ANSI, that is UTF-8, on every target but Windows.
    fn is_ansi(&self, info: &TypeInfo<'_>) -> Result<bool, LowerError> {
        let char_set = self.layouts.type_system().char_set(info.id).map_err(LayoutError::BadImage)?;
        Ok(char_set != CharSet::Unicode)
    }

    fn descriptor(&self, info: &TypeInfo<'_>, field: u32) -> Result<Option<MarshalDescriptor>, LowerError> {
        let found = self.layouts.type_system().field_marshal(info.id.assembly, field);
        Ok(found.map_err(LayoutError::BadImage)?)
    }

    fn has_base_with_fields(&self, info: &TypeInfo<'_>) -> Result<bool, LowerError> {
        let type_system = self.layouts.type_system();
        let bases = type_system.bases(info.id).map_err(LayoutError::BadImage)?;
        for base in bases.known.iter().skip(1) {
            let base = type_system.type_info(*base).map_err(LayoutError::BadImage)?;
            if !base.fields.is_empty() {
                return Ok(true);
            }
        }
        Ok(!bases.is_complete)
    }

    /// Says in which field of which type the refusal is.
    fn in_field(&self, info: &TypeInfo<'_>, row: u32, error: LowerError) -> LowerError {
        let LowerError::Marshalling(reason) = error else { return error };
        let module = &self.layouts.type_system()[info.id.assembly].module;
        let field = module.string(field::NAME, row).unwrap_or("?");
        // The innermost field says it all.
        if reason.starts_with("field `") {
            return LowerError::Marshalling(reason);
        }
        LowerError::Marshalling(format!("field `{field}` of `{}`: {reason}", info.full_name))
    }
}
