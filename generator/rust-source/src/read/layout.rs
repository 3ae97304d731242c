//! Sizes and offsets of structs and unions on wasm32 (Rust Reference, "Type Layout": the `C` representation).

use proc_macro2::Span;
use syn::Fields;
use syn::spanned::Spanned;

use super::attributes::{Repr, repr};
use super::cfg::{Truth, expand, presence};
use super::entries::State;
use super::enums::tag_size;
use super::model::{Cause, Field, Layout, RustType, StructKind, Unknown};
use super::text::bare;
use super::tree::What;
use super::types::{Env, Types};

/// Largest type in bytes.
const MAX_SIZE: u64 = (1 << 31) - 1;

/// A field before it is placed.
pub(super) struct Member {
    pub name: String,
    pub ty: RustType,
    pub span: Span,
}

impl Types<'_> {
    /// Size and alignment.
    pub(super) fn size(&mut self, ty: &RustType, env: &Env, span: Span, depth: u32) -> Result<(u32, u32), Unknown> {
        self.step(env, &span, depth)?;
        Ok(match ty {
            RustType::Void => (0, 1),
            RustType::Bool => (1, 1),
            RustType::Integer { bytes, .. } | RustType::Enum { bytes, .. } => ((*bytes).into(), (*bytes).into()),
            RustType::Char | RustType::Float | RustType::Pointer(_) | RustType::Function(_) => (4, 4),
            RustType::Double => (8, 8),
            RustType::Vector => (16, 16),
            RustType::Array { element, count } => {
                let (size, align) = self.size(element, env, span, depth + 1)?;
                (bounded(u64::from(size) * u64::from(*count), env, span)?, align)
            }
            RustType::Struct(index) => self.layout(*index, env, span, depth + 1)?,
            RustType::Unknown(why) => return Err(env.unknown(span, Cause::Invalid, why.clone())),
        })
    }

    /// Lays an entry out: its size and alignment.
    pub(super) fn layout(&mut self, index: usize, env: &Env, span: Span, depth: u32) -> Result<(u32, u32), Unknown> {
        self.step(env, &span, depth)?;
        let none = |why: &str| Err(env.unknown(span, Cause::Invalid, why));
        let Some(entry) = self.entries.get_mut(index) else { return none("there is no such type") };
        match &entry.state {
            State::Done(Ok((layout, _))) => return Ok((layout.size, layout.align)),
            State::Done(Err(unknown)) => return Err(unknown.clone()),
            State::Open => return none(&format!("`{}` contains itself", entry.name)),
            State::Waiting => entry.state = State::Open,
        }
        let (id, inner) = (entry.id, entry.env.clone());
        let tree = self.tree;
        let mut tag = None;
        let laid = match tree.definitions.get(id).map(|definition| &definition.what) {
            Some(What::Struct(item)) => self.laid_struct(item, &inner, depth),
            Some(What::Union(item)) => self.laid_union(item, &inner, depth),
            Some(What::Enum(item)) => {
                tag = tag_size(item, &inner);
                self.laid_enum(item, &inner, depth)
            }
            _ => Err(env.unknown(span, Cause::Invalid, "it is no type with a layout")),
        };
        let size = laid.as_ref().map(|layout| (layout.size, layout.align)).map_err(Clone::clone);
        let laid = laid.map(|layout| {
            let unit = self.unit_of(&layout, tag);
            (layout, unit)
        });
        if let Some(entry) = self.entries.get_mut(index) {
            entry.state = State::Done(laid);
        }
        size
    }

    fn laid_struct(&mut self, item: &syn::ItemStruct, env: &Env, depth: u32) -> Result<Layout, Unknown> {
        let repr = c_repr(&item.attrs, &item.ident, env)?;
        let members = self.members(&item.fields, env, depth)?;
        let (fields, end, align) = self.sequence(members, repr.packed, 0, env, depth)?;
        let align = align.max(repr.align.unwrap_or(1));
        let size = bounded(end.next_multiple_of(align.into()), env, item.ident.span())?;
        Ok(Layout { size, align, kind: StructKind::Struct, fields })
    }

    fn laid_union(&mut self, item: &syn::ItemUnion, env: &Env, depth: u32) -> Result<Layout, Unknown> {
        let repr = c_repr(&item.attrs, &item.ident, env)?;
        let members = self.members(&Fields::Named(item.fields.clone()), env, depth)?;
        let (mut fields, mut size, mut align) = (Vec::new(), 0, repr.align.unwrap_or(1));
        for member in members {
            let (bytes, alignment) = self.size(&member.ty, env, member.span, depth + 1)?;
            align = align.max(alignment.min(repr.packed.unwrap_or(u32::MAX)));
            size = size.max(bytes);
            fields.push(Field { name: member.name, offset: 0, size: bytes, ty: member.ty });
        }
        let size = bounded(u64::from(size).next_multiple_of(align.into()), env, item.ident.span())?;
        Ok(Layout { size, align, kind: StructKind::Union, fields })
    }

    /// The fields that are there.
    pub(super) fn members(&mut self, fields: &Fields, env: &Env, depth: u32) -> Result<Vec<Member>, Unknown> {
        let mut members = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            match presence(&expand(&field.attrs)) {
                Truth::False => continue,
                Truth::Unknown => return Err(env.unknown(field.span(), Cause::Conditional, CONDITIONAL_FIELD)),
                Truth::True => {}
            }
            let ty = self.ty(&field.ty, env, depth + 1)?.ty;
            let name = field.ident.as_ref().map_or_else(|| index.to_string(), bare);
            members.push(Member { name, ty, span: field.ty.span() });
        }
        Ok(members)
    }

    /// Fields one after the other from an offset on: with the end of the last, and the largest alignment.
    pub(super) fn sequence(
        &mut self,
        members: Vec<Member>,
        packed: Option<u32>,
        start: u64,
        env: &Env,
        depth: u32,
    ) -> Result<(Vec<Field>, u64, u32), Unknown> {
        let (mut fields, mut end, mut align) = (Vec::new(), start, 1);
        for member in members {
            let (size, alignment) = self.size(&member.ty, env, member.span, depth + 1)?;
            let alignment = alignment.min(packed.unwrap_or(u32::MAX));
            align = align.max(alignment);
            end = end.next_multiple_of(alignment.into());
            let offset = bounded(end, env, member.span)?;
            end += u64::from(size);
            fields.push(Field { name: member.name, offset, size, ty: member.ty });
        }
        Ok((fields, end, align))
    }
}

/// Why a type with a field under a condition is not known.
pub(super) const CONDITIONAL_FIELD: &str = "whether the field is there depends on a `cfg` that only the build knows";

/// The representation of a type that must be that of C.
fn c_repr(attributes: &[syn::Attribute], ident: &syn::Ident, env: &Env) -> Result<Repr, Unknown> {
    let repr = repr(&expand(attributes));
    let name = bare(ident);
    if repr.is_conditional {
        let why = format!("the layout of `{name}` depends on a `cfg` that only the build knows");
        return Err(env.unknown(ident.span(), Cause::Conditional, why));
    }
    if !repr.c || repr.is_other {
        let why = format!("`{name}` has no #[repr(C)], so its layout is not fixed");
        return Err(env.unknown(ident.span(), Cause::NotFfiSafe, why));
    }
    Ok(repr)
}

/// A size that fits into memory.
pub(super) fn bounded(size: u64, env: &Env, span: Span) -> Result<u32, Unknown> {
    u32::try_from(size)
        .ok()
        .filter(|size| u64::from(*size) <= MAX_SIZE)
        .ok_or_else(|| env.unknown(span, Cause::Invalid, format!("a type of {size} bytes, more than memory has")))
}
