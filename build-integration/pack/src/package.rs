//! The container, and the file it is in.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::error::Error;
use crate::parts::Part;

/// Best, since it is packed once and downloaded often.
const LEVEL: i64 = 9;

/// The parts as a zip file, in the order of their names and with the earliest time a zip file can name.
pub fn zip(parts: &BTreeMap<String, Part>) -> Result<Vec<u8>, Error> {
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

/// Writes the package into a folder, in one step.
pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
    let path = folder.join(name);
    fs::create_dir_all(folder).map_err(Error::file(folder))?;
    let mut file = tempfile::Builder::new();
    #[cfg(unix)]
    file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // the umask still applies
    let mut file = file.tempfile_in(folder).map_err(Error::file(folder))?;
    file.write_all(bytes).map_err(Error::file(&path))?;
    file.persist(&path).map_err(|failed| Error::file(&path)(failed.error))?;
    Ok(path)
}
