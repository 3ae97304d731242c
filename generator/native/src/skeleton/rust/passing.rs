//! What the Rust compiler makes of a parameter or result of an `extern "C"` function on wasm32.
//!
//! A struct that is nothing but one value, however deep, goes as that value, any other by address. For C# it is the same
//! but for corner cases: a union whose members are all alike is one value to Rust, an empty struct is one of a byte, and
//! a struct of unknown fields may be anything. Those are taken from what the signature says and converted.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::layout::{Layouts, Member, Plan};
use clr_wasm_abi::{MultiSlot, ParamToken, ReturnToken, Scalar};
use thunkgen_core::collect::ir::declarations::{Declarations, NativeType};

/// How a parameter or result of a Rust type crosses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passing {
    /// As its own type.
    Plain,
    /// By address, which Rust would not do on its own.
    Address,
    /// As this value, of which it has the first bytes.
    Value(Scalar),
    /// As several values.
    Values(MultiSlot),
    /// Not at all.
    Nothing,
    /// In no way that Rust can express.
    Impossible,
}

/// How a parameter crosses that the signature has as this.
pub(super) fn param(types: &Lowering<'_>, ty: &NativeType, token: ParamToken) -> Passing {
    let own = types.of(ty);
    match (token, own) {
        (_, Own::Nothing) => Passing::Impossible,
        (ParamToken::Scalar(scalar), Own::Value(value)) if value == scalar => Passing::Plain,
        (ParamToken::Scalar(scalar), _) => types.converted(ty, scalar),
        (ParamToken::MultiSlot(MultiSlot::L2), Own::Wide) | (ParamToken::Struct { .. }, Own::Address) => Passing::Plain,
        (ParamToken::MultiSlot(multi), _) if types.size(ty) == Some(multi.size()) => Passing::Values(multi),
        (ParamToken::MultiSlot(_), _) => Passing::Impossible,
        (ParamToken::Struct { .. }, _) => Passing::Address,
        (ParamToken::Empty, _) => Passing::Nothing,
    }
}

/// How a result crosses.
pub(super) fn result(types: &Lowering<'_>, ty: &NativeType, token: ReturnToken) -> Passing {
    match (token, types.of(ty)) {
        (ReturnToken::Void, _) => match ty {
            NativeType::Void => Passing::Plain,
            _ => Passing::Nothing,
        },
        (_, Own::Nothing) => Passing::Impossible,
        (ReturnToken::Scalar(scalar), Own::Value(value)) if value == scalar => Passing::Plain,
        (ReturnToken::Scalar(scalar), _) => types.converted(ty, scalar),
        // Of several values there are no results, they go by address.
        (ReturnToken::Struct(_), Own::Address | Own::Wide) => Passing::Plain,
        (ReturnToken::Struct(_), _) => Passing::Address,
    }
}

/// What Rust would do on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Own {
    Value(Scalar),
    Wide,
    Address,
    /// Something that is no type of C.
    Array,
    /// It is no value.
    Nothing,
}

/// Types by value.
pub(super) struct Lowering<'d> {
    declarations: &'d Declarations,
    layouts: &'d Layouts<'d>,
    /// What structs consist of, as far as it was asked for.
    contents: RefCell<BTreeMap<usize, Content>>,
}

/// What a type consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Nothing,
    /// Of so many bytes, all of them alike.
    Alike(Leaf, u32),
    Mixed,
}

/// A value that is not made of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaf {
    Integer(u32),
    Float(u32),
}

impl Content {
    /// Behind each other.
    fn then(self, next: Content) -> Content {
        match (self, next) {
            (Content::Nothing, content) | (content, Content::Nothing) => content,
            (Content::Alike(a, first), Content::Alike(b, second)) if a == b => {
                Content::Alike(a, first.saturating_add(second))
            }
            _ => Content::Mixed,
        }
    }

    /// In the same place.
    fn or(self, other: Content) -> Content {
        match (self, other) {
            (Content::Nothing, content) | (content, Content::Nothing) => content,
            (Content::Alike(a, first), Content::Alike(b, second)) if a == b => Content::Alike(a, first.max(second)),
            _ => Content::Mixed,
        }
    }
}

impl<'d> Lowering<'d> {
    pub fn new(declarations: &'d Declarations, layouts: &'d Layouts<'d>) -> Lowering<'d> {
        Lowering { declarations, layouts, contents: RefCell::default() }
    }

    fn of(&self, ty: &NativeType) -> Own {
        match ty {
            NativeType::Void | NativeType::Unknown(_) | NativeType::Repeated { .. } => Own::Nothing,
            NativeType::Vector(16) => Own::Value(Scalar::V128),
            NativeType::Vector(_) => Own::Array,
            NativeType::Wide { .. } => Own::Wide,
            NativeType::Struct(index) => match self.layouts.plan(*index) {
                Some(plan) => self.single(*index, plan.shape.size).map_or(Own::Address, Own::Value),
                None => Own::Nothing,
            },
            _ => self.leaf(ty).map_or(Own::Nothing, |leaf| Own::Value(scalar(leaf))),
        }
    }

    /// Bytes of a type by value.
    fn size(&self, ty: &NativeType) -> Option<u32> {
        self.layouts.shape(ty).map(|shape| shape.size)
    }

    fn converted(&self, ty: &NativeType, scalar: Scalar) -> Passing {
        match self.size(ty) {
            Some(size) if size <= scalar.size() => Passing::Value(scalar),
            _ => Passing::Impossible,
        }
    }

    /// The one value of a struct.
    fn single(&self, index: usize, size: u32) -> Option<Scalar> {
        match self.content(index) {
            Content::Alike(leaf, all) if all == bytes(leaf) && all == size => Some(scalar(leaf)),
            _ => None,
        }
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
            Member::Field(field) => fields.get(*field).map_or(Content::Mixed, |field| self.field(&field.ty)),
            Member::Bytes(field) => fields.get(*field).map_or(Content::Mixed, |field| several(field.size)),
            Member::Gap { size, .. } => several(*size),
            Member::Overlap { plan, .. } | Member::Shifted { plan, .. } => self.planned(plan, index),
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
            NativeType::Repeated { element, count } => match self.field(element) {
                Content::Alike(leaf, size) if *count > 0 => Content::Alike(leaf, size.saturating_mul(*count)),
                _ if *count == 0 => Content::Nothing,
                content => content,
            },
            NativeType::Vector(bytes) => several(*bytes),
            NativeType::Wide { .. } => Content::Alike(Leaf::Integer(8), 16),
            _ => self.leaf(ty).map_or(Content::Mixed, |leaf| Content::Alike(leaf, bytes(leaf))),
        }
    }

    fn leaf(&self, ty: &NativeType) -> Option<Leaf> {
        Some(match ty {
            NativeType::Float => Leaf::Float(4),
            NativeType::Double => Leaf::Float(8),
            _ => Leaf::Integer(self.size(ty)?),
        })
    }
}

fn several(size: u32) -> Content {
    if size == 0 { Content::Nothing } else { Content::Alike(Leaf::Integer(1), size) }
}

fn bytes(leaf: Leaf) -> u32 {
    match leaf {
        Leaf::Integer(bytes) | Leaf::Float(bytes) => bytes,
    }
}

fn scalar(leaf: Leaf) -> Scalar {
    match leaf {
        Leaf::Integer(8) => Scalar::I64,
        Leaf::Integer(_) => Scalar::I32,
        Leaf::Float(4) => Scalar::F32,
        Leaf::Float(_) => Scalar::F64,
    }
}
