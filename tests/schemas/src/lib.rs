//! The schemas of what thunkgen reads and prints: made from its types, and compared with what it prints and reads.

#[cfg(test)]
mod manifests;
#[cfg(test)]
mod printed;
#[cfg(test)]
mod sarif;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::PathBuf;

    use serde_json::Value;
    use thunkgen::schemas;

    /// A path in the repository.
    pub fn repository(path: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
    }

    /// A schema of the repository by its name.
    pub fn schema(name: &str) -> Value {
        let path = repository("docs/reference/schemas").join(format!("{name}.schema.json"));
        serde_json::from_slice(&fs::read(path).expect("a schema")).expect("JSON")
    }

    /// The schema in a form that refuses members which it does not list.
    pub fn strict(mut schema: Value) -> Value {
        fn refuse(value: &mut Value) {
            match value {
                Value::Object(members) => {
                    if members.contains_key("properties") && !members.contains_key("additionalProperties") {
                        members.insert("additionalProperties".to_owned(), false.into());
                    }
                    members.values_mut().for_each(refuse);
                }
                Value::Array(elements) => elements.iter_mut().for_each(refuse),
                _ => {}
            }
        }
        refuse(&mut schema);
        schema
    }

    /// What a schema has against a document: the place and the reason of each mistake.
    pub fn mistakes(schema: &Value, document: &Value) -> Vec<String> {
        let validator = jsonschema::options().should_validate_formats(true).build(schema).expect("a valid schema");
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    /// `BLESS=1` writes them.
    #[test]
    fn the_schemas_are_those_of_the_types() {
        let bless = std::env::var_os("BLESS").is_some();
        let mut expected = BTreeSet::new();
        for (name, schema) in schemas::all() {
            let file = format!("{name}.schema.json");
            let text = serde_json::to_string_pretty(&schema).expect("plain data becomes JSON") + "\n";
            let path = repository("docs/reference/schemas").join(&file);
            if bless {
                fs::write(&path, &text).expect("a file");
            }
            let found = fs::read_to_string(&path).unwrap_or_default();
            assert!(found == text, "{file} is out of date: BLESS=1 cargo test -p thunkgen-schemas");
            expected.insert(file);
        }
        let names = fs::read_dir(repository("docs/reference/schemas")).expect("the directory");
        let names = names.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
        assert_eq!(names.collect::<BTreeSet<String>>(), expected);
    }

    #[test]
    fn every_member_has_a_description() {
        fn missing(value: &Value, path: &str, out: &mut Vec<String>) {
            let Value::Object(members) = value else { return };
            for (name, property) in members.get("properties").and_then(Value::as_object).into_iter().flatten() {
                // A constant describes itself.
                if property.get("description").is_none() && property.get("const").is_none() && !path.contains("oneOf") {
                    out.push(format!("{path}/{name}"));
                }
            }
            members.iter().for_each(|(name, value)| missing(value, &format!("{path}/{name}"), out));
        }
        let mut found = Vec::new();
        for (name, schema) in schemas::all() {
            missing(schema.as_value(), name, &mut found);
        }
        assert_eq!(found, Vec::<String>::new());
    }
}
