//! Text to tokens that are safe to parse.
//!
//! The parser recurses, at most once per token of a path through the nesting: so these are counted, and bodies of
//! functions, in which there is nothing to find, are taken out first. Counting starts anew where no recursion goes on:
//! after `;`, after the end of an item, and after `,` but for what opens with `<` and `|`, whose insides have commas.
//! What stands in a macro's brackets is not parsed. The lexer itself does not recurse.

use std::rc::Rc;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::model::{Place, SourceError};
use super::text::error;

/// Longest file in bytes.
pub(super) const MAX_BYTES: usize = 8 << 20;

/// Most tokens on a path from the top of a file to its innermost token.
const MAX_TOKENS: u32 = 1_500;

/// Most brackets within brackets, those of macros too, since token lists are copied and printed level by level.
const MAX_DEPTH: usize = 200;

/// A body with none of these words defines no function that native code sees.
const WORDS: [&str; 3] = ["no_mangle", "export_name", "extern"];

/// Words after which a `!` is no macro's.
const KEYWORDS: [&str; 23] = [
    "as", "async", "await", "become", "box", "break", "const", "do", "else", "for", "if", "impl", "in", "let", "loop",
    "match", "move", "mut", "return", "static", "where", "while", "yield",
];

/// Words that go on with what braces are a part of.
const GO_ON: [&str; 6] = ["as", "else", "for", "if", "in", "where"];

/// The tokens of a file.
pub(super) fn tokens(file: &Rc<str>, bytes: &[u8]) -> Result<TokenStream, SourceError> {
    let at = |line: u32, why: String| {
        let column = u32::from(line > 0);
        SourceError { place: Place { path: file.to_string(), line, column }, why }
    };
    if bytes.len() > MAX_BYTES {
        return Err(at(0, format!("it has {} bytes; at most {MAX_BYTES} are read", bytes.len())));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        at(u32::try_from(lines).unwrap_or(u32::MAX).saturating_add(1), "it is no UTF-8 text".to_owned())
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_script = text.starts_with("#!") && !text.get(2..).unwrap_or_default().trim_start().starts_with('[');
    // The line's end stays, so that lines keep their numbers.
    let text = if is_script { text.find('\n').and_then(|end| text.get(end..)).unwrap_or_default() } else { text };
    let tokens = text.parse::<TokenStream>().map_err(|lex| {
        error(file, lex.span(), "no Rust token starts here, or a bracket, string or comment does not end")
    })?;
    shallow(file, &tokens)?;
    checked(file, tokens)
}

/// Brackets are not nested too deeply.
fn shallow(file: &Rc<str>, tokens: &TokenStream) -> Result<(), SourceError> {
    let mut open = vec![tokens.clone().into_iter()];
    while let Some(level) = open.last_mut() {
        match level.next() {
            Some(TokenTree::Group(group)) if open.len() > MAX_DEPTH => {
                return Err(error(file, group.span_open(), format!("brackets in more than {MAX_DEPTH} others")));
            }
            Some(TokenTree::Group(group)) => open.push(group.stream().into_iter()),
            Some(_) => {}
            None => drop(open.pop()),
        }
    }
    Ok(())
}

/// The tokens of a file or of a macro that holds items, without bodies.
pub(super) fn checked(file: &Rc<str>, tokens: TokenStream) -> Result<TokenStream, SourceError> {
    level(file, tokens, 0)
}

/// Tokens since the last place where recursion ended.
#[derive(Default)]
struct Run {
    /// Gone with the next `,`.
    plain: u32,
    /// Openings of generics, which hold over a `,`.
    angles: u32,
    /// Openings of closures, likewise.
    pipes: u32,
}

fn level(file: &Rc<str>, tokens: TokenStream, before: u32) -> Result<TokenStream, SourceError> {
    let mut run = Run::default();
    let mut kept: Vec<TokenTree> = Vec::new();
    let mut in_header = false;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let (last, next) = (kept.last(), tokens.peek());
        run.plain += 1;
        let path = before.saturating_add(run.plain + run.angles + run.pipes);
        if path > MAX_TOKENS {
            return Err(error(file, token.span(), format!("more than {MAX_TOKENS} tokens of one type or expression")));
        }
        match token {
            TokenTree::Group(group) if is_attribute(&kept) => {
                let inside = level(file, group.stream(), path)?;
                kept.push(same_place(&group, inside).into());
                run.plain = run.plain.saturating_sub(3);
                continue;
            }
            TokenTree::Group(group) if is_macro(&kept) => kept.push(group.into()),
            TokenTree::Group(group) => {
                let is_braced = group.delimiter() == Delimiter::Brace;
                // `{N}` may also be an argument of a generic type.
                let is_body = in_header && is_braced && !next.is_some_and(|next| is_any(next, ",>"));
                let inside = if is_body && !has_word(group.stream()) {
                    TokenStream::new()
                } else {
                    level(file, group.stream(), path)?
                };
                in_header &= !is_body;
                let is_arm = is_braced && ends_with_arrow(&kept);
                kept.push(same_place(&group, inside).into());
                if is_arm && !next.is_some_and(|next| is_any(next, ".?")) {
                    run = Run::default();
                }
            }
            TokenTree::Ident(ident) => {
                let next_word = match next {
                    Some(TokenTree::Ident(next)) => next.to_string(),
                    _ => String::new(),
                };
                if ident == "safe" && (next_word == "fn" || next_word == "static") {
                    continue;
                }
                in_header |= ident == "fn" && !next_word.is_empty();
                kept.push(ident.into());
            }
            TokenTree::Punct(punct) => {
                match punct.as_char() {
                    ';' => (run, in_header) = (Run::default(), false),
                    ',' => run.plain = 0,
                    '<' => run.angles += 1,
                    '>' if !last.is_some_and(|last| is_any(last, "-=")) => run.angles = run.angles.saturating_sub(1),
                    '|' if !last.is_some_and(is_operand) => run.pipes += 1,
                    _ => {}
                }
                kept.push(punct.into());
            }
            TokenTree::Literal(literal) => kept.push(literal.into()),
        }
        if ends_item(kept.last(), tokens.peek()) {
            run = Run::default();
        }
    }
    Ok(kept.into_iter().collect())
}

/// A group with other contents, where it was.
fn same_place(group: &Group, contents: TokenStream) -> Group {
    let mut new = Group::new(group.delimiter(), contents);
    new.set_span(group.span());
    new
}

fn is_any(token: &TokenTree, chars: &str) -> bool {
    matches!(token, TokenTree::Punct(punct) if chars.contains(punct.as_char()))
}

fn is_hash(token: &TokenTree) -> bool {
    is_any(token, "#")
}

/// `#` or `#!`, of which there may be any number, as comments on a module are attributes.
fn is_attribute(before: &[TokenTree]) -> bool {
    match before {
        [.., first, second] if is_any(second, "!") => is_hash(first),
        [.., last] => is_hash(last),
        [] => false,
    }
}

/// `name!` or `macro_rules! name`.
fn is_macro(before: &[TokenTree]) -> bool {
    let before = match before {
        [before @ .., TokenTree::Ident(_)] => before,
        before => before,
    };
    let [.., TokenTree::Ident(name), TokenTree::Punct(mark)] = before else { return false };
    mark.as_char() == '!' && !KEYWORDS.iter().any(|word| name == word)
}

fn ends_with_arrow(before: &[TokenTree]) -> bool {
    matches!(before, [.., first, second] if is_any(first, "=") && is_any(second, ">"))
}

/// Whether a value may end with the token, so that `|` after it is an operator.
fn is_operand(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(ident) => !KEYWORDS.iter().any(|word| ident == word),
        TokenTree::Punct(punct) => punct.as_char() == '?',
        TokenTree::Group(_) | TokenTree::Literal(_) => true,
    }
}

/// After braces, a name or `#` starts something new; words that go on with an expression do not.
fn ends_item(last: Option<&TokenTree>, next: Option<&TokenTree>) -> bool {
    let is_braced = matches!(last, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace);
    is_braced
        && match next {
            Some(TokenTree::Ident(ident)) => !GO_ON.iter().any(|word| ident == word),
            Some(token) => is_hash(token),
            None => true,
        }
}

/// Whether one of the words stands anywhere in the tokens.
fn has_word(tokens: TokenStream) -> bool {
    let mut open = vec![tokens];
    while let Some(tokens) = open.pop() {
        for token in tokens {
            match token {
                TokenTree::Group(group) => open.push(group.stream()),
                TokenTree::Ident(ident) if WORDS.iter().any(|word| ident == word) => return true,
                _ => {}
            }
        }
    }
    false
}

/// Parses tokens that are safe to parse.
pub(super) fn parse<T: syn::parse::Parse>(file: &Rc<str>, tokens: TokenStream) -> Result<T, SourceError> {
    let last = tokens.clone().into_iter().last();
    syn::parse2(tokens).map_err(|wrong| match last {
        // At the end there is no token to be wrong.
        Some(last) if wrong.span().byte_range() == (0..0) => error(file, last.span(), wrong.to_string()),
        _ => error(file, wrong.span(), wrong.to_string()),
    })
}
