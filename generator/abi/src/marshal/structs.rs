//! Structs: which are the same on both sides, and the native layout of those that are not.

use std::rc::Rc;

use super::classes::Class;
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
    /// Alignment in bytes that argument passing uses.
    pub abi_align: u32,
    /// Fields in metadata order.
    pub fields: Vec<NativeField>,
    /// Offset in bytes of each field.
    pub offsets: Vec<u32>,
    /// The layout of a base class, which is in front of the fields.
    pub base: Option<Rc<NativeLayout>>,
    /// The handles inside.
    pub(super) handles: Handles,
}

/// What the runtime does not pass by value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// A 128-bit integer or a decimal floating-point number.
    pub has_wide_number: bool,
    /// Auto layout.
    pub has_auto_layout: bool,
}

/// Which classes of handles a native layout contains. The runtime does not make handles in a copy that it gets from native
/// code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Handles {
    #[default]
    None,
    Critical,
    Safe,
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
const REFUSED_GENERICS: [&str; 8] = [
    "System.Nullable`1",
    "System.Span`1",
    "System.ReadOnlySpan`1",
    "System.Runtime.Intrinsics.Vector64`1",
    "System.Runtime.Intrinsics.Vector128`1",
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
        if self.is_refused_generic(named) {
            return Err(refuse(format!("`{name}` is not marshalled"), "pass its parts, or a pointer"));
        }
        if !self.is_blittable(named)? {
            let what = format!("the generic struct `{name}` is not blittable");
            return Err(refuse(what, "use a struct that is not generic, or a pointer"));
        }
        Ok(())
    }

    fn is_refused_generic(&self, named: &Named) -> bool {
        let is_core = self.layouts.info(named).is_ok_and(|info| self.layouts.is_core_library(&info));
        is_core && REFUSED_GENERICS.contains(&self.layouts.name(named).as_str())
    }

    /// What in a struct the runtime refuses by value although it marshals nothing; `None` for a type that it passes.
    pub fn why_not_unmanaged(&self, named: &Named) -> Result<Option<&'static str>, LowerError> {
        let Ok(info) = self.layouts.info(named) else { return Ok(None) };
        if info.kind != TypeKind::Struct || as_primitive(self.layouts, named).is_some() {
            return Ok(None);
        }
        let layout = match self.layouts.of(named) {
            Ok(layout) => layout,
            Err(error @ LayoutError::BadImage(_)) => return Err(error.into()),
            // Lowering reports it.
            Err(_) => return Ok(None),
        };
        Ok(if self.is_refused_generic(named) {
            Some("is not passed by value")
        } else if layout.contains_gc {
            Some("contains a reference")
        } else if self.contents(named)?.has_auto_layout {
            Some("has auto layout, or contains a struct that has")
        } else if self.contents(named)?.has_wide_number {
            Some("contains a 128-bit integer or a decimal floating-point number")
        } else {
            None
        })
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
            for (field, ty) in info.fields.iter().zip(&*self.layouts.field_types(named, &info)?) {
                let given = self.descriptor(&info, field.row)?;
                blittable = blittable && self.is_blittable_field(ty, given.map(|given| given.native), ansi)?;
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

    /// What keeps the runtime from passing a struct by value, at any depth.
    pub(super) fn contents(&self, named: &Named) -> Result<Contents, LowerError> {
        if let Some(known) = self.layouts.marshalled.contents.borrow().get(named) {
            return Ok(*known);
        }
        // Without a layout there is nothing to pass; this also ends every recursion.
        if self.layouts.of(named).is_err() {
            return Ok(Contents::default());
        }
        let info = self.layouts.info(named)?;
        let wide = [Intrinsic::Int128, Intrinsic::Decimal128, Intrinsic::Decimal];
        let mut found = Contents {
            has_wide_number: self.layouts.intrinsic(&info).is_some_and(|intrinsic| wide.contains(&intrinsic)),
            has_auto_layout: info.kind == TypeKind::Struct && info.layout == LayoutKind::Auto,
        };
        for ty in self.layouts.field_types(named, &info)?.iter() {
            if let Type::Value(field) = ty {
                let inside = self.contents(field)?;
                found.has_wide_number |= inside.has_wide_number;
                found.has_auto_layout |= inside.has_auto_layout;
            }
        }
        self.layouts.marshalled.contents.borrow_mut().insert(named.clone(), found);
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
        if named.arguments.iter().any(is_reference) {
            let what = format!("the generic type `{}` is over a reference type", self.layouts.name(named));
            return Err(refuse(what, "use a type that is not generic"));
        }
        let base = if info.kind == TypeKind::Class { self.base_layout(named, &info)? } else { None };
        let mut handles = base.as_ref().map_or(Handles::None, |base| base.handles);
        let ansi = self.is_ansi(&info)?;
        let mut fields = Vec::with_capacity(info.fields.len());
        for (field, ty) in info.fields.iter().zip(&*self.layouts.field_types(named, &info)?) {
            let given = self.descriptor(&info, field.row)?;
            let native = self.field(ty, given, ansi).map_err(|error| self.in_field(&info, field.row, error))?;
            handles = handles.max(self.handles_of(ty, &native.native)?);
            fields.push(native);
        }
        // A base class is like a first field.
        let in_front = base.as_ref().map(|base| (base.size, base.align));
        let own = fields.iter().map(|field| (field.size, field.align));
        let sizes: Vec<(u32, u32)> = in_front.into_iter().chain(own).collect();
        let (size, align, mut offsets) = self.layouts.place_native(named, &info, &sizes)?;
        offsets.drain(..in_front.iter().len());
        // As for managed layouts; an explicit layout that is not blittable uses pointer alignment.
        let pointer = self.layouts.target().pointer_size;
        let by_fields = if info.layout == LayoutKind::Sequential { align } else { pointer };
        let abi_align = if by_fields < 8 && align > 4 { 8 } else { by_fields };
        Ok(NativeLayout { size, align, abi_align, fields, offsets, base, handles })
    }

    /// The layout of the base class; `None` for `object` and for a class without fields.
    fn base_layout(&self, named: &Named, info: &TypeInfo<'_>) -> Result<Option<Rc<NativeLayout>>, LowerError> {
        let Some(base) = self.base_with_layout(named, info)? else { return Ok(None) };
        let layout = self.native_layout(&base)?;
        if layout.fields.is_empty() && layout.base.is_none() {
            return Ok(None);
        }
        if info.layout != LayoutKind::Sequential {
            let what = format!("the class `{}` has a base class with fields", self.layouts.name(named));
            return Err(refuse(what, "make it a struct with all of the fields"));
        }
        Ok(Some(layout))
    }

    /// The base class, which must have a layout too; `None` for `object`.
    pub(super) fn base_with_layout(&self, named: &Named, info: &TypeInfo<'_>) -> Result<Option<Named>, LowerError> {
        let base = self.layouts.type_system().base_class(info.id, &named.arguments).map_err(LayoutError::BadImage)?;
        let Some(base) = base.filter(|base| self.layouts.name(base) != "System.Object") else { return Ok(None) };
        if self.layouts.info(&base)?.layout == LayoutKind::Auto {
            let what = format!("the class `{}` derives from a class without layout", self.layouts.name(named));
            return Err(refuse(what, "give its base class sequential layout"));
        }
        Ok(Some(base))
    }

    fn handles_of(&self, ty: &Type, native: &Native) -> Result<Handles, LowerError> {
        Ok(match (native, ty) {
            (Native::Struct(layout), _) => layout.handles,
            (Native::Pointer, Type::Class(named)) => match self.class(named)? {
                Class::Handle { is_safe: true, .. } => Handles::Safe,
                Class::Handle { .. } => Handles::Critical,
                _ => Handles::None,
            },
            _ => Handles::None,
        })
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

/// True for a type argument that generic code shares.
fn is_reference(ty: &Type) -> bool {
    matches!(ty, Type::String | Type::Object | Type::Class(_) | Type::Array(_))
}
