//! Generated files that are no longer an output.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::error::reason;
use super::write::{WriteError, WriteOptions, is_temporary, parent, sync_directory, temporary, while_in_use};
use thunkgen_core::emit::header;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// Files with this tool's header in the tool's directories that are not outputs. A directory that cannot be listed is
/// reported.
pub(super) fn obsolete_files<'p>(
    outputs: impl Iterator<Item = &'p Path>,
    directories: &[PathBuf],
    diagnostics: &mut Diagnostics,
) -> BTreeSet<PathBuf> {
    let outputs: BTreeSet<PathBuf> = outputs.filter_map(|path| fs::canonicalize(path).ok()).collect();
    let mut found = BTreeSet::new();
    for directory in directories {
        let entries = match fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            // It contains nothing to delete.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                let message = format!("{}, so obsolete files in it are unknown; make it readable", reason(&error));
                diagnostics.report(&catalogue::UNREADABLE, Location::file(directory.display().to_string()), message);
                continue;
            }
        };
        for entry in entries {
            let path = entry.path();
            let is_output = || fs::canonicalize(&path).is_ok_and(|path| outputs.contains(&path));
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            // Those of a run that was killed, which the next one removes.
            let is_temporary = is_temporary(&entry.file_name());
            if is_file && !is_temporary && is_generated(&path) && !is_output() {
                found.insert(path);
            }
        }
    }
    found
}

fn is_generated(path: &Path) -> bool {
    first_bytes(path).is_some_and(|start| header::is_generated(&start))
}

/// The first bytes of a file, which contain the header.
pub(super) fn first_bytes(path: &Path) -> Option<Vec<u8>> {
    let mut start = Vec::new();
    // Opening a pipe would wait for its other end.
    fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    fs::File::open(path).ok()?.take(header::SEARCHED as u64).read_to_end(&mut start).ok()?;
    Some(start)
}

/// Removes files: all of them or none.
///
/// # Errors
/// A file that cannot be removed; every file is then where it was.
pub(super) fn remove_all(files: &BTreeSet<PathBuf>, options: WriteOptions) -> Result<(), WriteError> {
    // Each gets the name of a temporary file first, so that one that cannot be moved leaves all of them in place.
    let mut moved: Vec<(&Path, tempfile::TempPath)> = Vec::new();
    for path in files {
        let free = temporary(parent(path)).map(tempfile::NamedTempFile::into_temp_path);
        let renamed = free.and_then(|free| while_in_use(|| fs::rename(path, &free)).map(|()| free));
        match renamed {
            Ok(free) => moved.push((path, free)),
            Err(error) => {
                let mut reason = super::reason(&error);
                for (path, free) in moved {
                    if fs::rename(&free, path).is_err() {
                        let kept = free.keep().unwrap_or_default();
                        reason += &format!("; {} could not be put back from {}", path.display(), kept.display());
                    }
                }
                return Err(WriteError { path: path.clone(), reason });
            }
        }
    }
    drop(moved);
    if !options.no_sync {
        files.iter().map(|path| parent(path)).collect::<BTreeSet<_>>().into_iter().for_each(sync_directory);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_cannot_be_listed_is_reported() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("file"), "text").unwrap();
        let mut diagnostics = Diagnostics::default();
        let directories = ["missing", "file"].map(|name| root.path().join(name));
        assert!(obsolete_files(std::iter::empty(), &directories, &mut diagnostics).is_empty());
        let lines: Vec<String> = diagnostics.into_sorted().iter().map(ToString::to_string).collect();
        assert!(matches!(&lines[..], [line] if line.contains("file: error TG0001: ")), "{lines:?}");
    }

    #[test]
    fn all_files_are_removed_or_none() {
        let root = tempfile::tempdir().unwrap();
        let files = BTreeSet::from(["a", "b"].map(|name| root.path().join(name)));
        files.iter().for_each(|path| fs::write(path, "text").unwrap());
        let mut more = files.clone();
        more.insert(root.path().join("missing"));
        let error = remove_all(&more, WriteOptions::default()).unwrap_err();
        assert_eq!(error.path, root.path().join("missing"));
        let names = || {
            let entries = fs::read_dir(root.path()).unwrap();
            entries.map(|entry| entry.unwrap().file_name()).collect::<BTreeSet<_>>()
        };
        assert_eq!(names(), ["a", "b"].map(Into::into).into());
        assert!(files.iter().all(|path| fs::read_to_string(path).unwrap() == "text"));
        remove_all(&files, WriteOptions::default()).unwrap();
        assert_eq!(names(), BTreeSet::new());
    }
}
