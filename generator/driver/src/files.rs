//! The bytes of input files, and whether they are still the same.
//!
//! Small files are read. Large ones are mapped, because most pages of an assembly are never needed: reading all of the
//! browser's assemblies (25 MB) takes 15 ms, and mapping those of more than 64 KB takes 3.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};

use super::error::reason;
use super::mapped::MappedFile;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// Longest file that is read instead of mapped, in bytes. Of the browser's 203 assemblies, 159 are shorter.
const LONGEST_READ: u64 = 64 << 10;

/// Longest file that is read although it is large, in bytes: memory is as large as the file then.
const LONGEST_RECENT: u64 = 256 << 20;

/// Two writes within the resolution of a file system's times leave the same time; FAT has the coarsest, 2 seconds.
const TIME_RESOLUTION: Duration = Duration::from_secs(2);

/// The contents of a file.
#[derive(Debug)]
pub struct FileBytes {
    source: Source,
    stamp: Stamp,
}

#[derive(Debug)]
enum Source {
    Mapped(MappedFile),
    Read(Vec<u8>),
    /// Bytes that were made from those of a file.
    #[cfg(feature = "compressed")]
    Unpacked(Vec<u8>, Box<FileBytes>),
}

impl Deref for FileBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.source {
            Source::Mapped(map) => map,
            Source::Read(bytes) => bytes,
            #[cfg(feature = "compressed")]
            Source::Unpacked(bytes, _) => bytes,
        }
    }
}

impl FileBytes {
    /// Other bytes that were made from these, such as their decompressed contents.
    #[cfg(feature = "compressed")]
    pub(crate) fn unpacked(self, bytes: Vec<u8>) -> FileBytes {
        let stamp = self.stamp.clone();
        FileBytes { source: Source::Unpacked(bytes, Box::new(self)), stamp }
    }

    /// Whether the file at this path is still the one that was read.
    pub fn is_current(&self, path: &Path) -> bool {
        let before = &self.stamp;
        let now = fs::metadata(path).and_then(|metadata| Stamp::new(path, &metadata));
        let Some(now) = now.ok().filter(|now| now.is_like(before)) else { return false };
        match &self.source {
            #[cfg(feature = "compressed")]
            Source::Unpacked(_, packed) => packed.is_current(path),
            Source::Mapped(map) => now.changed == before.changed && !map.is_shortened(),
            Source::Read(bytes) => {
                // Its times say nothing if it was written just before it was read, or only its attributes changed.
                let is_certain = now.changed == before.changed && !before.is_recent;
                bytes.len() as u64 == before.length && (is_certain || fs::read(path).is_ok_and(|now| now == *bytes))
            }
        }
    }
}

/// What makes two paths one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity(Key);

/// Device and inode; on Windows, volume and index.
#[cfg(any(unix, windows))]
type Key = (u64, u64);

/// The canonical path.
#[cfg(not(any(unix, windows)))]
type Key = PathBuf;

/// What changes when a file is written.
#[derive(Clone, Debug)]
struct Stamp {
    identity: Identity,
    length: u64,
    modified: Option<SystemTime>,
    /// The last change of the file or its attributes, which no program can set.
    changed: Option<SystemTime>,
    /// Whether a later change may have the same times.
    is_recent: bool,
}

impl Stamp {
    fn new(path: &Path, metadata: &fs::Metadata) -> io::Result<Stamp> {
        let (modified, changed) = (metadata.modified().ok(), changed(metadata));
        let age = modified.max(changed).map(|time| SystemTime::now().duration_since(time).unwrap_or_default());
        let is_recent = age.is_none_or(|age| age < TIME_RESOLUTION);
        Ok(Stamp { identity: identity(path, metadata)?, length: metadata.len(), modified, changed, is_recent })
    }

    /// Whether both are of the same file, which was not written in between, as far as programs tell the truth.
    fn is_like(&self, other: &Stamp) -> bool {
        (&self.identity, self.length, self.modified) == (&other.identity, other.length, other.modified)
    }
}

#[cfg(unix)]
fn changed(metadata: &fs::Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    let since = Duration::new(u64::try_from(metadata.ctime()).ok()?, u32::try_from(metadata.ctime_nsec()).ok()?);
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(not(unix))]
fn changed(_metadata: &fs::Metadata) -> Option<SystemTime> {
    None
}

/// Opens a regular file. Pipes and devices are refused: reading one can wait for ever, and it cannot be read again.
pub fn open(path: &Path) -> io::Result<(FileBytes, Identity)> {
    open_longer(path, LONGEST_READ)
}

/// Opens a file, which is mapped if it has more than `longest_read` bytes.
fn open_longer(path: &Path, longest_read: u64) -> io::Result<(FileBytes, Identity)> {
    let mut file = open_without_waiting(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let stamp = Stamp::new(path, &metadata)?;
    let identity = stamp.identity.clone();
    // One that was written just now may be written again, so it is read.
    let longest_read = if stamp.is_recent { LONGEST_RECENT } else { longest_read };
    let is_mapped = stamp.length > longest_read;
    let mapped = if is_mapped { MappedFile::new(&file) } else { None };
    let source = match mapped {
        Some(map) => Source::Mapped(map),
        None => Source::Read(read(&mut file, stamp.length)?),
    };
    Ok((FileBytes { source, stamp }, identity))
}

/// The files that several jobs open, each once.
#[derive(Debug, Default)]
pub struct OpenFiles(BTreeMap<Identity, Rc<FileBytes>>);

impl OpenFiles {
    /// The bytes of a file, which is opened if it is not open already.
    ///
    /// # Errors
    /// Those of `open`.
    pub fn open<E>(
        &mut self,
        path: &Path,
        open: impl FnOnce(&Path) -> Result<(FileBytes, Identity), E>,
    ) -> Result<(Rc<FileBytes>, Identity), E> {
        if let Ok(identity) = fs::metadata(path).and_then(|metadata| identity(path, &metadata))
            && let Some(bytes) = self.0.get(&identity)
        {
            return Ok((bytes.clone(), identity));
        }
        let (bytes, identity) = open(path)?;
        let bytes = Rc::new(bytes);
        self.0.insert(identity.clone(), bytes.clone());
        Ok((bytes, identity))
    }
}

/// Opening a pipe would wait for its other end.
#[cfg(unix)]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path)
}

#[cfg(not(unix))]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    // A directory cannot be opened.
    if fs::metadata(path)?.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    File::open(path)
}

/// At most `length` bytes.
fn read(file: &mut File, length: u64) -> io::Result<Vec<u8>> {
    // The size is what a file says of itself: one full of holes needs no place on the disk.
    let length = usize::try_from(length).ok().filter(|_| length <= LONGEST_RECENT).ok_or(ErrorKind::OutOfMemory)?;
    let mut bytes = Vec::with_capacity(length);
    file.take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a file, with replacement characters for what is not UTF-8. A file that cannot be read is reported.
pub fn read_text(path: &Path, diagnostics: &mut Diagnostics) -> Option<String> {
    Some(String::from_utf8_lossy(&open_or_report(path, diagnostics)?).into_owned())
}

/// Opens a file; one that cannot be opened is reported.
pub fn open_or_report(path: &Path, diagnostics: &mut Diagnostics) -> Option<FileBytes> {
    match open(path) {
        Ok((bytes, _)) => Some(bytes),
        Err(error) => {
            let location = Location::file(path.display().to_string());
            diagnostics.report(&catalogue::UNREADABLE, location, reason(&error));
            None
        }
    }
}

/// A file that is read, as it was before: it is read in another place.
#[derive(Debug)]
pub struct ReadFile {
    /// The file.
    pub path: PathBuf,
    before: Option<FileBytes>,
}

impl ReadFile {
    /// Remembers what the file is now. One that cannot be read is reported where it is needed.
    pub fn new(path: impl Into<PathBuf>) -> ReadFile {
        let path = path.into();
        // Windows cannot replace a mapped file, and `--add-suppressions` replaces one that is read.
        let before = open_longer(&path, LONGEST_RECENT).ok().map(|(bytes, _)| bytes);
        ReadFile { path, before }
    }

    /// A file that is read already.
    pub fn of(path: PathBuf, bytes: FileBytes) -> ReadFile {
        ReadFile { path, before: Some(bytes) }
    }

    /// The file with its contents, if it could be read.
    pub fn opened(&self) -> Option<(&Path, &FileBytes)> {
        self.before.as_ref().map(|before| (&*self.path, before))
    }
}

/// Reports those of some files that changed while they were read.
pub fn report_changed<'f>(files: impl IntoIterator<Item = (&'f Path, &'f FileBytes)>, diagnostics: &mut Diagnostics) {
    let mut empty = Vec::new();
    for (path, bytes) in files {
        if !bytes.is_current(path) {
            report_change(path, diagnostics);
        } else if bytes.is_empty() && bytes.stamp.is_recent {
            empty.push((path, bytes));
        }
    }
    // Who writes a file in place empties it first, and may not have come further yet.
    let end = Instant::now() + TIME_RESOLUTION;
    while !empty.is_empty() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
        empty.retain(|(path, bytes)| {
            let is_current = bytes.is_current(path);
            if !is_current {
                report_change(path, diagnostics);
            }
            is_current
        });
    }
}

/// Reports a file that changed.
pub fn report_change(path: &Path, diagnostics: &mut Diagnostics) {
    let message = "the file changed while it was read; run again when nothing writes to it";
    diagnostics.report(&catalogue::CHANGED_INPUT, Location::file(path.display().to_string()), message);
}

/// The identity of an existing file.
#[cfg(unix)]
pub fn identity(_path: &Path, metadata: &fs::Metadata) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    Ok(Identity((metadata.dev(), metadata.ino())))
}

/// The identity of an existing file.
#[cfg(windows)]
pub fn identity(path: &Path, _metadata: &fs::Metadata) -> io::Result<Identity> {
    let information = winapi_util::file::information(winapi_util::Handle::from_path_any(path)?)?;
    Ok(Identity((information.volume_serial_number(), information.file_index())))
}

/// The identity of an existing file.
#[cfg(not(any(unix, windows)))]
pub fn identity(path: &Path, _metadata: &fs::Metadata) -> io::Result<Identity> {
    fs::canonicalize(path).map(Identity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_time(path: &Path) {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    }

    #[test]
    fn files_are_read_and_the_rest_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        fs::write(&path, b"abc").unwrap();
        assert_eq!(&*open(&path).unwrap().0, b"abc");
        assert_eq!(open(&path).unwrap().1, open(&directory.path().join("./a")).unwrap().1);
        fs::write(&path, b"").unwrap();
        assert_eq!(&*open(&path).unwrap().0, b"");
        assert_eq!(open(directory.path()).unwrap_err().kind(), ErrorKind::IsADirectory);
        assert_eq!(open(&directory.path().join("none")).unwrap_err().kind(), ErrorKind::NotFound);
        #[cfg(unix)]
        assert_eq!(open(Path::new("/dev/null")).unwrap_err().to_string(), "it is not a regular file");
    }

    #[test]
    fn a_file_of_several_jobs_is_open_once() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        fs::write(at("a"), b"abc").unwrap();
        fs::write(at("b"), b"abc").unwrap();
        fs::hard_link(at("a"), at("c")).unwrap();
        let mut files = OpenFiles::default();
        let [first, again, other, linked] = ["a", "a", "b", "c"].map(|name| files.open(&at(name), open).unwrap());
        assert!(Rc::ptr_eq(&first.0, &again.0) && Rc::ptr_eq(&first.0, &linked.0) && first.1 == linked.1);
        assert!(!Rc::ptr_eq(&first.0, &other.0));
        assert_eq!(files.open(&at("none"), open).unwrap_err().kind(), ErrorKind::NotFound);
    }

    /// All of them also if the file has the time of before again, as after `cp -p`.
    #[test]
    fn every_change_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        let old = [1; 100_000];
        let changes: [(&str, &dyn Fn()); 5] = [
            ("longer", &|| fs::write(&path, [1; 100_001]).unwrap()),
            ("shorter", &|| fs::write(&path, [1; 10]).unwrap()),
            ("other bytes", &|| fs::write(&path, [2; 100_000]).unwrap()),
            ("another file", &|| {
                fs::write(directory.path().join("b"), old).unwrap();
                fs::rename(directory.path().join("b"), &path).unwrap();
            }),
            ("none", &|| fs::remove_file(&path).unwrap()),
        ];
        for is_mapped in [false, true] {
            for (name, change) in changes {
                fs::write(&path, old).unwrap();
                set_time(&path);
                let (mut bytes, _) = open(&path).unwrap();
                if is_mapped {
                    bytes.source = Source::Mapped(MappedFile::new(&File::open(&path).unwrap()).unwrap());
                    bytes.stamp.is_recent = false;
                    // The clock of a file system may have advanced only now.
                    std::thread::sleep(Duration::from_millis(20));
                }
                assert!(bytes.is_current(&path), "{name} {is_mapped}");
                change();
                if path.exists() {
                    set_time(&path);
                }
                assert!(!bytes.is_current(&path), "{name} {is_mapped}");
            }
        }
    }
}
