//! Tokens of a C++ source (ISO C++17, 5 \[lex\]): as much as it takes to find array definitions.

use super::cursor::{Cursor, Position};
use super::literal;

/// A token and where it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub at: Position,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or keyword.
    Name(String),
    /// A number as it is spelled.
    Number(String),
    /// The bytes of a string literal; wide when its elements are no bytes.
    Text { bytes: Vec<u8>, wide: bool },
    /// A character literal; what it holds matters to nobody.
    Character,
    /// One punctuation character; operators of several are several tokens.
    Punctuation(u8),
    /// A preprocessor line: the word behind `#`, and the rest without comments and with single blanks.
    Directive { name: String, rest: String },
}

impl Token {
    /// Whether the token is this punctuation character.
    pub fn is(&self, punctuation: u8) -> bool {
        self.kind == Kind::Punctuation(punctuation)
    }

    /// The name, when it is one.
    pub fn name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The token in a message.
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Name(text) | Kind::Number(text) => format!("`{text}`"),
            Kind::Text { .. } => "a string".to_owned(),
            Kind::Character => "a character".to_owned(),
            Kind::Punctuation(byte) => format!("`{}`", char::from(*byte)),
            Kind::Directive { name, .. } => format!("`#{name}`"),
        }
    }
}

/// What ends a source early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LexError {
    /// `/*` without its end.
    #[error("this comment does not end")]
    Comment,
    /// A string or character literal without its end on the line.
    #[error("this literal does not end on its line")]
    Literal,
    /// A raw string without its end, or with a delimiter that is none.
    #[error("this raw string does not end")]
    RawString,
    /// A backslash in a literal with something behind it that has no meaning.
    #[error("this escape sequence in a string has no meaning")]
    Escape,
}

/// Splits a source into tokens.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'a> {
    cursor: Cursor<'a>,
    /// Nothing but blanks and comments since the start of the line.
    at_line_start: bool,
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$' | 0x80..)
}

fn is_name_part(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

impl<'a> Lexer<'a> {
    pub fn new(source: &'a [u8]) -> Lexer<'a> {
        Lexer { cursor: Cursor::new(source), at_line_start: true }
    }

    /// The next token, `None` at the end. After an error, the place is where the token started.
    pub fn next(&mut self) -> Result<Option<Token>, (LexError, Position)> {
        self.skip_blanks()?;
        let at = self.cursor.position();
        let Some(first) = self.cursor.peek() else { return Ok(None) };
        let starts_line = std::mem::replace(&mut self.at_line_start, false);
        let kind = match first {
            b'#' if starts_line => self.directive()?,
            b'"' => literal::string(&mut self.cursor, at).map(|bytes| Kind::Text { bytes, wide: false })?,
            b'\'' => self.character(at)?,
            b'0'..=b'9' => self.number(),
            b'.' if self.cursor.peek_second().is_some_and(|byte| byte.is_ascii_digit()) => self.number(),
            _ if is_name_start(first) => self.name(at)?,
            _ => {
                self.cursor.next();
                Kind::Punctuation(first)
            }
        };
        Ok(Some(Token { kind, at }))
    }

    /// The next directive, over lines that are not compiled: nothing else in them needs to be C++.
    pub fn next_directive(&mut self) -> Result<Option<Token>, (LexError, Position)> {
        loop {
            self.skip_blanks()?;
            let at = self.cursor.position();
            match self.cursor.peek() {
                None => return Ok(None),
                Some(b'#') if self.at_line_start => {
                    self.at_line_start = false;
                    return Ok(Some(Token { kind: self.directive()?, at }));
                }
                _ => drop(self.rest_of_line()?),
            }
        }
    }

    fn skip_blanks(&mut self) -> Result<(), (LexError, Position)> {
        loop {
            match (self.cursor.peek(), self.cursor.peek_second()) {
                (Some(b'\n'), _) => {
                    self.at_line_start = true;
                    self.cursor.next();
                }
                (Some(b' ' | b'\t' | b'\r' | b'\x0b' | b'\x0c'), _) => _ = self.cursor.next(),
                (Some(b'/'), Some(b'/')) => _ = self.cursor.take_while(|byte| byte != b'\n'),
                (Some(b'/'), Some(b'*')) => self.skip_comment()?,
                _ => return Ok(()),
            }
        }
    }

    /// Skips a comment that starts here with `/*`.
    fn skip_comment(&mut self) -> Result<(), (LexError, Position)> {
        let at = self.cursor.position();
        self.cursor.next();
        self.cursor.next();
        while let Some(byte) = self.cursor.next() {
            if byte == b'*' && self.cursor.take(b'/') {
                return Ok(());
            }
        }
        Err((LexError::Comment, at))
    }

    fn directive(&mut self) -> Result<Kind, (LexError, Position)> {
        self.cursor.next();
        let rest = self.rest_of_line()?;
        let rest = rest.trim();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        let rest: Vec<&str> = rest.split_whitespace().collect();
        Ok(Kind::Directive { name: name.to_owned(), rest: rest.join(" ") })
    }

    /// The rest of the line without its comments; a comment may lead into another line.
    fn rest_of_line(&mut self) -> Result<String, (LexError, Position)> {
        let mut line = Vec::new();
        while let Some(byte) = self.cursor.peek() {
            match (byte, self.cursor.peek_second()) {
                (b'\n', _) => break,
                (b'/', Some(b'/')) => _ = self.cursor.take_while(|byte| byte != b'\n'),
                (b'/', Some(b'*')) => {
                    self.skip_comment()?;
                    line.push(b' ');
                }
                (quote @ (b'"' | b'\''), _) => {
                    line.push(quote);
                    self.cursor.next();
                    self.quoted(quote, &mut line);
                }
                _ => {
                    line.push(byte);
                    self.cursor.next();
                }
            }
        }
        Ok(text(line))
    }

    /// Takes a literal up to its quote or the end of the line, whichever comes first.
    fn quoted(&mut self, quote: u8, into: &mut Vec<u8>) {
        while let Some(byte) = self.cursor.peek().filter(|byte| *byte != b'\n') {
            into.push(byte);
            self.cursor.next();
            if byte == quote {
                return;
            }
            if byte == b'\\' && self.cursor.peek().is_some_and(|byte| byte != b'\n') {
                into.extend(self.cursor.next());
            }
        }
    }

    fn name(&mut self, at: Position) -> Result<Kind, (LexError, Position)> {
        let name = text(self.cursor.take_while(is_name_part));
        let wide = !matches!(&*name, "u8" | "R" | "u8R");
        let bytes = match (name.as_str(), self.cursor.peek()) {
            ("u8" | "L" | "u" | "U", Some(b'"')) => literal::string(&mut self.cursor, at)?,
            ("R" | "u8R" | "LR" | "uR" | "UR", Some(b'"')) => literal::raw_string(&mut self.cursor, at)?,
            ("u8" | "L" | "u" | "U", Some(b'\'')) => return self.character(at),
            _ => return Ok(Kind::Name(name)),
        };
        Ok(Kind::Text { bytes, wide })
    }

    fn number(&mut self) -> Kind {
        let mut number = Vec::new();
        while let Some(byte) = self.cursor.peek() {
            let after_exponent = matches!(number.last(), Some(b'e' | b'E' | b'p' | b'P'));
            let belongs =
                is_name_part(byte) || matches!(byte, b'.' | b'\'') || (after_exponent && b"+-".contains(&byte));
            if !belongs {
                break;
            }
            number.push(byte);
            self.cursor.next();
        }
        Kind::Number(text(number))
    }

    fn character(&mut self, at: Position) -> Result<Kind, (LexError, Position)> {
        self.cursor.next();
        let mut content = Vec::new();
        self.quoted(b'\'', &mut content);
        if content.last() == Some(&b'\'') { Ok(Kind::Character) } else { Err((LexError::Literal, at)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens as they read, errors with their place last.
    fn tokens(source: &str) -> Vec<String> {
        let mut lexer = Lexer::new(source.as_bytes());
        let mut found = Vec::new();
        loop {
            match lexer.next() {
                Ok(None) => return found,
                Ok(Some(Token { kind: Kind::Text { bytes, wide }, .. })) => {
                    found.push(format!("{}{:?}", if wide { "wide " } else { "" }, String::from_utf8_lossy(&bytes)));
                }
                Ok(Some(Token { kind: Kind::Directive { name, rest }, .. })) => found.push(format!("#{name}|{rest}")),
                Ok(Some(token)) => found.push(token.describe()),
                Err((error, Position { line, column })) => {
                    found.push(format!("{line},{column} {error}"));
                    return found;
                }
            }
        }
    }

    #[test]
    fn names_numbers_and_punctuation() {
        assert_eq!(
            tokens("g_x[] = { 0x1'0uL, 1.5e+3, .5 }; // end\n/* a\n * b */ x->y"),
            [
                "`g_x`",
                "`[`",
                "`]`",
                "`=`",
                "`{`",
                "`0x1'0uL`",
                "`,`",
                "`1.5e+3`",
                "`,`",
                "`.5`",
                "`}`",
                "`;`",
                "`x`",
                "`-`",
                "`>`",
                "`y`"
            ]
        );
        assert_eq!(tokens("a\\\nb 'x' '\\'' u8'y'"), ["`ab`", "a character", "a character", "a character"]);
    }

    #[test]
    fn strings() {
        let source = r##""MviS8" "\"\\\x41\102\u00e9" u8"k" L"w" R"(a"\)" LR"x()")x" "a // b" "/*""##;
        assert_eq!(
            tokens(source),
            [
                "\"MviS8\"",
                r#""\"\\ABé""#,
                "\"k\"",
                "wide \"w\"",
                r#""a\"\\""#,
                "wide \")\\\"\"",
                "\"a // b\"",
                "\"/*\""
            ]
        );
        assert_eq!(tokens("R\"(\\\n)\" 1"), ["\"\\\\\\n\"", "`1`"]);
    }

    #[test]
    fn directives_are_lines() {
        let source = "  # if defined(A) /* x\n */ && \\\n B // c\n#include \"a//b\"\nx # y\n/* c */ #\n#error don't\nz";
        assert_eq!(
            tokens(source),
            ["#if|defined(A) && B", "#include|\"a//b\"", "`x`", "`#`", "`y`", "#|", "#error|don't", "`z`"]
        );
    }

    #[test]
    fn what_does_not_end_is_named_where_it_starts() {
        for (source, error) in [
            ("x\n  /* y", "2,3 this comment does not end"),
            ("x \"y\n", "1,3 this literal does not end on its line"),
            ("'y\n", "1,1 this literal does not end on its line"),
            ("R\"a(b)\"", "1,1 this raw string does not end"),
            ("R\"a b(c)a b\"", "1,1 this raw string does not end"),
            ("\"a\\q\"", "1,3 this escape sequence in a string has no meaning"),
            ("\"\\777\"", "1,2 this escape sequence in a string has no meaning"),
            ("\"\\x\"", "1,2 this escape sequence in a string has no meaning"),
            ("\"\\ud800\"", "1,2 this escape sequence in a string has no meaning"),
            ("\"\\", "1,2 this escape sequence in a string has no meaning"),
        ] {
            assert_eq!(tokens(source).last().unwrap(), error, "{source}");
        }
    }

    #[test]
    fn lines_that_are_not_compiled_need_no_tokens() {
        let mut lexer = Lexer::new(b" don't \"x\n/* #if */ y\n/*\n*/ #endif\nz");
        let directive = lexer.next_directive().unwrap().unwrap();
        assert_eq!((directive.describe(), directive.at.line), ("`#endif`".to_owned(), 4));
        assert_eq!(lexer.next().unwrap().unwrap().describe(), "`z`");
    }
}
