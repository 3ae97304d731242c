//! What a message names: keys, functions, libraries, methods.

use clr_wasm_abi::{Signature, ThunkKey};

/// Longest key that is looked at; the runtime itself shortens nothing, but a text may contain anything.
const MAX_KEY: usize = 10_000;

/// Longest name of anything else.
const MAX_NAME: usize = 400;

/// Keys that are also words of English, when a text names no key by a phrase.
const ENGLISH: [&str; 12] =
    ["did", "dill", "dive", "dip", "iliad", "ill", "iffi", "mid", "mild", "mill", "miff", "via"];

/// Whether a key is probably a word of the text.
pub(super) fn is_english(word: &str) -> bool {
    ENGLISH.contains(&&*word.to_ascii_lowercase())
}

/// A line without the control sequences of terminals: ESC, `[`, parameters, a letter.
pub(super) fn without_colours(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.strip_prefix('[').unwrap_or(part);
        plain += rest.find(|c: char| c.is_ascii_alphabetic()).and_then(|end| rest.get(end + 1..)).unwrap_or_default();
    }
    plain
}

/// The words that are keys with this prefix. The first runtimes wrote keys without a prefix, after a colon.
pub(super) fn keys(text: &str, prefix: char) -> Vec<String> {
    let is_key = |word: &&str| word.starts_with(prefix) && word.parse::<ThunkKey>().is_ok();
    let mut found: Vec<String> = Vec::new();
    for key in words(text).filter(is_key) {
        // A word of the text after the key is unlikely, but not a second one.
        if (found.is_empty() || !is_english(key)) && !found.iter().any(|before| before == key) {
            found.push(key.to_owned());
        }
    }
    if let (true, 'M', Some((_, after))) = (found.is_empty(), prefix, text.split_once(':')) {
        let first = words(after).next().filter(|word| word.parse::<Signature>().is_ok());
        found.extend(first.map(|word| format!("M{word}")));
    }
    found
}

/// The key that a line starts with.
pub(super) fn first_key(line: &str, prefix: char) -> Option<String> {
    let is_key = |word: &&str| word.starts_with(prefix) && word.parse::<ThunkKey>().is_ok();
    words(line).next().filter(is_key).map(str::to_owned)
}

/// The words of letters and digits.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty() && word.len() <= MAX_KEY)
}

/// The next word: a symbol or a path.
pub(super) fn word(text: &str) -> Option<String> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "'\"`‘“:=".contains(c));
    let end = text.find(|c: char| c.is_whitespace() || "'\"`’”,;()[]\\".contains(c)).unwrap_or(text.len());
    name(text.get(..end)?.trim_end_matches(['.', ':']))
}

/// The rest of a line, without what another line of the message starts with when all are in one.
pub(super) fn rest(text: &str) -> Option<String> {
    let ends = [">>>", "\\n", "\"", "\\r", "\r", " (referenced", " [/", " [C:", " @"];
    let end = ends.iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
    name(text.get(..end)?.trim().trim_matches(|c| "'`’‘".contains(c)).trim_end_matches(['.', ',']))
}

/// The texts in quotes, in order. A quote may be escaped, as in JSON.
pub(super) fn quoted(text: &str) -> impl Iterator<Item = String> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (start, open) = rest.char_indices().find(|(_, c)| "'\"`‘“".contains(*c))?;
        let close = match open {
            '‘' => '’',
            '“' => '”',
            same => same,
        };
        let inner = rest.get(start + open.len_utf8()..)?;
        let end = inner.find(close)?;
        rest = inner.get(end + close.len_utf8()..)?;
        name(inner.get(..end)?.trim_end_matches('\\').trim())
    })
}

/// The word before ` assembly:`, as Mono writes its exceptions; a word alone in the line is the name too.
pub(super) fn before_assembly(text: &str) -> Option<String> {
    let (before, _) = text.split_once(" assembly:").unwrap_or((text, ""));
    let before = before.trim();
    if before.contains(char::is_whitespace) { None } else { word(before) }
}

/// A signature of Mono's interpreter.
pub(super) fn cookie(text: &str) -> Option<String> {
    let is_cookie = |word: &&str| word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    words(text).next().filter(is_cookie).and_then(name)
}

/// The key with the signature of a cookie, if each letter has a counterpart.
pub(super) fn key_of_cookie(cookie: &str) -> Option<String> {
    let letter = |c| {
        Some(match c {
            'V' => 'v',
            'I' => 'i',
            'L' => 'l',
            'F' => 'f',
            'D' => 'd',
            _ => return None,
        })
    };
    let signature: String = cookie.chars().map(letter).collect::<Option<_>>()?;
    let key = format!("M{signature}");
    key.parse::<ThunkKey>().is_ok().then_some(key)
}

fn name(text: &str) -> Option<String> {
    (!text.is_empty() && text.chars().count() <= MAX_NAME).then(|| text.to_owned())
}
