//! What attributes say of functions and types.

use syn::punctuated::Punctuated;
use syn::{Expr, Lit, LitInt, Meta, Token};

use super::cfg::Truth;

/// The value of `name = ".."`.
pub(super) fn text_of(meta: &Meta, name: &str) -> Option<String> {
    match meta {
        Meta::NameValue(pair) if pair.path.is_ident(name) => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The symbols a function may have, each with whether it has it; none when nobody outside sees it.
pub(super) fn symbols(attributes: &[(Meta, Truth)], ident: &str) -> Vec<(String, Truth)> {
    let named: Vec<_> =
        attributes.iter().filter_map(|(meta, truth)| Some((text_of(meta, "export_name")?, *truth))).collect();
    if named.iter().any(|(_, truth)| *truth == Truth::True) {
        return named;
    }
    let plain = attributes.iter().filter(|(meta, _)| matches!(meta, Meta::Path(path) if path.is_ident("no_mangle")));
    let plain = plain.map(|(_, truth)| *truth).reduce(Truth::or);
    // With a name that only some builds give it, the other builds use its own.
    let plain = plain.map(|truth| if named.is_empty() { truth } else { Truth::Unknown });
    named.into_iter().chain(plain.map(|truth| (ident.to_owned(), truth))).collect()
}

/// An `export_name` that a macro makes, so that only a compiler knows the symbol.
pub(super) fn made_name(attributes: &[(Meta, Truth)]) -> Option<&Meta> {
    attributes.iter().map(|(meta, _)| meta).find(|meta| {
        meta.path().is_ident("export_name")
            && matches!(meta, Meta::NameValue(_))
            && text_of(meta, "export_name").is_none()
    })
}

/// The symbols a function of an `extern` block may have.
pub(super) fn link_names(attributes: &[(Meta, Truth)], ident: &str) -> Vec<(String, Truth)> {
    let named: Vec<_> =
        attributes.iter().filter_map(|(meta, truth)| Some((text_of(meta, "link_name")?, *truth))).collect();
    match named.iter().find(|(_, truth)| *truth == Truth::True) {
        Some(name) => vec![name.clone()],
        None if named.is_empty() => vec![(ident.to_owned(), Truth::True)],
        None => named.into_iter().chain([(ident.to_owned(), Truth::Unknown)]).collect(),
    }
}

/// `wasm_import_module` of an `extern` block.
pub(super) fn import_module(attributes: &[(Meta, Truth)]) -> Option<String> {
    let lists = attributes.iter().filter_map(|(meta, _)| match meta {
        Meta::List(list) if list.path.is_ident("link") => Some(list),
        _ => None,
    });
    lists
        .filter_map(|list| list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok())
        .flat_map(IntoIterator::into_iter)
        .find_map(|meta| text_of(&meta, "wasm_import_module"))
}

/// How a type asks to be laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Repr {
    /// As in C.
    pub c: bool,
    /// As its only field.
    pub transparent: bool,
    /// Bytes and sign of an enum's integer.
    pub integer: Option<(u8, bool)>,
    /// Most alignment of a field.
    pub packed: Option<u32>,
    /// Least alignment of the whole.
    pub align: Option<u32>,
    /// A part of it holds only under a condition.
    pub is_conditional: bool,
    /// A part of it is not known, like `simd`.
    pub is_other: bool,
}

/// Reads all `repr` attributes.
pub(super) fn repr(attributes: &[(Meta, Truth)]) -> Repr {
    let mut repr = Repr::default();
    for (meta, truth) in attributes {
        let Meta::List(list) = meta else { continue };
        if !list.path.is_ident("repr") {
            continue;
        }
        repr.is_conditional |= *truth == Truth::Unknown;
        match list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) {
            Ok(parts) => parts.iter().for_each(|part| repr.add(part)),
            Err(_) => repr.is_other = true,
        }
    }
    repr
}

impl Repr {
    fn add(&mut self, part: &Meta) {
        let name = part.path().get_ident().map(ToString::to_string).unwrap_or_default();
        let number = || match part {
            Meta::List(list) => {
                let number = list.parse_args::<LitInt>().ok()?.base10_parse::<u32>().ok()?;
                (number.is_power_of_two() && number <= 1 << 29).then_some(number)
            }
            _ => None,
        };
        match (name.as_str(), part) {
            ("C", Meta::Path(_)) => self.c = true,
            ("transparent", Meta::Path(_)) => self.transparent = true,
            ("Rust", Meta::Path(_)) => {}
            ("packed", Meta::Path(_)) => self.packed = Some(1),
            ("packed", _) if number().is_some() => self.packed = number(),
            ("align", _) if number().is_some() => self.align = self.align.max(number()),
            (name, Meta::Path(_)) => match integer(name) {
                Some(integer) => self.integer = Some(integer),
                None => self.is_other = true,
            },
            _ => self.is_other = true,
        }
    }
}

/// Bytes and sign of a primitive integer.
pub(super) fn integer(name: &str) -> Option<(u8, bool)> {
    Some(match name {
        "i8" => (1, true),
        "u8" => (1, false),
        "i16" => (2, true),
        "u16" => (2, false),
        "i32" | "isize" => (4, true),
        "u32" | "usize" => (4, false),
        "i64" => (8, true),
        "u64" => (8, false),
        "i128" => (16, true),
        "u128" => (16, false),
        _ => return None,
    })
}

/// Attributes that are the compiler's and leave a function as it is.
const BUILT_IN: [&str; 37] = [
    "allow",
    "automatically_derived",
    "cfg",
    "cfg_attr",
    "cold",
    "coverage",
    "deny",
    "deprecated",
    "derive",
    "doc",
    "expect",
    "export_name",
    "forbid",
    "global_allocator",
    "ignore",
    "inline",
    "instruction_set",
    "link",
    "link_name",
    "link_section",
    "linkage",
    "macro_export",
    "macro_use",
    "must_use",
    "naked",
    "no_mangle",
    "non_exhaustive",
    "optimize",
    "panic_handler",
    "path",
    "repr",
    "should_panic",
    "stable",
    "target_feature",
    "track_caller",
    "unstable",
    "warn",
];

/// Tools whose attributes leave a function as it is.
const TOOLS: [&str; 4] = ["clippy", "diagnostic", "miri", "rustfmt"];

/// What well-known macros of `derive` read, which is no macro beside them.
const HELPERS: [&str; 16] = [
    "arg",
    "borsh",
    "builder",
    "clap",
    "command",
    "derivative",
    "display",
    "error",
    "prost",
    "schemars",
    "serde",
    "snafu",
    "strum",
    "structopt",
    "validate",
    "zeroize",
];

/// The first attribute that may be a macro.
pub(super) fn macro_attribute(attributes: &[(Meta, Truth)]) -> Option<&Meta> {
    let is_derived = attributes.iter().any(|(meta, _)| meta.path().is_ident("derive"));
    attributes.iter().map(|(meta, _)| meta).find(|meta| {
        let path = meta.path();
        let first = path.segments.first().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let known = if path.segments.len() == 1 { &BUILT_IN[..] } else { &TOOLS[..] };
        let is_helper = is_derived && path.segments.len() == 1 && HELPERS.contains(&first.as_str());
        !known.contains(&first.as_str()) && !is_helper && !first.starts_with("rustc_")
    })
}
