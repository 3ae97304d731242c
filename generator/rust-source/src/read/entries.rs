//! Structs, unions and enums with data, each with its arguments; what is left of transparent ones.

use syn::spanned::Spanned;

use super::attributes::repr;
use super::cfg::{Truth, expand, presence};
use super::layout::CONDITIONAL_FIELD;
use super::lower::Unit;
use super::model::{Cause, Layout, Place, RustType, Unknown};
use super::text::bare;
use super::tree::DefinitionId;
use super::types::{Argument, Env, MAX_ENTRIES, Typed, Types};

/// A struct, union or enum with data, with its arguments.
pub(super) struct Entry {
    pub id: DefinitionId,
    pub env: Env,
    pub name: String,
    pub place: Place,
    pub state: State,
}

/// How far its layout is.
pub(super) enum State {
    Waiting,
    /// Being laid out.
    Open,
    Done(Result<(Layout, Unit), Unknown>),
}

/// Longest name of a struct with its arguments.
const MAX_NAME: usize = 200;

impl Types<'_> {
    /// A struct: what is in it when it is transparent.
    pub(super) fn structure(
        &mut self,
        id: DefinitionId,
        item: &syn::ItemStruct,
        env: &Env,
        depth: u32,
    ) -> Result<Typed, Unknown> {
        let repr = repr(&expand(&item.attrs));
        if !repr.transparent || repr.is_conditional {
            return self.entry(id, &item.ident, &item.generics, env);
        }
        self.transparent(id, &item.ident, &item.fields, env, depth)
    }

    /// What is in a transparent type that has these fields.
    pub(super) fn transparent(
        &mut self,
        id: DefinitionId,
        ident: &syn::Ident,
        fields: &syn::Fields,
        env: &Env,
        depth: u32,
    ) -> Result<Typed, Unknown> {
        let key = (id, arguments(env));
        if self.open.contains(&key) {
            return Err(env.unknown(ident.span(), Cause::Invalid, format!("`{ident}` contains itself")));
        }
        self.open.push(key);
        let inner = self.only_field(fields, env, depth);
        self.open.pop();
        inner
    }

    /// The field that is all of a transparent type.
    fn only_field(&mut self, fields: &syn::Fields, env: &Env, depth: u32) -> Result<Typed, Unknown> {
        let nothing = Typed { ty: RustType::Void, niche: false };
        let mut all = fields.iter();
        if let (Some(only), None) = (all.next(), all.next())
            && only.attrs.is_empty()
        {
            return self.ty(&only.ty, env, depth + 1);
        }
        let mut found = nothing;
        for field in fields {
            match presence(&expand(&field.attrs)) {
                Truth::False => continue,
                Truth::Unknown => return Err(env.unknown(field.span(), Cause::Conditional, CONDITIONAL_FIELD)),
                Truth::True => {}
            }
            let typed = self.ty(&field.ty, env, depth + 1)?;
            if self.size(&typed.ty, env, field.span(), depth + 1)? != (0, 1) {
                found = typed;
            }
        }
        Ok(found)
    }

    /// The index of a type that has a layout of its own.
    pub(super) fn entry(
        &mut self,
        id: DefinitionId,
        ident: &syn::Ident,
        generics: &syn::Generics,
        env: &Env,
    ) -> Result<Typed, Unknown> {
        let key = (id, arguments(env));
        let index = match self.keys.get(&key) {
            Some(index) => *index,
            None if self.entries.len() >= MAX_ENTRIES => {
                let why = "the crate has too many types to be followed";
                return Err(env.unknown(ident.span(), Cause::Invalid, why));
            }
            None => {
                let name = self.entry_name(ident, generics, env);
                let place = env.scope.place(ident.span());
                let env = env.clone();
                self.entries.push(Entry { id, env, name, place, state: State::Waiting });
                self.keys.insert(key, self.entries.len() - 1);
                self.entries.len() - 1
            }
        };
        Ok(Typed { ty: RustType::Struct(index), niche: false })
    }

    fn entry_name(&self, ident: &syn::Ident, generics: &syn::Generics, env: &Env) -> String {
        let names = generics.params.iter().filter_map(|param| match param {
            syn::GenericParam::Type(param) => Some(bare(&param.ident)),
            syn::GenericParam::Const(param) => Some(bare(&param.ident)),
            syn::GenericParam::Lifetime(_) => None,
        });
        let shown = names.filter_map(|name| env.arguments.get(&name)).map(|argument| match argument {
            Argument::Type { ty, .. } => ty.as_ref().as_ref().map_or("?".to_owned(), |typed| self.show(&typed.ty)),
            Argument::Number(number) => number.as_ref().map_or("?".to_owned(), ToString::to_string),
        });
        let shown: Vec<String> = shown.collect();
        let name = bare(ident);
        let name = if shown.is_empty() { name } else { format!("{name}<{}>", shown.join(", ")) };
        match name.char_indices().nth(MAX_NAME) {
            Some((end, _)) => format!("{}...", name.get(..end).unwrap_or_default()),
            None => name,
        }
    }

    fn show(&self, ty: &RustType) -> String {
        let integer =
            |bytes: &u8, signed: &bool| format!("{}{}", if *signed { "i" } else { "u" }, u32::from(*bytes) * 8);
        match ty {
            RustType::Void => "()".to_owned(),
            RustType::Integer { bytes, signed } => integer(bytes, signed),
            RustType::Bool => "bool".to_owned(),
            RustType::Char => "char".to_owned(),
            RustType::Float => "f32".to_owned(),
            RustType::Double => "f64".to_owned(),
            RustType::Vector => "v128".to_owned(),
            RustType::Pointer(to) => format!("*{}", self.show(to)),
            RustType::Function(_) => "fn".to_owned(),
            RustType::Enum { name, .. } => name.clone(),
            RustType::Struct(index) => self.entries.get(*index).map(|entry| entry.name.clone()).unwrap_or_default(),
            RustType::Array { element, count } => format!("[{}; {count}]", self.show(element)),
            RustType::Unknown(_) => "?".to_owned(),
        }
    }
}

/// The arguments of an environment as part of a key.
pub(super) fn arguments(env: &Env) -> Vec<(String, Argument)> {
    env.arguments.iter().map(|(name, argument)| (name.clone(), argument.clone())).collect()
}
