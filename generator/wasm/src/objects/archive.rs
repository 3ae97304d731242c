//! Archives of objects (`ar`).

use object::read::archive::ArchiveFile;

use super::error::{ObjectError, not_wasm};
use super::{BITCODE, Object, ObjectKind, WRAPPED_BITCODE, one};

/// Whether the file is an archive (not a thin one).
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"!<arch>\n")
}

/// The objects in an archive, in order. Members that are not wasm are skipped. An archive without objects gives one object
/// without functions, so that its libraries are known.
pub(super) fn read<'a>(path: &str, libraries: &[String], bytes: &'a [u8]) -> Result<Vec<Object<'a>>, ObjectError> {
    let archive = ArchiveFile::parse(bytes).map_err(|error| ObjectError::Archive(error.to_string()))?;
    let mut objects = Vec::new();
    for member in archive.members() {
        let member = member.map_err(|error| ObjectError::Archive(error.to_string()))?;
        let name = String::from_utf8_lossy(member.name()).into_owned();
        let in_member = |error| ObjectError::Member { member: name.clone(), error: Box::new(error) };
        let data = member.data(bytes).map_err(|error| in_member(ObjectError::Archive(error.to_string())))?;
        if is_foreign_code(data) {
            return Err(in_member(not_wasm(data)));
        }
        if data.starts_with(b"\0asm") || data.starts_with(BITCODE) || data.starts_with(WRAPPED_BITCODE) {
            let object = one(data, None).map_err(in_member)?;
            let place = |object| {
                let (place, libraries) = (format!("{path}({name})"), libraries.to_vec());
                Object { file: path.to_owned(), place, libraries, in_archive: true, ..object }
            };
            objects.extend(object.map(place));
        }
    }
    if objects.is_empty() {
        let (file, place, libraries) = (path.to_owned(), path.to_owned(), libraries.to_vec());
        let object = Object::without_functions(ObjectKind::Relocatable, &[]);
        objects.push(Object { file, place, libraries, in_archive: true, ..object });
    }
    Ok(objects)
}

/// Code for another machine, which must not be skipped silently: its functions would be missing.
fn is_foreign_code(data: &[u8]) -> bool {
    [&b"\x7fELF"[..], b"\xCF\xFA\xED\xFE"].iter().any(|magic| data.starts_with(magic))
}
