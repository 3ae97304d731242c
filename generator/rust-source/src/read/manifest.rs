//! Which file a crate starts with.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::guard::MAX_BYTES;
use super::model::{OpenError, Place, SourceError};
use super::{Open, cannot_open};

/// What a crate starts with.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// Its first source.
    pub source: PathBuf,
    /// Its name.
    pub name: String,
    /// Its bytes, and those of the manifest if there is one, in the order of reading.
    pub read: Vec<(PathBuf, Vec<u8>)>,
    /// Of the edition 2015.
    pub is_2015: bool,
    /// Other crates that it names in its manifest.
    pub crates: BTreeSet<String>,
}

/// Finds the start of a crate: a `.rs` file itself, or what the `Cargo.toml` of a folder says.
pub(super) fn start(root: &Path, open: &Open<'_>) -> Result<Start, SourceError> {
    if root.extension().is_some_and(|ending| ending == "rs") {
        let bytes = open(root).map_err(|error| cannot_open(root, error))?;
        let read = vec![(root.to_owned(), bytes)];
        return Ok(Start { source: root.to_owned(), name: stem(root), read, is_2015: false, crates: BTreeSet::new() });
    }
    let is_manifest = root.file_name().is_some_and(|name| name == "Cargo.toml");
    let manifest = if is_manifest { root.to_owned() } else { root.join("Cargo.toml") };
    let folder = manifest.parent().unwrap_or(root).to_owned();
    let bytes = open(&manifest).map_err(|error| cannot_open(&manifest, error))?;
    let keys = Keys::read(&bytes, &manifest)?;
    let mut sources = vec![folder.join("src/lib.rs"), folder.join("src/main.rs")];
    if let Some(path) = &keys.path {
        sources = vec![folder.join(path)];
    }
    let mut missing = None;
    for source in sources {
        match open(&source) {
            Ok(text) => {
                let read = vec![(manifest, bytes), (source.clone(), text)];
                return Ok(Start { source, name: keys.name, read, is_2015: keys.is_2015, crates: keys.crates });
            }
            Err(OpenError::Missing) => drop(missing.get_or_insert(source)),
            Err(error) => return Err(cannot_open(&source, error)),
        }
    }
    let mut error = cannot_open(&missing.unwrap_or(manifest), OpenError::Missing);
    error.why.push_str("; name the file that the crate starts with");
    Err(error)
}

/// What matters in a manifest.
struct Keys {
    name: String,
    path: Option<String>,
    is_2015: bool,
    crates: BTreeSet<String>,
}

impl Keys {
    fn read(bytes: &[u8], path: &Path) -> Result<Keys, SourceError> {
        let wrong = |offset: Option<usize>, why: String| {
            let before = bytes.get(..offset.unwrap_or(0)).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count();
            let column = before.iter().rev().take_while(|byte| **byte != b'\n').count();
            let number = |of: usize| u32::try_from(of).unwrap_or(u32::MAX - 1) + 1;
            let (line, column) = if offset.is_some() { (number(line), number(column)) } else { (0, 0) };
            SourceError { place: Place { path: shown(path), line, column }, why }
        };
        if bytes.len() > MAX_BYTES {
            return Err(wrong(None, format!("it has {} bytes; at most {MAX_BYTES} are read", bytes.len())));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let why = "it is no UTF-8 text".to_owned();
            wrong(Some(error.valid_up_to()), why)
        })?;
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let why = error.message().lines().next().unwrap_or("it is no TOML").to_owned();
            wrong(error.span().map(|span| span.start), why)
        })?;
        let package = table.get("package").and_then(toml::Value::as_table);
        let Some(package) = package else {
            let why = "it has no [package]; name the folder of a crate, not of a workspace".to_owned();
            return Err(wrong(None, why));
        };
        let library = table.get("lib").and_then(toml::Value::as_table);
        let text = |of: Option<&toml::Table>, key| Some(of?.get(key)?.as_str()?.to_owned());
        let name = text(library, "name").or_else(|| text(Some(package), "name")).unwrap_or_default();
        let edition = package.get("edition");
        Ok(Keys {
            name: name.replace('-', "_"),
            // As Windows writes it.
            path: text(library, "path").map(|path| path.replace('\\', "/")),
            is_2015: edition.is_none_or(|edition| edition.as_str() == Some("2015")),
            crates: dependencies(&table).map(|name| name.replace('-', "_")).collect(),
        })
    }
}

/// The names by which a crate knows others, those of some targets only too.
fn dependencies(manifest: &toml::Table) -> impl Iterator<Item = &str> {
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let targets = targets.into_iter().flatten().filter_map(|(_, target)| target.as_table());
    let all = std::iter::once(manifest).chain(targets);
    let all = all.filter_map(|of| of.get("dependencies").and_then(toml::Value::as_table));
    all.flatten().map(|(name, _)| name.as_str())
}

/// A path as messages show it.
pub(super) fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
