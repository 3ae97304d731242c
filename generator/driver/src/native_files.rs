//! Native files: their paths, their libraries, and the symbol files next to them.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::compressed::{self, Unpacker};
use super::error::{OptionError, reason};
use super::files::{self, FileBytes, OpenFiles};
use super::inputs;
use clr_wasm_file::objects::{self, Object, SymbolNames};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// Extensions of the files that are read in a directory.
const EXTENSIONS: [&str; 4] = ["a", "o", "obj", "wasm"];

/// A file that was opened.
pub struct NativeFile {
    path: String,
    /// Names of the libraries that it provides.
    libraries: Vec<String>,
    bytes: Rc<FileBytes>,
    /// The symbol file next to it.
    symbols: Option<(String, Rc<FileBytes>)>,
}

impl NativeFile {
    /// The file and its symbol file.
    pub fn files(&self) -> impl Iterator<Item = (&Path, &FileBytes)> {
        let symbols = self.symbols.iter().map(|(path, bytes)| (Path::new(path), &**bytes));
        std::iter::once((Path::new(&self.path), &*self.bytes)).chain(symbols)
    }
}

/// The files that several jobs open.
#[derive(Default)]
pub struct OpenNative {
    unpacker: Unpacker,
    files: OpenFiles,
    symbols: OpenFiles,
}

/// Opens the files that arguments name, each one once. Files that cannot be opened are reported.
pub fn open(
    paths: &[PathBuf],
    shared: &mut OpenNative,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<NativeFile>, OptionError> {
    let (mut seen, mut opened) = (BTreeSet::new(), Vec::new());
    for path in paths {
        let (name, path) = named(path);
        // Files in a directory also count as the library with its name.
        let (files, directory) = match path.is_dir() {
            true => (inputs::list(path, &EXTENSIONS)?, Some(path)),
            false => (vec![path.to_owned()], None),
        };
        for file in files {
            match shared.files.open(&file, |file| shared.unpacker.open(file)) {
                Ok((bytes, identity)) => {
                    if seen.insert(identity) {
                        let libraries = name.map(str::to_owned).into_iter().chain(libraries(&file, directory));
                        let libraries = libraries.collect();
                        let symbols = match objects::is_archive(&bytes) {
                            true => None,
                            false => symbols(&file, &mut shared.symbols, diagnostics),
                        };
                        opened.push(NativeFile { path: file.display().to_string(), libraries, bytes, symbols });
                    }
                }
                Err(error) => error.report(&file, diagnostics),
            }
        }
    }
    Ok(opened)
}

/// Splits `NAME=FILE`, unless a file with that whole name exists.
pub fn named(path: &Path) -> (Option<&str>, &Path) {
    let text = path.to_str().and_then(|text| text.split_once('='));
    match text.filter(|(name, _)| !name.is_empty() && !name.contains(['/', '\\']) && !path.exists()) {
        Some((name, file)) => (Some(name), Path::new(file)),
        None => (None, path),
    }
}

/// The objects in the files. Files that cannot be read are reported.
pub fn read<'f>(opened: &'f [NativeFile], diagnostics: &mut Diagnostics) -> Vec<Object<'f>> {
    let mut objects = Vec::new();
    for file in opened {
        let names = file.symbols.as_ref().and_then(|(path, bytes)| match SymbolNames::parse(bytes) {
            Ok(names) => Some(names),
            Err(error) => {
                let location = Location::position(path, error.line, 1);
                diagnostics.report(&catalogue::BAD_NATIVE_FILE, location, error.to_string());
                None
            }
        });
        match objects::read(&file.path, &file.libraries, &file.bytes, names.as_ref()) {
            Ok(found) => {
                // Its library is known, but nothing is compared with it.
                let is_empty = |object: &Object<'_>| object.in_archive && object.place == object.file;
                if found.iter().all(is_empty) && objects::is_archive(&file.bytes) {
                    let message = "skipped, because no member of the archive is an object; build it again";
                    diagnostics.report(&catalogue::SKIPPED_INPUT, Location::file(&file.path), message);
                }
                objects.extend(found);
            }
            Err(error) => {
                let location = Location::file(&file.path);
                diagnostics.report(&catalogue::BAD_NATIVE_FILE, location, error.to_string());
            }
        }
    }
    objects
}

fn libraries(file: &Path, directory: Option<&Path>) -> Vec<String> {
    let file = &compressed::without_extension(file);
    let own = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    // The name of its directory says nothing about an archive.
    let is_object = file.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("a"));
    let directory =
        directory.filter(|_| is_object).and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    own.into_iter().chain(directory).collect()
}

/// The symbol file that emscripten writes for `NAME.js` and its `NAME.wasm`.
pub(super) fn symbols(
    file: &Path,
    shared: &mut OpenFiles,
    diagnostics: &mut Diagnostics,
) -> Option<(String, Rc<FileBytes>)> {
    let file = &compressed::without_extension(file);
    ["js.symbols", "wasm.symbols", "symbols"].iter().find_map(|ending| {
        let path = file.with_extension(ending);
        match shared.open(&path, files::open) {
            Ok((bytes, _)) => Some((path.display().to_string(), bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                let location = Location::file(path.display().to_string());
                diagnostics.report(&catalogue::UNREADABLE, location, reason(&error));
                None
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_without_objects_is_reported() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lib.a");
        let member = format!("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", "a.o/", 0, 0, 0, 644, 2);
        for members in [String::new(), format!("{member}hi")] {
            std::fs::write(&path, format!("!<arch>\n{members}")).unwrap();
            let mut diagnostics = Diagnostics::default();
            let opened = open(std::slice::from_ref(&path), &mut OpenNative::default(), &mut diagnostics).unwrap();
            read(&opened, &mut diagnostics);
            let lines: Vec<String> = diagnostics.into_sorted().iter().map(ToString::to_string).collect();
            assert!(matches!(&lines[..], [line] if line.contains("lib.a: warning TG0015: skipped")), "{lines:?}");
        }
    }
}
