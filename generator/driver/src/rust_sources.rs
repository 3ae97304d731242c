//! Rust sources of the native side: which crates and files they are, and the libraries they count as.

use std::collections::BTreeSet;
#[cfg(feature = "rust-source")]
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::error::{OptionError, reason};
use super::files;
use super::write::parent;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};
use thunkgen_native::RustLibrary;
#[cfg(feature = "rust-source")]
use thunkgen_rust_source::OpenError;
use thunkgen_rust_source::{self, Crate, SourceError};

/// A file, or the directory of a crate.
pub struct Root {
    path: PathBuf,
    /// The directory it was found in, if that was named.
    directory: Option<PathBuf>,
    /// Name of the package, of a crate.
    package: Option<String>,
}

impl Root {
    /// A file with Rust source.
    pub fn file(path: PathBuf, directory: Option<PathBuf>) -> Root {
        Root { path, directory, package: None }
    }

    /// The crate of a directory or of a `Cargo.toml`; `None` when the path is neither.
    pub fn of_crate(path: &Path) -> Result<Option<Root>, OptionError> {
        let Some(manifest) = manifest_of(path) else { return Ok(None) };
        let directory = parent(&manifest);
        let text = files::open(&manifest).map(|(bytes, _)| String::from_utf8_lossy(&bytes).into_owned());
        let text =
            text.map_err(|error| OptionError::new(format_args!("{}: {}", manifest.display(), reason(&error))))?;
        // The reader of the crate reports what is wrong with its manifest.
        let Ok(table) = DeTable::parse(&text) else { return Ok(Some(Root::file(directory.to_owned(), None))) };
        let table = table.get_ref();
        if table.contains_key("workspace") && !table.contains_key("package") {
            let message = format_args!(
                "{} is a workspace; name the directory of the crate that is the library",
                manifest.display()
            );
            return Err(OptionError::new(message));
        }
        let package = table.get("package").and_then(|package| package.get_ref().get("name"));
        let package = package.and_then(|name| name.get_ref().as_str().map(str::to_owned));
        Ok(Some(Root { path: directory.to_owned(), directory: None, package }))
    }

    fn is_crate(&self) -> bool {
        self.path.extension().is_none_or(|ending| ending != "rs")
    }
}

/// Reads the sources, each once. What cannot be read is reported.
pub fn read(roots: Vec<Root>, diagnostics: &mut Diagnostics) -> Vec<RustLibrary> {
    let read: Vec<_> = roots.into_iter().map(|root| (read_source(&root.path), root)).collect();
    // In a directory, a file may be a module of another one; by itself it may be wrong.
    let sources = read.iter().filter_map(|(source, _)| source.as_ref().ok());
    let modules: BTreeSet<PathBuf> =
        sources.flat_map(|source| source.files.iter().skip(1)).map(|path| canonical(path)).collect();
    let (mut seen, mut libraries) = (BTreeSet::new(), Vec::new());
    for (source, root) in read {
        if root.directory.is_some() && modules.contains(&canonical(&root.path)) {
            continue;
        }
        match source {
            Ok(source) if seen.insert(source.files.first().map(|path| canonical(path))) => {
                libraries.push(RustLibrary { names: names(&root, &source), source });
            }
            Ok(_) => {}
            Err(errors) => errors.iter().for_each(|error| report(error, diagnostics)),
        }
    }
    libraries
}

#[cfg(feature = "rust-source")]
fn read_source(path: &Path) -> Result<Crate, Vec<SourceError>> {
    thunkgen_rust_source::read(path, &open)
}

#[cfg(not(feature = "rust-source"))]
fn read_source(path: &Path) -> Result<Crate, Vec<SourceError>> {
    let place = thunkgen_rust_source::Place { path: path.display().to_string(), line: 0, column: 0 };
    Err(vec![SourceError { place, why: "this build of thunkgen lacks the feature `rust-source`".to_owned() }])
}

fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

#[cfg(feature = "rust-source")]
fn open(path: &Path) -> Result<Vec<u8>, OpenError> {
    match files::open(path) {
        Ok((bytes, _)) => Ok(bytes.to_vec()),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(OpenError::Missing),
        Err(error) => Err(OpenError::Other(reason(&error))),
    }
}

fn report(error: &SourceError, diagnostics: &mut Diagnostics) {
    let location = match error.place.line {
        0 => Location::file(&error.place.path),
        line => Location::position(&error.place.path, line, error.place.column),
    };
    diagnostics.report(&catalogue::BAD_NATIVE_FILE, location, &error.why);
}

/// The crate and its package by their names, a file by its own, and in a directory that was named by the directory's
/// too.
fn names(root: &Root, source: &Crate) -> Vec<String> {
    let mut names = vec![source.name.clone()];
    names.extend(root.package.clone());
    // `lib.rs` and the like are named after the directory they are the root of.
    let is_root = !root.is_crate() && ["lib", "main", "mod"].contains(&&*source.name);
    let path = canonical(&root.path);
    let above = path.ancestors().skip(1).find(|directory| !directory.ends_with("src"));
    let directory = match &root.directory {
        Some(directory) => Some(canonical(directory)),
        None if root.is_crate() => Some(path.clone()),
        None => above.filter(|_| is_root).map(Path::to_owned),
    };
    names.extend(directory.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()));
    // A crate's library has `_` where its package has `-`.
    let alike = names.iter().flat_map(|name| [name.replace('-', "_"), name.replace('_', "-")]);
    names.extend(alike.collect::<Vec<_>>());
    names.sort();
    names.dedup();
    names
}

/// The manifest that says what a crate is, of a path that is one.
pub fn manifest_of(path: &Path) -> Option<PathBuf> {
    let manifest = if path.ends_with("Cargo.toml") { path.to_owned() } else { path.join("Cargo.toml") };
    manifest.is_file().then_some(manifest)
}
