//! Macros among items: two that only choose or include items, and those that are known to define no function.

use proc_macro2::{TokenStream, TokenTree};
use syn::File;
use syn::spanned::Spanned;

use super::cfg::{Condition, Truth};
use super::guard;
use super::load::{Folders, Loader};
use super::text::written;
use super::tree::Scope;

/// They define neither functions nor types.
const HARMLESS: [&str; 9] = [
    "assert_eq_align",
    "assert_eq_size",
    "assert_impl_all",
    "assert_not_impl_any",
    "assert_type_eq_all",
    "compile_error",
    "const_assert",
    "const_assert_eq",
    "thread_local",
];

impl Loader<'_> {
    pub(super) fn item_macro(&mut self, scope: &Scope, item: syn::ItemMacro, folders: &Folders, truth: Truth) {
        let name = item.mac.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let is_known = item.ident.is_some()
            || HARMLESS.contains(&name.as_str())
            || (name == "cfg_if" && self.choose(scope, item.mac.tokens.clone(), folders, truth).is_some());
        if is_known {
            return;
        }
        let span = item.mac.path.span();
        match item.mac.parse_body::<syn::LitStr>() {
            Ok(path) if name == "include" => self.include(scope, span, &path.value(), folders, truth),
            _ => self.tree.not_expanded(scope, span, format!("{}!", written(&item.mac.path))),
        }
    }

    /// `if #[cfg(..)] { items } else if #[cfg(..)] { items } else { items }`; `None` when it has another form.
    fn choose(&mut self, scope: &Scope, tokens: TokenStream, folders: &Folders, truth: Truth) -> Option<()> {
        let mut tokens = tokens.into_iter().peekable();
        // What all conditions before an arm leave over.
        let mut rest = truth;
        let mut arms = Vec::new();
        let mut is_last = false;
        while !is_last && tokens.peek().is_some() {
            if !arms.is_empty() && !is_word(&tokens.next()?, "else") {
                return None;
            }
            let mut condition = Truth::True;
            if tokens.peek().is_some_and(|token| is_word(token, "if")) {
                tokens.next();
                tokens.next();
                let TokenTree::Group(attribute) = tokens.next()? else { return None };
                let meta: syn::Meta = syn::parse2(attribute.stream()).ok()?;
                condition = meta.require_list().ok()?.parse_args::<Condition>().ok()?.0;
            } else {
                is_last = true;
            }
            let TokenTree::Group(items) = tokens.next()? else { return None };
            arms.push((items.stream(), rest.and(condition)));
            rest = rest.and(condition.not());
        }
        for (items, truth) in arms.into_iter().filter(|(_, truth)| *truth != Truth::False) {
            let parsed =
                guard::checked(&scope.file, items).and_then(|tokens| guard::parse::<File>(&scope.file, tokens));
            match parsed {
                Ok(file) => self.items(scope, file.items, folders, truth),
                Err(error) => self.errors.push(error),
            }
        }
        Some(())
    }
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}
