//! SARIF documents match the schema of SARIF 2.1.0.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use thunkgen_diagnostics::{Diagnostics, Location, Policy, SourceLine, Suppression, catalogue, sarif};

use crate::tests::{mistakes, repository};

fn official() -> Value {
    let directory =
        std::env::var_os("THUNKGEN_SARIF_SCHEMA").expect("THUNKGEN_SARIF_SCHEMA, see tests/tools/sarif-schema.sh");
    let path = PathBuf::from(directory).join("sarif-2.1.0.json");
    let text = fs::read_to_string(&path).expect("the schema");
    // A `]` of two patterns is not escaped, which only JavaScript accepts.
    let fixed = text.replace("{2}]?$", r"{2}\\]?$");
    assert_ne!(text, fixed, "the schema has changed");
    serde_json::from_str(&fixed).expect("JSON")
}

/// Problems with names and paths that no tool expects.
fn hostile() -> Value {
    let suppression = Suppression {
        codes: [catalogue::VARIADIC.code].into(),
        member: None,
        library: None,
        assembly: None,
        package: None,
        reason: "\"\u{202e}\r\n".to_owned(),
        origin: None,
    };
    let mut sink = Diagnostics::new(Policy { suppressions: vec![suppression], ..Policy::default() });
    for (number, file) in
        ["", "C:\\a b\\ä%.dll", "/_/x y/\u{1}.dll", "\\\\host\\share\\x.dll", "a#b?c.dll", "//x", "a:b:c.dll"]
            .into_iter()
            .enumerate()
    {
        let source = (number % 2 == 1).then(|| SourceLine {
            file: file.to_owned(),
            position: Some((1, u32::MAX)),
            checksum: None,
        });
        let location = Location { source, ..Location::member(file, "N.\u{0}<x>\"'\\", 0x0200_0001).of_assembly("\n") };
        sink.report(&catalogue::EMPTY_STRUCT, location.clone(), "`\u{ffff}` \u{1b}[31m {{}} ${x}");
        sink.report(&catalogue::VARIADIC, location, "");
        sink.report(&catalogue::BAD_STRUCT_SIZE, Location::position(file, 1, 1), "x".repeat(5000));
    }
    serde_json::from_str(&sarif::render(&sink.into_findings())).expect("JSON")
}

#[test]
#[ignore = "needs THUNKGEN_SARIF_SCHEMA"]
fn documents_match_the_schema_of_sarif() {
    let schema = official();
    let document = hostile();
    assert_eq!(mistakes(&schema, &document), Vec::<String>::new());
    let empty = sarif::render(&Diagnostics::default().into_findings());
    assert_eq!(mistakes(&schema, &serde_json::from_str(&empty).expect("JSON")), Vec::<String>::new());
    // The test can fail.
    let mut wrong = document;
    wrong["runs"][0]["results"][0]["level"] = "bad".into();
    assert_eq!(mistakes(&schema, &wrong).len(), 1);
}

#[test]
fn results_have_links_and_fingerprints() {
    let document = hostile();
    let run = &document["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "thunkgen");
    for rule in run["tool"]["driver"]["rules"].as_array().expect("rules") {
        let (id, uri) = (rule["id"].as_str().expect("an id"), rule["helpUri"].as_str().expect("a link"));
        assert!(uri.ends_with(&format!("/docs/reference/diagnostics.md#{}", id.to_ascii_lowercase())), "{uri}");
    }
    let results = run["results"].as_array().expect("results");
    let fingerprints =
        results.iter().map(|result| result["partialFingerprints"]["thunkgen/v1"].as_str().expect("a fingerprint"));
    let distinct: std::collections::BTreeSet<&str> = fingerprints.collect();
    assert_eq!(distinct.len(), results.len());
    let page = fs::read_to_string(repository("docs/reference/diagnostics.md")).expect("the page");
    assert!(catalogue::ALL.iter().all(|rule| page.contains(&format!("\n### {}\n", rule.code))));
}
