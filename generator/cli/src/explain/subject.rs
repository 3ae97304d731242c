//! What the argument of `explain` is.

use clr_wasm_abi::{FlatKind, FlatType, Signature, ThunkKey};
use thunkgen_driver::symptoms::codes::{self, Code};
use thunkgen_driver::symptoms::{self, Reading};

/// What to explain.
pub enum Subject {
    /// A code of a diagnostic.
    Code(Code),
    /// A word that looks like a code, and the code most similar to it.
    NoCode(Option<&'static str>),
    /// The prefix and signature of a key.
    Key(char, Signature),
    /// A key of a thunk that only a compiler of managed code generates.
    Flat(FlatKind, FlatType),
    /// A text with known messages, or with keys.
    Text(Reading, Vec<String>),
    /// A method or function by its name, or a part of it.
    Member(String),
}

impl Subject {
    /// Tries codes first, then keys and messages; everything else is a name.
    pub fn parse(text: &str) -> Subject {
        let word = text.trim();
        if let Some(code) = codes::find(word) {
            return Subject::Code(code);
        }
        match (word.parse(), word.parse()) {
            (Ok(ThunkKey::FromInterp(signature)), _) | (Err(_), Ok(signature)) => return Subject::Key('M', signature),
            (Ok(ThunkKey::ToInterp(signature)), _) => return Subject::Key('I', signature),
            (Ok(ThunkKey::Flat(kind, of_type)), _) => return Subject::Flat(kind, of_type),
            (Err(_), Err(_)) => {}
        }
        if codes::is_like(word) {
            return Subject::NoCode(codes::nearest(word));
        }
        Subject::text(symptoms::of_text(text), word)
    }

    /// A text that was read; `start` is its beginning.
    pub fn text(reading: Reading, start: &str) -> Subject {
        let is_word = !start.contains(char::is_whitespace);
        let keys = if reading.findings.is_empty() && !is_word { symptoms::keys(start) } else { Vec::new() };
        match reading.findings.is_empty() && keys.is_empty() {
            true => Subject::Member(start.to_owned()),
            false => Subject::Text(reading, keys),
        }
    }
}
