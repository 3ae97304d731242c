//! Lines of a runtime's log that name a key nothing was found for.
//!
//! | the runtime writes | and looked for |
//! |---|---|
//! | `WASM calli missing for key: MviS8` (debug builds until dotnet/runtime PR 132965) | `M` |
//! | `WASM R2R to interpreter call missing for key: IviS8p` (the same) | `I` |
//! | `no interpreter-to-R2R calli thunk ...` | `M` |
//! | `no R2R-to-interpreter thunk ...` | `I` |
//!
//! Text around it is ignored: time stamps, the console's file names, quotes, colours.

use std::collections::BTreeMap;

use clr_wasm_abi::{Signature, ThunkKey};

/// The lines that name keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// Every missing key, in byte order.
    pub missing: BTreeMap<String, Mentions>,
    /// Lines (from 1) that report a missing thunk, but without a key.
    pub unclear: Vec<u32>,
}

/// Where a log names a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mentions {
    /// First line, from 1.
    pub line: u32,
    /// Number of lines.
    pub count: u32,
}

/// Longest key that is looked at; the runtime itself shortens nothing, but a log may hold anything.
const MAX_KEY: usize = 10_000;

/// What lines have in common, in lower case, and the prefix of the key that was looked for.
const PHRASES: [(&str, char); 4] = [
    ("r2r to interpreter call missing for key", 'I'),
    ("calli missing for key", 'M'),
    ("no interpreter-to-r2r calli thunk", 'M'),
    ("no r2r-to-interpreter thunk", 'I'),
];

/// Reads a log, in UTF-8, or in UTF-16 with its byte order mark as some shells redirect output.
pub fn read(bytes: &[u8]) -> Log {
    let mut log = Log::default();
    for (line, number) in text(bytes).lines().zip(1..) {
        let line = without_colours(line);
        let lower = line.to_ascii_lowercase();
        let found = PHRASES.iter().find_map(|(phrase, prefix)| Some((lower.find(phrase)? + phrase.len(), *prefix)));
        let Some((end, prefix)) = found else { continue };
        match key(line.get(end..).unwrap_or_default(), prefix) {
            Some(key) => {
                let mentions = log.missing.entry(key).or_insert(Mentions { line: number, count: 0 });
                mentions.count += 1;
            }
            None => log.unclear.push(number),
        }
    }
    log
}

fn text(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(unit)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// A line without the control sequences of terminals: ESC, `[`, parameters, a letter.
fn without_colours(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.strip_prefix('[').unwrap_or(part);
        plain += rest.find(|c: char| c.is_ascii_alphabetic()).and_then(|end| rest.get(end + 1..)).unwrap_or_default();
    }
    plain
}

/// The first word that is a key with this prefix. The first runtimes wrote keys without a prefix, after a colon.
fn key(text: &str, prefix: char) -> Option<String> {
    let with_prefix = words(text).find(|word| word.starts_with(prefix) && word.parse::<ThunkKey>().is_ok());
    match with_prefix {
        Some(word) => Some(word.to_owned()),
        None if prefix == 'M' => {
            let (_, after) = text.split_once(':')?;
            words(after).next().filter(|word| word.parse::<Signature>().is_ok()).map(|word| format!("M{word}"))
        }
        None => None,
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty() && word.len() <= MAX_KEY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(log: &str) -> Vec<String> {
        let Log { missing, unclear } = read(log.as_bytes());
        let keys = missing.iter().map(|(key, at)| format!("{key} {}x{}", at.line, at.count));
        keys.chain(unclear.iter().map(|line| format!("? {line}"))).collect()
    }

    #[test]
    fn every_form_in_any_dress() {
        for (line, key) in [
            ("WASM calli missing for key: MviS8", "MviS8"),
            ("[12:00:01.123] dotnet: WASM calli missing for key: MviS8.", "MviS8"),
            ("dotnet.runtime.js:12 (3) WASM calli missing for key: \"MviS8\" dotnet.native.js:1:22", "MviS8"),
            ("\u{1b}[31mWASM calli missing for key: \u{1b}[0mMviS8", "MviS8"),
            (r#"{"level":"log","text":"WASM calli missing for key: \"MviS8\"\n"}"#, "MviS8"),
            ("wasm R2R to interpreter call missing for key: IiTip", "IiTip"),
            ("no interpreter-to-R2R calli thunk for signature 'MS16Tip'", "MS16Tip"),
            ("Error: No interpreter-to-R2R calli thunk found (key Mvp), aborting", "Mvp"),
            ("no R2R-to-interpreter thunk: IviS8p", "IviS8p"),
            ("WASM calli missing for key: fii", "Mfii"),
            ("no interpreter-to-R2R calli thunk, key: viS8", "MviS8"),
        ] {
            assert_eq!(show(line), [format!("{key} 1x1")], "{line}");
        }
    }

    #[test]
    fn lines_are_counted() {
        let log = "x\r\nWASM calli missing for key: Mvi\r\n\r\nWASM calli missing for key: Mvl\nWASM calli missing for key: Mvi\n";
        assert_eq!(show(log), ["Mvi 2x2", "Mvl 4x1"]);
    }

    #[test]
    fn lines_without_a_key() {
        for line in [
            "WASM calli missing for key:",
            "no R2R-to-interpreter thunk for method Foo.Bar",
            "no R2R-to-interpreter thunk for key Mvi",
            "WASM calli missing for key: (MethodDesc 0x1234)",
        ] {
            assert_eq!(show(line), ["? 1"], "{line}");
        }
        assert!(show("at WasmInterpreterToR2RThunk(vTip) wasm-function[3857]\nnull function\n\0\u{fffd}").is_empty());
    }

    #[test]
    fn other_encodings() {
        let line = "é WASM calli missing for key: Mvi\r\n";
        let le: Vec<u8> = [0xfeff].into_iter().chain(line.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = [0xfeff].into_iter().chain(line.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        for bytes in [le, be, [b"\xe9 ".as_slice(), line.as_bytes()].concat()] {
            assert_eq!(read(&bytes).missing.keys().collect::<Vec<_>>(), ["Mvi"]);
        }
    }
}
