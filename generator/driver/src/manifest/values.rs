//! The values that an output can have, and which of them count when the file has some for all outputs.

use std::collections::BTreeSet;

use super::NAME;
use crate::options::{Choice, Emit};
use crate::struct_sizes::{DeclarationError, SizeDeclaration};
use crate::toml_file::{Text, TomlTable, Value, nearest};
use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_core::emit::Contract;
use thunkgen_diagnostics::{Location, catalogue};

/// The values of one table. What cannot be used was reported and is absent.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// Every key of the table, usable or not.
    pub given: BTreeSet<String>,
    pub name: Option<Text>,
    pub inputs: Option<Vec<Text>>,
    pub references: Option<Vec<Text>>,
    pub own: Option<Vec<Text>>,
    pub target_os: Option<Vec<TargetOs>>,
    pub tokens: Option<(TokenSet, Location)>,
    pub contract: Option<(Contract, Location)>,
    pub modules: Option<Vec<Text>>,
    pub module_lists: Option<Vec<Text>>,
    pub default_modules: Option<bool>,
    pub native: Option<Vec<Text>>,
    pub extra_signatures: Option<Vec<Text>>,
    pub struct_sizes: Option<Vec<(SizeDeclaration, Location)>>,
    pub struct_size_files: Option<Vec<Text>>,
    pub emit: Option<(Vec<Emit>, Location)>,
    pub out: Option<Text>,
    pub interp_to_native: Option<Text>,
    pub pinvoke: Option<Text>,
    pub reverse: Option<Text>,
}

impl Values {
    /// The values of a table; the first of `tables` that has a key counts.
    pub fn read(tables: &[TomlTable<'_>]) -> Values {
        let having = |key: &'static str| -> Option<(TomlTable<'_>, &'static str)> {
            Some((*tables.iter().find(|table| table.value(key).is_some())?, key))
        };
        let texts = |key| having(key).and_then(|(table, key)| table.texts(key));
        let text = |key| having(key).and_then(|(table, key)| table.text(key));
        Values {
            given: tables.iter().flat_map(TomlTable::values).map(|value| value.key().to_owned()).collect(),
            name: text(NAME),
            inputs: having("inputs").and_then(|(table, key)| some(table, key)),
            references: texts("references"),
            own: texts("own"),
            target_os: having("target-os").and_then(|(table, key)| Some(choices(table, key)?.0)),
            tokens: having("tokens").and_then(|(table, key)| one_choice(table, key)),
            contract: having("contract").and_then(|(table, key)| one_choice(table, key)),
            modules: texts("modules"),
            module_lists: texts("module-lists"),
            default_modules: having("default-modules").and_then(|(table, key)| table.flag(key)),
            native: texts("native"),
            extra_signatures: texts("extra-signatures"),
            struct_sizes: having("struct-sizes")
                .and_then(|(table, key)| Some(table.table(key)?.values().filter_map(struct_size).collect())),
            struct_size_files: texts("struct-size-files"),
            emit: having("emit").and_then(|(table, key)| choices(table, key)),
            out: text("out"),
            interp_to_native: text("interp-to-native"),
            pinvoke: text("pinvoke"),
            reverse: text("reverse"),
        }
    }
}

/// Strings of which there must be one.
fn some(table: TomlTable<'_>, key: &str) -> Option<Vec<Text>> {
    let texts = table.texts(key)?;
    if texts.is_empty()
        && let Some(value) = table.value(key)
    {
        value.report(format!("`{key}` is empty"));
    }
    Some(texts)
}

/// The words of a key of which there must be one, and where the first is.
fn choices<T: Choice>(table: TomlTable<'_>, key: &str) -> Option<(Vec<T>, Location)> {
    let texts = some(table, key)?;
    let location = texts.first()?.location.clone();
    Some((texts.iter().filter_map(|text| choice(table, key, text)).collect(), location))
}

fn one_choice<T: Choice>(table: TomlTable<'_>, key: &str) -> Option<(T, Location)> {
    let text = table.text(key)?;
    Some((choice(table, key, &text)?, text.location))
}

/// What a word stands for, on the command line as here.
fn choice<T: Choice>(table: TomlTable<'_>, key: &str, text: &Text) -> Option<T> {
    let found = T::from_word(&text.value);
    if found.is_none() {
        let names: Vec<&str> = T::CHOICES.iter().map(|choice| choice.word()).collect();
        let hint = nearest(&text.value, names.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
        let hint = hint.unwrap_or_default();
        let message = format!("`{key}` can be {}, not `{}`{hint}", names.join(" or "), text.value);
        table.report(&catalogue::MANIFEST_VALUE, text.location.clone(), message);
    }
    found
}

/// `"Full.Name" = 16`, or `{ size = 16, align = 8 }`.
fn struct_size(value: Value<'_>) -> Option<(SizeDeclaration, Location)> {
    let declared = match (value.digits(), value.table()) {
        (Some(size), _) => size.to_owned(),
        (_, Some(table)) => {
            table.only(&["size", "align"], |_| None);
            let number = |key: &str| {
                let value = table.value(key)?;
                value.digits().or_else(|| value.wrong_type("a number of bytes"))
            };
            if table.value("size").is_none() {
                value.report("`size` is missing: write { size = 16, align = 8 }");
            }
            match (number("size")?, number("align")) {
                (size, Some(align)) => format!("{size}:{align}"),
                (size, None) => size.to_owned(),
            }
        }
        (None, None) => return value.wrong_type("a number of bytes, or { size = 16, align = 8 }"),
    };
    let declaration = format!("{}={declared}", value.key()).parse();
    let declaration = declaration.map_err(|why: DeclarationError| value.report(why.to_string()));
    Some((declaration.ok()?, value.location()))
}
