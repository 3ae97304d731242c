//! Places and texts of syntax.

use std::rc::Rc;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;

use super::model::{Place, SourceError};

/// Longest text that is kept of a signature or type.
const MAX_TEXT: usize = 2_000;

/// The place of a span in a file; that of no token is the file.
pub(super) fn place(file: &Rc<str>, span: Span) -> Place {
    if span.byte_range() == (0..0) {
        return Place { path: file.to_string(), line: 0, column: 0 };
    }
    let start = span.start();
    let number = |of: usize| u32::try_from(of).unwrap_or(u32::MAX);
    Place { path: file.to_string(), line: number(start.line), column: number(start.column).saturating_add(1) }
}

/// An error at a span.
pub(super) fn error(file: &Rc<str>, span: Span, why: impl Into<String>) -> SourceError {
    SourceError { place: place(file, span), why: why.into() }
}

/// What stands in the source, on one line; without its comments, and not all of it when it is very long.
pub(super) fn written(of: &impl ToTokens) -> String {
    let source = of.span().source_text().filter(|text| !text.contains("//") && !text.contains("/*"));
    let text = match source {
        Some(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        None => spaced(of.to_token_stream()),
    };
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Tokens as people write them, more or less.
fn spaced(tokens: TokenStream) -> String {
    let text = tokens.to_string();
    [(" ,", ","), (" :", ":"), (" ;", ";"), ("* ", "*"), ("& ", "&"), ("( ", "("), (" )", ")"), (" (", "(")]
        .iter()
        .fold(text, |text, (from, to)| text.replace(from, to))
}

/// An identifier without `r#`.
pub(super) fn bare(ident: &syn::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}
