//! Directories of generated files have one owner: of two builds that write into one directory by mistake, each would
//! compile what the other generated.
//!
//! The owner's name is in a file in the directory. It gets there in one step together with its contents, so of two
//! builds at the same time one finds the other's name.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::error::reason;
use super::write::{self, NewDirectories};
use tempfile::TempPath;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue, shorten};

/// Name of the file in each directory.
const FILE: &str = "thunkgen.owner";

/// Longer names are cut in messages: the file may contain anything.
const LONGEST: usize = 100;

/// Directories that were taken, given back unless they are kept.
#[derive(Default)]
pub struct Claim {
    // Removed first, so that the directories are empty again.
    taken: Vec<TempPath>,
    directories: NewDirectories,
}

impl Claim {
    /// The files are written: the directories stay taken.
    pub fn keep(self) {
        // It cannot fail for a file that persists already; otherwise the file names the right owner at least.
        self.taken.into_iter().for_each(|file| drop(file.keep()));
        self.directories.keep();
    }
}

/// Takes the directory of every output; `None` when one belongs to someone else or cannot be taken, which is reported.
pub fn claim<'a>(outputs: impl Iterator<Item = &'a Path>, owner: &str, diagnostics: &mut Diagnostics) -> Option<Claim> {
    let mut claim = Claim::default();
    let mut all_taken = true;
    for directory in outputs.map(write::parent).collect::<BTreeSet<_>>() {
        let file = directory.join(FILE);
        let (rule, message) = match take(&mut claim, directory, &file, owner) {
            Ok(None) => continue,
            Ok(Some(other)) => (
                &catalogue::OWNED,
                format!(
                    "the generated files in this directory belong to `{}`, not to `{}`: write them to a directory of \
                     their own, or delete this file if that owner is gone",
                    shown(&other),
                    shown(owner)
                ),
            ),
            Err(error) => (&catalogue::UNWRITABLE, reason(&error)),
        };
        all_taken = false;
        diagnostics.report(rule, Location::file(file.display().to_string()), message);
    }
    all_taken.then_some(claim)
}

/// Puts the owner's name into a directory, or finds the name of another one there.
fn take(claim: &mut Claim, directory: &Path, file: &Path, owner: &str) -> io::Result<Option<String>> {
    claim.directories.create(directory)?;
    let mut content = write::temporary(directory)?;
    content.write_all(format!("{owner}\n").as_bytes())?;
    match content.persist_noclobber(file) {
        Ok(_) => {
            claim.taken.push(TempPath::try_from_path(file)?);
            Ok(None)
        }
        Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => {
            let found = String::from_utf8_lossy(&fs::read(file)?).trim_end().to_owned();
            Ok((found != owner.trim_end()).then_some(found))
        }
        Err(failed) => Err(failed.error),
    }
}

fn shown(name: &str) -> String {
    shorten(name.lines().next().unwrap_or_default(), LONGEST)
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
