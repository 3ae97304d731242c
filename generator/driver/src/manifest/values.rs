//! The values that an output can have, and which of them count when the file has some for all outputs.

use std::collections::BTreeSet;

use super::NAME;
use crate::options::{Choice, Emit};
use crate::struct_sizes::{DeclarationError, SizeDeclaration};
use crate::toml_file::{Mistake, Text, TomlTable, Value, nearest};
use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_core::RuntimeVersion;
use thunkgen_core::emit::Contract;
use thunkgen_diagnostics::Location;

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
    pub runtime: Option<(RuntimeVersion, Location)>,
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
    /// The values of a table.
    pub fn read(table: TomlTable<'_>) -> Values {
        Values {
            given: table.values().map(|value| value.key().to_owned()).collect(),
            name: table.text(NAME),
            inputs: some(table, "inputs"),
            references: table.texts("references"),
            own: table.texts("own"),
            target_os: target_os(table),
            runtime: table.text("runtime").and_then(|text| Some((choice(table, "runtime", &text)?, text.location))),
            tokens: table.text("tokens").and_then(|text| Some((choice(table, "tokens", &text)?, text.location))),
            contract: table.text("contract").and_then(|text| Some((choice(table, "contract", &text)?, text.location))),
            modules: table.texts("modules"),
            module_lists: table.texts("module-lists"),
            default_modules: table.flag("default-modules"),
            native: table.texts("native"),
            extra_signatures: table.texts("extra-signatures"),
            struct_sizes: table.table("struct-sizes").map(|sizes| sizes.values().filter_map(struct_size).collect()),
            struct_size_files: table.texts("struct-size-files"),
            emit: emit(table),
            out: table.text("out"),
            interp_to_native: table.text("interp-to-native"),
            pinvoke: table.text("pinvoke"),
            reverse: table.text("reverse"),
        }
    }

    /// These values, and those of all outputs where there are none.
    pub fn over(self, all: &Values) -> Values {
        let all = all.clone();
        Values {
            given: self.given.into_iter().chain(all.given).collect(),
            name: self.name,
            inputs: self.inputs.or(all.inputs),
            references: self.references.or(all.references),
            own: self.own.or(all.own),
            target_os: self.target_os.or(all.target_os),
            runtime: self.runtime.or(all.runtime),
            tokens: self.tokens.or(all.tokens),
            contract: self.contract.or(all.contract),
            modules: self.modules.or(all.modules),
            module_lists: self.module_lists.or(all.module_lists),
            default_modules: self.default_modules.or(all.default_modules),
            native: self.native.or(all.native),
            extra_signatures: self.extra_signatures.or(all.extra_signatures),
            struct_sizes: self.struct_sizes.or(all.struct_sizes),
            struct_size_files: self.struct_size_files.or(all.struct_size_files),
            emit: self.emit.or(all.emit),
            out: self.out.or(all.out),
            interp_to_native: self.interp_to_native.or(all.interp_to_native),
            pinvoke: self.pinvoke.or(all.pinvoke),
            reverse: self.reverse.or(all.reverse),
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

fn target_os(table: TomlTable<'_>) -> Option<Vec<TargetOs>> {
    let texts = some(table, "target-os")?;
    Some(texts.iter().filter_map(|text| choice(table, "target-os", text)).collect())
}

/// What is generated, and where it is said.
fn emit(table: TomlTable<'_>) -> Option<(Vec<Emit>, Location)> {
    let texts = some(table, "emit")?;
    let location = texts.first()?.location.clone();
    Some((texts.iter().filter_map(|text| choice(table, "emit", text)).collect(), location))
}

/// What a word stands for, on the command line as here.
fn choice<T: Choice>(table: TomlTable<'_>, key: &str, text: &Text) -> Option<T> {
    let found = T::from_word(&text.value);
    if found.is_none() {
        let names: Vec<&str> = T::CHOICES.iter().map(|choice| choice.word()).collect();
        let hint = nearest(&text.value, names.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
        let hint = hint.unwrap_or_default();
        let message = format!("`{key}` can be {}, not `{}`{hint}", names.join(" or "), text.value);
        table.report(Mistake::Value, text.location.clone(), message);
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
                if value.digits().is_none() {
                    value.wrong_type("a number of bytes");
                }
                value.digits()
            };
            if table.value("size").is_none() {
                value.report("`size` is missing: write { size = 16, align = 8 }");
            }
            match (number("size")?, number("align")) {
                (size, Some(align)) => format!("{size}:{align}"),
                (size, None) => size.to_owned(),
            }
        }
        (None, None) => {
            value.wrong_type("a number of bytes, or { size = 16, align = 8 }");
            return None;
        }
    };
    let declaration = format!("{}={declared}", value.key()).parse();
    let declaration = declaration.map_err(|why: DeclarationError| value.report(why.to_string()));
    Some((declaration.ok()?, value.location()))
}
