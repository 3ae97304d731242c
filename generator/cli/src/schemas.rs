//! The schemas of what the tool reads and prints.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::codes::CodesDocument;
use super::explain::ExplainDocument;
use super::layout::LayoutDocument;
use super::lookup::{DifferenceDocument, LookupDocument};
use super::r2r::R2rDocument;
use super::run_document::RunDocument;
use super::signatures::SignaturesDocument;
use thunkgen_diagnostics::gitlab;
use thunkgen_diagnostics::json::Problem;
use thunkgen_driver::doctor::report::InteropReport;
use thunkgen_driver::manifest::schema::{ManifestFile, SuppressionFile};

/// Where the schemas are published.
const BASE: &str = "https://raw.githubusercontent.com/thunkgen/thunkgen/main/docs/reference/schemas";

/// Every schema by its name, with what it is for.
pub fn all() -> Vec<(&'static str, Schema)> {
    vec![
        printed::<RunDocument<'_>>("run", "What a run of thunkgen found and wrote"),
        printed::<ExplainDocument<'_>>("explain", "What thunkgen explain --json prints"),
        printed::<CodesDocument>("codes", "What thunkgen codes --json prints"),
        printed::<SignaturesDocument<'_>>("signatures", "What thunkgen signatures --json prints"),
        printed::<LayoutDocument<'_>>("layout", "What thunkgen layout --json prints"),
        printed::<LookupDocument<'_>>("lookup", "What thunkgen lookup --json prints"),
        printed::<DifferenceDocument>("lookup-diff", "What thunkgen lookup --diff --json prints"),
        printed::<R2rDocument<'_>>("r2r-dump", "What thunkgen r2r dump --json prints"),
        printed::<InteropReport>("doctor", "What thunkgen doctor --json prints"),
        printed::<Vec<Problem<'_>>>("problems", "What thunkgen prints with --format json"),
        finished("gitlab", "What thunkgen prints with --format gitlab", gitlab::schema(&mut printing())),
        read::<ManifestFile>("manifest", "The manifest thunkgen.toml"),
        read::<SuppressionFile>("suppressions", "A file of suppressions"),
    ]
}

fn printing() -> SchemaGenerator {
    SchemaSettings::draft2020_12().for_serialize().into_generator()
}

fn printed<T: JsonSchema>(name: &'static str, title: &str) -> (&'static str, Schema) {
    finished(name, title, printing().into_root_schema_for::<T>())
}

/// Editors know the older draft.
fn read<T: JsonSchema>(name: &'static str, title: &str) -> (&'static str, Schema) {
    finished(name, title, SchemaSettings::draft07().into_generator().into_root_schema_for::<T>())
}

fn finished(name: &'static str, title: &str, mut schema: Schema) -> (&'static str, Schema) {
    schema.insert("$id".to_owned(), format!("{BASE}/{name}.schema.json").into());
    schema.insert("title".to_owned(), title.into());
    let mut value = schema.to_value();
    plain_text(&mut value);
    without_null(&mut value);
    // Cannot fail: it was a schema.
    (name, value.try_into().expect("a schema"))
}

/// Descriptions are doc comments, without the links of rustdoc.
fn plain_text(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if name == "description" => *text = without_links(text),
                    value => plain_text(value),
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(plain_text),
        _ => {}
    }
}

/// A member that need not be there is omitted, not `null`.
fn without_null(value: &mut serde_json::Value) {
    use serde_json::Value;
    let is_null = |value: &Value| value == "null" || value["type"] == "null";
    match value {
        Value::Object(members) => {
            let required = members.get("required").cloned().unwrap_or_default();
            let is_required = |name: &str| required.as_array().is_some_and(|all| all.iter().any(|one| one == name));
            if let Some(Value::Object(properties)) = members.get_mut("properties") {
                for (_, property) in properties.iter_mut().filter(|(name, _)| !is_required(name)) {
                    for list in ["type", "anyOf"] {
                        let Some(Value::Array(choices)) = property.get_mut(list) else { continue };
                        choices.retain(|choice| !is_null(choice));
                        if let [only] = &mut choices[..] {
                            let only = only.take();
                            match (list, only) {
                                ("anyOf", Value::Object(only)) => {
                                    let Value::Object(property) = property else { continue };
                                    property.remove(list);
                                    property.extend(only);
                                }
                                (_, only) => property[list] = only,
                            }
                        }
                    }
                }
            }
            members.values_mut().for_each(without_null);
        }
        Value::Array(elements) => elements.iter_mut().for_each(without_null),
        _ => {}
    }
}

/// `[x](y)` is `x`, and so is `[x]`.
fn without_links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[`") {
        out += before;
        let Some((name, after)) = after.split_once("`]") else {
            out += "[`";
            rest = after;
            continue;
        };
        out += &format!("`{name}`");
        rest = match after.strip_prefix('(') {
            Some(link) => link.split_once(')').map_or(after, |(_, after)| after),
            None => after,
        };
    }
    (out + rest).replace('\n', " ")
}
