//! What the words of the command line are: keys, methods with keys of their own, or assemblies.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::error::UsageError;
use clr_wasm_abi::{Signature, ThunkKey};
use thunkgen_driver::glob;
use thunkgen_r2r::lookup::string_constructors;

/// What is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The key.
    pub key: String,
    /// The method it was asked for, when it was not asked for itself.
    pub of: Option<String>,
}

/// Keys first, then everything else is an assembly, a folder or a pattern.
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
                return Err(UsageError::new(format_args!("{why}; and there is no file or folder of that name")));
            }
            Some(Subjects::None(_)) | None => inputs.push(PathBuf::from(word)),
        }
    }
    Ok((subjects, inputs))
}

/// Whether a word is meant as a path, even if nothing is there.
fn is_input(word: &OsString) -> bool {
    let text = word.to_string_lossy();
    let path = Path::new(word);
    path.exists() || path.extension().is_some() || text.contains(['/', '\\']) || glob::is_pattern(&text)
}

enum Subjects {
    Found(Vec<Subject>),
    /// Why the word is no key.
    None(String),
    /// Why the method that the word names has no key.
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
            "`{word}` is no constructor of string: wrong at character {at}; write it as 'System.String..ctor(char, int)'"
        ));
    }
    match word.parse::<ThunkKey>() {
        Ok(_) => Subjects::Found(vec![Subject { key: word.to_owned(), of: None }]),
        // As the first runtimes spelled keys; a folder can have such a name.
        Err(_) if word.parse::<Signature>().is_ok() && !Path::new(word).exists() => {
            Subjects::Found(vec![Subject { key: format!("M{word}"), of: None }])
        }
        Err(error) => Subjects::None(error.to_string()),
    }
}

/// What a file in which to look is instead, if it is a word that was to stand elsewhere.
pub fn misplaced(source: &Path) -> Option<UsageError> {
    let text = source.to_string_lossy();
    if source.is_dir() {
        return Some(UsageError::new(format_args!(
            "--in {text}: it is a folder; name the files in the order in which they are loaded, and assemblies before --in"
        )));
    }
    let is_key = matches!(subject(&text), Subjects::Found(_)) && !source.exists();
    is_key.then(|| UsageError::new(format_args!("--in {text}: it is a key, not a file; name keys before --in")))
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
