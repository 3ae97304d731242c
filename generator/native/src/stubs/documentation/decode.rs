//! Decodes text: UTF-8, UTF-16 with or without a byte order mark, and Latin-1 if the XML declaration names it.

use std::borrow::Cow;

/// The text, and why it ends before the end of the file.
pub(super) fn text(bytes: &[u8]) -> (Cow<'_, str>, Option<String>) {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [b'<', 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, b'<', ..] => utf16(bytes, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        _ if is_latin1(bytes) => (bytes.iter().copied().map(char::from).collect(), None),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> (Cow<'_, str>, Option<String>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            (String::from_utf8_lossy(good), Some("neither UTF-8 nor UTF-16 from here".to_owned()))
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> (Cow<'_, str>, Option<String>) {
    let (units, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len() / 2);
    for character in char::decode_utf16(units.iter().copied().map(unit)) {
        match character {
            Ok(character) => text.push(character),
            Err(_) => return (text.into(), Some("not UTF-16 from here".to_owned())),
        }
    }
    (text.into(), (!rest.is_empty()).then(|| "the file ends in the middle of a UTF-16 character".to_owned()))
}

/// Whether the XML declaration names Latin-1.
fn is_latin1(bytes: &[u8]) -> bool {
    let Some(declaration) = bytes.strip_prefix(b"<?xml") else { return false };
    let end = declaration.iter().take(200).position(|&byte| byte == b'>').unwrap_or_default();
    let declaration = String::from_utf8_lossy(declaration.get(..end).unwrap_or_default()).to_ascii_lowercase();
    declaration.contains("iso-8859-1")
}
