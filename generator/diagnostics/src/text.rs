//! Untrusted text: reading it, and quoting it in messages.

/// Makes text from a file safe for a terminal and for one line: control characters and the invisible characters
/// that reorder or hide text are written as escapes.
pub fn escape_controls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let reorders =
            matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if c.is_control() || reorders {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// [`escape_controls`] for each line of a text; each line gets a `\n`.
pub fn escape_lines(text: &str) -> String {
    text.split_inclusive('\n').map(|line| escape_controls(line.trim_end_matches('\n')) + "\n").collect()
}

/// A text without its byte order mark.
pub fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// A text without its byte order mark; it may be invalid UTF-8.
pub fn without_bom_bytes(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// The text without the quotes around it, if there are any.
pub fn unquote(text: &str) -> &str {
    let quoted = ['"', '\''].into_iter().find_map(|quote| {
        let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains(quote)).then_some(inner)
    });
    quoted.unwrap_or(text)
}

/// Maximum length of a quoted text in characters.
const MAX_QUOTED: usize = 80;

/// A text in which each path is its last component after `...`: `.../draw.c:12`.
pub(super) fn shorten_paths(text: &str) -> String {
    let mut is_quoted = false;
    let words = text.split(' ').map(|word| {
        let quoted = is_quoted;
        is_quoted ^= word.matches('`').count() % 2 == 1;
        match word.rfind(['/', '\\']) {
            Some(at) if !quoted && !word.contains(['`', '"']) => format!("...{}", word.get(at..).unwrap_or_default()),
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<String>>().join(" ")
}

/// At most `max` characters: first the text between backticks is shortened, so that the message stays readable;
/// then the end of the text is cut.
pub(super) fn shorten_quotations(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let parts = text.split('`').enumerate();
    let parts: Vec<String> =
        parts.map(|(index, part)| if index % 2 == 1 { shorten_quoted(part) } else { part.to_owned() }).collect();
    shorten(&parts.join("`"), max)
}

/// A text shortened for quoting in a message.
pub fn shorten_quoted(text: &str) -> String {
    shorten(text, MAX_QUOTED)
}

/// At most `max` characters, the end of a longer text replaced by `...`.
pub fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(max - 3).collect();
    out.push_str("...");
    out
}
