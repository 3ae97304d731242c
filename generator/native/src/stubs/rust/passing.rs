//! How the Rust compiler passes a parameter or result of an `extern "C"` function on wasm32.
//!
//! If Rust passes a value differently than C#, the function takes the form of the signature and converts it: a union of
//! equal members is one value in Rust, an empty struct is a byte, and a struct with unknown fields may be anything.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::repr_c::{Plan, RustMember, StructPlans, as_written};
use clr_wasm_abi::{CScalar, Content, Crossing, Lowered, ParamToken, ReturnToken};
use thunkgen_core::collect::ir::declarations::{Declarations, NativeType};

/// How a parameter with this token is passed; `None` if Rust cannot express it.
pub(super) fn param(types: &Lowering<'_>, ty: &NativeType, token: ParamToken) -> Option<Crossing> {
    types.converted(ty, Crossing::of_param(types.lowered(ty)?, token))
}

/// How a result is passed.
pub(super) fn result(types: &Lowering<'_>, ty: &NativeType, token: ReturnToken) -> Option<Crossing> {
    match (token, ty) {
        (ReturnToken::Void, NativeType::Void) => Some(Crossing::AsIs),
        (ReturnToken::Void, _) => Some(Crossing::Nothing),
        _ => types.converted(ty, Crossing::of_result(types.lowered(ty)?, token)),
    }
}

/// Types by value.
pub(super) struct Lowering<'d> {
    declarations: &'d Declarations,
    layouts: &'d StructPlans<'d>,
    /// The content of structs, cached.
    contents: RefCell<BTreeMap<usize, Content>>,
}

impl<'d> Lowering<'d> {
    pub fn new(declarations: &'d Declarations, layouts: &'d StructPlans<'d>) -> Lowering<'d> {
        Lowering { declarations, layouts, contents: RefCell::default() }
    }

    /// How Rust passes the type; `None` if it is not a value.
    fn lowered(&self, ty: &NativeType) -> Option<Lowered> {
        Some(match ty {
            NativeType::Struct(index) => {
                let shape = self.layouts.plan(*index)?.shape;
                self.content(*index).lowered(shape.size, shape.align)
            }
            _ => match ty.scalar()? {
                // C does not pass arrays.
                CScalar::Vector(bytes) if bytes != 16 => Lowered::Void,
                scalar => scalar.lowered(),
            },
        })
    }

    /// Whether a value can be converted: both forms need the same number of bytes.
    fn converted(&self, ty: &NativeType, crossing: Crossing) -> Option<Crossing> {
        let size = || self.layouts.shape(ty).map(|shape| shape.size);
        let fits = match crossing {
            Crossing::As(scalar) => size().is_some_and(|size| size <= scalar.size()),
            Crossing::AsSeveral(multi) => size() == Some(multi.size()),
            Crossing::AsIs | Crossing::ByAddress | Crossing::Nothing => true,
        };
        fits.then_some(crossing)
    }

    fn content(&self, index: usize) -> Content {
        if let Some(content) = self.contents.borrow().get(&index) {
            return *content;
        }
        let content = self.layouts.plan(index).map_or(Content::Mixed, |plan| self.planned(plan, index));
        self.contents.borrow_mut().insert(index, content);
        content
    }

    fn planned(&self, plan: &Plan, index: usize) -> Content {
        let fields = self.declarations.structs.get(index).and_then(|of| of.fields.as_deref()).unwrap_or_default();
        let contents = plan.members.iter().map(|member| match member {
            RustMember::Field(field) => fields.get(*field).map_or(Content::Mixed, |field| self.field(&field.ty)),
            RustMember::Bytes(field) => fields.get(*field).map_or(Content::Mixed, |field| Content::bytes(field.size)),
            RustMember::Gap { size, .. } => Content::bytes(*size),
            RustMember::Overlap { plan, .. } | RustMember::Shifted { plan, .. } => self.planned(plan, index),
        });
        let both = if plan.is_union { Content::or } else { Content::then };
        let content = contents.fold(Content::Nothing, both);
        match content {
            // Including the padding at the end.
            Content::Alike(_, size) if size != plan.shape.size => Content::Mixed,
            _ => content,
        }
    }

    fn field(&self, ty: &NativeType) -> Content {
        match ty {
            NativeType::Struct(index) => self.content(*index),
            NativeType::Repeated { element, count } => self.field(element).times(*count),
            _ => ty.scalar().map_or(Content::Mixed, |scalar| {
                let (unit, count) = as_written(scalar);
                Content::several(unit, count)
            }),
        }
    }
}
