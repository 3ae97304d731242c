//! Problems as SARIF 2.1.0 (OASIS), for code scanning: the catalogue as rules, suppressed problems with their reasons.

use serde_json::{Value, json};

use super::{Diagnostic, Findings, Location, Rule, catalogue};

/// The document, pretty-printed, with a final line end.
pub fn render(findings: &Findings) -> String {
    let told = findings.diagnostics.iter().map(result);
    let suppressed = findings.suppressed.iter().map(|suppressed| {
        let mut result = result(&suppressed.diagnostic);
        result["suppressions"] = json!([{ "kind": "external", "justification": suppressed.justification }]);
        result
    });
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": catalogue::ALL.iter().map(|rule| self::rule(rule)).collect::<Vec<Value>>(),
            } },
            "columnKind": "utf16CodeUnits",
            "results": told.chain(suppressed).collect::<Vec<Value>>(),
        }],
    });
    // Cannot fail: the keys are strings.
    serde_json::to_string_pretty(&document).expect("plain data becomes JSON") + "\n"
}

fn rule(rule: &Rule) -> Value {
    let mut object = json!({
        "id": rule.code,
        "shortDescription": { "text": rule.title },
        "help": { "text": rule.help },
        "defaultConfiguration": { "level": rule.level.name() },
    });
    if !rule.alias.is_empty() {
        object["properties"] = json!({ "alias": rule.alias });
    }
    object
}

fn result(diagnostic: &Diagnostic) -> Value {
    let index = catalogue::ALL.iter().position(|rule| rule.code == diagnostic.rule.code);
    let mut object = json!({
        "ruleId": diagnostic.rule.code,
        "ruleIndex": index,
        "level": diagnostic.level.name(),
        "message": { "text": diagnostic.message },
    });
    let location = location(&diagnostic.location);
    if location != json!({}) {
        object["locations"] = json!([location]);
    }
    object
}

fn location(location: &Location) -> Value {
    let mut object = json!({});
    let (file, position) = location.origin();
    if !file.is_empty() {
        object["physicalLocation"] = json!({ "artifactLocation": { "uri": uri(file) } });
    }
    if let Some((line, column)) = position {
        object["physicalLocation"]["region"] = json!({ "startLine": line, "startColumn": column });
    }
    if let Some((name, token)) = &location.member {
        let mut logical = json!({
            "fullyQualifiedName": name,
            "kind": if token >> 24 == 0x02 { "type" } else { "member" },
            "decoratedName": format!("0x{token:08X}"),
        });
        if !location.assembly.is_empty() {
            logical["properties"] = json!({ "assembly": location.assembly });
        }
        object["logicalLocations"] = json!([logical]);
    }
    object
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let is_drive = path.as_bytes().get(1) == Some(&b':');
    let mut out = match path.starts_with('/') {
        true => "file://".to_owned(),
        false if is_drive => "file:///".to_owned(),
        false => String::new(),
    };
    for (index, byte) in path.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            b':' if is_drive && index == 1 => out.push(':'),
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Diagnostics, Policy, SourceLine, Suppression};

    #[test]
    fn paths_become_uris() {
        for (path, expected) in [
            ("src/a b.cs", "src/a%20b.cs"),
            ("/_/src/a.cs", "file:///_/src/a.cs"),
            ("C:\\src\\ä:.cs", "file:///C:/src/%C3%A4%3A.cs"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }

    #[test]
    fn results_point_to_rules() {
        let suppression = Suppression {
            codes: [catalogue::VARIADIC.code].into(),
            member: None,
            library: None,
            assembly: None,
            package: None,
            reason: "called through a wrapper".to_owned(),
            origin: None,
        };
        let mut sink = Diagnostics::new(Policy { suppressions: vec![suppression], ..Policy::default() });
        let source = Some(SourceLine { file: "src/C.cs".into(), position: Some((12, 9)) });
        let location = Location::member("x.dll", "N.C.M", 0x0600_0001).of_assembly("x");
        sink.report(&catalogue::EMPTY_STRUCT, Location { source, ..location.clone() }, "empty");
        sink.report(&catalogue::VARIADIC, location, "variadic");
        sink.report(&catalogue::NO_ASSEMBLY, Location::default(), "none");
        let document: Value = serde_json::from_str(&render(&sink.into_findings())).unwrap();
        let run = &document["runs"][0];
        let rules = &run["tool"]["driver"]["rules"];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 3);
        for result in results {
            assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], result["ruleId"]);
        }
        assert_eq!(results[0].get("locations"), None);
        assert_eq!(
            results[1]["locations"],
            json!([{
                "physicalLocation": {
                    "artifactLocation": { "uri": "src/C.cs" },
                    "region": { "startLine": 12, "startColumn": 9 },
                },
                "logicalLocations": [{
                    "fullyQualifiedName": "N.C.M", "kind": "member", "decoratedName": "0x06000001",
                    "properties": { "assembly": "x" },
                }],
            }])
        );
        assert_eq!(results[1].get("suppressions"), None);
        assert_eq!(results[2]["locations"][0]["physicalLocation"], json!({ "artifactLocation": { "uri": "x.dll" } }));
        let justification = json!([{ "kind": "external", "justification": "called through a wrapper" }]);
        assert_eq!(results[2]["suppressions"], justification);
    }
}
