//! The positional arguments of `lookup`: keys, string constructors, or assemblies.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::error::UsageError;
use clr_wasm_abi::{Signature, ThunkKey};
use thunkgen_driver::glob;
use thunkgen_r2r::lookup::string_constructors;

/// A key to look up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub key: String,
    /// The method that was named instead of the key.
    pub of: Option<String>,
}

/// Keys are recognised first; everything else is an assembly, a directory or a pattern.
pub fn split(words: &[OsString]) -> Result<(Vec<Subject>, Vec<PathBuf>), UsageError> {
    let (mut subjects, mut inputs) = (Vec::<Subject>::new(), Vec::new());
    for word in words {
        match word.to_str().map(subject) {
            Some(Subjects::Found(found)) => {
                for subject in found {
                    if subjects.iter().all(|before| before.key != subject.key) {
                        subjects.push(subject);
                    }
                }
            }
            Some(Subjects::Wrong(why)) => return Err(UsageError::new(why)),
            Some(Subjects::None(why)) if !is_input(word) => {
                return Err(UsageError::new(format_args!("{why}; and no file or directory has this name")));
            }
            Some(Subjects::None(_)) | None => inputs.push(PathBuf::from(word)),
        }
    }
    Ok((subjects, inputs))
}

/// Whether a word looks like a path, even if it does not exist.
fn is_input(word: &OsString) -> bool {
    let text = word.to_string_lossy();
    let path = Path::new(word);
    path.exists() || path.extension().is_some() || text.contains(['/', '\\']) || glob::is_pattern(&text)
}

enum Subjects {
    Found(Vec<Subject>),
    /// Why the word is not a key.
    None(String),
    /// Why the word is not a valid string constructor.
    Wrong(String),
}

fn subject(word: &str) -> Subjects {
    if let Some(constructors) = string_constructors::signatures(word) {
        let of = |signature: &String| {
            ['M', 'I'].map(|prefix| Subject { key: format!("{prefix}{signature}"), of: Some(word.to_owned()) })
        };
        return match constructors {
            Ok(signatures) => Subjects::Found(signatures.iter().flat_map(of).collect()),
            Err(error) => Subjects::Wrong(error.to_string()),
        };
    }
    if let (Some(at), false) = (string_constructors::misspelled(word), Path::new(word).exists()) {
        return Subjects::Wrong(format!(
            "`{word}` is not a constructor of string: error at character {at}; write it as 'System.String..ctor(char, int)'"
        ));
    }
    match word.parse::<ThunkKey>() {
        Ok(_) => Subjects::Found(vec![Subject { key: word.to_owned(), of: None }]),
        // The first runtimes spelled keys without a prefix; a directory can have such a name.
        Err(_) if word.parse::<Signature>().is_ok() && !Path::new(word).exists() => {
            Subjects::Found(vec![Subject { key: format!("M{word}"), of: None }])
        }
        Err(error) => Subjects::None(error.to_string()),
    }
}

/// Whether an argument is a key or a string constructor, and no file has its name.
pub fn is_key(word: &Path) -> bool {
    !word.exists() && word.to_str().is_some_and(|text| matches!(subject(text), Subjects::Found(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Result<(Vec<String>, Vec<PathBuf>), String> {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let (subjects, inputs) = split(&words).map_err(|error| error.0)?;
        Ok((subjects.into_iter().map(|subject| subject.key).collect(), inputs))
    }

    #[test]
    fn keys_and_paths() {
        let (keys, inputs) =
            words(&["MviS8", "vii", "IviS8p", "Vvii", "src", "a.dll", "x/y", "*.wasm", "string..ctor(char[])"])
                .unwrap();
        assert_eq!(keys, ["MviS8", "Mvii", "IviS8p", "Vvii", "Miip", "Iiip"]);
        assert_eq!(inputs, ["src", "a.dll", "x/y", "*.wasm"].map(PathBuf::from));
    }
}
