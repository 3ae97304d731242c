//! MSBuild's escapes: `%XX` is the character with that code, and `;` separates the entries of a list.
//!
//! Escapes are resolved after a list was split, so `%3B` is a semicolon inside an entry. A `%` that two hexadecimal
//! digits do not follow is itself.

/// Characters that mean something to MSBuild in a value.
const SPECIAL: &str = "%*?@$();'";

/// The entries of a list, without the white space around each; empty entries do not count.
pub fn split(list: &str) -> impl Iterator<Item = String> {
    list.split(';').map(str::trim).filter(|entry| !entry.is_empty()).map(unescape)
}

/// The text of an escaped one.
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        match after.get(..2).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit())) {
            Some(hex) => {
                // Cannot fail: two hexadecimal digits.
                out.push(char::from(u8::from_str_radix(hex, 16).unwrap_or_default()));
                rest = &after[2..];
            }
            None => {
                out.push('%');
                rest = after;
            }
        }
    }
    out + rest
}

/// A text that [`unescape`] turns back, without anything that MSBuild or XML would read in another way.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            _ if SPECIAL.contains(c) || c.is_ascii_control() => out.push_str(&format!("%{:02x}", c as u32)),
            // XML cannot contain them, not even as a reference.
            '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_split_before_escapes_are_resolved() {
        let entries: Vec<String> = split(" a.dll ;b%3Bc.dll;; d%20 ;%25;\n e f\t").collect();
        assert_eq!(entries, ["a.dll", "b;c.dll", "d ", "%", "e f"]);
    }

    #[test]
    fn only_two_digits_make_an_escape() {
        for (text, plain) in [
            ("%3b%3B", ";;"),
            ("%2", "%2"),
            ("%", "%"),
            ("%%41", "%A"),
            ("%zz%4", "%zz%4"),
            ("%2541", "%41"),
            ("100%ü", "100%ü"),
            // A code is a character, not a byte of UTF-8.
            ("%e4", "ä"),
            ("%+4", "%+4"),
        ] {
            assert_eq!(unescape(text), plain, "{text}");
        }
    }

    #[test]
    fn escaping_can_be_undone() {
        let all: String = (0..=0x17ff).filter_map(char::from_u32).collect();
        assert_eq!(unescape(&escape(&all)), all);
        assert_eq!(escape("a;b %\n'\u{ffff}"), "a%3bb %25%0a%27\u{fffd}");
    }
}
