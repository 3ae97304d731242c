//! Conditions (`cfg`), as far as they follow from the target: wasm32 in a browser.

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, Meta, Token};

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Truth {
    /// Never.
    False,
    /// Only the build knows.
    Unknown,
    /// Always.
    True,
}

impl Truth {
    pub(super) fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    pub(super) fn or(self, other: Truth) -> Truth {
        self.max(other)
    }

    pub(super) fn not(self) -> Truth {
        match self {
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
            Truth::True => Truth::False,
        }
    }
}

/// What every target that emscripten links is; another value is never.
const ALWAYS: [(&str, &str); 10] = [
    ("target_arch", "wasm32"),
    ("target_endian", "little"),
    ("target_pointer_width", "32"),
    ("target_vendor", "unknown"),
    ("target_family", "wasm"),
    ("target_has_atomic", "8"),
    ("target_has_atomic", "16"),
    ("target_has_atomic", "32"),
    ("target_has_atomic", "64"),
    ("target_has_atomic", "ptr"),
];

/// What some of them are: libraries built for another wasm target link too.
const SOMETIMES: [(&str, &[&str]); 4] = [
    ("target_os", &["emscripten", "wasi", "unknown", "none"]),
    ("target_family", &["unix"]),
    ("target_env", &["", "p1", "p2", "p3"]),
    ("target_abi", &[""]),
];

/// Words that never hold in a library.
const NEVER: [&str; 6] = ["test", "windows", "doc", "doctest", "miri", "proc_macro"];

/// The condition in `cfg(..)`.
pub(super) fn evaluate(condition: &Meta) -> Truth {
    match condition {
        Meta::Path(path) if NEVER.iter().any(|word| path.is_ident(word)) => Truth::False,
        Meta::Path(_) => Truth::Unknown,
        Meta::NameValue(pair) => match (&pair.value, pair.path.get_ident()) {
            (Expr::Lit(value), Some(key)) => match &value.lit {
                Lit::Str(value) => is(&key.to_string(), &value.value()),
                _ => Truth::Unknown,
            },
            _ => Truth::Unknown,
        },
        Meta::List(list) => {
            let Some(parts) = conditions(list) else { return Truth::Unknown };
            let mut parts = parts.into_iter();
            if list.path.is_ident("all") {
                parts.fold(Truth::True, Truth::and)
            } else if list.path.is_ident("any") {
                parts.fold(Truth::False, Truth::or)
            } else if list.path.is_ident("not") {
                parts.next().map_or(Truth::Unknown, Truth::not)
            } else {
                Truth::Unknown
            }
        }
    }
}

/// The conditions in the brackets of a list.
fn conditions(list: &syn::MetaList) -> Option<Vec<Truth>> {
    let metas = list.parse_args_with(Punctuated::<Condition, Token![,]>::parse_terminated).ok()?;
    Some(metas.into_iter().map(|condition| condition.0).collect())
}

/// A condition, or `true` and `false`, which are no [`Meta`].
pub(super) struct Condition(pub(super) Truth);

impl syn::parse::Parse for Condition {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Condition> {
        if input.peek(syn::LitBool) {
            let value: syn::LitBool = input.parse()?;
            return Ok(Condition(if value.value { Truth::True } else { Truth::False }));
        }
        Ok(Condition(evaluate(&input.parse()?)))
    }
}

fn is(key: &str, value: &str) -> Truth {
    if ALWAYS.contains(&(key, value)) {
        return Truth::True;
    }
    let sometimes = SOMETIMES.iter().any(|(name, values)| *name == key && values.contains(&value));
    let is_known = ALWAYS.iter().any(|(name, _)| *name == key) || SOMETIMES.iter().any(|(name, _)| *name == key);
    if sometimes || !is_known { Truth::Unknown } else { Truth::False }
}

/// Attributes with `cfg_attr` and `unsafe(..)` taken away, each with whether it is there; those that never are, are
/// left out.
pub(super) fn expand(attributes: &[Attribute]) -> Vec<(Meta, Truth)> {
    let mut expanded = Vec::new();
    for attribute in attributes {
        expand_meta(&attribute.meta, Truth::True, &mut expanded);
    }
    expanded
}

fn expand_meta(meta: &Meta, truth: Truth, expanded: &mut Vec<(Meta, Truth)>) {
    let Meta::List(list) = meta else { return expanded.push((meta.clone(), truth)) };
    if list.path.is_ident("unsafe") {
        if let Ok(inner) = list.parse_args::<Meta>() {
            expanded.push((inner, truth));
        }
    } else if list.path.is_ident("cfg_attr") {
        let parse = |input: syn::parse::ParseStream<'_>| {
            let condition: Condition = input.parse()?;
            input.parse::<Option<Token![,]>>()?;
            Ok((condition.0, input.call(Punctuated::<Meta, Token![,]>::parse_terminated)?))
        };
        if let Ok((condition, metas)) = list.parse_args_with(parse)
            && condition != Truth::False
        {
            metas.iter().for_each(|meta| expand_meta(meta, truth.and(condition), expanded));
        }
    } else {
        expanded.push((meta.clone(), truth));
    }
}

/// Whether what has these attributes is there.
pub(super) fn presence(attributes: &[(Meta, Truth)]) -> Truth {
    let conditions = attributes.iter().filter_map(|(meta, given)| match meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.parse_args::<Condition>().map_or(Truth::Unknown, |condition| condition.0);
            Some(given.not().or(condition))
        }
        // Only a harness compiles them.
        Meta::Path(path) if path.is_ident("test") || path.is_ident("bench") => Some(given.not()),
        _ => None,
    });
    conditions.fold(Truth::True, Truth::and)
}
