//! One set of outputs: from the values of its table to options.

use std::path::{Path, PathBuf};

use super::values::Values;
use crate::error::OptionError;
use crate::inputs;
use crate::modules::list_file;
use crate::options::{Given, Modules, Options, Origin, Outputs, StructSizes};
use crate::output_path::{OutputPath, PlaceError, places};
use crate::toml_file::{Mistake, Text, TomlTable};
use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_core::emit::Contract;

/// One set of outputs, and what it is made from.
#[derive(Debug)]
pub struct OutputSet {
    /// Its name, or the folder it is written to.
    pub label: String,
    /// What it is made from and where it goes; paths are relative to the current folder, and inputs are files.
    pub options: Options,
}

impl OutputSet {
    /// The set that `table` describes with these values; `None` when it has no places. Mistakes are reported.
    pub fn new(table: TomlTable<'_>, values: Values, base: &Path) -> Option<OutputSet> {
        if !values.given.contains("inputs") {
            let message = "`inputs` is missing: name the assemblies, their folders, or patterns such as 'bin/**/*.dll'";
            table.report(Mistake::MissingKey, table.location(), message);
        }
        let files = |texts: &Option<Vec<Text>>| -> Vec<PathBuf> {
            texts.iter().flatten().flat_map(|text| expand(table, text, base)).collect()
        };
        let (inputs, references) = (files(&values.inputs), files(&values.references));
        // A manifest says all that is generated, the default included.
        let (runtime, runtime_at) = values.runtime.unwrap_or_default();
        let facts = runtime.facts();
        let (contract, contract_at) = values.contract.unwrap_or((facts.contract, runtime_at.clone()));
        if contract == Contract::PortableCallhelpers
            && let Some((tokens, tokens_at)) = &values.tokens
            && *tokens != TokenSet::Current
        {
            let message = "a runtime of the contract portable-callhelpers knows tokens = \"current\" only";
            table.report(Mistake::Value, tokens_at.clone(), message);
        }
        let targets = values.target_os.unwrap_or(vec![TargetOs::Browser]);
        let lists = |texts: Option<Vec<Text>>| -> Vec<PathBuf> {
            texts.into_iter().flatten().map(|text| listed(table, text, base)).collect()
        };
        if ["out", "interp-to-native", "pinvoke", "reverse"].iter().all(|key| !values.given.contains(*key)) {
            let message = "`out` is missing: name the folder to write to, or files with `interp-to-native`, \
                           `pinvoke` and `reverse`";
            table.report(Mistake::MissingKey, table.location(), message);
        }
        let texts = |key, texts: Option<Vec<Text>>| -> Vec<Given<String>> {
            texts.into_iter().flatten().map(|text| given(key, text)).collect()
        };
        let place = |key, text: Option<&Text>| {
            text.cloned().map(|text| {
                let Given { value, origin } = given(key, text);
                Given { value: OutputPath::from(value).below(base), origin }
            })
        };
        let (emit, emit_at) = values.emit.unwrap_or_default();
        let sizes = values.struct_sizes.into_iter().flatten();
        let modules = Modules {
            named: texts("modules", values.modules),
            lists: lists(values.module_lists),
            without_runtime: values.default_modules == Some(false),
            ..Modules::default()
        };
        let mut options = Options {
            inputs,
            references,
            runtime: Some(Given { value: runtime, origin: Origin::Manifest("runtime", runtime_at.into()) }),
            tokens: values.tokens.map(|(value, at)| Given { value, origin: Origin::Manifest("tokens", at.into()) }),
            contract: Some(Given { value: contract, origin: Origin::Manifest("contract", contract_at.into()) }),
            modules,
            extra_signatures: lists(values.extra_signatures),
            struct_sizes: StructSizes {
                declared: sizes
                    .map(|(value, at)| Given { value, origin: Origin::Manifest("struct-sizes", at.into()) })
                    .collect(),
                files: lists(values.struct_size_files),
            },
            native: values.native.into_iter().flatten().map(|text| base.join(text.value)).collect(),
            outputs: Outputs {
                emit: Given { value: emit, origin: Origin::Manifest("emit", emit_at.into()) },
                out: place("out", values.out.as_ref()),
                interp_to_native: place("interp-to-native", values.interp_to_native.as_ref()),
                pinvoke: place("pinvoke", values.pinvoke.as_ref()),
                reverse: place("reverse", values.reverse.as_ref()),
            },
            targets,
            ..Options::default()
        };
        options.own.patterns = texts("own", values.own);
        let targets = options.target_list();
        match places(&options.outputs, &targets) {
            Ok(_) => {}
            // That was reported, as a key that is missing or has no usable value.
            Err(PlaceError::Nowhere) => return None,
            Err(error) => {
                let OptionError { origin, message } = error.into();
                table.report(Mistake::Value, origin.location(), message);
                return None;
            }
        }
        let first =
            || Some(options.outputs.tables().into_iter().find_map(|(_, path)| path)?.text_for(*targets.first()?));
        let label = values.name.or(values.out).map(|text| text.value).or_else(first).unwrap_or_default();
        Some(OutputSet { label, options })
    }
}

fn given(key: &'static str, text: Text) -> Given<String> {
    Given { value: text.value, origin: Origin::Manifest(key, text.location.into()) }
}

/// The files that an input stands for.
fn expand(table: TomlTable<'_>, text: &Text, base: &Path) -> Vec<PathBuf> {
    let bad = |why: String| {
        table.report(Mistake::Path, text.location.clone(), why);
        Vec::new()
    };
    if text.value.is_empty() {
        return bad("the path is empty; write \".\" for the manifest's folder".to_owned());
    }
    match inputs::expand_one(base, Path::new(&text.value)) {
        Ok(files) => match files.iter().find(|file| !file.exists()) {
            Some(file) => bad(unusable(file, &text.value, "no such file or folder")),
            None => files,
        },
        Err(why) => bad(format!("{why}; build the assemblies first, or correct the path")),
    }
}

/// A path that cannot be used, as it is `written` in the manifest, and where it was looked for.
pub fn unusable(path: &Path, written: &str, why: &str) -> String {
    let relative = if Path::new(written).has_root() { "" } else { "; paths are relative to the manifest's folder" };
    format!("{}: {why}{relative}", path.display())
}

/// The path of a file that is read beside the inputs.
fn listed(table: TomlTable<'_>, text: Text, base: &Path) -> PathBuf {
    let path = base.join(&text.value);
    let file = list_file(&path).0;
    if !file.exists() {
        table.report(Mistake::Path, text.location, unusable(&file, &text.value, "no such file or folder"));
    }
    path
}
