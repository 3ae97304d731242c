//! The executables, one for each host. Their first bytes are checked, so that the files of two hosts cannot be swapped.

use std::fs;
use std::path::Path;

use crate::error::Error;

/// An executable to pack.
#[derive(Debug)]
pub struct Executable {
    /// Runtime identifier of the hosts it is for.
    pub rid: &'static str,
    /// Its file name.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Kind of file and machine, as the file names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Elf(u16),
    Pe(u16),
    MachO(u32),
}

/// The runtime identifiers that the packages support.
const HOSTS: [(&str, Kind); 6] = [
    ("linux-arm64", Kind::Elf(183)),
    ("linux-x64", Kind::Elf(62)),
    ("osx-arm64", Kind::MachO(0x0100_000c)),
    ("osx-x64", Kind::MachO(0x0100_0007)),
    ("win-arm64", Kind::Pe(0xaa64)),
    ("win-x64", Kind::Pe(0x8664)),
];

/// The runtime identifiers, for people.
pub fn known_rids() -> String {
    HOSTS.map(|(rid, _)| rid).join(", ")
}

/// Reads the executables of a program for each host: those in `DIRECTORY/RID`.
pub fn all(directory: &Path, program: &str) -> Result<Vec<Executable>, Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(Error::file(directory))? {
        let path = entry.map_err(Error::file(directory))?.path();
        let rid = path.file_name().unwrap_or_default().to_string_lossy();
        found.push(Executable::read(&rid, program, &path)?);
    }
    found.sort_by_key(|executable| executable.rid);
    if found.is_empty() { Err(Error::NoExecutables(directory.to_owned())) } else { Ok(found) }
}

impl Executable {
    fn read(rid: &str, program: &str, directory: &Path) -> Result<Executable, Error> {
        let host = HOSTS.into_iter().find(|(known, _)| *known == rid);
        let (rid, kind) = host.ok_or_else(|| Error::UnknownRid(rid.to_owned()))?;
        let name = format!("{program}{}", if matches!(kind, Kind::Pe(_)) { ".exe" } else { "" });
        let path = directory.join(&name);
        let bytes = fs::read(&path).map_err(Error::file(&path))?;
        let found = Kind::of(&bytes);
        if found != Some(kind) {
            let reason = found.map_or("unknown file format".to_owned(), |found| format!("it is {}", found.name()));
            return Err(Error::WrongExecutable { path, rid: rid.to_owned(), reason });
        }
        Ok(Executable { rid, name, bytes })
    }
}

impl Kind {
    fn of(bytes: &[u8]) -> Option<Kind> {
        let u16_at = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?));
        let u32_at = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?));
        match bytes.get(..4)? {
            [0x7f, b'E', b'L', b'F'] => Some(Kind::Elf(u16_at(18)?)),
            [0xcf, 0xfa, 0xed, 0xfe] => Some(Kind::MachO(u32_at(4)?)),
            [b'M', b'Z', ..] => {
                let header = usize::try_from(u32_at(0x3c)?).ok()?;
                let is_pe = bytes.get(header..)?.starts_with(b"PE\0\0");
                is_pe.then_some(Kind::Pe(u16_at(header.checked_add(4)?)?))
            }
            _ => None,
        }
    }

    fn name(self) -> String {
        match HOSTS.into_iter().find(|(_, kind)| *kind == self) {
            Some((rid, _)) => format!("one for {rid}"),
            None => format!("one of another kind ({self:?})"),
        }
    }
}
