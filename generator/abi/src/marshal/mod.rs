//! Marshalling: what native code sees of a managed type, where runtime marshalling is on.
//!
//! The rules are those of CoreCLR's IL stubs on targets without COM: `params` for parameters and results, `fields` for
//! the fields of structs, `primitives` and `classes` for both, and `structs` for which structs are the same on both
//! sides and how the others are laid out. What the runtime refuses is [`LowerError::Marshalling`], with advice.

mod classes;
mod fields;
mod params;
mod primitives;
mod structs;

use std::cell::RefCell;
use std::rc::Rc;

use super::basic_c_abi::{self, CScalar, Lowered, Outline};
use super::{LayoutEngine, LowerError};
use crate::types::{Named, Type};
use clr_metadata::Primitive;
use foldhash::HashMap;

pub use classes::Class;
pub use params::Position;
pub use structs::{NativeField, NativeLayout};

/// Applies the marshalling rules.
#[derive(Clone, Copy)]
pub struct Marshaller<'l, 'u, 'a> {
    layouts: &'l LayoutEngine<'u, 'a>,
}

/// What was worked out of structs, each once.
#[derive(Default)]
pub(super) struct MarshalCache {
    blittable: RefCell<HashMap<Named, bool>>,
    contents: RefCell<HashMap<Named, structs::Contents>>,
    native: RefCell<HashMap<Named, Result<Rc<NativeLayout>, LowerError>>>,
    /// Types whose native layout is being computed, outermost first.
    open: RefCell<Vec<Named>>,
}

/// A value in native code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Native {
    /// A C scalar; `Void` for no value.
    Scalar(Primitive),
    /// A pointer or handle.
    Pointer,
    /// A value type that is the same on both sides.
    Same(Named),
    /// A struct with a layout of its own.
    Struct(Rc<NativeLayout>),
}

impl<'l, 'u, 'a> Marshaller<'l, 'u, 'a> {
    /// Marshals the types that `layouts` resolves.
    pub fn new(layouts: &'l LayoutEngine<'u, 'a>) -> Marshaller<'l, 'u, 'a> {
        Marshaller { layouts }
    }

    /// Lowers a native value like the managed type of its shape.
    ///
    /// That a struct with one field of its own size is lowered as the field holds for native layouts too is inferred
    /// from clang's rule for the C struct; so is that a `ByValArray` or `ByValTStr` of one element counts as a field.
    pub fn lower(&self, native: &Native) -> Result<Lowered, LowerError> {
        basic_c_abi::lower(native.clone(), |native| {
            let layout = match native {
                Native::Scalar(primitive) => {
                    return self.layouts.lower(&Type::Primitive(*primitive)).map(Outline::Value);
                }
                Native::Pointer => return Ok(Outline::Value(CScalar::Pointer.lowered())),
                Native::Same(named) => return self.layouts.lower(&Type::Value(named.clone())).map(Outline::Value),
                Native::Struct(layout) => layout,
            };
            let only = match &*layout.fields {
                [field] if field.count == 1 && field.size == layout.size => Some(field.native.clone()),
                _ => None,
            };
            Ok(Outline::Struct { size: layout.size, align: layout.abi_align, only })
        })
    }
}

/// The refusal of the runtime, and what to do about it.
fn refuse(what: impl AsRef<str>, advice: &str) -> LowerError {
    LowerError::Marshalling(format!("{}; {advice}", what.as_ref()))
}

/// What to do about a `MarshalAs` that does not fit its type.
const DROP_MARSHAL_AS: &str = "remove the MarshalAs or choose one that fits the type";

/// What to do about a type that only COM has a form for.
const NO_COM: &str = "there is no COM on WebAssembly: pass a pointer or a handle";

/// What to do about a reference type without native form.
const USE_POINTER: &str = "pass a pointer, or a class with sequential layout";
