//! What is in a folder, and when it was written.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The files below a folder: contents and times, by relative path.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Snapshot(pub BTreeMap<PathBuf, (Vec<u8>, SystemTime)>);

impl Snapshot {
    /// What is there now; nothing when the folder is not there.
    pub fn of(folder: &Path) -> Snapshot {
        let mut found = BTreeMap::new();
        for path in files(folder) {
            let time = fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("a time");
            let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            found.insert(path.strip_prefix(folder).expect("below it").to_owned(), (bytes, time));
        }
        Snapshot(found)
    }

    /// The names of the files.
    pub fn names(&self) -> Vec<String> {
        self.0.keys().map(|path| path.display().to_string()).collect()
    }

    /// The contents without the times.
    pub fn contents(&self) -> BTreeMap<&Path, Contents<'_>> {
        self.0.iter().map(|(path, (bytes, _))| (path.as_path(), Contents(bytes))).collect()
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = self.0.iter().map(|(path, (bytes, time))| (path, (Contents(bytes), time)));
        f.debug_map().entries(times).finish()
    }
}

/// What is in a file, shown in a few words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Contents<'a>(&'a [u8]);

impl fmt::Debug for Contents<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        write!(f, "{} bytes, hash {:x}", self.0.len(), hasher.finish())
    }
}

/// Makes every file below a folder older by a minute and a half, each by the same: what is written from now on is newer,
/// also for an engine that sees only seconds.
pub fn age(folder: &Path) {
    for path in files(folder) {
        let time = fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("a time");
        let file = fs::File::options().append(true).open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        file.set_modified(time - Duration::from_secs(90)).expect("the time can be set");
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                pending.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found
}
