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
pub(super) struct Scope {
    taken: BTreeSet<String>,
    /// The next number of each name that was taken: smaller ones are taken too.
    next: BTreeMap<String, usize>,
}

impl Scope {
    /// A scope in which these names are taken.
    pub fn with<'n>(names: impl IntoIterator<Item = &'n str>) -> Scope {
        Scope { taken: names.into_iter().map(str::to_owned).collect(), next: BTreeMap::new() }
    }

    /// The identifier of a name, with a number at the end if the name is taken.
    pub fn add(&mut self, name: &str) -> Ident {
        // `Self` becomes `Self_`, which must not be used for another name.
        if self.taken.insert(ident(name).to_string()) {
            return ident(name);
        }
        let next = self.next.entry(name.to_owned()).or_insert(2);
        loop {
            let numbered = ident(&format!("{name}_{next}"));
            *next += 1;
            if self.taken.insert(numbered.to_string()) {
                return numbered;
            }
        }
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
        let mut scope = Scope::with(["x"]);
        let names = ["x", "x_2", "x", "self_", "self", "type", "type"].map(|name| scope.add(name).to_string());
        assert_eq!(names, ["x_2", "x_2_2", "x_3", "self_", "self_2", "r#type", "type_2"]);
    }
}
