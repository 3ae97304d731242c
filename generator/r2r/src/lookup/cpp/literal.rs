//! String literals of a C++ source (ISO C++17, 5.13.5 \[lex.string\]): raw strings and escape sequences.

use super::cursor::{Cursor, Position};
use super::lexer::LexError;

/// Longest delimiter of a raw string.
const MAX_DELIMITER: usize = 16;

/// The bytes of the string literal that starts at the cursor's quote. `at` is where the literal started, with its prefix.
pub(super) fn string(cursor: &mut Cursor<'_>, at: Position) -> Result<Vec<u8>, (LexError, Position)> {
    cursor.next();
    let mut bytes = Vec::new();
    loop {
        let escape_at = cursor.position();
        match cursor.peek() {
            None | Some(b'\n') => return Err((LexError::Literal, at)),
            Some(b'"') => {
                cursor.next();
                return Ok(bytes);
            }
            Some(b'\\') => {
                cursor.next();
                escape(cursor, &mut bytes).ok_or((LexError::Escape, escape_at))?;
            }
            Some(byte) => {
                bytes.push(byte);
                cursor.next();
            }
        }
    }
}

/// What an escape sequence stands for, read behind its backslash.
fn escape(cursor: &mut Cursor<'_>, into: &mut Vec<u8>) -> Option<()> {
    let first = cursor.peek()?;
    if let b'0'..=b'7' = first {
        let mut value = 0u32;
        for _ in 0..3 {
            let Some(digit @ b'0'..=b'7') = cursor.peek() else { break };
            value = value * 8 + u32::from(digit - b'0');
            cursor.next();
        }
        into.push(u8::try_from(value).ok()?);
        return Some(());
    }
    cursor.next();
    into.push(match first {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'v' => 0x0b,
        b'\\' | b'\'' | b'"' | b'?' => first,
        b'x' => u8::try_from(hexadecimal(cursor, usize::MAX)?).ok()?,
        b'u' | b'U' => {
            let value = hexadecimal(cursor, if first == b'u' { 4 } else { 8 })?;
            let mut utf8 = [0; 4];
            into.extend_from_slice(char::from_u32(value)?.encode_utf8(&mut utf8).as_bytes());
            return Some(());
        }
        _ => return None,
    });
    Some(())
}

/// A number of at most so many digits.
fn hexadecimal(cursor: &mut Cursor<'_>, max: usize) -> Option<u32> {
    let (mut value, mut digits) = (0u32, 0usize);
    while let Some(digit) = cursor.peek().and_then(|byte| char::from(byte).to_digit(16)) {
        if digits == max {
            break;
        }
        value = value.checked_mul(16)?.checked_add(digit)?;
        digits += 1;
        cursor.next();
    }
    (digits > 0 && (max == usize::MAX || digits == max)).then_some(value)
}

/// The bytes of the raw string that starts at the cursor's quote.
pub(super) fn raw_string(cursor: &mut Cursor<'_>, at: Position) -> Result<Vec<u8>, (LexError, Position)> {
    cursor.next();
    let delimiter = cursor.take_while(|byte| !matches!(byte, b'(' | b')' | b'\\' | b' ' | b'\n' | b'"'));
    if delimiter.len() > MAX_DELIMITER || cursor.peek() != Some(b'(') {
        return Err((LexError::RawString, at));
    }
    let end = [b")", &delimiter[..], b"\""].concat();
    let mut bytes = cursor.take_raw_until(&end).ok_or((LexError::RawString, at))?;
    bytes.remove(0); // the parenthesis
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_bytes() {
        let read = |source: &str| {
            let mut cursor = Cursor::new(source.as_bytes());
            let at = cursor.position();
            string(&mut cursor, at).map_err(|(error, at)| (error, at.column))
        };
        assert_eq!(
            read(r#""\n\t\r\a\b\f\v\\\'\"\?\0\1012\x7e\U0001F600""#).unwrap(),
            [b"\n\t\r\x07\x08\x0c\x0b\\'\"?\0A2~", "\u{1f600}".as_bytes()].concat()
        );
        for (source, column) in
            [(r#""\q""#, 2), (r#""a\400""#, 3), (r#""\x100""#, 2), (r#""\u12""#, 2), (r#""\ud800""#, 2)]
        {
            assert_eq!(read(source), Err((LexError::Escape, column)), "{source}");
        }
        assert_eq!(read("\"a\nb\""), Err((LexError::Literal, 1)));
    }

    #[test]
    fn raw_strings_end_at_their_delimiter() {
        let read = |source: &str| {
            let mut cursor = Cursor::new(source.as_bytes());
            let at = cursor.position();
            raw_string(&mut cursor, at).ok()
        };
        assert_eq!(read(r#""x(a)" \n)x""#).as_deref(), Some(&br#"a)" \n"#[..]));
        assert_eq!(read(r#""()""#).as_deref(), Some(&b""[..]));
        assert_eq!(read(r#""1234567890123456(a)1234567890123456""#).as_deref(), Some(&b"a"[..]));
        for source in [r#""12345678901234567(a)12345678901234567""#, r#""x(a)y""#, r#""a""#, r#""a b(c)a b""#] {
            assert_eq!(read(source), None, "{source}");
        }
    }
}
