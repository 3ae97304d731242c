//! Writing outputs: all of them or none, each replaced in one step, and only what differs is touched.
//!
//! Every changed file is first written in full next to its target, then renamed over it. A failure is undone from
//! copies of the old files, so their contents and times come back. A process that is killed leaves every output whole,
//! old or new, and perhaps temporary files, whose names start with `.thunkgen-`. A run locks its temporary files, so
//! the next run that writes to the directory knows which ones nobody needs any more, and removes them.
//!
//! New contents are on the disk before they get their name, and names before the run ends, so that a power cut leaves
//! every output whole too.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

use super::error::reason;

/// A file that cannot be written; everything is as it was before.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", path.display())]
#[non_exhaustive]
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

/// How files are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Files that something else wrote are replaced.
    pub force: bool,
    /// Do not wait until everything is on the disk: a power cut can leave an output empty.
    pub no_sync: bool,
}

/// Whether files have permissions and settable times. WASI has no permissions, and hosts that keep files in memory no
/// times.
const HAS_PERMISSIONS: bool = !cfg!(target_os = "wasi");

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

/// Makes the files on disk equal to `files`; directories are created as needed.
pub fn write_all(files: &BTreeMap<PathBuf, Vec<u8>>, options: WriteOptions) -> Result<Written, WriteError> {
    let mut written = Written::new();
    let mut changes = Vec::new();
    files.keys().map(|path| parent(path)).collect::<BTreeSet<_>>().into_iter().for_each(remove_unused);
    for (path, bytes) in files {
        let (target, outcome) = compare(path, bytes)?;
        if target != *path {
            remove_unused(parent(&target));
        }
        written.insert(path.clone(), outcome);
        if outcome != Outcome::Unchanged {
            changes.push(Change { path, target, exists: outcome == Outcome::Replaced, bytes });
        }
    }
    let mut directories = NewDirectories::default();
    let mut staged = Vec::with_capacity(changes.len());
    for change in &changes {
        directories.create(change.directory()).map_err(WriteError::io(change.path))?;
        staged.push(change.stage(options).map_err(WriteError::io(change.path))?);
    }
    commit(&changes, staged)?;
    if !options.no_sync {
        let changed = changes.iter().map(Change::directory).chain(directories.0.iter().map(|made| parent(made)));
        changed.collect::<BTreeSet<_>>().into_iter().for_each(sync_directory);
    }
    directories.keep();
    Ok(written)
}

/// The file an output really is (behind symbolic links), and what has to be done about it.
fn compare(path: &Path, bytes: &[u8]) -> Result<(PathBuf, Outcome), WriteError> {
    let Some((target, metadata)) = existing(path)? else { return Ok((path.to_owned(), Outcome::Created)) };
    let same = metadata.len() == bytes.len() as u64 && fs::read(&target).map_err(WriteError::io(path))? == bytes;
    if same {
        return Ok((target, Outcome::Unchanged));
    }
    // Renaming over it would work, but who makes a file read-only wants to keep it.
    if HAS_PERMISSIONS && metadata.permissions().readonly() {
        return Err(WriteError::new(path, "it is read-only"));
    }
    Ok((target, Outcome::Replaced))
}

/// The regular file that a path is, also behind symbolic links.
fn existing(path: &Path) -> Result<Option<(PathBuf, fs::Metadata)>, WriteError> {
    let link = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(WriteError::io(path))?.is_symlink(),
    };
    let target = match link {
        true => fs::canonicalize(path).map_err(|_| WriteError::new(path, "it is a symbolic link to a missing file"))?,
        false => path.to_owned(),
    };
    let metadata = fs::metadata(&target).map_err(WriteError::io(path))?;
    if metadata.is_dir() {
        return Err(WriteError::new(path, "it is a directory"));
    }
    if !metadata.is_file() {
        return Err(WriteError::new(path, "it is not a regular file"));
    }
    Ok(Some((target, metadata)))
}

/// The directory of a file.
pub(super) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// How the names of temporary files start and end.
const TEMPORARY: (&str, &str) = (".thunkgen-", ".tmp");

/// Whether a file is a temporary one by its name.
pub(super) fn is_temporary(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1))
}

/// A temporary file with the permissions of a new one, locked as long as it is open.
pub(super) fn temporary(directory: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY.0).suffix(TEMPORARY.1);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // the umask still applies
    loop {
        let file = builder.tempfile_in(directory)?;
        // Before it was locked, another run may have taken it for one that nobody needs.
        let is_taken = matches!(file.as_file().try_lock(), Err(TryLockError::WouldBlock));
        if !is_taken && fs::symlink_metadata(file.path()).is_ok() {
            return Ok(file);
        }
    }
}

/// Where files cannot be locked, a temporary file that nobody has written to for so long is not needed.
const ABANDONED: Duration = Duration::from_secs(60);

/// Removes the temporary files in a directory that no run needs. What cannot be removed stays: it does no harm.
fn remove_unused(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if !is_temporary(&entry.file_name()) || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let path = entry.path();
        let Ok(file) = fs::File::open(&path) else { continue };
        let is_unused = match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(_)) => {
                let modified = file.metadata().and_then(|metadata| metadata.modified());
                modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > ABANDONED))
            }
        };
        if is_unused {
            let _ = fs::remove_file(path);
        }
    }
}

/// Waits until the names in a directory are on the disk, where a system can do that.
pub(super) fn sync_directory(directory: &Path) {
    #[cfg(unix)]
    let _ = fs::File::open(directory).and_then(|directory| directory.sync_all());
    #[cfg(not(unix))]
    let _ = directory;
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
    fn directory(&self) -> &Path {
        parent(&self.target)
    }

    /// The new contents in a temporary file next to the target, with the permissions the target has or a new file gets.
    fn stage(&self, options: WriteOptions) -> io::Result<NamedTempFile> {
        let mut file = temporary(self.directory())?;
        file.write_all(self.bytes)?;
        if HAS_PERMISSIONS && self.exists {
            fs::set_permissions(file.path(), fs::metadata(&self.target)?.permissions())?;
        }
        if !options.no_sync {
            file.as_file().sync_all()?;
        }
        Ok(file)
    }

    /// A copy of the old file, to put it back with.
    fn back_up(&self) -> io::Result<NamedTempFile> {
        let mut copy = temporary(self.directory())?;
        let mut old = fs::File::open(&self.target)?;
        let metadata = old.metadata()?;
        io::copy(&mut old, &mut copy)?;
        if HAS_PERMISSIONS {
            fs::set_permissions(copy.path(), metadata.permissions())?;
            copy.as_file().set_modified(metadata.modified()?)?;
        }
        Ok(copy)
    }
}

/// Renames every staged file over its target; undone when one fails.
fn commit(changes: &[Change<'_>], staged: Vec<NamedTempFile>) -> Result<(), WriteError> {
    let mut done: Vec<(&Change<'_>, Option<NamedTempFile>)> = Vec::new();
    let last = changes.len().saturating_sub(1);
    for (index, (change, staged)) in changes.iter().zip(staged).enumerate() {
        // The last one needs no way back: when it fails, it has not happened.
        let backup = (change.exists && index != last).then(|| change.back_up()).transpose();
        let renamed = backup.and_then(|backup| {
            replace(staged, &change.target)?;
            Ok(backup)
        });
        match renamed {
            Ok(backup) => done.push((change, backup)),
            Err(error) => return Err(undo(done, WriteError::new(change.path, reason(&error)))),
        }
    }
    Ok(())
}

/// Windows: access denied, and a file that another program has open without sharing it.
const IN_USE: [i32; 2] = [5, 32];

/// Renames a file over a target.
fn replace(staged: NamedTempFile, target: &Path) -> io::Result<()> {
    let mut staged = Some(staged);
    while_in_use(|| match staged.take().map(|staged| staged.persist(target)) {
        Some(Err(failed)) => {
            staged = Some(failed.file);
            Err(failed.error)
        }
        _ => Ok(()),
    })
}

/// Repeats what another program may prevent for a moment. On Windows a virus scanner or an indexer may have just opened a file:
/// it gets a second to finish.
pub(super) fn while_in_use(mut action: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    let mut tries = if cfg!(windows) { 20 } else { 1 };
    loop {
        let Err(error) = action() else { return Ok(()) };
        tries -= 1;
        if tries == 0 || !error.raw_os_error().is_some_and(|code| IN_USE.contains(&code)) {
            return Err(error);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn undo(done: Vec<(&Change<'_>, Option<NamedTempFile>)>, mut cause: WriteError) -> WriteError {
    for (change, backup) in done {
        let restored = match backup {
            Some(backup) => backup.persist(&change.target).map(drop).map_err(|failed| {
                // The old contents must not go away with the temporary name.
                let kept = failed.file.keep().map(|(_, path)| path).unwrap_or_default();
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

/// Directories that were made for the outputs, removed again unless they are kept.
#[derive(Default)]
pub(super) struct NewDirectories(Vec<PathBuf>);

impl NewDirectories {
    /// Makes a directory with all directories above it.
    pub(super) fn create(&mut self, directory: &Path) -> io::Result<()> {
        let missing: Vec<&Path> =
            directory.ancestors().take_while(|f| !f.as_os_str().is_empty() && !f.exists()).collect();
        fs::create_dir_all(directory)?;
        self.0.extend(missing.into_iter().rev().map(Path::to_owned));
        Ok(())
    }

    /// Keeps all of them.
    pub(super) fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for NewDirectories {
    fn drop(&mut self) {
        for directory in self.0.iter().rev() {
            // Fails when someone else has put a file there: then it stays.
            let _ = fs::remove_dir(directory);
        }
    }
}

/// Sets the time of a stamp file to now; what is in it stays.
pub fn touch(path: &Path) -> Result<(), WriteError> {
    existing(path)?;
    let mut directories = NewDirectories::default();
    directories.create(parent(path)).map_err(WriteError::io(path))?;
    let file = fs::File::options().append(true).create(true).open(path).map_err(WriteError::io(path))?;
    file.set_modified(SystemTime::now()).map_err(WriteError::io(path))?;
    directories.keep();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every file below a directory with its contents; directories end in `/`.
    fn tree(root: &Path) -> Vec<String> {
        let mut out = Vec::new();
        let mut pending = vec![root.to_owned()];
        while let Some(directory) = pending.pop() {
            for entry in fs::read_dir(&directory).unwrap() {
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
        let written =
            write_all(&files(root, &[("same", "1"), ("other", "2"), ("new/deep/file", "3")]), WriteOptions::default())
                .unwrap();
        assert_eq!(
            written.values().copied().collect::<Vec<_>>(),
            [Outcome::Created, Outcome::Replaced, Outcome::Unchanged]
        );
        assert_eq!(tree(root), ["new/", "new/deep/", "new/deep/file=3", "other=2", "same=1"]);
        assert!(is_old(&root.join("same")) && !is_old(&root.join("other")));
    }

    #[test]
    fn what_a_killed_run_left_behind_is_removed() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::write(root.join("same"), "1").unwrap();
        fs::write(root.join(".thunkgen-Abc123.tmp"), "half").unwrap();
        fs::create_dir(root.join(".thunkgen-dir.tmp")).unwrap();
        fs::write(root.join(".thunkgen-x.old"), "").unwrap();
        let in_use = temporary(root).unwrap();
        let used = in_use.path().file_name().unwrap().to_str().unwrap().to_owned();
        write_all(&files(root, &[("same", "1")]), WriteOptions::default()).unwrap();
        let mut left =
            vec![".thunkgen-dir.tmp/".into(), ".thunkgen-x.old=".into(), "same=1".into(), format!("{used}=")];
        left.sort();
        assert_eq!(tree(root), left);
        drop(in_use);
        assert!(!root.join(&used).exists());
    }

    #[test]
    fn a_failed_rename_is_undone() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        write_old(&root.join("a"), "old");
        fs::create_dir(root.join("c")).unwrap();
        fs::write(root.join("c/x"), "x").unwrap();
        let before = tree(root);
        // `c` turned into a directory after it was looked at: its rename fails after `a` and `b` were renamed.
        let new = files(root, &[("a", "new"), ("b", "new"), ("c", "new"), ("d", "new")]);
        let changes: Vec<Change<'_>> = new
            .iter()
            .map(|(path, bytes)| Change { path, target: path.clone(), exists: path.ends_with("a"), bytes })
            .collect();
        let staged = changes
            .iter()
            .map(|change| change.stage(WriteOptions { no_sync: true, ..WriteOptions::default() }).unwrap())
            .collect();
        let error = commit(&changes, staged).unwrap_err();
        assert_eq!(error.path, root.join("c"));
        assert_eq!(tree(root), before);
        assert!(is_old(&root.join("a")));
    }

    #[cfg(unix)]
    #[test]
    fn only_a_regular_file_is_a_stamp() {
        use std::os::unix::{fs::symlink, net::UnixListener};
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        symlink("missing", root.join("dangling")).unwrap();
        let _socket = UnixListener::bind(root.join("socket")).unwrap();
        for (name, why) in
            [("dangling", "it is a symbolic link to a missing file"), ("socket", "it is not a regular file")]
        {
            assert_eq!(touch(&root.join(name)).unwrap_err().reason, why);
        }
        assert_eq!(touch(&root.join("new/stamp")), Ok(()));
        assert!(!root.join("missing").exists());
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
        fs::write(root.join("real/.thunkgen-Abc123.tmp"), "of a killed run").unwrap();
        write_all(&files(root, &[("link", "new"), ("fresh", "new")]), WriteOptions::default()).unwrap();
        assert!(fs::symlink_metadata(root.join("link")).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(root.join("real/file")).unwrap(), "new");
        assert_eq!(fs::read_dir(root.join("real")).unwrap().count(), 1);
        let mode = |name: &str| fs::metadata(root.join(name)).unwrap().permissions().mode() & 0o777;
        fs::write(root.join("plain"), "").unwrap();
        assert_eq!((mode("real/file"), mode("fresh")), (0o640, mode("plain")));
    }
}
