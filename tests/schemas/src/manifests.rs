//! Manifests and files of suppressions: those of the pages match the schemas, and wrong ones fail where the tool reports.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use thunkgen_driver::manifest::mistakes_of_text;

use crate::tests::{mistakes, repository, schema};

fn data(text: &str) -> Value {
    let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
    serde_json::to_value(table).expect("plain data")
}

fn pages(directory: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        match path.extension() {
            Some(extension) if extension == "md" => out.push(path),
            _ if path.is_dir() => pages(&path, out),
            _ => {}
        }
    }
}

/// The TOML blocks of a page.
fn blocks(page: &str) -> Vec<String> {
    let blocks = page.split("\n```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.map(str::to_owned).collect()
}

#[test]
fn the_manifests_of_the_pages_match_the_schema() {
    let mut all = vec![repository("README.md"), repository("build-integration/README.md")];
    pages(&repository("docs"), &mut all);
    let schema = schema("manifest");
    let mut count = 0;
    for path in all {
        for block in blocks(&fs::read_to_string(&path).expect("a page")) {
            let document = data(&block);
            // Others are of Cargo.
            if document.get("dependencies").or(document.get("build-dependencies")).or(document.get("lib")).is_some() {
                continue;
            }
            count += 1;
            assert_eq!(mistakes(&schema, &document), Vec::<String>::new(), "{}\n{block}", path.display());
        }
    }
    assert!(count > 8, "{count}");
}

#[test]
fn every_key_of_the_reader_is_in_the_schema() {
    let schema = schema("manifest");
    let properties = schema["properties"].as_object().expect("properties");
    let output = schema["definitions"]["OutputKeys"]["properties"].as_object().expect("properties");
    for key in thunkgen_driver::manifest::known_keys() {
        assert!(properties.contains_key(key) || output.contains_key(key), "{key}");
    }
    let known: Vec<&str> = thunkgen_driver::manifest::known_keys().chain(["output", "suppress"]).collect();
    for key in properties.keys().chain(output.keys()) {
        assert!(known.contains(&key.as_str()), "{key}");
    }
}

/// A wrong manifest, and the member that both the tool and the schema name.
const WRONG: [(&str, &str); 17] = [
    ("inputs = 1", "inputs"),
    ("inputs = []", "inputs"),
    ("references = [1]", "references"),
    ("target-os = \"linux\"", "target-os"),
    ("target-os = []", "target-os"),
    ("runtime = \"9.0\"", "runtime"),
    ("contract = \"thunks\"", "contract"),
    ("tokens = \"old\"", "tokens"),
    ("emit = [\"cpp\", \"go\"]", "emit"),
    ("default-modules = \"no\"", "default-modules"),
    ("struct-sizes = { A = \"16\" }", "struct-sizes"),
    ("struct-sizes = { A = { size = 16, aling = 8 } }", "struct-sizes"),
    ("nmae = \"x\"", "nmae"),
    ("[[output]]\nstrict = true", "strict"),
    ("[[output]]\nout = 3", "out"),
    ("[[suppress]]\nreason = \"r\"", "code"),
    ("[[suppress]]\ncode = \"TG0202\"\nreason = \"r\"\nmember = \"x\"", "member"),
];

#[test]
fn a_wrong_manifest_fails_for_the_member_that_the_tool_reports() {
    let schema = schema("manifest");
    for (text, member) in WRONG {
        let reported = mistakes_of_text(text);
        let line = |(location, message): &(_, String)| format!("{location:?} {message}");
        let reported: Vec<String> = reported.iter().map(line).collect();
        // A value that is one of several names its key, and a size the struct.
        let names =
            |line: &String| line.contains(&format!("`{member}`")) || line.contains("`aling`") || line.contains("`A`");
        assert!(reported.iter().any(names), "{text}: {reported:?}");
        let found = mistakes(&schema, &data(text));
        assert!(found.iter().any(|mistake| mistake.contains(member)), "{text}: {found:?}");
    }
}

#[test]
fn suppression_files_match_their_schema() {
    let schema = schema("suppressions");
    let right = "[[suppress]]\ncode = \"TG0209, wasm0060\"\nmethod = \"N.*\"\nreason = \"r\"\n";
    assert_eq!(mistakes(&schema, &data(right)), Vec::<String>::new());
    for (text, member) in [
        ("inputs = []", "inputs"),
        ("suppress = 1", "suppress"),
        ("[[suppress]]\ncode = \"TG0202\"\nreason = \" \"", "reason"),
        ("[[suppress]]\ncode = \"x\"\nreason = \"r\"", "code"),
        ("[[suppress]]\ncode = \"TG0202\"", "reason"),
    ] {
        let found = mistakes(&schema, &data(text));
        assert!(found.iter().any(|mistake| mistake.contains(member)), "{text}: {found:?}");
    }
}
