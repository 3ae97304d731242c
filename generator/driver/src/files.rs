//! The bytes of input files: mapped into memory, because most pages of an assembly are never needed.
//!
//! The only place in the tool with unsafe code.
#![allow(unsafe_code)]

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;

use super::error::reason;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// The contents of a file.
#[derive(Debug)]
pub struct FileBytes(Source);

#[derive(Debug)]
enum Source {
    Mapped(Mmap),
    Read(Vec<u8>),
}

impl Deref for FileBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Source::Mapped(map) => map,
            Source::Read(bytes) => bytes,
        }
    }
}

impl From<Vec<u8>> for FileBytes {
    fn from(bytes: Vec<u8>) -> FileBytes {
        FileBytes(Source::Read(bytes))
    }
}

/// What makes two paths one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity(Key);

/// Device and inode.
#[cfg(unix)]
type Key = (u64, u64);

/// The canonical path.
#[cfg(not(unix))]
type Key = std::path::PathBuf;

/// Opens a regular file; pipes and devices are refused before they are opened, since opening one can block for ever.
pub fn open(path: &Path) -> io::Result<(FileBytes, Identity)> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut file = File::open(path)?;
    let identity = identity(path, &metadata)?;
    // An empty file cannot be mapped.
    if metadata.len() > 0 {
        // SAFETY: the map is private and read-only, and this process never writes to a file it has mapped: outputs
        // that are inputs are refused, and outputs are replaced by renaming, which leaves the mapped inode alone.
        // Another process that truncates an assembly while it is read ends this one with SIGBUS, before anything is
        // written; compilers and linkers that map their inputs take the same risk.
        if let Ok(map) = unsafe { Mmap::map(&file) } {
            return Ok((FileBytes(Source::Mapped(map)), identity));
        }
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok((FileBytes(Source::Read(bytes)), identity))
}

/// The text of a file, with replacement characters for what is not UTF-8. A file that cannot be read is reported.
pub(crate) fn read_text(path: &Path, diagnostics: &mut Diagnostics) -> Option<String> {
    match fs::read(path) {
        Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) => {
            let location = Location::file(path.display().to_string());
            diagnostics.report(&catalogue::UNREADABLE, location, reason(&error));
            None
        }
    }
}

/// The identity of an existing file.
#[cfg(unix)]
pub fn identity(_path: &Path, metadata: &fs::Metadata) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    Ok(Identity((metadata.dev(), metadata.ino())))
}

/// The identity of an existing file.
#[cfg(not(unix))]
pub fn identity(path: &Path, _metadata: &fs::Metadata) -> io::Result<Identity> {
    fs::canonicalize(path).map(Identity)
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
