//! Escapes untrusted names in C++ text, so that they cannot end a literal, a comment or a line.

use std::fmt::{self, Write as _};

/// Text as a C++ string literal, quotes included.
///
/// Everything but printable ASCII is written as universal character names, which have a fixed length and are, unlike
/// numeric escapes, also allowed in unevaluated literals (attribute arguments).
pub(super) struct Literal<'a>(pub &'a str);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        if self.0.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'?')) {
            f.write_str(self.0)?;
            return f.write_char('"');
        }
        let mut previous = ' ';
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                // Two question marks may begin a trigraph.
                '?' if previous == '?' => f.write_str("\\?")?,
                ' '..='~' => f.write_char(c)?,
                '\0'..='\u{ffff}' => write!(f, "\\u{:04x}", u32::from(c))?,
                _ => write!(f, "\\U{:08x}", u32::from(c))?,
            }
            previous = c;
        }
        f.write_char('"')
    }
}

/// A symbol as an asm label, quotes included.
///
/// LLVM treats `llvm.` as an intrinsic and strips a leading U+0001, which means that the name is literal;
/// so such names get one.
pub(super) struct AsmLabel<'a>(pub &'a str);

impl fmt::Display for AsmLabel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.starts_with("llvm.") || self.0.starts_with('\u{1}') {
            // The opening quote comes before the mark.
            return f.write_str("\"\\u0001").and_then(|()| f.write_str(&Literal(self.0).to_string()[1..]));
        }
        Literal(self.0).fmt(f)
    }
}

/// Text inside a `//` comment: printable ASCII is kept, except for backslashes and question marks, which can splice
/// lines; everything else becomes `{HEX}`, the code point.
pub(super) struct Comment<'a>(pub &'a str);

impl fmt::Display for Comment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'\\' | b'?')) {
            return f.write_str(self.0);
        }
        for c in self.0.chars() {
            match c {
                ' '..='~' if c != '\\' && c != '?' => f.write_char(c)?,
                _ => write!(f, "{{{:X}}}", u32::from(c))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals() {
        for (text, literal) in [
            ("SystemNative_Read", r#""SystemNative_Read""#),
            ("a\"b\\", r#""a\"b\\""#),
            ("\r\n\t", r#""\r\n\t""#),
            ("what??/\n", r#""what?\?/\n""#),
            ("???", r#""?\?\?""#),
            ("\u{1}1\u{7f}", r#""\u00011\u007f""#),
            ("é1😀2", r#""\u00e91\U0001f6002""#),
            ("*/", r#""*/""#),
        ] {
            assert_eq!(Literal(text).to_string(), literal);
        }
    }

    #[test]
    fn labels() {
        for (text, label) in [
            ("memcpy", r#""memcpy""#),
            ("llvm.trap", r#""\u0001llvm.trap""#),
            ("\u{1}x", r#""\u0001\u0001x""#),
            ("llvm", r#""llvm""#),
        ] {
            assert_eq!(AsmLabel(text).to_string(), label);
        }
    }

    #[test]
    fn comments() {
        for (text, comment) in [
            ("System.Private.CoreLib", "System.Private.CoreLib"),
            ("a\nint x;\\", "a{A}int x;{5C}"),
            ("??/", "{3F}{3F}/"),
            ("\u{202e}é", "{202E}{E9}"),
        ] {
            assert_eq!(Comment(text).to_string(), comment);
        }
    }
}
