//! Where a problem is.

use crate::position::Position;

/// Maximum length of a member's name in the formats of build logs, in characters.
pub(crate) const MAX_NAME: usize = 1000;

/// Where a problem is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file as the user named it; empty if the problem is not in a file.
    pub file: String,
    /// 1-based line and column, for text files.
    pub position: Option<(u32, u32)>,
    /// Full name and metadata token of the method or type, for assemblies.
    pub member: Option<(String, u32)>,
    /// Offset in bytes of an instruction in the IL of the method.
    pub instruction: Option<u32>,
    /// Simple name of the assembly; empty if the problem is not in a single member.
    pub assembly: String,
    /// Library that the P/Invoke names; empty for other members.
    pub library: String,
    /// Source position of the member, if its PDB is available.
    pub source: Option<SourceLine>,
}

/// The checksum of a source file when it was compiled.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Checksum {
    /// SHA-1.
    Sha1([u8; 20]),
    /// SHA-256.
    Sha256([u8; 32]),
}

/// A place in a source file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceLine {
    /// The file as it was passed to the compiler.
    pub file: String,
    /// 1-based line and column; `None` for a method without code, for which a PDB contains only the file.
    pub position: Option<(u32, u32)>,
    /// The checksum of the file that the position is about, if it is known.
    pub checksum: Option<Checksum>,
}

impl Location {
    /// A whole file.
    pub fn file(file: impl Into<String>) -> Location {
        Location { file: file.into(), ..Location::default() }
    }

    /// A place in a text file; `line` and `column` are 1-based.
    pub fn position(file: impl Into<String>, line: u32, column: u32) -> Location {
        Location { file: file.into(), position: Some((line, column)), ..Location::default() }
    }

    /// The same for a position that was computed.
    pub fn at(file: impl Into<String>, Position { line, column }: Position) -> Location {
        Location::position(file, line, column)
    }

    /// A member of an assembly, by full name and metadata token.
    pub fn member(file: impl Into<String>, member: impl Into<String>, token: u32) -> Location {
        Location { file: file.into(), member: Some((member.into(), token)), ..Location::default() }
    }

    /// Sets the library that a P/Invoke names.
    pub fn of_library(self, name: impl Into<String>) -> Location {
        Location { library: name.into(), ..self }
    }

    /// Sets the simple name of the assembly.
    pub fn of_assembly(self, name: impl Into<String>) -> Location {
        Location { assembly: name.into(), ..self }
    }

    /// The file and position to show: those of the source if they are known.
    pub fn origin(&self) -> (&str, Option<(u32, u32)>) {
        match &self.source {
            Some(source) => (&source.file, source.position),
            None => (&self.file, self.position),
        }
    }

    /// `Full.Name (0x06000001): text`, or only the text without a member.
    pub(super) fn describe(&self, text: &str, max_name: usize) -> String {
        use super::text::{escape_controls, shorten};
        match &self.member {
            Some((member, token)) => {
                format!("{} (0x{token:08X}): {text}", shorten(&escape_controls(member), max_name))
            }
            None => text.to_owned(),
        }
    }
}
