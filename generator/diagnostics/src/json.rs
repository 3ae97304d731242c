//! Problems as a JSON array, for scripts. Fields are only ever added.

use serde_core::ser::{Serialize, SerializeMap, Serializer};

use super::Diagnostic;

/// One problem. What is not known is left out.
struct Problem<'a> {
    code: &'a str,
    level: &'a str,
    title: &'a str,
    message: &'a str,
    /// The source file when the line is known, else the file that was read.
    file: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    /// Full name of the method or type.
    member: Option<&'a str>,
    token: Option<String>,
    /// Simple name of the member's assembly.
    assembly: &'a str,
    /// The assembly's file, when `file` is another.
    assembly_file: Option<&'a str>,
}

impl Serialize for Problem<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = |text| Some(text).filter(|text: &&str| !text.is_empty());
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in
            [("code", self.code), ("level", self.level), ("title", self.title), ("message", self.message)]
        {
            map.serialize_entry(key, value)?;
        }
        entry(&mut map, "file", text(self.file))?;
        entry(&mut map, "line", self.line)?;
        entry(&mut map, "column", self.column)?;
        entry(&mut map, "member", self.member)?;
        entry(&mut map, "token", self.token.as_deref())?;
        entry(&mut map, "assembly", text(self.assembly))?;
        entry(&mut map, "assemblyFile", self.assembly_file)?;
        map.end()
    }
}

fn entry<M: SerializeMap>(map: &mut M, key: &str, value: Option<impl Serialize>) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(key, &value))
}

/// The array, pretty-printed, with a final line end.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    let problems: Vec<Problem<'_>> = diagnostics.iter().map(problem).collect();
    // Cannot fail: the shapes hold only strings and numbers.
    serde_json::to_string_pretty(&problems).expect("plain data becomes JSON") + "\n"
}

fn problem(diagnostic: &Diagnostic) -> Problem<'_> {
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
