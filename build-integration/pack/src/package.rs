//! The container, and the file it is in.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::error::Error;
use crate::parts::{Part, Parts};

/// Best, since it is packed once and downloaded often.
const LEVEL: i64 = 9;

/// The parts as a zip file, sorted by name and with the earliest time of the zip format.
pub fn zip(parts: &Parts) -> Result<Vec<u8>, Error> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(LEVEL))
            .last_modified_time(DateTime::default())
            .unix_permissions(if part.is_executable { 0o755 } else { 0o644 });
        writer.start_file(name.as_str(), options)?;
        writer.write_all(&part.bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The files of a directory, below its own name.
pub fn directory(root: &Path) -> Result<Parts, Error> {
    let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (mut parts, mut open) = (Parts::new(), vec![(name, root.to_owned())]);
    while let Some((name, path)) = open.pop() {
        for entry in fs::read_dir(&path).map_err(Error::file(&path))? {
            let entry = entry.map_err(Error::file(&path))?;
            let (name, path) = (format!("{name}/{}", entry.file_name().to_string_lossy()), entry.path());
            if path.is_dir() {
                open.push((name, path));
            } else {
                let is_executable = path.extension().is_some_and(|extension| extension == "exe");
                parts.insert(name, Part { is_executable, ..Part::file(crate::read(&path)?) });
            }
        }
    }
    Ok(parts)
}

/// Writes a file atomically, and gives its path.
pub fn write(path: &Path, bytes: &[u8]) -> Result<PathBuf, Error> {
    let directory = path.parent().filter(|path| path.as_os_str() != "").unwrap_or(Path::new("."));
    fs::create_dir_all(directory).map_err(Error::file(directory))?;
    let mut file = tempfile::Builder::new();
    #[cfg(unix)]
    file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // the umask still applies
    let mut file = file.tempfile_in(directory).map_err(Error::file(directory))?;
    file.write_all(bytes).map_err(Error::file(path))?;
    file.persist(path).map_err(|failed| Error::file(path)(failed.error))?;
    Ok(path.to_owned())
}
