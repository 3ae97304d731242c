//! Problems, and the result in one line.

use serde::Serialize;
use thunkgen_diagnostics::Diagnostic;

/// The result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Verdict {
    /// Number of problems because of which something fails at run time.
    #[serde(rename = "errorCount")]
    pub errors: usize,
    /// Number of other problems.
    #[serde(rename = "warningCount")]
    pub warnings: usize,
    /// The result in one sentence.
    pub summary: String,
}

/// A problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Finding {
    /// Code of the diagnostic: `TG0428`.
    pub code: &'static str,
    /// `error`: something fails at run time; `warning`: it may.
    pub level: &'static str,
    /// The kind of problem, in a few words.
    pub title: &'static str,
    /// What is wrong, and what to do here.
    pub message: String,
    /// What this kind of problem means, and what to do.
    pub remedy: &'static str,
    /// The next command to type.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "nextCommand")]
    pub next: Option<String>,
    /// The file, as a path from where the command was run.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// 1-based line and column in a text file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// See `line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// Full name of the method or type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Metadata token of the member: `0x06000001`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "metadataToken")]
    pub token: Option<String>,
    /// Simple name of the assembly of the member.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub assembly: String,
    /// The entry of the report that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<Subject>,
}

/// An entry of a report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", tag = "kind", content = "name")]
#[non_exhaustive]
pub enum Subject {
    /// A key.
    Key(String),
    /// A P/Invoke: its [`id`](super::PInvokeEntry::id).
    PInvoke(String),
    /// A callback: its key.
    Callback(String),
    /// A native library.
    Library(String),
    /// A file: its path.
    File(String),
}

impl Finding {
    /// The finding of a diagnostic.
    pub fn new(diagnostic: &Diagnostic) -> Finding {
        let location = &diagnostic.location;
        let (file, position) = location.origin();
        Finding {
            code: diagnostic.rule.code,
            level: diagnostic.level.name(),
            title: diagnostic.rule.title,
            message: diagnostic.message.clone(),
            remedy: diagnostic.rule.help,
            next: None,
            file: file.to_owned(),
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            member: location.member.as_ref().map(|(name, _)| name.clone()),
            token: location.member.as_ref().map(|(_, token)| format!("0x{token:08X}")),
            assembly: location.assembly.clone(),
            about: None,
        }
    }
}
