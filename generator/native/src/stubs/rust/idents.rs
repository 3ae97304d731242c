//! Identifiers of Rust.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span};

/// Keywords of any edition, and reserved words.
const KEYWORDS: &[&str] = &[
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that cannot be used with `r#`.
const NEVER: [&str; 4] = ["Self", "crate", "self", "super"];

/// The identifier of a name in letters, digits and `_`; a keyword gets `r#`, or a trailing `_` where `r#` is not
/// allowed.
pub(super) fn ident(name: &str) -> Ident {
    let at = Span::call_site();
    if NEVER.contains(&name) {
        Ident::new(&format!("{name}_"), at)
    } else if KEYWORDS.contains(&name) {
        Ident::new_raw(name, at)
    } else {
        Ident::new(name, at)
    }
}

/// Unique identifiers.
#[derive(Debug, Default)]
pub(super) struct Scope<'n> {
    /// Names that are taken in several scopes.
    others: Option<&'n BTreeSet<&'n str>>,
    taken: BTreeSet<String>,
    /// The next number of each name that was taken: smaller ones are taken too.
    next: BTreeMap<String, usize>,
}

impl<'n> Scope<'n> {
    /// A scope in which these names are taken.
    pub fn with(names: &'n BTreeSet<&'n str>) -> Scope<'n> {
        Scope { others: Some(names), ..Scope::default() }
    }

    /// The identifier of a name, with a number at the end if the name is taken.
    pub fn add(&mut self, name: &str) -> Ident {
        // `Self` becomes `Self_`, which must not be used for another name.
        if self.take(&ident(name)) {
            return ident(name);
        }
        let mut next = self.next.get(name).copied().unwrap_or(2);
        loop {
            let numbered = ident(&format!("{name}_{next}"));
            next += 1;
            if self.take(&numbered) {
                self.next.insert(name.to_owned(), next);
                return numbered;
            }
        }
    }

    fn take(&mut self, name: &Ident) -> bool {
        let name = name.to_string();
        self.others.is_none_or(|others| !others.contains(&*name)) && self.taken.insert(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords() {
        let text = |name: &str| ident(name).to_string();
        assert_eq!(
            ["a", "type", "gen", "self", "Self", "crate"].map(text),
            ["a", "r#type", "r#gen", "self_", "Self_", "crate_"]
        );
        for keyword in KEYWORDS {
            syn::parse_str::<Ident>(&text(keyword)).unwrap_or_else(|error| panic!("{keyword}: {error}"));
        }
    }

    #[test]
    fn twice() {
        let taken = BTreeSet::from(["x"]);
        let mut scope = Scope::with(&taken);
        let names = ["x", "x_2", "x", "self_", "self", "type", "type"].map(|name| scope.add(name).to_string());
        assert_eq!(names, ["x_2", "x_2_2", "x_3", "self_", "self_2", "r#type", "type_2"]);
    }
}
