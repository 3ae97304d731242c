//! Folders of generated files have one owner: of two builds that write into one folder by mistake, each would compile
//! what the other generated.
//!
//! The owner's name is in a file in the folder. It gets there in one step together with its contents, so of two builds
//! at the same time one finds the other's name.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::reason;
use super::write::{self, NewFolders};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// Name of the file in each folder.
const FILE: &str = "thunkgen.owner";

/// Longer names are cut in messages: the file may hold anything.
const LONGEST: usize = 100;

/// Folders that were taken, given back unless they are kept.
#[derive(Default)]
pub struct Claim {
    // Given back first, so that the folders are empty again.
    taken: Vec<PathBuf>,
    folders: NewFolders,
}

impl Claim {
    /// The files are written: the folders stay taken.
    pub fn keep(mut self) {
        self.taken.clear();
        std::mem::take(&mut self.folders).keep();
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        for file in &self.taken {
            // What cannot be removed names the right owner at least.
            let _ = fs::remove_file(file);
        }
    }
}

/// Takes the folder of every output; `None` when one belongs to someone else or cannot be taken, which is reported.
pub fn claim<'a>(outputs: impl Iterator<Item = &'a Path>, owner: &str, diagnostics: &mut Diagnostics) -> Option<Claim> {
    let mut claim = Claim::default();
    let mut all_taken = true;
    for folder in outputs.map(folder_of).collect::<BTreeSet<_>>() {
        let file = folder.join(FILE);
        let location = || Location::file(file.display().to_string());
        match take(&mut claim, folder, &file, owner) {
            Ok(None) => {}
            Ok(Some(other)) => {
                all_taken = false;
                let message = format!(
                    "the generated files in this folder belong to `{}`, not to `{}`: write them to a folder of their \
                     own, or delete this file if that owner is gone",
                    shown(&other),
                    shown(owner)
                );
                diagnostics.report(&catalogue::OWNED, location(), message);
            }
            Err(error) => {
                all_taken = false;
                diagnostics.report(&catalogue::UNWRITABLE, location(), reason(&error));
            }
        }
    }
    all_taken.then_some(claim)
}

/// Puts the owner's name into a folder, or finds the name of another one there.
fn take(claim: &mut Claim, folder: &Path, file: &Path, owner: &str) -> io::Result<Option<String>> {
    claim.folders.create(folder)?;
    let mut content = write::temporary().tempfile_in(folder)?;
    content.write_all(format!("{owner}\n").as_bytes())?;
    match content.persist_noclobber(file) {
        Ok(_) => {
            claim.taken.push(file.to_owned());
            Ok(None)
        }
        Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => {
            let found = String::from_utf8_lossy(&fs::read(file)?).trim_end().to_owned();
            Ok((found != owner.trim_end()).then_some(found))
        }
        Err(failed) => Err(failed.error),
    }
}

fn folder_of(output: &Path) -> &Path {
    match output.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn shown(name: &str) -> String {
    let line = name.lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_at_once_one_wins() {
        let root = tempfile::tempdir().unwrap();
        let output = root.path().join("out/x.cpp");
        let winners: Vec<usize> = std::thread::scope(|scope| {
            let output = &output;
            let run = |owner: usize| {
                let claim = claim([output.as_path()].into_iter(), &owner.to_string(), &mut Diagnostics::default());
                claim.map(|claim| claim.keep()).map(|()| owner)
            };
            let threads: Vec<_> = (0..16).map(|owner| scope.spawn(move || run(owner))).collect();
            threads.into_iter().filter_map(|thread| thread.join().unwrap()).collect()
        });
        let [winner] = winners[..] else { panic!("{winners:?}") };
        assert_eq!(fs::read_to_string(root.path().join("out").join(FILE)).unwrap(), format!("{winner}\n"));
    }
}
