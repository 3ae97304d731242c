//! The executables, one for each host. Their first bytes are checked, so that the files of two hosts cannot be swapped.

use std::fs;
use std::path::Path;

use crate::error::Error;

/// The executables of a host: the command line, and the one that does the work of the task.
pub const PROGRAMS: [&str; 2] = ["thunkgen", "thunkgen-task"];

/// An executable in the package.
#[derive(Debug)]
pub struct Executable {
    /// Runtime identifier of the hosts it is for.
    pub rid: &'static str,
    /// Which of [`PROGRAMS`] it is.
    pub program: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Kind of file and machine, as the file names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Elf(u16),
    Pe(u16),
    MachO(u32),
    /// Several Mach-O files in one.
    Universal,
}

/// The runtime identifiers that `Thunkgen.MSBuild.props` supports.
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

impl Executable {
    /// Reads an executable for `rid`.
    pub fn read(rid: &str, program: &'static str, path: &Path) -> Result<Executable, Error> {
        let host = HOSTS.into_iter().find(|(known, _)| *known == rid);
        let (rid, kind) = host.ok_or_else(|| Error::UnknownRid(rid.to_owned()))?;
        let bytes = fs::read(path).map_err(Error::file(path))?;
        let found = Kind::of(&bytes);
        let fits = found == Some(kind) || (found == Some(Kind::Universal) && matches!(kind, Kind::MachO(_)));
        if !fits {
            let reason = found.map_or("unknown file format".to_owned(), |found| format!("it is {}", found.name()));
            return Err(Error::WrongExecutable { path: path.to_owned(), rid: rid.to_owned(), reason });
        }
        Ok(Executable { rid, program, bytes })
    }

    /// Its name in the package.
    pub fn part_name(&self) -> String {
        let extension = if self.rid.starts_with("win-") { ".exe" } else { "" };
        format!("tools/{}/{}{extension}", self.rid, self.program)
    }
}

impl Kind {
    fn of(bytes: &[u8]) -> Option<Kind> {
        let u16_at = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?));
        let u32_at = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?));
        match bytes.get(..4)? {
            [0x7f, b'E', b'L', b'F'] => Some(Kind::Elf(u16_at(18)?)),
            [0xcf, 0xfa, 0xed, 0xfe] => Some(Kind::MachO(u32_at(4)?)),
            [0xca, 0xfe, 0xba, 0xbe] => Some(Kind::Universal),
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
