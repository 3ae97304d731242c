//! Problems as a Code Quality report of GitLab.

use serde::Serialize;

use super::fingerprint::fingerprints;
use super::location::MAX_NAME;
use super::text::escape_controls;
use super::{Diagnostic, Level};

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Issue<'a> {
    /// Code of the diagnostic: `TG0101`.
    check_name: &'a str,
    /// What is wrong, and what to do.
    description: String,
    /// The same for the same problem in another run.
    fingerprint: String,
    /// `major` for an error, `minor` for a warning.
    severity: &'static str,
    /// Where it is.
    location: Place,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Place {
    /// Relative to the working directory, if the file is below it.
    path: String,
    /// The lines.
    lines: Lines,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Lines {
    /// From 1; 1 if the line is not known.
    begin: u32,
}

/// The report, pretty-printed, with a final newline. Paths below `root` are relative to it.
pub fn render(diagnostics: &[Diagnostic], root: &str) -> String {
    let issue = |(diagnostic, fingerprint)| issue(diagnostic, fingerprint, root);
    let issues: Vec<Issue<'_>> = diagnostics.iter().zip(fingerprints(diagnostics)).map(issue).collect();
    // Cannot fail: the structs contain only strings and numbers.
    serde_json::to_string_pretty(&issues).expect("plain data becomes JSON") + "\n"
}

fn issue<'a>(diagnostic: &'a Diagnostic, fingerprint: String, root: &str) -> Issue<'a> {
    let (file, position) = diagnostic.location.origin();
    Issue {
        check_name: diagnostic.rule.code,
        description: escape_controls(&diagnostic.location.describe(&diagnostic.message, MAX_NAME)),
        fingerprint,
        severity: match diagnostic.level {
            Level::Error => "major",
            Level::Warning => "minor",
        },
        location: Place { path: relative(file, root), lines: Lines { begin: position.map_or(1, |(line, _)| line) } },
    }
}

/// A path as GitLab compares it with those of the repository.
fn relative(file: &str, root: &str) -> String {
    let (file, root) = (file.replace('\\', "/"), root.replace('\\', "/"));
    let below = file.strip_prefix(root.trim_end_matches('/')).and_then(|below| below.strip_prefix('/'));
    let path = below.filter(|_| !root.is_empty()).unwrap_or(&file).trim_start_matches("./");
    // A problem without a file still needs a place.
    if path.is_empty() { "thunkgen".to_owned() } else { path.to_owned() }
}

/// The schema of the report.
#[cfg(feature = "schema")]
pub fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    generator.root_schema_for::<Vec<Issue<'static>>>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Diagnostics, Location, SourceLine, catalogue};

    #[test]
    fn paths_are_relative_to_the_root() {
        for (file, root, expected) in [
            ("/src/app/a.cs", "/src/app", "a.cs"),
            ("/src/app/a.cs", "/src/ap", "/src/app/a.cs"),
            ("/src/app/a.cs", "", "/src/app/a.cs"),
            ("./b/a.cs", "/src", "b/a.cs"),
            ("C:\\src\\b\\a.cs", "C:\\src\\", "b/a.cs"),
            ("", "/src", "thunkgen"),
        ] {
            assert_eq!(relative(file, root), expected, "{file} {root}");
        }
    }

    #[test]
    fn an_issue_has_what_gitlab_requires() {
        let mut sink = Diagnostics::default();
        let source = Some(SourceLine { file: "/r/\"s\".cs".into(), position: Some((12, 9)), checksum: None });
        let location = Location { source, ..Location::member("x.dll", "N.C.M\n", 0x0600_0001) };
        sink.report(&catalogue::EMPTY_STRUCT, location, "`E` \u{202e}");
        sink.report(&catalogue::NO_ASSEMBLY, Location::default(), "none");
        let report: serde_json::Value = serde_json::from_str(&render(&sink.into_sorted(), "/r")).unwrap();
        let [error, warning] = &report.as_array().unwrap()[..] else { panic!("{report}") };
        assert_eq!(error["severity"], "major");
        assert_eq!(error["location"]["path"], "thunkgen");
        assert_eq!(warning["severity"], "minor");
        assert_eq!(warning["check_name"], "TG0209");
        assert_eq!(warning["description"], "N.C.M\\n (0x06000001): `E` \\u{202e}");
        assert_eq!(warning["location"], serde_json::json!({ "path": "\"s\".cs", "lines": { "begin": 12 } }));
        assert_ne!(error["fingerprint"], warning["fingerprint"]);
    }
}
