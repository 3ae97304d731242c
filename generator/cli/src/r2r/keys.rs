//! The thunks of keys on the command line and in files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clr_wasm_abi::{ParseKeyError, Signature, ThunkKey};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue, without_bom};
use thunkgen_driver::files;
use thunkgen_r2r::emit::{Thunk, thunk};

/// Most keys of an image. A key of a few characters is a function of many bytes; the largest apps have some thousands.
const MAX_KEYS: usize = 100_000;

/// Thunks by key, each key once.
#[derive(Debug, Default)]
pub struct Thunks(BTreeMap<String, Thunk>);

impl Thunks {
    /// Adds keys from the command line.
    pub fn add_texts(&mut self, texts: &[String], diagnostics: &mut Diagnostics) {
        for text in texts {
            self.add_text(text.trim(), |_| Location::default(), diagnostics);
        }
    }

    /// Adds the keys in files, one per line.
    pub fn add_files(&mut self, paths: &[PathBuf], diagnostics: &mut Diagnostics) {
        for path in paths {
            let file = path.display().to_string();
            let Some(text) = files::read_text(path, diagnostics) else { continue };
            for (line, row) in without_bom(&text).lines().zip(1..) {
                let key = line.split('#').next().unwrap_or_default();
                let indent = key.chars().take_while(|c| c.is_whitespace()).count() as u32;
                if !key.trim().is_empty() {
                    let place = |at: u32| Location::position(file.clone(), row, indent + at);
                    self.add_text(key.trim(), place, diagnostics);
                    if self.0.len() > MAX_KEYS {
                        let message = format!("more than {MAX_KEYS} keys; split them over several images");
                        return diagnostics.report(&catalogue::NO_THUNK, place(1), message);
                    }
                }
            }
        }
    }

    /// `place` gets the 1-based character of the text where a problem is.
    fn add_text(&mut self, text: &str, place: impl Fn(u32) -> Location, diagnostics: &mut Diagnostics) {
        match text.parse::<ThunkKey>() {
            Ok(key) => self.add(&key, place(1), diagnostics),
            Err(error) => {
                let (at, message) = explain(text, &error);
                diagnostics.report(&catalogue::BAD_KEY, place(at), message);
            }
        }
    }

    /// Adds the thunk of a key.
    pub fn add(&mut self, key: &ThunkKey, location: Location, diagnostics: &mut Diagnostics) {
        let text = key.to_string();
        if self.0.contains_key(&text) {
            return;
        }
        match thunk(key) {
            Ok(thunk) => drop(self.0.insert(text, thunk)),
            Err(error) => diagnostics.report(&catalogue::NO_THUNK, location, error.to_string()),
        }
    }

    /// Adds the other direction of every managed key.
    pub fn add_to_interpreter(&mut self, diagnostics: &mut Diagnostics) {
        let signatures = self.0.keys().filter_map(|key| key.strip_prefix('M')?.parse::<Signature>().ok());
        let managed: Vec<Signature> = signatures.filter(|signature| signature.managed).collect();
        for signature in managed {
            self.add(&ThunkKey::ToInterp(signature), Location::default(), diagnostics);
        }
    }

    /// Removes the thunks of some keys; returns their number.
    pub fn remove(&mut self, is_unwanted: impl Fn(&str) -> bool) -> usize {
        let before = self.0.len();
        self.0.retain(|key, _| !is_unwanted(key));
        before - self.0.len()
    }

    /// All thunks, in the order of their keys.
    pub fn finish(self) -> Vec<Thunk> {
        self.0.into_values().collect()
    }
}

/// The wrong character of an invalid key, and why it is wrong.
fn explain(text: &str, error: &ParseKeyError) -> (u32, String) {
    match error {
        ParseKeyError::Signature(inner) => {
            let at = inner.at + 1; // after the prefix
            (at as u32, format!("`{text}` is not a valid thunk key: {} at character {at}", inner.reason))
        }
        ParseKeyError::Flat { at, .. } => (*at as u32, error.to_string()),
        ParseKeyError::NativeToInterp(_) => (text.chars().count() as u32 + 1, error.to_string()),
        ParseKeyError::Prefix(_) => match meant(text) {
            Some(key) => (1, format!("{error}; did you mean {key}?")),
            None => (1, error.to_string()),
        },
    }
}

/// The valid key that a text is, or that it becomes with a prefix and capital letters.
pub fn meant(text: &str) -> Option<String> {
    let mut capital = String::with_capacity(text.len());
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_sized = chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        let is_capital = match c {
            'm' => at == 0,
            's' | 'a' => is_sized,
            't' => true,
            _ => false,
        };
        capital.push(if is_capital { c.to_ascii_uppercase() } else { c });
    }
    let spelled = [text.to_owned(), format!("M{text}"), format!("M{capital}"), capital];
    spelled.into_iter().find(|text| text.parse::<ThunkKey>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_without_prefix_or_capitals() {
        for (text, key) in
            [("MviS8", "MviS8"), ("mvis8", "MviS8"), ("viS8", "MviS8"), ("vis8", "MviS8"), ("mvia16tp", "")]
        {
            assert_eq!(meant(text).unwrap_or_default(), key, "{text}");
        }
        for text in ["", "src", "app.dll", "M", "m"] {
            assert_eq!(meant(text), None, "{text}");
        }
    }
}
