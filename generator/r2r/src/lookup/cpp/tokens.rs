//! The tokens of a C++ source, as far as tables of thunks need them.

use super::{Stop, is_table};

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// An identifier or a keyword.
    Name(&'t str),
    /// A number as it is written.
    Number(&'t str),
    /// The contents of a string literal.
    Text(&'t [u8]),
    /// A character literal, or anything that is not a token of C++.
    Other,
    /// One character; longer operators are several.
    Punctuation(u8),
    /// A line for the preprocessor, by its first word.
    Directive(&'t str),
}

impl Token<'_> {
    /// As it is written, but for literals, which no expression here has.
    pub fn text(&self) -> String {
        match self {
            Token::Name(text) | Token::Number(text) => (*text).to_owned(),
            Token::Punctuation(byte) => char::from(*byte).to_string(),
            Token::Directive(word) => format!("#{word}"),
            Token::Text(_) | Token::Other => "'".to_owned(),
        }
    }
}

/// Reads token by token.
pub(super) struct Tokens<'t> {
    source: &'t [u8],
    at: usize,
    peeked: Option<(usize, Token<'t>)>,
    /// Inside of a directive, which ends with its line.
    in_directive: bool,
}

impl<'t> Tokens<'t> {
    pub fn new(source: &'t [u8]) -> Tokens<'t> {
        Tokens { source, at: 0, peeked: None, in_directive: false }
    }

    /// The next token without its offset, which is left.
    pub fn peek(&mut self) -> Result<Option<Token<'t>>, Stop> {
        if self.peeked.is_none() {
            self.peeked = self.read()?;
        }
        Ok(self.peeked.map(|(_, token)| token))
    }

    /// The next token and its offset.
    pub fn next(&mut self) -> Result<Option<(usize, Token<'t>)>, Stop> {
        match self.peeked.take() {
            Some(token) => Ok(Some(token)),
            None => self.read(),
        }
    }

    /// Takes the next token when it is this one.
    pub fn take(&mut self, wanted: Token<'_>) -> Result<bool, Stop> {
        let is_next = self.peek()? == Some(wanted);
        if is_next {
            self.peeked = None;
        }
        Ok(is_next)
    }

    /// Whether the next token is the first `=` of `==`.
    pub fn is_comparison(&mut self) -> Result<bool, Stop> {
        Ok(self.peek()? == Some(Token::Punctuation(b'=')) && self.rest().starts_with(b"="))
    }

    fn rest(&self) -> &'t [u8] {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'t [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn read(&mut self) -> Result<Option<(usize, Token<'t>)>, Stop> {
        if !self.skip_blanks()? {
            return Ok(None);
        }
        let start = self.at;
        let rest = self.rest();
        let Some(first) = rest.first().copied() else { return Ok(None) };
        let token = match first {
            b'#' if !self.in_directive => self.directive()?,
            b'"' => Token::Text(self.literal(b'"')?),
            b'\'' => {
                self.literal(b'\'')?;
                Token::Other
            }
            b'0'..=b'9' => {
                Token::Number(text(self.take_while(|byte| is_of_name(byte) || matches!(byte, b'\'' | b'.'))))
            }
            _ if is_of_name(first) => {
                let name = text(self.take_while(is_of_name));
                if name.ends_with('R') && self.rest().starts_with(b"\"") {
                    return Err(not_read(start, "a raw string, which is not read here"));
                }
                Token::Name(name)
            }
            b'\\' => return Err(not_read(start, "a backslash outside of a string")),
            _ if ["<:", "<%", "%:"].iter().any(|other| rest.starts_with(other.as_bytes())) => {
                return Err(not_read(start, "another spelling of a bracket, or what looks like one"));
            }
            _ => {
                self.at += 1;
                if first.is_ascii() { Token::Punctuation(first) } else { Token::Other }
            }
        };
        Ok(Some((start, token)))
    }

    /// Skips blanks and comments; false at the end of the source or of the directive.
    fn skip_blanks(&mut self) -> Result<bool, Stop> {
        loop {
            let start = self.at;
            match self.rest() {
                [] => return Ok(false),
                [b'\n', ..] if self.in_directive => return Ok(false),
                [b'\\', b'\n', ..] if self.in_directive => self.at += 2,
                [b'\\', b'\r', b'\n', ..] if self.in_directive => self.at += 3,
                [b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c, ..] => self.at += 1,
                [b'/', b'/', ..] => {
                    if self.take_while(|byte| byte != b'\n').trim_ascii_end().ends_with(b"\\") {
                        return Err(not_read(start, "a comment whose line goes on in the next one"));
                    }
                }
                [b'/', b'*', inside @ ..] => match memchr::memmem::find(inside, b"*/") {
                    Some(length) => self.at += length + 4,
                    None => return Err(not_read(start, "a comment that does not end")),
                },
                _ => return Ok(true),
            }
        }
    }

    /// A string or character; escapes stay as they are written.
    fn literal(&mut self, quote: u8) -> Result<&'t [u8], Stop> {
        let start = self.at;
        self.at += 1;
        loop {
            self.take_while(|byte| byte != quote && !matches!(byte, b'\\' | b'\n'));
            match self.rest() {
                [b'\\', escaped, ..] if !matches!(escaped, b'\r' | b'\n') => self.at += 2,
                [end, ..] if *end == quote => {
                    let inside = self.source.get(start + 1..self.at).unwrap_or_default();
                    self.at += 1;
                    return Ok(inside);
                }
                _ => return Err(not_read(start, "a string or character that does not end in its line")),
            }
        }
    }

    /// The whole line; a table that is named in a macro may be anywhere.
    fn directive(&mut self) -> Result<Token<'t>, Stop> {
        self.at += 1;
        self.in_directive = true;
        let word = if self.skip_blanks()? { text(self.take_while(is_of_name)) } else { "" };
        if matches!(word, "error" | "warning") {
            // A text, not tokens.
            let start = self.at;
            let line = self.take_while(|byte| byte != b'\n');
            if line.trim_ascii_end().ends_with(b"\\") || memchr::memmem::find(line, b"/*").is_some() {
                return Err(not_read(start, "a message that goes on in the next line"));
            }
        }
        while let Some((start, token)) = self.read()? {
            if let Token::Name(name) = token
                && is_table(name.strip_suffix("Count").unwrap_or(name))
            {
                return Err(not_read(start, "a macro or condition names a table, which is not followed here"));
            }
        }
        self.in_directive = false;
        Ok(Token::Directive(word))
    }
}

fn not_read(offset: usize, what: &str) -> Stop {
    Stop::Wrong(offset, what.to_owned())
}

/// Whether a byte can be part of a name; those of other letters than ASCII can.
fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// A name or number; one that is not UTF-8 is none that is looked for.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or("?")
}
