//! Which files are read: files, directories and patterns become one sorted list without doubles.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::error::{OptionError, reason};
use super::files::{self, FileBytes, Identity, OpenFiles};
use super::glob;
use clr_wasm_abi::types::{Input, Role};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// Extensions of the files that a directory means. A file that is named itself may have any name.
const EXTENSIONS: [&str; 4] = ["dll", "exe", "wasm", "webcil"];

/// A file that was opened.
#[derive(Debug)]
pub struct OpenInput {
    /// The file, as the user named it.
    pub path: PathBuf,
    /// The same as text.
    display: String,
    /// Its contents.
    bytes: Rc<FileBytes>,
    /// What makes it one file under any name.
    pub identity: Identity,
    role: Role,
}

impl OpenInput {
    /// Whether thunks are collected for it.
    pub fn is_input(&self) -> bool {
        self.role == Role::Input
    }

    /// Its contents.
    pub fn bytes(&self) -> &FileBytes {
        &self.bytes
    }

    /// The input as the library takes it.
    pub fn as_input(&self) -> Input<'_> {
        Input { path: &self.display, bytes: &self.bytes, role: self.role }
    }
}

/// The files that arguments mean, each once, with the role of its first mention; inputs come before references.
pub fn expand(inputs: &[PathBuf], references: &[PathBuf]) -> Result<BTreeMap<PathBuf, Role>, OptionError> {
    let mut files = Vec::new();
    for (arguments, role) in [(inputs, Role::Input), (references, Role::Reference)] {
        for argument in arguments {
            files.extend(expand_one(Path::new(""), argument)?.into_iter().map(|file| (file, role)));
        }
    }
    // Of equal paths, the last one stays. Paths that are in order already are compared with the next one only.
    Ok(files.into_iter().rev().collect())
}

/// The files that an argument means, relative to `base`.
pub fn expand_one(base: &Path, argument: &Path) -> Result<Vec<PathBuf>, OptionError> {
    let path = base.join(argument);
    if path.is_dir() {
        return list(&path, &EXTENSIONS);
    }
    match argument.to_str() {
        // A file whose name looks like a pattern is itself.
        Some(pattern) if glob::is_pattern(pattern) && !path.exists() => {
            let found = glob::matches(base, pattern)
                .map_err(|e| OptionError::new(format_args!("pattern {pattern} cannot be read: {e}")))?;
            if found.is_empty() {
                return Err(OptionError::new(format_args!("pattern {pattern} matches no file")));
            }
            Ok(found)
        }
        _ => Ok(vec![path]),
    }
}

/// Everything in a directory with one of these extensions, sorted, but no directories. What turns out not to be a file
/// is reported when it is opened, as if it was named itself.
pub fn list(directory: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, OptionError> {
    let unreadable =
        |error: io::Error| OptionError::new(format_args!("directory {}: {}", directory.display(), reason(&error)));
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let extension = Path::new(&name).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if extensions.iter().any(|known| known.eq_ignore_ascii_case(extension)) && !is_directory(&entry) {
            found.push(name);
        }
    }
    if found.is_empty() {
        let extensions: Vec<String> = extensions.iter().map(|extension| format!(".{extension}")).collect();
        return Err(OptionError::new(format_args!(
            "directory {} contains no file with the extension {}",
            directory.display(),
            extensions.join(", ")
        )));
    }
    found.sort();
    Ok(found.iter().map(|name| directory.join(name)).collect())
}

/// Whether an entry is a directory, or a link to one.
pub fn is_directory(entry: &fs::DirEntry) -> bool {
    match entry.file_type() {
        Ok(kind) if kind.is_symlink() => entry.path().is_dir(),
        kind => kind.is_ok_and(|kind| kind.is_dir()),
    }
}

/// A path as it is shown, which costs least for UTF-8.
pub fn shown(path: &Path) -> String {
    path.to_str().map_or_else(|| path.display().to_string(), str::to_owned)
}

/// Opens the files in order; one that cannot be read is reported, and one that was opened under another name is
/// left out (an input keeps its role over a reference).
pub fn open(files: &BTreeMap<PathBuf, Role>, shared: &mut OpenFiles, diagnostics: &mut Diagnostics) -> Vec<OpenInput> {
    let mut opened: Vec<OpenInput> = Vec::with_capacity(files.len());
    let mut seen: BTreeMap<Identity, usize> = BTreeMap::new();
    for (path, &role) in files {
        let display = shown(path);
        match shared.open(path, files::open) {
            Ok((bytes, identity)) => match seen.get(&identity) {
                Some(&index) if role == Role::Input => opened[index].role = Role::Input,
                Some(_) => {}
                None => {
                    seen.insert(identity.clone(), opened.len());
                    opened.push(OpenInput { path: path.clone(), display, bytes, identity, role });
                }
            },
            Err(error) => diagnostics.report(&catalogue::UNREADABLE, Location::file(display), reason(&error)),
        }
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory_with(files: &[&str]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for file in files {
            let path = directory.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        directory
    }

    fn names(directory: &Path, files: &BTreeMap<PathBuf, Role>) -> Vec<String> {
        let name = |path: &PathBuf| path.strip_prefix(directory).unwrap().display().to_string().replace('\\', "/");
        files.iter().map(|(path, role)| format!("{} {role:?}", name(path))).collect()
    }

    #[test]
    fn directories_files_and_patterns() {
        let directory =
            directory_with(&["a.dll", "B.EXE", "c.txt", "sub/d.dll", "sub/deep/e.wasm", "r/f.dll", "[x].dll"]);
        let at = |name: &str| directory.path().join(name);
        let found = expand(&[directory.path().to_owned(), at("c.txt")], &[at("r"), at("a.dll")]).unwrap();
        assert_eq!(
            names(directory.path(), &found),
            ["B.EXE Input", "[x].dll Input", "a.dll Input", "c.txt Input", "r/f.dll Reference"]
        );
        let found = expand(&[at("sub/**/*.{dll,wasm}"), at("[x].dll")], &[]).unwrap();
        assert_eq!(names(directory.path(), &found), ["[x].dll Input", "sub/d.dll Input", "sub/deep/e.wasm Input"]);
        let found = expand(&[at("sub/*")], &[]).unwrap();
        assert_eq!(names(directory.path(), &found), ["sub/d.dll Input"]);
    }

    #[test]
    fn what_stands_for_nothing_is_named() {
        let directory = directory_with(&["x.txt"]);
        let error = expand(&[directory.path().to_owned()], &[]).unwrap_err().message;
        assert!(error.ends_with("contains no file with the extension .dll, .exe, .wasm, .webcil"), "{error}");
        let error = expand(&[directory.path().join("*.dll")], &[]).unwrap_err().message;
        assert!(error.starts_with("pattern ") && error.ends_with("*.dll matches no file"), "{error}");
        let error = expand(&[directory.path().join("{a")], &[]).unwrap_err().message;
        assert!(error.contains("{a cannot be read: "), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_not_a_file_is_found_too() {
        use std::os::unix::fs::symlink;
        let directory = directory_with(&["a.dll", "sub.dll/b.dll"]);
        let at = |name: &str| directory.path().join(name);
        symlink("nowhere", at("dangling.dll")).unwrap();
        symlink("loop.dll", at("loop.dll")).unwrap();
        symlink("sub.dll", at("link.dll")).unwrap();
        symlink("/dev/null", at("device.exe")).unwrap();
        let expected = ["a.dll Input", "dangling.dll Input", "device.exe Input", "loop.dll Input"];
        for argument in [directory.path().to_owned(), at("*.{dll,exe}")] {
            let files = expand(&[argument], &[]).unwrap();
            assert_eq!(names(directory.path(), &files), expected);
            let mut diagnostics = Diagnostics::default();
            assert_eq!(open(&files, &mut OpenFiles::default(), &mut diagnostics).len(), 1);
            let lines: Vec<String> = diagnostics.into_sorted().iter().map(ToString::to_string).collect();
            let ends = ["no such file or directory", "it is not a regular file", "symbolic link"];
            assert!(
                lines.iter().zip(ends).all(|(line, end)| line.contains("TG0001") && line.contains(end)),
                "{lines:?}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn one_file_under_two_names_is_opened_once() {
        let directory = directory_with(&["a.dll"]);
        let at = |name: &str| directory.path().join(name);
        fs::hard_link(at("a.dll"), at("b.dll")).unwrap();
        fs::write(at("c.dll"), "other").unwrap();
        let files = BTreeMap::from([
            (at("a.dll"), Role::Reference),
            (at("b.dll"), Role::Input),
            (at("./b.dll"), Role::Input),
            (at("c.dll"), Role::Reference),
            (at("none.dll"), Role::Input),
        ]);
        let mut diagnostics = Diagnostics::default();
        let opened = open(&files, &mut OpenFiles::default(), &mut diagnostics);
        assert_eq!((opened.len(), opened[1].role), (2, Role::Reference));
        assert_eq!((opened[0].role, opened[0].as_input().bytes), (Role::Input, &b"a.dll"[..]));
        let lines: Vec<String> = diagnostics.into_sorted().iter().map(ToString::to_string).collect();
        assert!(lines.last().unwrap().ends_with("none.dll: error TG0001: no such file or directory"), "{lines:?}");
    }
}
