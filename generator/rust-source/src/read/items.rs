//! Items of a file, put into the tree.

use std::rc::Rc;

use syn::visit::Visit;
use syn::{Attribute, Item};

use super::attributes::text_of;
use super::cfg::{Truth, expand, presence};
use super::exports::Around;
use super::load::{Folders, Loader, places};
use super::text::bare;
use super::tree::{Attributes, Scope, Segments, UsePath, What};

/// After so many errors, reading ends.
const MAX_ERRORS: usize = 50;

impl Loader<'_> {
    /// Adds items to the scope's module.
    pub(super) fn items(&mut self, scope: &Scope, items: Vec<Item>, folders: &Folders, outer: Truth) {
        for item in items {
            if self.errors.len() >= MAX_ERRORS {
                return;
            }
            let attributes = expand(attributes_of(&item));
            let truth = outer.and(presence(&attributes));
            if truth != Truth::False {
                self.item(scope, item, &attributes, folders, truth);
            }
        }
    }

    fn item(&mut self, scope: &Scope, item: Item, attributes: &Attributes, folders: &Folders, truth: Truth) {
        match item {
            Item::Mod(item) => self.inner_module(scope, item, attributes, folders, truth),
            Item::Fn(item) => {
                self.tree.define(scope, &item.sig.ident, truth, What::Value);
                self.function(scope, item.sig, attributes, &Around::default(), truth);
                self.inside(scope, |inside| inside.visit_block(&item.block), folders, truth);
            }
            Item::Impl(item) => self.implementation(scope, item, attributes, folders, truth),
            Item::ForeignMod(item) => self.foreign(scope, item, attributes, truth),
            Item::Struct(item) => {
                self.derived(scope, attributes);
                self.tree.define(scope, &item.ident.clone(), truth, What::Struct(Rc::new(item)));
            }
            Item::Enum(item) => {
                self.derived(scope, attributes);
                self.tree.define(scope, &item.ident.clone(), truth, What::Enum(Rc::new(item)));
            }
            Item::Union(item) => {
                self.derived(scope, attributes);
                self.tree.define(scope, &item.ident.clone(), truth, What::Union(Rc::new(item)));
            }
            Item::Type(item) => self.tree.define(scope, &item.ident.clone(), truth, What::Alias(Rc::new(item))),
            Item::Const(item) => {
                self.inside(scope, |inside| inside.visit_expr(&item.expr), folders, truth);
                self.tree.define(scope, &item.ident.clone(), truth, What::Const(Rc::new(item)));
            }
            Item::Static(item) => {
                self.inside(scope, |inside| inside.visit_expr(&item.expr), folders, truth);
                self.tree.define(scope, &item.ident, truth, What::Value);
            }
            Item::Trait(item) => self.tree.define(scope, &item.ident, truth, What::Trait),
            Item::TraitAlias(item) => self.tree.define(scope, &item.ident, truth, What::Trait),
            Item::ExternCrate(item) => {
                let name = bare(&item.ident);
                let what = if name == "self" { What::Module(super::tree::ROOT) } else { What::Crate(name) };
                let ident = item.rename.map_or(item.ident, |(_, ident)| ident);
                self.tree.define(scope, &ident, truth, what);
            }
            Item::Use(item) => {
                let path = UsePath {
                    scope: scope.clone(),
                    is_global: item.leading_colon.is_some(),
                    is_private: matches!(item.vis, syn::Visibility::Inherited),
                    segments: Segments::default(),
                };
                self.uses(scope, &item.tree, path, truth);
            }
            Item::Macro(item) => self.item_macro(scope, item, folders, truth),
            // What the parser has no form for.
            Item::Verbatim(tokens) => {
                let span = syn::spanned::Spanned::span(&tokens);
                self.tree.not_expanded(scope, span, "an item of unknown form".to_owned());
            }
            _ => {}
        }
    }

    fn inner_module(
        &mut self,
        scope: &Scope,
        item: syn::ItemMod,
        attributes: &Attributes,
        folders: &Folders,
        truth: Truth,
    ) {
        self.derived(scope, attributes);
        let module = self.tree.module(Some(scope.module), false);
        self.tree.define(scope, &item.ident, truth, What::Module(module));
        let paths: Vec<_> =
            attributes.iter().filter_map(|(meta, given)| Some((text_of(meta, "path")?, *given))).collect();
        let certain = paths.iter().find(|(_, given)| *given == Truth::True);
        match item.content {
            Some((_, items)) => {
                let inner = Scope { module, file: scope.file.clone() };
                let children = match certain {
                    Some((path, _)) if folders.is_inline => folders.children.join(path),
                    Some((path, _)) => folders.file.join(path),
                    None => folders.children.join(bare(&item.ident)),
                };
                let folders = Folders { children, is_inline: true, ..folders.clone() };
                self.items(&inner, items, &folders, truth);
            }
            None => match certain {
                Some((path, _)) => {
                    self.file_module(scope, &item.ident, &places(&item.ident, Some(path), folders), module, truth);
                }
                None if paths.is_empty() => {
                    self.file_module(scope, &item.ident, &places(&item.ident, None, folders), module, truth);
                }
                // Every file that a build may choose, as alternatives of one name.
                None => {
                    let choices = paths.iter().map(|(path, _)| Some(path.as_str())).chain([None]);
                    for choice in choices {
                        let module = self.tree.module(Some(scope.module), false);
                        self.tree.define(scope, &item.ident, Truth::Unknown, What::Module(module));
                        let places = places(&item.ident, choice, folders);
                        self.file_module(scope, &item.ident, &places, module, Truth::Unknown);
                    }
                }
            },
        }
    }

    /// The items in a body or value.
    pub(super) fn inside(&mut self, scope: &Scope, visit: impl FnOnce(&mut Inside), folders: &Folders, truth: Truth) {
        let mut inside = Inside::default();
        visit(&mut inside);
        if !inside.0.is_empty() {
            let module = self.tree.module(Some(scope.module), true);
            let scope = Scope { module, file: scope.file.clone() };
            self.items(&scope, inside.0, folders, truth);
        }
    }
}

/// Items in statements, wherever they are in a body.
#[derive(Default)]
pub(super) struct Inside(Vec<Item>);

impl<'ast> Visit<'ast> for Inside {
    fn visit_item(&mut self, item: &'ast Item) {
        self.0.push(item.clone());
    }
}

fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
