//! Asm labels for symbols that are not identifiers.

use std::fmt::{self, Write as _};

/// A symbol as an asm label, quotes included: everything but printable ASCII is written as octal escapes, which are
/// bytes in every version of C and C++, and the only way to write control characters in C.
///
/// LLVM treats `llvm.` as an intrinsic and strips a leading 1, which means that the name is literal.
pub(super) struct Label<'a>(pub &'a str);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.starts_with("llvm.") || self.0.starts_with('\u{1}') { "\"\\001" } else { "\"" })?;
        for byte in self.0.bytes() {
            match byte {
                // Two question marks may begin a trigraph.
                b'"' | b'\\' | b'?' => write!(f, "\\{}", char::from(byte))?,
                b' '..=b'~' => f.write_char(char::from(byte))?,
                _ => write!(f, "\\{byte:03o}")?,
            }
        }
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        for (symbol, label) in [
            ("memcpy", r#""memcpy""#),
            ("a\"\\\n1", r#""a\"\\\0121""#),
            ("??/é", r#""\?\?/\303\251""#),
            ("llvm.trap", r#""\001llvm.trap""#),
        ] {
            assert_eq!(Label(symbol).to_string(), label);
        }
    }
}
