//! Outputs that are inputs, or that are one file: writing one would destroy the other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::files::{self, Identity, identity};
use super::source_lines;
use thunkgen_core::emit::header;

/// Every output that is among the files `read`, or that another output before it is, in words; each with what it came
/// with.
pub fn find<'a, T>(read: &BTreeSet<Identity>, outputs: impl Iterator<Item = (&'a Path, T)>) -> Vec<(String, T)> {
    let mut written: BTreeMap<PathBuf, &Path> = BTreeMap::new();
    let mut conflicts = Vec::new();
    for (path, with) in outputs {
        let shown = path.display();
        if known(path).is_some_and(|identity| read.contains(&identity)) {
            conflicts.push((format!("output {shown} is also an input"), with));
        } else if let Some(other) = written.insert(place(path), path) {
            let conflict = match other == path {
                true => format!("two outputs have the same path {shown}"),
                false => format!("outputs {} and {shown} are one file", other.display()),
            };
            conflicts.push((conflict, with));
        }
    }
    conflicts
}

/// The files that are read at the end for the source lines of assemblies, if an output may be one of them.
pub(super) fn shown<'a>(
    mut outputs: impl Iterator<Item = &'a Path>,
    assemblies: impl Iterator<Item = (&'a Path, &'a [u8])>,
) -> BTreeSet<Identity> {
    if !outputs.any(may_be_shown) {
        return BTreeSet::new();
    }
    assemblies.flat_map(|(path, bytes)| source_lines::files(path, bytes)).filter_map(|path| known(&path)).collect()
}

/// Whether a file exists that may have been read for source lines. What this tool generated was not.
fn may_be_shown(path: &Path) -> bool {
    files::open(path).is_ok_and(|(bytes, _)| !bytes.is_empty() && !header::is_generated(&bytes))
}

/// What makes a file one file under any name, if it exists.
pub fn known(path: &Path) -> Option<Identity> {
    std::fs::metadata(path).and_then(|metadata| identity(path, &metadata)).ok()
}

/// Where a path leads, also when a part of it does not exist yet; that part would be made of real directories.
pub fn place(path: &Path) -> PathBuf {
    let components: Vec<Component<'_>> = path.components().collect();
    for existing in (0..=components.len()).rev() {
        let (there, missing) = components.split_at(existing);
        let there: PathBuf = there.iter().collect();
        let there = if there.as_os_str().is_empty() { Path::new(".") } else { &there };
        if let Ok(mut place) = std::fs::canonicalize(there) {
            for component in missing {
                match component {
                    Component::ParentDir => _ = place.pop(),
                    Component::CurDir => {}
                    other => place.push(other),
                }
            }
            return place;
        }
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_files_that_do_not_exist() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        assert_eq!(place(&root.join("./a/../c/./b.cpp")), root.join("c/b.cpp"));
        assert_eq!(place(&root.join("new/./b.cpp")), root.join("new/b.cpp"));
        assert_eq!(place(Path::new("./no-such.cpp")), place(Path::new("no-such.cpp")));
        assert!(place(Path::new("no-such/b.cpp")).is_absolute());
    }

    #[test]
    fn every_conflict_is_found() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        std::fs::write(at("list"), "").unwrap();
        std::fs::hard_link(at("list"), at("same")).unwrap();
        let paths = ["list", "new/a", "new/./b/../a", "new/a", "same", "fine"].map(at);
        let read = BTreeSet::from([known(&at("list")).unwrap()]);
        let found = find(&read, paths.iter().map(PathBuf::as_path).zip(0..));
        assert_eq!(found.iter().map(|(_, index)| *index).collect::<Vec<_>>(), [0, 2, 3, 4]);
        assert_eq!(found[0].0, format!("output {} is also an input", paths[0].display()));
        let [first, second] = [paths[1].display(), paths[2].display()];
        assert_eq!(found[1].0, format!("outputs {first} and {second} are one file"));
    }
}
