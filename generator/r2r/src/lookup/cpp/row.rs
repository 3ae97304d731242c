//! A row of a table, from the tokens between its braces.

use super::lexer::{Kind, Token};
use super::problem::ProblemKind;

/// Key and function; no key in a row that only ends the table.
pub(super) type Pair = (Option<String>, String);

/// Reads the tokens of a row; a problem comes with the index of its token.
pub(super) fn parse(tokens: &[Token]) -> Result<Pair, (ProblemKind, usize)> {
    let fields = fields(tokens);
    match fields[..] {
        [] => Ok((None, String::new())),
        [(_, only)] if is_null(without_designator(only).0) => Ok((None, String::new())),
        [(key_at, key), (function_at, function)] => {
            let (key, before) = without_designator(key);
            let key_text = self::key(key).map_err(|problem| (problem, key_at + before))?;
            let (function, before) = without_designator(function);
            match (key_text, is_null(function)) {
                (None, true) => Ok((None, String::new())),
                (None, false) => Err((ProblemKind::NoKey("a null pointer".to_owned()), key_at)),
                (Some(key), true) => Err((ProblemKind::NullFunction(key), function_at + before)),
                (Some(key), false) => {
                    let name = name(function).map_err(|problem| (problem, function_at + before))?;
                    Ok((Some(key), name))
                }
            }
        }
        _ => Err((ProblemKind::Fields(fields.len()), 0)),
    }
}

/// The values between commas, each with the index of its first token; a comma at the end separates nothing.
fn fields(tokens: &[Token]) -> Vec<(usize, &[Token])> {
    let mut fields = Vec::new();
    let (mut start, mut depth) = (0, 0usize);
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Punctuation(b'(' | b'[' | b'{' | b'<') => depth += 1,
            Kind::Punctuation(b')' | b']' | b'}' | b'>') => depth = depth.saturating_sub(1),
            Kind::Punctuation(b',') if depth == 0 => {
                fields.extend(tokens.get(start..index).map(|field| (start, field)));
                start = index + 1;
            }
            _ => {}
        }
    }
    fields.extend(tokens.get(start..).filter(|field| !field.is_empty()).map(|field| (start, field)));
    fields
}

/// A value without `.name =` before it, and the number of tokens left out.
fn without_designator(field: &[Token]) -> (&[Token], usize) {
    match field {
        [dot, name, equals, rest @ ..] if dot.is(b'.') && name.name().is_some() && equals.is(b'=') => (rest, 3),
        _ => (field, 0),
    }
}

fn is_null(value: &[Token]) -> bool {
    match without_casts(value) {
        [Token { kind: Kind::Name(name), .. }] => matches!(name.as_str(), "nullptr" | "NULL"),
        [Token { kind: Kind::Number(number), .. }] => number == "0",
        _ => false,
    }
}

/// The key; adjacent literals are one string.
fn key(value: &[Token]) -> Result<Option<String>, ProblemKind> {
    if is_null(value) {
        return Ok(None);
    }
    let value = without_casts(value);
    let mut key = Vec::new();
    for token in value {
        match &token.kind {
            Kind::Text { wide: true, .. } => return Err(ProblemKind::WideKey),
            Kind::Text { bytes, .. } => key.extend_from_slice(bytes),
            _ => return Err(ProblemKind::NoKey(token.describe())),
        }
    }
    if value.is_empty() {
        return Err(ProblemKind::NoKey("nothing".to_owned()));
    }
    let text = String::from_utf8(key).ok().filter(|text| !text.contains('\0'));
    text.map(Some).ok_or(ProblemKind::BinaryKey)
}

/// The function: a name, perhaps qualified and with template arguments, behind `&` and casts.
fn name(value: &[Token]) -> Result<String, ProblemKind> {
    let bare = without_casts(value);
    let unexpected =
        |token: Option<&Token>| ProblemKind::NoFunction(token.map_or("nothing".to_owned(), Token::describe));
    let mut name = String::new();
    let mut rest = bare;
    loop {
        match rest {
            [colon, second, after @ ..] if colon.is(b':') && second.is(b':') => {
                name += "::";
                rest = after;
            }
            _ if !name.is_empty() && !name.ends_with("::") => break,
            _ => {}
        }
        let part = rest.first().and_then(Token::name).ok_or_else(|| unexpected(rest.first()))?;
        name += part;
        rest = rest.get(1..).unwrap_or_default();
    }
    match rest {
        [] => Ok(name),
        // Template arguments, up to the end.
        [open, inner @ .., close] if open.is(b'<') && close.is(b'>') => {
            let arguments: Vec<String> = inner.iter().map(|token| token.describe().replace('`', "")).collect();
            Ok(format!("{name}<{}>", arguments.join(" ")))
        }
        _ => Err(unexpected(rest.first())),
    }
}

/// Most casts, parentheses and `&` around one value.
const MAX_CASTS: usize = 16;

/// A value without `&`, casts and parentheses around it.
fn without_casts(mut value: &[Token]) -> &[Token] {
    for _ in 0..MAX_CASTS {
        value = match value {
            [and, rest @ ..] if and.is(b'&') => rest,
            [open, ..] if open.is(b'(') => match closing(value, b'(', b')') {
                // Parentheses around everything, or a cast.
                Some(end) if end + 1 == value.len() => value.get(1..end).unwrap_or_default(),
                Some(end) => value.get(end + 1..).unwrap_or_default(),
                None => return value,
            },
            [Token { kind: Kind::Name(cast), .. }, rest @ ..]
                if matches!(cast.as_str(), "reinterpret_cast" | "static_cast" | "const_cast") =>
            {
                match closing(rest, b'<', b'>') {
                    Some(end) => rest.get(end + 1..).unwrap_or_default(),
                    None => return value,
                }
            }
            _ => return value,
        };
    }
    value
}

/// Index of the token that closes the bracket `value` starts with.
fn closing(value: &[Token], open: u8, close: u8) -> Option<usize> {
    let mut depth = 0usize;
    for (index, token) in value.iter().enumerate() {
        if token.is(open) {
            depth += 1;
        } else if token.is(close) {
            depth = depth.checked_sub(1)?;
        }
        if depth == 0 {
            return (index > 0).then_some(index);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::lexer::Lexer;
    use super::*;

    fn row(source: &str) -> String {
        let mut lexer = Lexer::new(source.as_bytes());
        let tokens: Vec<Token> = std::iter::from_fn(|| lexer.next().unwrap()).collect();
        match parse(&tokens) {
            Ok((key, function)) => format!("{} {function}", key.as_deref().unwrap_or("-")),
            Err((problem, index)) => format!("{index}: {problem}"),
        }
    }

    #[test]
    fn ways_to_write_a_row() {
        for source in [
            r#""Mv", (void*)&F"#,
            r#""M" "v", (void *)F,"#,
            r#".key = "Mv", .value = reinterpret_cast<void*>(&F)"#,
            r#"("Mv"), (void*)(void (*)(PCODE, int8_t*, int8_t*))&F"#,
            r#"u8"Mv", (void*)(&F)"#,
            r#"R"(Mv)", &F"#,
            r#"(const char*)"\115v", static_cast<Fn*>(reinterpret_cast<void*>(F))"#,
        ] {
            assert_eq!(row(source), "Mv F", "{source}");
        }
        assert_eq!(row(r#""Mv", (void*)&::a::b::F"#), "Mv ::a::b::F");
        assert_eq!(row(r#""Mv", (void*)&F<int, 3>"#), "Mv F<int , 3>");
        for nothing in ["", "nullptr, nullptr", "NULL, (void*)0", "0", "{}"] {
            let expected =
                if nothing == "{}" { "0: a row has two values, a key and a function; this one has 1" } else { "- " };
            assert_eq!(row(nothing), expected, "{nothing}");
        }
    }

    #[test]
    fn what_is_no_row_is_named() {
        for (source, problem) in [
            ("KEY, (void*)&F", "0: `KEY` where the key is expected, a string literal"),
            ("\"Mv\" KEY, (void*)&F", "0: `KEY` where the key is expected, a string literal"),
            ("\"Mv\"_k, (void*)&F", "0: `_k` where the key is expected, a string literal"),
            ("nullptr, (void*)&F", "0: a null pointer where the key is expected, a string literal"),
            ("L\"Mv\", F", "0: the key is a string of wide characters, but the runtime looks for bytes"),
            ("\"M\\0v\", F", "0: the key holds a NUL or what is no UTF-8, which no key of the runtime does"),
            ("\"\\xff\", F", "0: the key holds a NUL or what is no UTF-8, which no key of the runtime does"),
            ("\"Mv\", nullptr", "2: the row of `Mv` has a null pointer for its function"),
            ("\"Mv\", (void*)", "2: `*` where a function is expected, as in (void*)&Function"),
            ("\"Mv\", F()", "2: `(` where a function is expected, as in (void*)&Function"),
            ("\"Mv\", +[](int) {}", "2: `+` where a function is expected, as in (void*)&Function"),
            ("\"Mv\", a::", "2: nothing where a function is expected, as in (void*)&Function"),
            ("\"Mv\", F, G", "0: a row has two values, a key and a function; this one has 3"),
            ("\"Mv\"", "0: a row has two values, a key and a function; this one has 1"),
            (".key = KEY, .value = F", "3: `KEY` where the key is expected, a string literal"),
        ] {
            assert_eq!(row(source), problem, "{source}");
        }
    }
}
