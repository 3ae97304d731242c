//! Archives of objects (`ar`).

use object::read::archive::ArchiveFile;

use super::error::{ObjectError, not_wasm};
use super::{BITCODE, Object, ObjectKind, WRAPPED_BITCODE, one};

/// Maximum length of a member's name, in bytes: each object has it, and all of them may share one long string.
const MAX_NAME: usize = 1_023;

/// Whether the file is an archive (not a thin one).
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"!<arch>\n")
}

/// The objects in an archive, in order. Members that are not wasm are skipped. An archive without objects gives one object
/// without functions, so that its libraries are known.
pub(super) fn read<'a>(path: &str, libraries: &[String], bytes: &'a [u8]) -> Result<Vec<Object<'a>>, ObjectError> {
    let archive = ArchiveFile::parse(bytes).map_err(|error| ObjectError::Archive(error.to_string()))?;
    let mut objects = Vec::new();
    for (index, member) in archive.members().enumerate() {
        let member = member.map_err(|error| ObjectError::Archive(error.to_string()))?;
        if member.name().len() > MAX_NAME {
            return Err(ObjectError::Archive(format!(
                "the name of member {} has more than {MAX_NAME} bytes; build the archive with the names of files",
                index + 1
            )));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_with_short_names() {
        let archive = |length: usize| {
            let names = format!("{}/\n", "n".repeat(length));
            let member = |name: &str, data: &[u8]| {
                let header = format!("{name:16}{:12}{:6}{:6}{:8}{:<10}`\n", 0, 0, 0, 644, data.len());
                let padding: &[u8] = if data.len() % 2 == 1 { b"\n" } else { b"" };
                [header.as_bytes(), data, padding].concat()
            };
            [b"!<arch>\n".to_vec(), member("//", names.as_bytes()), member("/0", b"\0asm\x01\0\0\0")].concat()
        };
        let longest = archive(MAX_NAME);
        let objects = read("a.a", &[], &longest).unwrap();
        assert_eq!(objects[0].place, format!("a.a({})", "n".repeat(MAX_NAME)));
        assert_eq!(
            read("a.a", &[], &archive(MAX_NAME + 1)).unwrap_err().to_string(),
            "archive: the name of member 1 has more than 1023 bytes; build the archive with the names of files"
        );
    }
}
