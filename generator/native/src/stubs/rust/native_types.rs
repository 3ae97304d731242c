//! Native types in Rust.
//!
//! Values from managed code are never restricted: a Boolean is an integer, an enum is an integer newtype,
//! a pointer is a raw pointer, and a function pointer may be null.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::super::stub_names::{TypeNames, snake};
use super::idents::{Scope, ident};
use super::passing::{self, Lowering};
use super::recursive_prototypes::Cycles;
use clr_wasm_abi::Crossing;
use thunkgen_core::collect::ir::declarations::{
    Declarations, Direction, Integer, Meaning, NativeType, Param, Prototype,
};

/// A type that the file defines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Defined {
    Enum(String, Integer),
    Struct(usize),
    Delegate(String, Option<usize>),
}

/// Writes types, and records which of them need a definition.
pub(super) struct RustTypes<'d> {
    declarations: &'d Declarations,
    names: &'d TypeNames,
    lowering: &'d Lowering<'d>,
    cycles: &'d Cycles,
    /// The types that were used so far.
    pub named: BTreeSet<Defined>,
}

impl<'d> RustTypes<'d> {
    pub fn new(
        declarations: &'d Declarations,
        names: &'d TypeNames,
        lowering: &'d Lowering<'d>,
        cycles: &'d Cycles,
    ) -> RustTypes<'d> {
        RustTypes { declarations, names, lowering, cycles, named: BTreeSet::new() }
    }

    /// Name of a type that the file defines.
    pub fn name(&self, of: &Defined) -> &'d str {
        match of {
            Defined::Struct(index) => self.names.of_struct(*index),
            Defined::Enum(name, underlying) => self.names.of_enum(name, *underlying),
            Defined::Delegate(name, prototype) => self.names.of_delegate(name, *prototype),
        }
    }

    /// A value as a parameter or result.
    pub fn value(&mut self, ty: &NativeType) -> TokenStream {
        match ty {
            NativeType::Vector(16) => quote!(core::arch::wasm32::v128),
            NativeType::Vector(bytes) => {
                let count = Literal::u32_unsuffixed(bytes / 16);
                quote!([core::arch::wasm32::v128; #count])
            }
            _ => self.pointee(ty),
        }
    }

    /// A field.
    pub fn field(&mut self, ty: &NativeType) -> TokenStream {
        match ty {
            // The same form as in `repr_c::as_written`.
            NativeType::Wide { signed } => {
                let half = if *signed { quote!(i64) } else { quote!(u64) };
                quote!([#half; 2])
            }
            NativeType::Repeated { element, count } => {
                let element = self.field(element);
                let count = Literal::u32_unsuffixed(*count);
                quote!([#element; #count])
            }
            _ => self.pointee(ty),
        }
    }

    /// The target of a pointer.
    fn pointee(&mut self, ty: &NativeType) -> TokenStream {
        match ty {
            NativeType::Void | NativeType::Unknown(_) => quote!(core::ffi::c_void),
            NativeType::Integer(of) => integer(*of),
            NativeType::Float => quote!(f32),
            NativeType::Double => quote!(f64),
            NativeType::Enum { name, underlying } => self.defined(Defined::Enum(name.clone(), *underlying)),
            NativeType::Struct(index) => self.defined(Defined::Struct(*index)),
            NativeType::Pointer(to) | NativeType::Array(to) => self.pointer(to, true),
            NativeType::Reference { to, direction } => self.pointer(to, *direction != Direction::In),
            NativeType::String { unit, writable } => {
                let unit = if *unit == 2 { quote!(u16) } else { quote!(u8) };
                if *writable { quote!(*mut #unit) } else { quote!(*const #unit) }
            }
            NativeType::Function { delegate: Some(name), prototype } => {
                self.defined(Defined::Delegate(name.clone(), *prototype))
            }
            NativeType::Function { delegate: None, prototype } => self.function(*prototype),
            NativeType::Handle(_) | NativeType::Object(_) => quote!(*mut core::ffi::c_void),
            NativeType::Vector(bytes) => {
                let bytes = Literal::u32_unsuffixed(*bytes);
                quote!([u8; #bytes])
            }
            NativeType::Wide { signed: true } => quote!(i128),
            NativeType::Wide { signed: false } => quote!(u128),
            NativeType::Repeated { .. } => self.field(ty),
        }
    }

    fn pointer(&mut self, to: &NativeType, mutable: bool) -> TokenStream {
        let to = self.pointee(to);
        if mutable { quote!(*mut #to) } else { quote!(*const #to) }
    }

    fn defined(&mut self, of: Defined) -> TokenStream {
        let name = ident(self.name(&of));
        self.named.insert(of);
        quote!(#name)
    }

    /// A pointer to a function with this prototype, or an address if Rust cannot express the type.
    pub fn function(&mut self, prototype: Option<usize>) -> TokenStream {
        let Some((index, of)) = prototype.and_then(|index| Some((index, self.declarations.prototypes.get(index)?)))
        else {
            return quote!(Option<unsafe extern "C" fn()>);
        };
        // Calling it through an approximate type would be wrong.
        if !self.is_expressible(of) {
            return quote!(*mut core::ffi::c_void);
        }
        let mut scope = Scope::default();
        let params: Vec<TokenStream> = of
            .params
            .iter()
            .map(|param| {
                let ty = self.inside(index, &param.native);
                if param.name.is_empty() {
                    return ty;
                }
                let name = scope.add(&snake(&param.name, "arg"));
                quote!(#name: #ty)
            })
            .collect();
        let ret = self.inside(index, &of.ret.native);
        let ret = result(&of.ret, &ret);
        quote!(Option<unsafe extern "C" fn(#(#params),*) #ret>)
    }

    /// A type inside a prototype. Rust has no recursive alias: such a function is an address.
    fn inside(&mut self, outer: usize, ty: &NativeType) -> TokenStream {
        let mut at = ty;
        while let NativeType::Pointer(to) | NativeType::Array(to) | NativeType::Reference { to, .. } = at {
            at = to;
        }
        match at {
            NativeType::Function { prototype: Some(inner), .. } if self.cycles.connects(outer, *inner) => {
                self.value(&with_target(ty, &NativeType::Pointer(Box::new(NativeType::Void))))
            }
            _ => self.value(ty),
        }
    }

    /// Whether Rust passes every parameter as the signature does.
    fn is_expressible(&self, of: &Prototype) -> bool {
        let tokens = &of.signature.params;
        let is_plain = |(param, token): (&Param, &clr_wasm_abi::ParamToken)| {
            passing::param(self.lowering, &param.native, *token) == Some(Crossing::AsIs) && !has_vectors(&param.native)
        };
        of.params.len() == tokens.len()
            && of.params.iter().zip(tokens).all(is_plain)
            && passing::result(self.lowering, &of.ret.native, of.signature.ret) == Some(Crossing::AsIs)
            && !has_vectors(&of.ret.native)
    }
}

/// `-> T`, or empty.
pub(super) fn result(ret: &Param, ty: &TokenStream) -> TokenStream {
    match ret.native {
        NativeType::Void => TokenStream::new(),
        _ => quote!(-> #ty),
    }
}

/// Vectors by value need a target with vectors.
pub(super) fn has_vectors(ty: &NativeType) -> bool {
    matches!(ty, NativeType::Vector(_))
}

fn with_target(ty: &NativeType, target: &NativeType) -> NativeType {
    match ty {
        NativeType::Pointer(to) => NativeType::Pointer(Box::new(with_target(to, target))),
        NativeType::Array(to) => NativeType::Array(Box::new(with_target(to, target))),
        NativeType::Reference { to, direction } => {
            NativeType::Reference { to: Box::new(with_target(to, target)), direction: *direction }
        }
        _ => target.clone(),
    }
}

pub(super) fn integer(of: Integer) -> TokenStream {
    match (of.meaning, of.bytes, of.signed) {
        (Meaning::Size, _, true) => quote!(isize),
        (Meaning::Size, _, false) => quote!(usize),
        // True unless it is 0, like BOOL of Windows.
        (Meaning::Bool, 4, _) => quote!(i32),
        (Meaning::Bool | Meaning::Char, 1, _) | (_, 1, false) => quote!(u8),
        (Meaning::Bool | Meaning::Char, 2, _) | (_, 2, false) => quote!(u16),
        (_, 1, true) => quote!(i8),
        (_, 2, true) => quote!(i16),
        (_, 4, false) => quote!(u32),
        (_, 8, false) => quote!(u64),
        (_, 8, true) => quote!(i64),
        _ => quote!(i32),
    }
}
