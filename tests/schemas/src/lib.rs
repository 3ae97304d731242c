//! The schemas of what thunkgen reads and prints, made from the types that it reads and prints with.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use thunkgen::schemas;

    fn directory() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/schemas")
    }

    /// `BLESS=1` writes them.
    #[test]
    fn the_schemas_are_those_of_the_types() {
        let bless = std::env::var_os("BLESS").is_some();
        let mut expected = BTreeSet::new();
        for (name, schema) in schemas::all() {
            let file = format!("{name}.schema.json");
            let text = serde_json::to_string_pretty(&schema).expect("plain data becomes JSON") + "\n";
            let path = directory().join(&file);
            if bless {
                fs::write(&path, &text).expect("a file");
            }
            let found = fs::read_to_string(&path).unwrap_or_default();
            assert!(found == text, "{file} is out of date: BLESS=1 cargo test -p thunkgen-schemas");
            expected.insert(file);
        }
        let names = fs::read_dir(directory()).expect("the directory").map(|entry| entry.expect("an entry").file_name());
        let found: BTreeSet<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        assert_eq!(found, expected);
    }
}
