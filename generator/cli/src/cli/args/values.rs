//! The words that options take.

use clap::ValueEnum;

use crate::abi::{TargetOs, TokenSet};
use crate::emit::Contract;
use crate::emit::skeleton::Language;

/// How and where problems are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Standard error, for people.
    #[default]
    Text,
    /// Standard output, where MSBuild recognises errors and warnings.
    Msbuild,
    /// Standard output, as workflow commands of GitHub Actions.
    Github,
    /// Standard output, as one JSON array.
    Json,
    /// Standard output, as one SARIF 2.1.0 document.
    Sarif,
}

impl Format {
    /// Whether standard output is a build log, which everything goes to in order.
    pub fn is_build_log(self) -> bool {
        matches!(self, Format::Msbuild | Format::Github)
    }

    /// The name of a format that leaves no room for anything else on standard output.
    pub fn document_name(self) -> Option<&'static str> {
        match self {
            Format::Json => Some("json"),
            Format::Sarif => Some("sarif"),
            Format::Text | Format::Msbuild | Format::Github => None,
        }
    }
}

/// [`TargetOs`] on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[allow(missing_docs)]
pub enum TargetOsArg {
    Browser,
    Wasi,
}

impl From<TargetOsArg> for TargetOs {
    fn from(arg: TargetOsArg) -> TargetOs {
        match arg {
            TargetOsArg::Browser => TargetOs::Browser,
            TargetOsArg::Wasi => TargetOs::Wasi,
        }
    }
}

/// [`Contract`] on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[allow(missing_docs)]
pub enum ContractArg {
    WasmThunks,
    PortableCallhelpers,
}

impl From<ContractArg> for Contract {
    fn from(arg: ContractArg) -> Contract {
        match arg {
            ContractArg::WasmThunks => Contract::WasmThunks,
            ContractArg::PortableCallhelpers => Contract::PortableCallhelpers,
        }
    }
}

/// What is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EmitArg {
    /// The tables of thunks.
    Cpp,
    /// For each native library that is named, a Rust module with a trait that the library implements.
    Rust,
    /// For each native library that is named, a header for C and C++ that the library includes.
    CHeader,
}

impl EmitArg {
    /// The language of a skeleton.
    pub fn skeleton(self) -> Option<Language> {
        match self {
            EmitArg::Cpp => None,
            EmitArg::Rust => Some(Language::Rust),
            EmitArg::CHeader => Some(Language::CHeader),
        }
    }
}

/// [`TokenSet`] on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[allow(missing_docs)]
pub enum TokensArg {
    Current,
    #[value(name = "127483")]
    Pr127483,
}

impl From<TokensArg> for TokenSet {
    fn from(arg: TokensArg) -> TokenSet {
        match arg {
            TokensArg::Current => TokenSet::Current,
            TokensArg::Pr127483 => TokenSet::Pr127483,
        }
    }
}
