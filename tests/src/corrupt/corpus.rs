//! The files that are damaged: the real sets and the fixtures, each with what its types are resolved against.

use std::path::{Path, PathBuf};

use super::locate::{Regions, locate};
use super::prng::Prng;
use crate::data::crate_dir;

/// A file of a set.
pub struct File {
    /// `set/name`.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Where its parts are; `None` for a file that is not managed.
    pub regions: Option<Regions>,
    /// Index of its set in [`Corpus::sets`].
    pub set: usize,
}

/// Files that belong together.
pub struct Set {
    /// Indices of its files in [`Corpus::files`].
    pub files: Vec<usize>,
    /// Indices of the core library and of the facade that most references name.
    pub core: Vec<usize>,
}

/// All files.
pub struct Corpus {
    /// The files.
    pub files: Vec<File>,
    /// The sets.
    pub sets: Vec<Set>,
}

/// Names of the real sets, folders of `THUNKGEN_SETS`.
pub const REAL_SETS: [&str; 4] = ["net10", "net8", "net7", "framework8"];

impl Corpus {
    /// The real sets and the fixtures.
    pub fn all() -> Corpus {
        let mut corpus = Corpus::fixtures();
        for set in REAL_SETS {
            corpus.add(set, managed_names(&crate::data::sets().join(set)));
        }
        corpus
    }

    /// The fixtures only.
    pub fn fixtures() -> Corpus {
        let mut corpus = Corpus { files: Vec::new(), sets: Vec::new() };
        let folders = std::fs::read_dir(crate_dir().join("fixtures")).expect("the fixtures");
        let mut files: Vec<PathBuf> = folders
            .map(|folder| folder.expect("the fixtures").path())
            .filter(|folder| folder.is_dir())
            .flat_map(|folder| managed_names(&folder))
            .collect();
        // A linked runtime is not managed.
        files.retain(|path| {
            !clr_metadata::open(&std::fs::read(path).expect("a file")).is_ok_and(|found| found.is_none())
        });
        files.sort();
        corpus.add("fixtures", files);
        corpus
    }

    fn add(&mut self, set: &str, paths: Vec<PathBuf>) {
        assert!(!paths.is_empty(), "no files in set {set}");
        let mut files = Vec::new();
        let mut core = Vec::new();
        for path in paths {
            let file_name = path.file_name().expect("a file").to_string_lossy().into_owned();
            let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            if is_named(&file_name, "System.Private.CoreLib") || is_named(&file_name, "System.Runtime") {
                core.push(self.files.len());
            }
            files.push(self.files.len());
            let name = format!("{set}/{file_name}");
            self.files.push(File { regions: locate(&bytes), name, path, bytes, set: self.sets.len() });
        }
        assert_eq!(core.len(), 2, "core library and facade of set {set}");
        self.sets.push(Set { files, core });
    }

    /// A file: sets are equally likely, large files rarer, so that many cases fit into little time.
    pub fn choose(&self, prng: &mut Prng) -> usize {
        let set = prng.pick(&self.sets);
        loop {
            let file = *prng.pick(&set.files);
            let rarer = self.files[file].bytes.len() / (256 << 10) + 1;
            if prng.below(rarer) == 0 {
                return file;
            }
        }
    }

    /// What the types of a file are resolved against.
    pub fn references(&self, file: usize) -> impl Iterator<Item = &File> {
        let core = &self.sets[self.files[file].set].core;
        core.iter().filter(move |other| **other != file).map(|other| &self.files[*other])
    }
}

/// `Name.dll`, `Name.wasm` and `Name.fingerprint.wasm` are named `Name`.
fn is_named(file: &str, name: &str) -> bool {
    let rest = file.strip_prefix(name).and_then(|rest| rest.strip_prefix('.'));
    rest.is_some_and(|rest| match rest.split_once('.') {
        Some((fingerprint, _)) => {
            fingerprint.len() == 10 && fingerprint.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        }
        None => true,
    })
}

fn managed_names(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "dll" || ending == "wasm"));
    paths.sort();
    paths
}
