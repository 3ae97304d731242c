//! Every JSON document in the recorded sessions matches its schema, strictly.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::tests::{mistakes, repository, schema, strict};

/// The documents that commands of the sessions printed, each with its command.
fn documents() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(repository("tests/sessions/thunkgen")).expect("the sessions") {
        let text = fs::read_to_string(entry.expect("an entry").path()).expect("a session");
        let (mut command, mut printed) = (String::new(), String::new());
        for line in text.lines().chain(["$ "]) {
            if let Some(next) = line.strip_prefix("$ ") {
                if let Ok(document @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(&printed) {
                    found.push((std::mem::take(&mut command), document));
                }
                (command, printed) = (next.to_owned(), String::new());
            } else if let Some(line) = line.strip_prefix("1>") {
                printed += &format!("{line}\n");
            }
        }
    }
    found
}

/// The name of a document's schema, by the members that only it has.
fn kind(document: &Value) -> Option<&'static str> {
    let has = |name: &str| document.get(name).is_some();
    if let Value::Array(elements) = document {
        return Some(match elements.first() {
            Some(first) if first.get("check_name").is_some() => "gitlab",
            _ => "problems",
        });
    }
    let kinds = [
        ("verb", "run"),
        ("messages", "explain"),
        ("codes", "codes"),
        ("verdict", "doctor"),
        ("old", "lookup-diff"),
        ("sources", "lookup"),
        ("files", "r2r-dump"),
        ("types", "layout"),
        ("targets", "signatures"),
    ];
    if has("$schema") { None } else { kinds.iter().find(|(member, _)| has(member)).map(|(_, kind)| *kind) }
}

#[test]
fn every_document_of_the_sessions_matches_its_schema() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (command, document) in documents() {
        let Some(kind) = kind(&document) else { continue };
        *counts.entry(kind).or_default() += 1;
        for mistake in mistakes(&strict(schema(kind)), &document) {
            wrong.push(format!("{command}\n  {kind}: {mistake}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(counts.len() > 7, "{counts:?}");
}

/// What the executable prints in the directory of the fixtures.
fn printed(arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--locked", "--quiet", "-p", "thunkgen", "--"]).args(arguments);
    let output = command.current_dir(repository("tests/fixtures")).output().expect("cargo runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let errors = String::from_utf8_lossy(&output.stderr);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{text}\n{errors}"))
}

/// Those that are too long for a session.
#[test]
fn long_documents_match_their_schemas() {
    let runs: [(&str, &[&str]); 9] = [
        ("codes", &["codes"]),
        ("doctor", &["doctor", "published/app"]),
        ("layout", &["layout", "--all", "layouts", "corlib"]),
        ("signatures", &["signatures", "corlib", "facade", "interop", "delegates", "-m", "*"]),
        ("r2r-dump", &["r2r", "dump", "images", "crossgen2-11.0.0"]),
        ("lookup", &["lookup", "--coverage", "corlib", "facade", "interop", "--in", "images/plain.wasm"]),
        ("explain", &["explain", "SystemNative", "corlib", "facade", "interop"]),
        ("run", &["check", "corlib", "facade", "interop", "--out", "no-such-directory"]),
        ("run", &["check-native", "native-side", "-r", "corlib", "-r", "facade", "--native", "native-rust/libeasel.a"]),
    ];
    for (name, arguments) in runs {
        let document = printed(&[arguments, &["--json"]].concat());
        assert_eq!(mistakes(&strict(schema(name)), &document), Vec::<String>::new(), "{arguments:?}");
    }
}

/// The members of a schema at any depth, with the kind of value each has.
fn members<'s>(value: &'s Value, out: &mut BTreeMap<&'s str, Vec<String>>) {
    match value {
        Value::Object(object) => {
            for (name, property) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let kind = match property.get("type") {
                    Some(Value::String(kind)) => kind.clone(),
                    Some(Value::Array(kinds)) => kinds[0].as_str().unwrap_or_default().to_owned(),
                    _ => "object".to_owned(),
                };
                out.entry(name).or_default().push(kind);
            }
            object.values().for_each(|value| members(value, out));
        }
        Value::Array(elements) => elements.iter().for_each(|value| members(value, out)),
        _ => {}
    }
}

/// Names in camel case, and no name that is a number in one document and a text or a list in another.
#[test]
fn a_name_has_one_kind_of_value() {
    let all =
        ["codes", "doctor", "explain", "layout", "lookup", "lookup-diff", "problems", "r2r-dump", "run", "signatures"];
    let schemas: Vec<Value> = all.into_iter().map(schema).collect();
    let mut found = BTreeMap::new();
    schemas.iter().for_each(|schema| members(schema, &mut found));
    assert!(found.len() > 100, "{}", found.len());
    for (name, kinds) in found {
        assert!(
            name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(|c| c.is_ascii_alphanumeric()),
            "{name}"
        );
        assert!(kinds.iter().all(|kind| *kind == kinds[0]), "{name}: {kinds:?}");
    }
}
