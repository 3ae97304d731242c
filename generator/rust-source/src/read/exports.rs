//! Functions with a symbol: exported ones, and those of `extern` blocks.

use std::rc::Rc;

use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{ForeignItem, ImplItem};

use super::attributes::{import_module, link_names, macro_attribute, made_name, symbols};
use super::cfg::{Truth, expand, presence};
use super::functions::is_c;
use super::load::{Folders, Loader};
use super::model::{Hidden, Unexpanded};
use super::text::{bare, written};
use super::tree::{Attributes, Function, Scope, What};

/// The `impl` around a function.
#[derive(Default)]
pub(super) struct Around {
    self_type: Option<Rc<syn::Type>>,
    in_generic: bool,
}

impl Loader<'_> {
    /// A function with a body; its symbol if it has one.
    pub(super) fn function(
        &mut self,
        scope: &Scope,
        signature: syn::Signature,
        attributes: &Attributes,
        around: &Around,
        truth: Truth,
    ) {
        self.derived(scope, attributes);
        let made = made_name(attributes);
        if let Some(meta) = made {
            let place = scope.place(meta.path().span());
            self.tree.unexpanded.push(Unexpanded { place, name: format!("#[{}]", written(meta)) });
        }
        let signature = Rc::new(signature);
        let name = bare(&signature.ident);
        let symbols = symbols(attributes, &name);
        if around.self_type.is_none() && symbols.iter().all(|(symbol, _)| *symbol != name) {
            let exported_as = symbols.first().map(|(symbol, _)| symbol.clone());
            let (place, is_c) = (scope.place(signature.ident.span()), is_c(signature.abi.as_ref()));
            let attribute = made.or_else(|| macro_attribute(attributes));
            let attribute = attribute.map(|meta| format!("#[{}]", written(meta)));
            self.tree.hidden.push(Hidden { name, place, is_c, exported_as, attribute });
        }
        for (symbol, given) in symbols {
            self.tree.functions.push(Function {
                symbol,
                import: None,
                signature: Rc::clone(&signature),
                scope: scope.clone(),
                self_type: around.self_type.clone(),
                in_generic: around.in_generic,
                truth: truth.and(given),
            });
        }
    }

    pub(super) fn implementation(
        &mut self,
        scope: &Scope,
        item: syn::ItemImpl,
        attributes: &Attributes,
        folders: &Folders,
        truth: Truth,
    ) {
        self.derived(scope, attributes);
        let is_parameter = |of: &syn::GenericParam| !matches!(of, syn::GenericParam::Lifetime(_));
        let in_generic = item.generics.params.iter().any(is_parameter);
        let around = Around { self_type: Some(Rc::new(*item.self_ty)), in_generic };
        for item in item.items {
            match item {
                ImplItem::Fn(item) => {
                    let attributes = expand(&item.attrs);
                    let truth = truth.and(presence(&attributes));
                    if truth != Truth::False {
                        self.function(scope, item.sig, &attributes, &around, truth);
                        self.inside(scope, |inside| inside.visit_block(&item.block), folders, truth);
                    }
                }
                ImplItem::Macro(item) => {
                    let name = format!("{}!", written(&item.mac.path));
                    self.tree.not_expanded(scope, item.mac.path.span(), name);
                }
                _ => {}
            }
        }
    }

    pub(super) fn foreign(&mut self, scope: &Scope, block: syn::ItemForeignMod, attributes: &Attributes, outer: Truth) {
        let module = import_module(attributes);
        let abi = block.abi;
        for item in block.items {
            match item {
                ForeignItem::Fn(item) => {
                    let attributes = expand(&item.attrs);
                    let truth = outer.and(presence(&attributes));
                    if truth == Truth::False {
                        continue;
                    }
                    self.tree.define(scope, &item.sig.ident, truth, What::Value);
                    let mut signature = item.sig;
                    signature.abi.get_or_insert_with(|| abi.clone());
                    let signature = Rc::new(signature);
                    for (symbol, given) in link_names(&attributes, &bare(&signature.ident)) {
                        self.tree.functions.push(Function {
                            symbol,
                            import: Some(module.clone()),
                            signature: Rc::clone(&signature),
                            scope: scope.clone(),
                            self_type: None,
                            in_generic: false,
                            truth: truth.and(given),
                        });
                    }
                }
                ForeignItem::Type(item) => self.tree.define(scope, &item.ident, outer, What::Foreign),
                ForeignItem::Static(item) => self.tree.define(scope, &item.ident, outer, What::Value),
                ForeignItem::Macro(item) => {
                    let name = format!("{}!", written(&item.mac.path));
                    self.tree.not_expanded(scope, item.mac.path.span(), name);
                }
                _ => {}
            }
        }
    }

    /// An attribute that may be a macro may add functions.
    pub(super) fn derived(&mut self, scope: &Scope, attributes: &Attributes) {
        if let Some(meta) = macro_attribute(attributes) {
            let name = format!("#[{}]", written(meta.path()));
            self.tree.not_expanded(scope, meta.path().span(), name);
        }
    }
}
