//! Types of which a build has one: what they have in common.

use proc_macro2::Span;

use super::entries::State;
use super::model::{Layout, RustType, StructKind};
use super::types::{Typed, Types};

/// How deep alternatives are compared.
const MAX_ALIKE: u32 = 8;

/// Most fields of structs that are compared.
const MAX_FIELDS: usize = 500;

impl Types<'_> {
    /// The type that two alternatives have in common, if what is said of it may stay.
    pub(super) fn same(&mut self, one: Typed, two: Typed) -> Option<Typed> {
        let niche = one.niche && two.niche;
        self.same_type(&one.ty, &two.ty, 0).map(|ty| Typed { ty, niche })
    }

    fn same_type(&mut self, one: &RustType, two: &RustType, depth: u32) -> Option<RustType> {
        if one == two {
            return Some(one.clone());
        }
        match (one, two) {
            (RustType::Pointer(one), RustType::Pointer(two)) => {
                let why = "only the build knows which type it points to".to_owned();
                let to = self.same_type(one, two, depth + 1).unwrap_or(RustType::Unknown(why));
                Some(RustType::Pointer(Box::new(to)))
            }
            (RustType::Function(_), RustType::Function(_)) => {
                Some(RustType::Pointer(Box::new(RustType::Unknown("only the build knows which function".to_owned()))))
            }
            (RustType::Struct(first), RustType::Struct(second)) if depth < MAX_ALIKE => {
                let (first, second) = (self.laid(*first)?, self.laid(*second)?);
                let same = (first.size, first.align, first.kind) == (second.size, second.align, second.kind)
                    && first.kind != StructKind::TaggedUnion
                    && first.fields.len() == second.fields.len()
                    && first.fields.iter().zip(&second.fields).all(|(one, two)| {
                        one.offset == two.offset && self.same_type(&one.ty, &two.ty, depth + 1).is_some()
                    });
                same.then(|| one.clone())
            }
            _ => None,
        }
    }

    /// The layout of an entry, if it has one that is not too long.
    fn laid(&mut self, index: usize) -> Option<Layout> {
        let env = self.entries.get(index)?.env.clone();
        self.layout(index, &env, Span::call_site(), 0).ok()?;
        match &self.entries.get(index)?.state {
            State::Done(Ok((layout, _))) if layout.fields.len() <= MAX_FIELDS => Some(layout.clone()),
            _ => None,
        }
    }
}
