//! Native types: the result of marshalling, with the targets of pointers.

use std::rc::Rc;

use super::documentation_id;
use super::prototypes::{PointerSignature, Prototypes};
use super::structs::{Form, Structs};
use crate::collect::ir::declarations::{Direction, Integer, Meaning, NativeType};
use clr_metadata::{MarshalDescriptor, Primitive, UnmanagedType as Marshalled};
use clr_wasm_abi::layout::special::Intrinsic;
use clr_wasm_abi::marshal::{Class, Position};
use clr_wasm_abi::types::{DataFlow, Named, Type, TypeKind};
use clr_wasm_abi::{LayoutEngine, Lowered, Marshaller, Native, Scalar, TokenSet};

/// Describes the types of one method.
pub(super) struct Described<'d, 'c, 'a> {
    pub layouts: &'d LayoutEngine<'c, 'a>,
    pub structs: &'d mut Structs,
    pub prototypes: &'d mut Prototypes,
    pub tokens: TokenSet,
    /// Whether strings without `MarshalAs` are UTF-16.
    is_unicode: bool,
    /// The function pointer that the current type is or points to.
    function: Option<Rc<PointerSignature>>,
}

impl<'d, 'c, 'a> Described<'d, 'c, 'a> {
    pub fn new(
        layouts: &'d LayoutEngine<'c, 'a>,
        structs: &'d mut Structs,
        prototypes: &'d mut Prototypes,
        tokens: TokenSet,
    ) -> Self {
        Described { layouts, structs, prototypes, tokens, is_unicode: false, function: None }
    }

    /// Describes a type; `pointer` is the function pointer that it is or points to.
    pub fn with_function<T>(
        &mut self,
        function: Option<Rc<PointerSignature>>,
        describe: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let outer = std::mem::replace(&mut self.function, function);
        let described = describe(self);
        self.function = outer;
        described
    }

    /// Sets the default for strings.
    pub fn with_unicode<T>(&mut self, is_unicode: bool, describe: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.is_unicode, is_unicode);
        let described = describe(self);
        self.is_unicode = outer;
        described
    }

    /// A parameter that is marshalled.
    pub fn param(&mut self, ty: &Type, given: Option<MarshalDescriptor>, direction: Direction) -> NativeType {
        let flow = match direction {
            Direction::In => DataFlow::In,
            Direction::Out => DataFlow::Out,
            Direction::Both => DataFlow::InOut,
        };
        let native = self.marshaller().value(ty, given, Position::Param(flow)).ok();
        match (ty, native) {
            (Type::ByRef(inner), Some(_)) => {
                let to = self.marshaller().referent(inner, given).ok();
                let to = self.behind_pointer(inner, given, to);
                NativeType::Reference { to: Box::new(to), direction }
            }
            (_, native) => self.marshalled(ty, given, native),
        }
    }

    /// A result that is marshalled.
    pub fn result(&mut self, ty: &Type, given: Option<MarshalDescriptor>, by_pointer: bool) -> NativeType {
        let position = if by_pointer { Position::ReturnByPointer } else { Position::Return };
        let native = self.marshaller().value(ty, given, position).ok();
        match ty {
            Type::ByRef(inner) => NativeType::Pointer(Box::new(self.pointee(inner))),
            _ => self.marshalled(ty, given, native),
        }
    }

    /// A type that is the same on both sides.
    pub fn plain(&mut self, ty: &Type) -> NativeType {
        match ty {
            Type::Primitive(primitive) => self.primitive(*primitive),
            Type::String | Type::Object | Type::Class(_) | Type::Array(_) => self.object(ty),
            Type::Pointer(inner) => NativeType::Pointer(Box::new(self.pointee(inner))),
            Type::ByRef(inner) => {
                NativeType::Reference { to: Box::new(self.pointee(inner)), direction: Direction::Both }
            }
            Type::FunctionPointer => self.function_pointer(),
            Type::TypedReference => {
                let pointer = self.layouts.target().pointer_size;
                NativeType::Struct(self.structs.opaque(
                    "System.TypedReference",
                    "T:System.TypedReference",
                    (2 * pointer, pointer),
                ))
            }
            Type::TypeVariable(_) | Type::MethodVariable(_) => NativeType::Unknown(self.name(ty)),
            Type::Value(named) => self.value(named).unwrap_or_else(|| self.object(ty)),
        }
    }

    pub fn primitive(&self, primitive: Primitive) -> NativeType {
        match primitive {
            Primitive::Void => NativeType::Void,
            Primitive::R4 => NativeType::Float,
            Primitive::R8 => NativeType::Double,
            _ => NativeType::Integer(self.integer(primitive)),
        }
    }

    /// The native type of a marshalled value of this managed type.
    pub fn native(&mut self, ty: &Type, given: Option<MarshalDescriptor>, native: Native) -> NativeType {
        match native {
            Native::Scalar(primitive) => self.scalar(ty, primitive),
            Native::Pointer => self.pointer(ty, given),
            Native::Same(named) => self.plain(&Type::Value(named)),
            Native::Struct(layout) => match ty {
                Type::Value(named) | Type::Class(named) => match Structs::define(self, named, Form::Native(layout)) {
                    Some(index) => NativeType::Struct(index),
                    None => NativeType::Unknown(self.name(ty)),
                },
                _ => NativeType::Unknown(self.name(ty)),
            },
        }
    }

    pub fn name(&self, ty: &Type) -> String {
        self.layouts.type_system().type_name(ty)
    }

    pub fn marshaller(&self) -> Marshaller<'d, 'c, 'a> {
        Marshaller::new(self.layouts)
    }

    fn marshalled(&mut self, ty: &Type, given: Option<MarshalDescriptor>, native: Option<Native>) -> NativeType {
        match native {
            Some(native) => self.native(ty, given, native),
            None => NativeType::Unknown(self.name(ty)),
        }
    }

    fn behind_pointer(&mut self, ty: &Type, given: Option<MarshalDescriptor>, native: Option<Native>) -> NativeType {
        match native {
            // A pointer does not need its layout.
            Some(Native::Same(named)) => self.pointee(&Type::Value(named)),
            native => self.marshalled(ty, given, native),
        }
    }

    /// The target of a pointer; only the name for a type without a layout.
    fn pointee(&mut self, ty: &Type) -> NativeType {
        match ty {
            Type::Value(named) => self.value(named).unwrap_or_else(|| NativeType::Unknown(self.name(ty))),
            _ => self.plain(ty),
        }
    }

    /// A value type; `None` for a type without a layout.
    fn value(&mut self, named: &Named) -> Option<NativeType> {
        if let Some(primitive) = self.layouts.built_in(named) {
            return Some(self.primitive(primitive));
        }
        if let Some(declared) = self.layouts.declared(named) {
            let name = self.name(&Type::Value(named.clone()));
            let id = documentation_id::of_type(self.layouts.type_system(), named);
            let sizes = (declared.size, declared.align.unwrap_or(1));
            return Some(NativeType::Struct(self.structs.opaque(&name, &id, sizes)));
        }
        let info = self.layouts.info(named).ok()?;
        match info.kind {
            TypeKind::Class | TypeKind::Delegate => return None,
            TypeKind::Enum => {
                let underlying = info.enum_underlying()?;
                if matches!(underlying, Primitive::R4 | Primitive::R8) {
                    return Some(self.primitive(underlying)); // C has no such enums
                }
                let underlying = self.integer(underlying);
                return Some(NativeType::Enum { name: info.full_name.clone(), underlying });
            }
            TypeKind::Struct => {}
        }
        match self.layouts.lower(&Type::Value(named.clone())) {
            Ok(Lowered::Scalar(Scalar::V128)) if self.layouts.intrinsic(&info).is_some() => {
                return Some(NativeType::Vector(16));
            }
            Ok(Lowered::MultiSlot(multi)) => match self.layouts.intrinsic(&info) {
                Some(Intrinsic::Int128) => return Some(NativeType::Wide { signed: info.name == "Int128" }),
                Some(Intrinsic::Decimal128) => return Some(NativeType::Wide { signed: false }),
                Some(_) => return Some(NativeType::Vector(multi.size())),
                None => {}
            },
            _ => {}
        }
        Structs::define(self, named, Form::Managed).map(NativeType::Struct)
    }

    fn scalar(&self, ty: &Type, primitive: Primitive) -> NativeType {
        let native = self.primitive(primitive);
        let NativeType::Integer(integer) = native else { return native };
        match ty {
            Type::Primitive(Primitive::Boolean) => NativeType::Integer(Integer { meaning: Meaning::Bool, ..integer }),
            Type::Primitive(Primitive::Char) => NativeType::Integer(Integer { meaning: Meaning::Char, ..integer }),
            Type::Value(named) if self.layouts.info(named).is_ok_and(|info| info.kind == TypeKind::Enum) => {
                NativeType::Enum { name: self.layouts.name(named), underlying: integer }
            }
            _ => native,
        }
    }

    /// A value that is marshalled as a pointer.
    fn pointer(&mut self, ty: &Type, given: Option<MarshalDescriptor>) -> NativeType {
        let is_wide = match given.map(|given| given.native) {
            Some(Marshalled::LPWStr | Marshalled::BStr | Marshalled::TBStr) => true,
            Some(_) => false,
            None => self.is_unicode,
        };
        let unit = if is_wide { 2 } else { 1 };
        match ty {
            Type::String => NativeType::String { unit, writable: false },
            Type::Pointer(inner) => NativeType::Pointer(Box::new(self.pointee(inner))),
            Type::FunctionPointer => self.function_pointer(),
            Type::Array(element) => {
                let native = self.marshaller().array_element(element, given, !self.is_unicode).ok();
                let element_given = None;
                NativeType::Array(Box::new(self.behind_pointer(element, element_given, native)))
            }
            Type::Class(named) => match self.marshaller().class(named) {
                Ok(Class::StringBuilder) => NativeType::String { unit, writable: true },
                Ok(Class::Handle { .. }) => NativeType::Handle(self.layouts.name(named)),
                Ok(Class::Delegate | Class::AnyDelegate) => NativeType::Function {
                    delegate: Some(self.layouts.name(named)),
                    prototype: Prototypes::of_delegate(self, named),
                },
                Ok(Class::WithLayout(_)) => {
                    let layout = self.marshaller().class_layout(named);
                    let to = self.marshalled(ty, None, layout.map(Native::Struct));
                    NativeType::Reference { to: Box::new(to), direction: Direction::Both }
                }
                _ => self.object(ty),
            },
            Type::Value(named) => match self.value(named) {
                // Guid and decimal as LPStruct; other wrappers are passed as their content.
                Some(NativeType::Struct(index)) if given.is_some() => {
                    NativeType::Pointer(Box::new(NativeType::Struct(index)))
                }
                _ => NativeType::Handle(self.layouts.name(named)),
            },
            Type::Object => NativeType::Pointer(Box::new(NativeType::Void)),
            _ => self.object(ty),
        }
    }

    fn function_pointer(&mut self) -> NativeType {
        let prototype = self.function.clone().and_then(|written| Prototypes::of_pointer(self, &written));
        NativeType::Function { delegate: None, prototype }
    }

    fn object(&self, ty: &Type) -> NativeType {
        NativeType::Object(self.name(ty))
    }

    fn integer(&self, primitive: Primitive) -> Integer {
        let (bytes, _) = self.layouts.target().primitive(primitive).unwrap_or((0, 1));
        Integer {
            bytes: u8::try_from(bytes).unwrap_or(0),
            signed: matches!(primitive, Primitive::I1 | Primitive::I2 | Primitive::I4 | Primitive::I8 | Primitive::I),
            meaning: match primitive {
                Primitive::Boolean => Meaning::Bool,
                Primitive::Char => Meaning::Char,
                Primitive::I | Primitive::U => Meaning::Size,
                _ => Meaning::Number,
            },
        }
    }
}
