//! Enums: integers, and with data a tag and a union (Rust Reference, "Primitive representations", "`repr(C)` field-ful
//! enums").

use proc_macro2::Span;
use syn::Fields;

use super::attributes::{Repr, repr};
use super::cfg::{Truth, expand, presence};
use super::layout::bounded;
use super::model::{Cause, Layout, RustType, StructKind, Unknown};
use super::text::bare;
use super::tree::DefinitionId;
use super::types::{Env, Typed, Types};

/// An enum that only `repr(C)` is said of is an `int`: discriminants are `isize`, which has 32 bits here.
const C_ENUM: (u8, bool) = (4, true);

impl Types<'_> {
    pub(super) fn enumeration(
        &mut self,
        id: DefinitionId,
        item: &syn::ItemEnum,
        env: &Env,
        depth: u32,
    ) -> Result<Typed, Unknown> {
        let said = repr(&expand(&item.attrs));
        if let (true, false, Some(only), 1) =
            (said.transparent, said.is_conditional, item.variants.first(), item.variants.len())
        {
            return self.transparent(id, &item.ident, &only.fields, env, depth);
        }
        if item.variants.iter().any(|variant| !variant.fields.is_empty()) {
            return self.entry(id, &item.ident, &item.generics, env);
        }
        let (repr, (bytes, signed)) = integer(item, env)?;
        if repr.align.is_some_and(|align| align > bytes.into()) {
            return self.entry(id, &item.ident, &item.generics, env);
        }
        Ok(Typed { ty: RustType::Enum { name: bare(&item.ident), bytes, signed }, niche: false })
    }

    /// The layout of an enum that is no plain integer.
    pub(super) fn laid_enum(&mut self, item: &syn::ItemEnum, env: &Env, depth: u32) -> Result<Layout, Unknown> {
        let span = item.ident.span();
        let (repr, (tag, _)) = integer(item, env)?;
        let variants = self.variants(item, env, depth)?;
        let tag = u32::from(tag);
        let (mut end, mut align) = (u64::from(tag), tag.max(repr.align.unwrap_or(1)));
        // With `C`, all data starts at one offset, which suits the union of all; without, each variant is a struct that
        // starts with the tag.
        let mut start = u64::from(tag);
        if repr.c {
            let inner = variants.iter().map(|(_, align)| *align).max().unwrap_or(1);
            start = start.next_multiple_of(inner.into());
        }
        for (members, _) in variants {
            let (_, last, inner) = self.sequence(members, None, start, env, depth)?;
            align = align.max(inner);
            end = end.max(last.next_multiple_of(inner.into()));
        }
        let size = bounded(end.next_multiple_of(align.into()), env, span)?;
        Ok(Layout { size, align, kind: StructKind::TaggedUnion, fields: Vec::new() })
    }

    /// The fields of each variant, and their alignment.
    fn variants(
        &mut self,
        item: &syn::ItemEnum,
        env: &Env,
        depth: u32,
    ) -> Result<Vec<(Vec<super::layout::Member>, u32)>, Unknown> {
        let mut variants = Vec::new();
        for variant in &item.variants {
            match presence(&expand(&variant.attrs)) {
                Truth::False => continue,
                Truth::Unknown => {
                    let why = "whether the variant is there depends on a `cfg` that only the build knows";
                    return Err(env.unknown(variant.ident.span(), Cause::Conditional, why));
                }
                Truth::True => {}
            }
            let members = match &variant.fields {
                Fields::Unit => Vec::new(),
                fields => self.members(fields, env, depth)?,
            };
            let mut align = 1;
            for member in &members {
                align = align.max(self.size(&member.ty, env, member.span, depth + 1)?.1);
            }
            variants.push((members, align));
        }
        Ok(variants)
    }
}

/// Bytes of the integer that an enum starts with.
pub(super) fn tag_size(item: &syn::ItemEnum, env: &Env) -> Option<u32> {
    integer(item, env).ok().map(|(_, (bytes, _))| bytes.into())
}

/// The integer that an enum is or starts with.
fn integer(item: &syn::ItemEnum, env: &Env) -> Result<(Repr, (u8, bool)), Unknown> {
    let repr = repr(&expand(&item.attrs));
    let name = bare(&item.ident);
    let span: Span = item.ident.span();
    if repr.is_conditional {
        let why = format!("the layout of `{name}` depends on a `cfg` that only the build knows");
        return Err(env.unknown(span, Cause::Conditional, why));
    }
    let integer = repr.integer.or(repr.c.then_some(C_ENUM)).filter(|_| !repr.is_other && !item.variants.is_empty());
    let integer = integer.ok_or_else(|| {
        let why = format!("the enum `{name}` has neither #[repr(C)] nor that of an integer, so its size is not fixed");
        env.unknown(span, Cause::NotFfiSafe, why)
    })?;
    Ok((repr, integer))
}
