//! Problems as a JSON array, for scripts. Fields are only ever added.

use serde::Serialize;

use super::Diagnostic;

/// One problem. What is not known is left out.
#[derive(Serialize)]
struct JsonProblem<'a> {
    code: &'a str,
    level: &'a str,
    title: &'a str,
    message: &'a str,
    /// The source file when the line is known, else the file that was read.
    #[serde(skip_serializing_if = "str::is_empty")]
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    /// Full name of the method or type.
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// Simple name of the member's assembly.
    #[serde(skip_serializing_if = "str::is_empty")]
    assembly: &'a str,
    /// The assembly's file, when `file` is another.
    #[serde(rename = "assemblyFile", skip_serializing_if = "Option::is_none")]
    assembly_file: Option<&'a str>,
}

/// The array, pretty-printed, with a final line end.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    let problems: Vec<JsonProblem<'_>> = diagnostics.iter().map(problem).collect();
    // Cannot fail: the shapes hold only strings and numbers.
    serde_json::to_string_pretty(&problems).expect("plain data becomes JSON") + "\n"
}

fn problem(diagnostic: &Diagnostic) -> JsonProblem<'_> {
    let location = &diagnostic.location;
    let (file, position) = location.origin();
    JsonProblem {
        code: diagnostic.rule.code,
        level: diagnostic.level.name(),
        title: diagnostic.rule.title,
        message: &diagnostic.message,
        file,
        line: position.map(|(line, _)| line),
        column: position.map(|(_, column)| column),
        member: location.member.as_ref().map(|(name, _)| name.as_str()),
        token: location.member.as_ref().map(|(_, token)| format!("0x{token:08X}")),
        assembly: &location.assembly,
        assembly_file: location.source.is_some().then_some(location.file.as_str()),
    }
}
