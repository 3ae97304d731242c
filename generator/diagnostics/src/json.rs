//! Problems as JSON: an array for scripts, and the shape that documents use. Members are only ever added.

use serde::Serialize;

use super::{Diagnostic, Suppressed};

/// A problem. Unknown members are omitted.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem<'a> {
    /// Code of the diagnostic: `TG0101`.
    code: &'a str,
    /// `error` or `warning`.
    level: &'a str,
    /// The kind of problem, in a few words.
    title: &'a str,
    /// What is wrong, and what to do.
    message: &'a str,
    /// The source file if the line is known, otherwise the file that was read.
    #[serde(skip_serializing_if = "str::is_empty")]
    file: &'a str,
    /// Line in the file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    /// Column in the line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    /// Full name of the method or type.
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'a str>,
    /// Metadata token of the member: `0x06000001`.
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_token: Option<String>,
    /// Simple name of the member's assembly.
    #[serde(skip_serializing_if = "str::is_empty")]
    assembly: &'a str,
    /// The assembly's file, if `file` is the source file.
    #[serde(skip_serializing_if = "Option::is_none")]
    assembly_file: Option<&'a str>,
}

/// A problem that the user suppressed.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SuppressedProblem<'a> {
    #[serde(flatten)]
    problem: Problem<'a>,
    /// The reason that the user gave.
    justification: &'a str,
}

/// The array, pretty-printed, with a final newline.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    let problems: Vec<Problem<'_>> = diagnostics.iter().map(Problem::of).collect();
    // Cannot fail: the structs contain only strings and numbers.
    serde_json::to_string_pretty(&problems).expect("plain data becomes JSON") + "\n"
}

impl<'a> Problem<'a> {
    /// The problem of a diagnostic.
    pub fn of(diagnostic: &'a Diagnostic) -> Problem<'a> {
        let location = &diagnostic.location;
        let (file, position) = location.origin();
        Problem {
            code: diagnostic.rule.code,
            level: diagnostic.level.name(),
            title: diagnostic.rule.title,
            message: &diagnostic.message,
            file,
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            member: location.member.as_ref().map(|(name, _)| name.as_str()),
            metadata_token: location.member.as_ref().map(|(_, token)| format!("0x{token:08X}")),
            assembly: &location.assembly,
            assembly_file: location.source.is_some().then_some(location.file.as_str()),
        }
    }
}

impl<'a> SuppressedProblem<'a> {
    /// The problem of a suppressed diagnostic.
    pub fn of(suppressed: &'a Suppressed) -> SuppressedProblem<'a> {
        SuppressedProblem { problem: Problem::of(&suppressed.diagnostic), justification: &suppressed.justification }
    }
}
