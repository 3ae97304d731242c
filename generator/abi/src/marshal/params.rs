//! Parameters and results of native calls.

use std::rc::Rc;

use super::classes::Class;
use super::structs::{Handles, NativeLayout, Value};
use super::{DROP_MARSHAL_AS, Marshaller, NO_COM, Native, USE_POINTER, primitives, refuse};
use crate::types::{DataFlow, Named, Type};
use crate::{LayoutError, LowerError};
use clr_metadata::{MarshalDescriptor, Primitive, UnmanagedType};

/// Largest by-value struct the runtime marshals, in bytes.
const MAX_BY_VALUE: u32 = 0xFFF0;

/// Where a value crosses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// A parameter.
    Param(DataFlow),
    /// The result.
    Return,
    /// The result of a P/Invoke without PreserveSig, which native code writes through a trailing pointer.
    ReturnByPointer,
}

/// How a value is passed, for the types that cannot be passed in every way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passing {
    ByValue(Position),
    ByRef(DataFlow),
}

impl Passing {
    fn is_return(self) -> bool {
        matches!(self, Passing::ByValue(Position::Return | Position::ReturnByPointer))
    }

    /// True if the runtime makes a managed object of what native code hands back.
    fn is_created(self) -> bool {
        self.is_return() || matches!(self, Passing::ByRef(DataFlow::Out | DataFlow::InOut))
    }
}

impl Marshaller<'_, '_, '_> {
    /// What native code gets for a parameter or result.
    pub fn value(&self, ty: &Type, given: Option<MarshalDescriptor>, position: Position) -> Result<Native, LowerError> {
        let Type::ByRef(inner) = ty else { return self.passed(ty, given, Passing::ByValue(position)) };
        let Position::Param(flow) = position else {
            // The one exception of the runtime's: a reference to a blittable struct is returned as a pointer.
            return match (self.passed(inner, given, Passing::ByRef(DataFlow::InOut))?, &**inner) {
                (Native::Same(_), Type::Value(named)) if self.value_kind(named)? == Value::Struct => {
                    Ok(Native::Pointer)
                }
                _ => Err(refuse("a `ref` result is not marshalled", "return a pointer")),
            };
        };
        through_pointer(self.passed(inner, given, Passing::ByRef(flow)))
    }

    /// What a `ref` parameter points to of this type.
    pub fn referent(&self, ty: &Type, given: Option<MarshalDescriptor>) -> Result<Native, LowerError> {
        self.passed(ty, given, Passing::ByRef(DataFlow::InOut))
    }

    /// What native code sees of each element of an array parameter. `ansi` says that a `char` is one byte.
    pub fn array_element(
        &self,
        element: &Type,
        given: Option<MarshalDescriptor>,
        ansi: bool,
    ) -> Result<Native, LowerError> {
        self.element(element, given.and_then(|given| given.element), ansi)
    }

    /// The native layout of a class with layout; `None` for other types, and for one that is not marshalled.
    pub fn class_layout(&self, named: &Named) -> Option<Rc<NativeLayout>> {
        self.native_layout(named).ok()
    }

    fn passed(&self, ty: &Type, given: Option<MarshalDescriptor>, passing: Passing) -> Result<Native, LowerError> {
        let native = given.map(|given| given.native);
        if native == Some(UnmanagedType::CustomMarshaler) {
            return match ty {
                Type::Class(named) if matches!(self.class(named)?, Class::WithLayout(_)) => {
                    let info = self.layouts.info(named)?;
                    self.base_with_layout(named, &info).map(|_| Native::Pointer)
                }
                Type::String | Type::Object | Type::Class(_) | Type::Array(_) => Ok(Native::Pointer),
                _ => Err(refuse("only reference types have custom marshalers", DROP_MARSHAL_AS)),
            };
        }
        match ty {
            Type::Primitive(Primitive::Void) => Ok(Native::Scalar(Primitive::Void)),
            // By value a char is an i32 in every character set.
            Type::Primitive(primitive) => primitives::native(*primitive, native, false).map(Native::Scalar),
            Type::Pointer(_) => pointer("a pointer", native, &[]),
            Type::FunctionPointer => pointer("a function pointer", native, &[UnmanagedType::FunctionPtr]),
            Type::String => string(native),
            Type::Object => object(native, passing),
            Type::Class(named) => self.class_value(named, native, passing),
            Type::Array(element) => self.array(element, given, passing),
            Type::Value(named) => self.struct_value(named, given, passing),
            Type::ByRef(_) => Err(refuse("a `ref` to a `ref` is not marshalled", "pass a pointer")),
            Type::TypedReference => Err(refuse("`TypedReference` is not marshalled", "pass a pointer")),
            Type::TypeVariable(_) | Type::MethodVariable(_) => Err(LowerError::OpenParameter),
        }
    }

    fn class_value(&self, named: &Named, given: Option<UnmanagedType>, passing: Passing) -> Result<Native, LowerError> {
        let what = || format!("`{}`", self.layouts.name(named));
        match self.class(named)? {
            Class::StringBuilder => {
                use UnmanagedType::{LPStr, LPTStr, LPUTF8Str, LPWStr};
                pointer("`StringBuilder`", given, &[LPStr, LPWStr, LPTStr, LPUTF8Str])
            }
            Class::Handle { is_creatable, has_constructor, .. } => {
                let is_refused = match passing {
                    // The runtime looks for the constructor, and does not use it.
                    Passing::ByRef(DataFlow::In) => !has_constructor,
                    _ => passing.is_created() && !is_creatable,
                };
                if is_refused {
                    let what = format!("the runtime cannot create the handle {}", what());
                    let advice = "use a class that is not abstract, with a public constructor without parameters";
                    return Err(refuse(what, advice));
                }
                pointer(&what(), given, &[])
            }
            Class::AnyDelegate if passing.is_created() => {
                Err(refuse(format!("{} has no signature", what()), "use a delegate type of your own"))
            }
            Class::Delegate | Class::AnyDelegate => pointer(&what(), given, &[UnmanagedType::FunctionPtr]),
            Class::WithLayout(id) => {
                let native = pointer(&what(), given, &[UnmanagedType::LPStruct])?;
                let type_system = self.layouts.type_system();
                if passing.is_created() && type_system.is_abstract(id).map_err(LayoutError::BadImage)? {
                    return Err(refuse(format!("the class {} is abstract", what()), "use one that is not"));
                }
                match self.native_layout(named) {
                    Ok(layout) if passing.is_created() && layout.handles != Handles::None => {
                        Err(handles_inside(&what()))
                    }
                    layout => through_pointer(layout.map(|_| native)),
                }
            }
            Class::Generic => {
                Err(refuse(format!("the generic class {} is not marshalled", what()), "use one that is not generic"))
            }
            Class::Object => object(given, passing),
            Class::Interface => Err(refuse(format!("the interface {} is not marshalled", what()), NO_COM)),
            Class::Other => {
                Err(refuse(format!("the class {} has no layout and is not marshalled", what()), USE_POINTER))
            }
            Class::Unknown => Ok(Native::Pointer),
        }
    }

    fn array(&self, element: &Type, given: Option<MarshalDescriptor>, passing: Passing) -> Result<Native, LowerError> {
        if passing.is_return() {
            return Err(refuse("an array result is not marshalled", "return a pointer"));
        }
        match given.map(|given| given.native) {
            None | Some(UnmanagedType::LPArray) => {}
            Some(UnmanagedType::SafeArray) => return Err(refuse("SafeArray is not supported", NO_COM)),
            Some(other) => {
                return Err(refuse(
                    format!("an array parameter is not marshalled as {}", other.name()),
                    DROP_MARSHAL_AS,
                ));
            }
        }
        match self.element(element, given.and_then(|given| given.element), false) {
            Ok(Native::Struct(layout)) if passing.is_created() && layout.handles != Handles::None => {
                Err(handles_inside("the element type"))
            }
            element => through_pointer(element),
        }
    }

    fn struct_value(
        &self,
        named: &Named,
        given: Option<MarshalDescriptor>,
        passing: Passing,
    ) -> Result<Native, LowerError> {
        let native = given.map(|given| given.native);
        let what = || format!("`{}`", self.layouts.name(named));
        let misfit = || match native {
            Some(native) => refuse(format!("{} is not marshalled as {}", what(), native.name()), DROP_MARSHAL_AS),
            None => refuse(format!("{} is not marshalled", what()), "pass a pointer"),
        };
        let by_value = matches!(passing, Passing::ByValue(Position::Param(_)));
        let value = match (self.value_kind(named)?, native) {
            (Value::Primitive(primitive), _) => {
                return primitives::native(primitive, native, false).map(Native::Scalar);
            }
            (Value::Class, _) => return self.class_value(named, native, passing),
            (Value::Decimal, Some(UnmanagedType::Currency)) => {
                return match passing {
                    passing if passing.is_return() => Err(misfit()),
                    _ => Ok(Native::Scalar(Primitive::I8)),
                };
            }
            (Value::Decimal | Value::Guid, Some(UnmanagedType::LPStruct)) => return Ok(Native::Pointer),
            (Value::DateTime, None | Some(UnmanagedType::Struct)) => return Ok(Native::Scalar(Primitive::R8)),
            (Value::HandleRef, None) if by_value => return Ok(Native::Pointer),
            (Value::ArrayWithOffset, None) if passing == Passing::ByValue(Position::Param(DataFlow::InOut)) => {
                return Ok(Native::Pointer);
            }
            (Value::RuntimeHandle, None) if !passing.is_created() => return Ok(Native::Pointer),
            (Value::Decimal | Value::Guid | Value::Struct, None | Some(UnmanagedType::Struct)) => {
                self.struct_form(named)?
            }
            _ => return Err(misfit()),
        };
        if passing == Passing::ByValue(Position::ReturnByPointer) {
            let what = format!("the struct {} is not marshalled as the result of a method without PreserveSig", what());
            return Err(refuse(what, "return it through an `out` parameter"));
        }
        if matches!(passing, Passing::ByValue(_)) && self.contents(named)?.has_wide_number {
            let what = format!("{} by value contains a 128-bit integer or a decimal floating-point number", what());
            return Err(refuse(what, "pass it by reference"));
        }
        match &value {
            Native::Struct(layout)
                if layout.handles != Handles::None
                    && (passing.is_return() || passing == Passing::ByRef(DataFlow::Out)) =>
            {
                Err(handles_inside(&what()))
            }
            _ => Ok(value),
        }
    }

    /// The native form of a struct, whether it is passed by value or by reference.
    fn struct_form(&self, named: &Named) -> Result<Native, LowerError> {
        self.check_generic(named)?;
        let form = self.struct_native(named)?;
        if let Ok(layout) = self.layouts.of(named)
            && layout.size > MAX_BY_VALUE
        {
            let what = format!("the struct `{}` is larger than {MAX_BY_VALUE} bytes", self.layouts.name(named));
            return Err(refuse(what, "pass a pointer"));
        }
        Ok(form)
    }
}

/// A pointer to something: its size makes no difference, but the runtime must be able to load and marshal it.
fn through_pointer(inner: Result<Native, LowerError>) -> Result<Native, LowerError> {
    match inner {
        Err(LowerError::Layout(LayoutError::Unknown { .. } | LayoutError::Open { .. }) | LowerError::OpenParameter)
        | Ok(_) => Ok(Native::Pointer),
        Err(error) => Err(error),
    }
}

fn handles_inside(what: &str) -> LowerError {
    refuse(format!("{what} contains a handle, which the runtime does not copy back"), "use a pointer field")
}

/// A pointer, unless `MarshalAs` names something that is none of `fitting`.
fn pointer(what: &str, given: Option<UnmanagedType>, fitting: &[UnmanagedType]) -> Result<Native, LowerError> {
    match given {
        Some(given) if !fitting.contains(&given) => {
            Err(refuse(format!("{what} is not marshalled as {}", given.name()), DROP_MARSHAL_AS))
        }
        _ => Ok(Native::Pointer),
    }
}

/// The native types of a string that are pointers everywhere.
pub(super) const STRINGS: [UnmanagedType; 7] = [
    UnmanagedType::LPStr,
    UnmanagedType::LPWStr,
    UnmanagedType::LPTStr,
    UnmanagedType::LPUTF8Str,
    UnmanagedType::BStr,
    UnmanagedType::TBStr,
    UnmanagedType::AnsiBStr,
];

fn string(given: Option<UnmanagedType>) -> Result<Native, LowerError> {
    match given {
        Some(UnmanagedType::ByValTStr) => {
            Err(refuse("ByValTStr is for fields only", "use LPStr, LPWStr or LPUTF8Str for a parameter"))
        }
        _ => pointer("`string`", given, &STRINGS),
    }
}

fn object(given: Option<UnmanagedType>, passing: Passing) -> Result<Native, LowerError> {
    match given {
        Some(UnmanagedType::AsAny) if matches!(passing, Passing::ByValue(Position::Param(_))) => Ok(Native::Pointer),
        Some(UnmanagedType::AsAny) => Err(refuse("AsAny is for parameters by value only", "pass a pointer")),
        _ => Err(refuse("`object` is marshalled as a VARIANT or an interface", NO_COM)),
    }
}
