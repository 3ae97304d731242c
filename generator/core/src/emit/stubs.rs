//! The header of stub files, which the crate `thunkgen-native` writes.

use super::header;

/// The language of a stub file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// A module with a trait, and functions that export its implementation.
    Rust,
    /// A header for C and C++.
    CHeader,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 2] = [Language::Rust, Language::CHeader];

    /// The name on the command line, and in the header of each file instead of a contract.
    pub fn name(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::CHeader => "c-header",
        }
    }
}

/// True for a stub file, edited or not.
pub fn is_stub_file(file: &[u8]) -> bool {
    let is_of = |header: &header::Header| Language::ALL.iter().any(|language| language.name() == header.contract);
    header::read(file).as_ref().is_some_and(is_of)
}
