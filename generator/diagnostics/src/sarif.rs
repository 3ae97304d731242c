//! Problems as SARIF 2.1.0 (OASIS), for code scanning: the catalogue as rules, suppressed problems with their reasons.

use serde_json::{Value, json};

use super::fingerprint::fingerprints;
use super::{Diagnostic, Findings, Location, Rule, catalogue};

/// The page that describes every code.
const PAGE: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/reference/diagnostics.md");

/// The name and version of the way in which fingerprints are made.
const FINGERPRINT: &str = "thunkgen/v1";

/// The document, pretty-printed, with a final newline.
pub fn render(findings: &Findings) -> String {
    let all = findings.diagnostics.iter().chain(findings.suppressed.iter().map(|suppressed| &suppressed.diagnostic));
    let mut fingerprints = fingerprints(all).into_iter();
    let mut result = |diagnostic| result(diagnostic, fingerprints.next().unwrap_or_default());
    let mut results: Vec<Value> = findings.diagnostics.iter().map(&mut result).collect();
    results.extend(findings.suppressed.iter().map(|suppressed| {
        let mut result = result(&suppressed.diagnostic);
        result["suppressions"] = json!([{ "kind": "external", "justification": suppressed.justification }]);
        result
    }));
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "thunkgen",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": catalogue::ALL.iter().map(|rule| self::rule(rule)).collect::<Vec<Value>>(),
            } },
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    });
    // Cannot fail: the keys are strings.
    serde_json::to_string_pretty(&document).expect("plain data becomes JSON") + "\n"
}

fn rule(rule: &Rule) -> Value {
    let mut object = json!({
        "id": rule.code,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.help },
        "help": { "text": rule.help },
        "helpUri": format!("{PAGE}#{}", rule.code.to_ascii_lowercase()),
        "defaultConfiguration": { "level": rule.level.name() },
    });
    if !rule.alias.is_empty() {
        object["properties"] = json!({ "alias": rule.alias });
    }
    object
}

fn result(diagnostic: &Diagnostic, fingerprint: String) -> Value {
    let index = catalogue::ALL.iter().position(|rule| rule.code == diagnostic.rule.code);
    let mut object = json!({
        "ruleId": diagnostic.rule.code,
        "ruleIndex": index,
        "level": diagnostic.level.name(),
        "message": { "text": diagnostic.message },
        "partialFingerprints": { FINGERPRINT: fingerprint },
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
        if let Some((line, column)) = position {
            object["physicalLocation"]["region"] = json!({ "startLine": line, "startColumn": column });
        }
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
}
