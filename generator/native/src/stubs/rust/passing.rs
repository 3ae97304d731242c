//! What the Rust compiler makes of a parameter or result of an `extern "C"` function on wasm32.
//!
//! Where it goes otherwise than in C#, a value is taken as the signature has it and converted: a union whose members are
//! all alike is one value to Rust, an empty struct is one of a byte, and a struct of unknown fields may be anything.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::layout::{Plan, RustMember, StructPlans, as_written};
use clr_wasm_abi::{CScalar, Content, Crossing, Lowered, ParamToken, ReturnToken};
use thunkgen_core::collect::ir::declarations::{Declarations, NativeType};

/// How a parameter crosses that the signature has as this; `None` in no way that Rust can express.
pub(super) fn param(types: &Lowering<'_>, ty: &NativeType, token: ParamToken) -> Option<Crossing> {
    types.converted(ty, Crossing::of_param(types.lowered(ty)?, token))
}

/// How a result crosses.
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
    /// What structs consist of, as far as it was asked for.
    contents: RefCell<BTreeMap<usize, Content>>,
}

impl<'d> Lowering<'d> {
    pub fn new(declarations: &'d Declarations, layouts: &'d StructPlans<'d>) -> Lowering<'d> {
        Lowering { declarations, layouts, contents: RefCell::default() }
    }

    /// What Rust would do on its own; `None` for what is no value.
    fn lowered(&self, ty: &NativeType) -> Option<Lowered> {
        Some(match ty {
            NativeType::Struct(index) => {
                let shape = self.layouts.plan(*index)?.shape;
                self.content(*index).lowered(shape.size, shape.align)
            }
            _ => match ty.scalar()? {
                // An array is no type that C passes.
                CScalar::Vector(bytes) if bytes != 16 => Lowered::Void,
                scalar => scalar.lowered(),
            },
        })
    }

    /// A value of other bytes than what it is to cross as cannot be made from that.
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
            // With what follows for the sake of alignment.
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
