//! What can go wrong.

use std::io;
use std::path::{Path, PathBuf};

/// Why there is no package.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A directory whose name is not that of a host.
    #[error("{0} is not a runtime identifier that the packages support: {known}", known = crate::executable::known_rids())]
    UnknownRid(String),
    /// There is nothing to pack.
    #[error("{}: no executables", .0.display())]
    NoExecutables(PathBuf),
    /// The package for MSBuild takes too long to download.
    #[error("the package has {bytes} bytes, but must not have more than {most}")]
    TooLarge {
        /// What it has.
        bytes: usize,
        /// What it may have.
        most: usize,
    },
    /// The licences are not known.
    #[error("the licences of third parties cannot be listed: {0}")]
    Notices(String),
    /// A file that does not run on its host.
    #[error("{}: not an executable for {rid}: {reason}", path.display())]
    WrongExecutable {
        /// The file.
        path: PathBuf,
        /// The host.
        rid: String,
        /// What it is instead.
        reason: String,
    },
    /// The tasks do not compile.
    #[error("the C# compiler failed: {0}")]
    Compiler(String),
    /// The container cannot be made.
    #[error("the package cannot be made: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// XML cannot be written.
    #[error("the package cannot be described: {0}")]
    Xml(#[from] io::Error),
}

impl Error {
    /// A problem with a file.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Error {
        move |source| Error::File { path: path.to_owned(), source }
    }
}
