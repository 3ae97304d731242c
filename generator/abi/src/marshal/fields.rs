//! Fields of structs that have a native layout of their own, and elements of arrays.

use super::classes::Class;
use super::params::STRINGS;
use super::structs::{Handles, NativeField, Value};
use super::{DROP_MARSHAL_AS, Marshaller, NO_COM, Native, USE_POINTER, primitives, refuse};
use crate::LowerError;
use crate::types::{Named, Type};
use clr_metadata::{MarshalDescriptor, Primitive, UnmanagedType};

impl Marshaller<'_, '_, '_> {
    /// The native form of a field. `ansi` is the character set of the type around it.
    pub(super) fn field(
        &self,
        ty: &Type,
        given: Option<MarshalDescriptor>,
        ansi: bool,
    ) -> Result<NativeField, LowerError> {
        if let (Type::String, Some(MarshalDescriptor { native: UnmanagedType::ByValTStr, size, .. })) = (ty, given) {
            let unit = Native::Scalar(if ansi { Primitive::U1 } else { Primitive::U2 });
            return self.repeated(unit, size);
        }
        if let (Type::Array(element), Some(given)) = (ty, given)
            && given.native == UnmanagedType::ByValArray
        {
            return self.repeated(self.element(element, given.element, ansi)?, given.size);
        }
        self.repeated(self.single_field(ty, given.map(|given| given.native), ansi)?, 1)
    }

    fn single_field(&self, ty: &Type, given: Option<UnmanagedType>, ansi: bool) -> Result<Native, LowerError> {
        match ty {
            Type::Primitive(primitive) => primitives::native(*primitive, given, ansi).map(Native::Scalar),
            Type::Pointer(_) => fits("a pointer", given, &[]).map(|()| Native::Pointer),
            Type::FunctionPointer => {
                fits("a function pointer", given, &[UnmanagedType::FunctionPtr]).map(|()| Native::Pointer)
            }
            Type::String => fits("a string field", given, &STRINGS).map(|()| Native::Pointer),
            Type::Array(_) if given == Some(UnmanagedType::SafeArray) => {
                Err(refuse("SafeArray is not supported", NO_COM))
            }
            Type::Array(_) => Err(refuse(
                "an array field is marshalled as ByValArray only",
                "give it MarshalAs(UnmanagedType.ByValArray, SizeConst = n), or make it a pointer",
            )),
            Type::Object => Err(refuse("an `object` field is not marshalled", NO_COM)),
            Type::Class(named) => self.class_field(named, given),
            Type::Value(named) => self.struct_field(named, given, ansi),
            Type::ByRef(_) | Type::TypedReference => Err(refuse("a `ref` field is not marshalled", "use a pointer")),
            Type::TypeVariable(_) | Type::MethodVariable(_) => Err(LowerError::OpenParameter),
        }
    }

    fn class_field(&self, named: &Named, given: Option<UnmanagedType>) -> Result<Native, LowerError> {
        let what = format!("`{}`", self.layouts.name(named));
        let refused = |advice| Err(refuse(format!("a field of class {what} is not marshalled"), advice));
        match self.class(named)? {
            Class::Handle { .. } => fits(&what, given, &[]).map(|()| Native::Pointer),
            Class::Delegate | Class::AnyDelegate => {
                fits(&what, given, &[UnmanagedType::FunctionPtr]).map(|()| Native::Pointer)
            }
            // Inline, not through a pointer.
            Class::WithLayout(_) => {
                fits(&what, given, &[UnmanagedType::Struct])?;
                self.native_layout(named).map(Native::Struct)
            }
            Class::StringBuilder => refused("use a string or a pointer"),
            Class::Object | Class::Interface => refused(NO_COM),
            Class::Generic | Class::Other => refused(USE_POINTER),
            // A pointer or an inlined struct.
            Class::Unknown => match self.layouts.info(named) {
                Err(error) => Err(error.into()),
                Ok(_) => refused(USE_POINTER),
            },
        }
    }

    fn struct_field(&self, named: &Named, given: Option<UnmanagedType>, ansi: bool) -> Result<Native, LowerError> {
        let what = format!("`{}`", self.layouts.name(named));
        match self.value_kind(named)? {
            Value::Primitive(primitive) => primitives::native(primitive, given, ansi).map(Native::Scalar),
            Value::Class => self.class_field(named, given),
            Value::Decimal if given == Some(UnmanagedType::Currency) => Ok(Native::Scalar(Primitive::I8)),
            Value::DateTime => fits(&what, given, &[UnmanagedType::Struct]).map(|()| Native::Scalar(Primitive::R8)),
            Value::Decimal | Value::Guid | Value::Struct => {
                fits(&what, given, &[UnmanagedType::Struct])?;
                self.struct_native(named)
            }
            Value::HandleRef | Value::ArrayWithOffset | Value::RuntimeHandle | Value::ArgIterator => {
                Err(refuse(format!("a field of type {what} is not marshalled"), "use a pointer"))
            }
        }
    }

    /// The native form of an array element. A `MarshalAs` subtype that does not fit is ignored where the runtime does.
    pub(super) fn element(&self, ty: &Type, given: Option<UnmanagedType>, ansi: bool) -> Result<Native, LowerError> {
        let refused = |what: &str, advice| Err(refuse(format!("an array of {what} is not marshalled"), advice));
        match ty {
            Type::Primitive(primitive) => {
                let native = primitives::native(*primitive, given, ansi);
                let native = native.or_else(|_| primitives::native(*primitive, None, ansi));
                native.map(Native::Scalar)
            }
            Type::Pointer(_) | Type::FunctionPointer => Ok(Native::Pointer),
            Type::String => {
                use UnmanagedType::{BStr, LPStr, LPTStr, LPWStr};
                fits("a string in an array", given, &[BStr, LPStr, LPWStr, LPTStr]).map(|()| Native::Pointer)
            }
            Type::Array(_) => refused("arrays", "pass a pointer"),
            Type::Value(named) => match self.value_kind(named)? {
                Value::Primitive(primitive) => self.element(&Type::Primitive(primitive), given, ansi),
                Value::Decimal if given == Some(UnmanagedType::Currency) => refused("decimals as Currency", NO_COM),
                Value::Class => self.element(&Type::Class(named.clone()), given, ansi),
                Value::Struct if !named.arguments.is_empty() && !self.is_blittable(named)? => {
                    refused("generic structs that are not blittable", "pass a pointer")
                }
                // The runtime does not look at the subtype of structs.
                Value::Struct | Value::Guid => match self.struct_field(named, None, ansi)? {
                    Native::Struct(layout) if layout.handles == Handles::Safe => {
                        refused("structs that contain a SafeHandle", "pass an array of pointers")
                    }
                    native => Ok(native),
                },
                _ => self.struct_field(named, given, ansi),
            },
            Type::Class(named) if self.class(named)? == Class::Unknown => Ok(Native::Pointer),
            Type::Object | Type::Class(_) => refused("objects", "pass an array of structs or pointers"),
            Type::ByRef(_) | Type::TypedReference => refused("references", "pass a pointer"),
            Type::TypeVariable(_) | Type::MethodVariable(_) => Err(LowerError::OpenParameter),
        }
    }
}

/// Refuses a `MarshalAs` that is none of `fitting`.
fn fits(what: &str, given: Option<UnmanagedType>, fitting: &[UnmanagedType]) -> Result<(), LowerError> {
    match given {
        Some(given) if !fitting.contains(&given) => {
            Err(refuse(format!("{what} is not marshalled as {}", given.name()), DROP_MARSHAL_AS))
        }
        _ => Ok(()),
    }
}
