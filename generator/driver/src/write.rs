//! Writing outputs: all of them or none, each replaced in one step, and only what differs is touched.
//!
//! Every changed file is first written in full beside its target, then renamed over it. What a failure interrupts is
//! undone from hard links to the old files, so their contents and times come back. A process that is killed leaves
//! every output whole, old or new; a temporary file it leaves behind is removed by a later run.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::{NamedTempFile, TempPath};

use super::error::reason;

/// Prefix of temporary files.
const TEMPORARY: &str = ".thunkgen-";

/// Writing takes milliseconds: a temporary file of this age belongs to a process that was killed.
const ABANDONED: Duration = Duration::from_secs(60);

/// A file that cannot be written; everything is as it was before.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct WriteError {
    /// The output.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

impl WriteError {
    fn new(path: &Path, reason: impl Into<String>) -> WriteError {
        WriteError { path: path.to_owned(), reason: reason.into() }
    }

    fn io(path: &Path) -> impl FnOnce(io::Error) -> WriteError {
        move |error| WriteError::new(path, reason(&error))
    }
}

/// What became of each file, in the order of the paths.
pub type Written = BTreeMap<PathBuf, Outcome>;

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did not exist.
    Created,
    /// It had other bytes.
    Replaced,
    /// It has the same bytes already and was not touched.
    Unchanged,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Outcome::Created => "created",
            Outcome::Replaced => "replaced",
            Outcome::Unchanged => "kept",
        })
    }
}

/// Makes the files on disk equal to `files`; folders are created as needed.
pub fn write_all(files: &BTreeMap<PathBuf, Vec<u8>>) -> Result<Written, WriteError> {
    let mut written = Written::new();
    let mut changes = Vec::new();
    for (path, bytes) in files {
        let (target, outcome) = compare(path, bytes)?;
        written.insert(path.clone(), outcome);
        if outcome != Outcome::Unchanged {
            changes.push(Change { path, target, exists: outcome == Outcome::Replaced, bytes });
        }
    }
    let mut folders = NewFolders::default();
    let mut staged = Vec::with_capacity(changes.len());
    for change in &changes {
        folders.create(change.folder()).map_err(WriteError::io(change.path))?;
        sweep(change.folder(), SystemTime::now());
        staged.push(change.stage().map_err(WriteError::io(change.path))?);
    }
    commit(&changes, staged)?;
    folders.keep();
    Ok(written)
}

/// The file an output really is (behind symbolic links), and what has to be done about it.
fn compare(path: &Path, bytes: &[u8]) -> Result<(PathBuf, Outcome), WriteError> {
    let link = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((path.to_owned(), Outcome::Created)),
        other => other.map_err(WriteError::io(path))?.is_symlink(),
    };
    let target = match link {
        true => {
            fs::canonicalize(path).map_err(|_| WriteError::new(path, "it is a symbolic link that leads nowhere"))?
        }
        false => path.to_owned(),
    };
    let metadata = fs::metadata(&target).map_err(WriteError::io(path))?;
    if metadata.is_dir() {
        return Err(WriteError::new(path, "it is a folder"));
    }
    if !metadata.is_file() {
        return Err(WriteError::new(path, "it is no regular file"));
    }
    let same = metadata.len() == bytes.len() as u64 && fs::read(&target).map_err(WriteError::io(path))? == bytes;
    if same {
        return Ok((target, Outcome::Unchanged));
    }
    // Renaming over it would work, but who makes a file read-only wants to keep it.
    if metadata.permissions().readonly() {
        return Err(WriteError::new(path, "it is read-only"));
    }
    Ok((target, Outcome::Replaced))
}

/// What makes a temporary file with the permissions of a new one.
pub(super) fn temporary() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY).suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // the umask still applies
    builder
}

struct Change<'a> {
    /// As the user named it.
    path: &'a Path,
    /// Behind symbolic links.
    target: PathBuf,
    exists: bool,
    bytes: &'a [u8],
}

impl Change<'_> {
    fn folder(&self) -> &Path {
        match self.target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// The new contents in a temporary file beside the target, with the permissions the target has or a new file gets.
    fn stage(&self) -> io::Result<TempPath> {
        let mut file: NamedTempFile = temporary().tempfile_in(self.folder())?;
        file.write_all(self.bytes)?;
        if self.exists {
            fs::set_permissions(file.path(), fs::metadata(&self.target)?.permissions())?;
        }
        Ok(file.into_temp_path())
    }

    /// A second name for the old file, to put it back with.
    fn back_up(&self) -> io::Result<TempPath> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(TEMPORARY).suffix(".old");
        let link = builder.make_in(self.folder(), |name| fs::hard_link(&self.target, name));
        // Some file systems have no hard links.
        let made = link.or_else(|_| builder.make_in(self.folder(), |name| copy(&self.target, name)))?;
        Ok(made.into_temp_path())
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    let times = fs::FileTimes::new().set_modified(fs::metadata(from)?.modified()?);
    fs::File::options().write(true).open(to)?.set_times(times)
}

/// Renames every staged file over its target; undone when one fails.
fn commit(changes: &[Change<'_>], staged: Vec<TempPath>) -> Result<(), WriteError> {
    let mut done: Vec<(&Change<'_>, Option<TempPath>)> = Vec::new();
    let last = changes.len().saturating_sub(1);
    for (index, (change, staged)) in changes.iter().zip(staged).enumerate() {
        // The last one needs no way back: when it fails, it has not happened.
        let backup = (change.exists && index != last).then(|| change.back_up()).transpose();
        let renamed = backup.and_then(|backup| {
            staged.persist(&change.target).map_err(|failed| failed.error)?;
            Ok(backup)
        });
        match renamed {
            Ok(backup) => done.push((change, backup)),
            Err(error) => return Err(undo(done, WriteError::new(change.path, reason(&error)))),
        }
    }
    Ok(())
}

fn undo(done: Vec<(&Change<'_>, Option<TempPath>)>, mut cause: WriteError) -> WriteError {
    for (change, backup) in done {
        let restored = match backup {
            Some(backup) => backup.persist(&change.target).map_err(|failed| {
                // The old contents must not go away with the temporary name.
                let kept = failed.path.keep().unwrap_or_default();
                format!("; {} could not be put back from {}", change.path.display(), kept.display())
            }),
            None => fs::remove_file(&change.target)
                .map_err(|_| format!("; {} could not be removed again", change.path.display())),
        };
        if let Err(trouble) = restored {
            cause.reason += &trouble;
        }
    }
    cause
}

/// Removes what killed processes left in a folder. What cannot be removed is left to the next run.
fn sweep(folder: &Path, now: SystemTime) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let ours = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(TEMPORARY) && (name.ends_with(".tmp") || name.ends_with(".old")));
        let age = || now.duration_since(changed(&entry.metadata().ok()?)?).ok();
        if ours && age().is_some_and(|age| age > ABANDONED) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// When the file got its name: a link to an old file is as old as the file in all other respects.
#[cfg(unix)]
fn changed(metadata: &fs::Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(metadata.ctime().try_into().ok()?))
}

#[cfg(not(unix))]
fn changed(metadata: &fs::Metadata) -> Option<SystemTime> {
    metadata.modified().ok()
}

/// Folders that were made for the outputs, removed again unless they are kept.
#[derive(Default)]
pub(super) struct NewFolders(Vec<PathBuf>);

impl NewFolders {
    /// Makes a folder with all folders above it.
    pub(super) fn create(&mut self, folder: &Path) -> io::Result<()> {
        let missing: Vec<&Path> = folder.ancestors().take_while(|f| !f.as_os_str().is_empty() && !f.exists()).collect();
        fs::create_dir_all(folder)?;
        self.0.extend(missing.into_iter().rev().map(Path::to_owned));
        Ok(())
    }

    /// Keeps all of them.
    pub(super) fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            // Fails when someone else has put a file there: then it stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Sets the time of a stamp file to now; what is in it stays.
pub fn touch(path: &Path) -> Result<(), WriteError> {
    let mut folders = NewFolders::default();
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    folders.create(parent).map_err(WriteError::io(path))?;
    let file = fs::File::options().append(true).create(true).open(path).map_err(WriteError::io(path))?;
    file.set_modified(std::time::SystemTime::now()).map_err(WriteError::io(path))?;
    folders.keep();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every file below a folder with its contents; folders end in `/`.
    fn tree(root: &Path) -> Vec<String> {
        let mut out = Vec::new();
        let mut pending = vec![root.to_owned()];
        while let Some(folder) = pending.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(root).unwrap().display().to_string();
                if path.is_dir() {
                    out.push(format!("{name}/"));
                    pending.push(path);
                } else {
                    out.push(format!("{name}={}", fs::read_to_string(&path).unwrap()));
                }
            }
        }
        out.sort();
        out
    }

    fn files(root: &Path, files: &[(&str, &str)]) -> BTreeMap<PathBuf, Vec<u8>> {
        files.iter().map(|(name, text)| (root.join(name), text.as_bytes().to_vec())).collect()
    }

    fn old_time() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)
    }

    fn write_old(path: &Path, text: &str) {
        fs::write(path, text).unwrap();
        fs::File::options().write(true).open(path).unwrap().set_modified(old_time()).unwrap();
    }

    fn is_old(path: &Path) -> bool {
        fs::metadata(path).unwrap().modified().unwrap() == old_time()
    }

    #[test]
    fn only_what_differs_is_touched() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        write_old(&root.join("same"), "1");
        write_old(&root.join("other"), "x");
        let written = write_all(&files(root, &[("same", "1"), ("other", "2"), ("new/deep/file", "3")])).unwrap();
        assert_eq!(
            written.values().copied().collect::<Vec<_>>(),
            [Outcome::Created, Outcome::Replaced, Outcome::Unchanged]
        );
        assert_eq!(tree(root), ["new/", "new/deep/", "new/deep/file=3", "other=2", "same=1"]);
        assert!(is_old(&root.join("same")) && !is_old(&root.join("other")));
    }

    #[test]
    fn a_failed_rename_is_undone() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        write_old(&root.join("a"), "old");
        fs::create_dir(root.join("c")).unwrap();
        fs::write(root.join("c/x"), "x").unwrap();
        let before = tree(root);
        // `c` turned into a folder after it was looked at: its rename fails after `a` and `b` were renamed.
        let new = files(root, &[("a", "new"), ("b", "new"), ("c", "new"), ("d", "new")]);
        let changes: Vec<Change<'_>> = new
            .iter()
            .map(|(path, bytes)| Change { path, target: path.clone(), exists: path.ends_with("a"), bytes })
            .collect();
        let staged = changes.iter().map(|change| change.stage().unwrap()).collect();
        let error = commit(&changes, staged).unwrap_err();
        assert_eq!(error.path, root.join("c"));
        assert_eq!(tree(root), before);
        assert!(is_old(&root.join("a")));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_permissions_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir(root.join("real")).unwrap();
        fs::write(root.join("real/file"), "old").unwrap();
        fs::set_permissions(root.join("real/file"), PermissionsExt::from_mode(0o640)).unwrap();
        symlink("real/file", root.join("link")).unwrap();
        write_all(&files(root, &[("link", "new"), ("fresh", "new")])).unwrap();
        assert!(fs::symlink_metadata(root.join("link")).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(root.join("real/file")).unwrap(), "new");
        let mode = |name: &str| fs::metadata(root.join(name)).unwrap().permissions().mode() & 0o777;
        fs::write(root.join("plain"), "").unwrap();
        assert_eq!((mode("real/file"), mode("fresh")), (0o640, mode("plain")));
    }

    #[test]
    fn what_a_killed_process_left_is_removed_later() {
        let root = tempfile::tempdir().unwrap();
        for name in [".thunkgen-a.tmp", ".thunkgen-b.old", ".thunkgen-c.mine", "d.tmp"] {
            fs::write(root.path().join(name), "").unwrap();
        }
        sweep(root.path(), SystemTime::now());
        assert_eq!(tree(root.path()).len(), 4, "it may still be in use");
        sweep(root.path(), SystemTime::now() + 2 * ABANDONED);
        assert_eq!(tree(root.path()), [".thunkgen-c.mine=", "d.tmp="]);
    }
}
