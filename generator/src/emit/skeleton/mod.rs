//! Skeletons for those who write the native side: what the P/Invokes of a module ask of its library, as source text that
//! the library's own compiler holds it to.

pub mod documentation;
mod library;

use std::collections::BTreeMap;

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

/// The text of each file by its name: one file per module that has functions, in the order of the modules.
pub fn render(
    declarations: &Declarations,
    documentation: &Documentation,
    options: &Options,
) -> BTreeMap<String, String> {
    let _ = (documentation, options, Library::all(declarations));
    BTreeMap::new()
}
