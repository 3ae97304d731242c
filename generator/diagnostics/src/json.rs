//! Problems as a JSON array, for scripts. Fields are only ever added.

use serde::Serialize;

use super::Diagnostic;

/// One problem. Unknown members are omitted.
#[derive(Serialize)]
struct JsonProblem<'a> {
    code: &'a str,
    level: &'a str,
    title: &'a str,
    message: &'a str,
    /// The source file if the line is known, otherwise the file that was read.
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
    /// The assembly's file, if `file` is the source file.
    #[serde(rename = "assemblyFile", skip_serializing_if = "Option::is_none")]
    assembly_file: Option<&'a str>,
}

/// The array, pretty-printed, with a final newline.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    let problems: Vec<JsonProblem<'_>> = diagnostics.iter().map(problem).collect();
    // Cannot fail: the structs contain only strings and numbers.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Diagnostics, Location, SourceLine, catalogue};

    #[test]
    fn one_object_per_problem() {
        assert_eq!(render(&[]), "[]\n");
        let mut sink = Diagnostics::default();
        let source = Some(SourceLine { file: "src/C.cs".into(), position: Some((12, 9)) });
        let location = Location::member("x.dll", "N.C.M", 0x0600_0001).of_assembly("x");
        sink.report(&catalogue::EMPTY_STRUCT, Location { source, ..location }, "a \"name\"\n");
        sink.report(&catalogue::NO_ASSEMBLY, Location::default(), "none");
        let found: serde_json::Value = serde_json::from_str(&render(&sink.into_sorted())).unwrap();
        let expected = serde_json::json!([
            {
                "code": "TG0004", "level": "error", "title": "no managed assembly among the inputs", "message": "none",
            },
            {
                "code": "TG0209", "level": "warning", "title": "empty struct by value", "message": "a \"name\"\n",
                "file": "src/C.cs", "line": 12, "column": 9, "member": "N.C.M", "token": "0x06000001",
                "assembly": "x", "assemblyFile": "x.dll",
            },
        ]);
        assert_eq!(found, expected);
    }
}
