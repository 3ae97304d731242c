//! The text of a new manifest, with a comment for each key.

use std::fmt::Write;
use std::path::Path;

use toml_edit::{Array, Value};

use super::survey::Survey;
use crate::manifest::has_variable;
use clr_wasm_abi::TargetOs;
use thunkgen_core::emit::Contract;
use thunkgen_diagnostics::escape_controls;

/// Most names that a comment lists.
const MAX_LISTED: usize = 8;

/// A brace in a path. Not every key takes patterns, so `[{]` does not serve.
const BRACE: &str = "{brace}";

/// The address of the schema, for editors.
pub const SCHEMA: &str =
    "https://raw.githubusercontent.com/thunkgen/thunkgen/main/docs/reference/schemas/manifest.schema.json";

/// The text of a manifest for what was found. Without assemblies, the key `inputs` is a placeholder.
pub fn manifest_text(found: &Survey) -> String {
    let mut out = String::new();
    let mut add = |text: &str| {
        let _ = writeln!(out, "{text}");
    };
    add(&format!("#:schema {SCHEMA}"));
    add(
        "# What thunkgen generates here. Every key is described in docs/reference/manifest.md. Paths are relative to this",
    );
    add("# file. Then: thunkgen generate, thunkgen check, thunkgen check-native.");
    add("");
    add("# The app's assemblies: files, directories, or patterns such as 'bin/**/*.dll'.");
    match &found.inputs {
        Some(directory) => add(&format!("inputs = {}", list([shown(directory)]))),
        None => add("inputs = [\"bin/Release/publish/wwwroot/_framework\"]"),
    }
    let others = found.other_inputs.iter().map(|path| shown(path));
    comment(&mut add, "Other directories with assemblies", others.collect());
    if let Some(directory) = &found.references {
        add("");
        add("# Assemblies in which types are looked up, such as the core library; nothing is generated for them.");
        add(&format!("references = {}", list([shown(directory)])));
    }
    add("");
    add("# The system of the runtime: browser, wasi, or both.");
    let targets = if found.targets.is_empty() { &[TargetOs::Browser][..] } else { &found.targets };
    add(&format!("target-os = {}", targets.iter().map(|target| target.name()).collect::<Array>()));
    if let Some(runtime) = found.runtime() {
        add("");
        add("# The version of the .NET runtime.");
        add(&format!("runtime = {}", Value::from(runtime.to_string())));
    }
    let default = found.runtime().unwrap_or_default().facts().contract;
    if let Some(contract) = found.contract.filter(|contract| *contract != default) {
        add("");
        add("# The interface between the runtime and the generated files, as in the files that were here.");
        add(&format!("contract = {}", Value::from(Contract::name(contract))));
    }
    add("");
    add("# Native libraries that are linked into the app; their P/Invokes get a table entry.");
    match &found.modules[..] {
        [] if found.other_modules.is_empty() => add("# modules = [\"draw\"]"),
        [] => {}
        modules => add(&format!("modules = {}", list(modules.iter().cloned()))),
    }
    comment(
        &mut add,
        "Libraries that P/Invokes name, and that no file here has the name of",
        found.other_modules.clone(),
    );
    add("");
    add("# Native code that `thunkgen check-native` compares with the P/Invokes.");
    let module = found.native_module.as_ref().map(|path| shown(path));
    let native: Vec<String> = found.native.iter().map(|path| shown(path)).chain(module).collect();
    match &native[..] {
        [] => add("# native = [\"native/libdraw.a\"]"),
        native => add(&format!("native = {}", list(native.iter().cloned()))),
    }
    add("");
    add("# Where the generated files go.");
    let generated = "generated".to_owned();
    add(&format!("out = {}", Value::from(found.out.as_ref().map_or(generated, |path| shown(path)))));
    let others = found.other_generated.iter().map(|path| shown(path));
    comment(&mut add, "Other generated files; an output of their own ([[output]]) updates them", others.collect());
    add("");
    add(
        "# A file of problems that are not reported, each with its reason: thunkgen generate --add-suppressions writes one.",
    );
    add("# suppressions = [\"thunkgen.suppressions.toml\"]");
    if out.contains(BRACE) {
        out.push_str("\n# `{name}` in a path is a variable; this one is a brace.\n[variables]\nbrace = \"{\"\n");
    }
    out
}

/// A path as manifests spell it: `.` for the directory itself, and no part of a name is taken for a variable.
fn shown(path: &Path) -> String {
    match path.to_string_lossy().replace('\\', "/") {
        text if text.is_empty() => ".".to_owned(),
        text if has_variable(&text) => text.replace('{', BRACE),
        text => text,
    }
}

/// A text as a TOML string.
pub fn toml_text(text: &str) -> String {
    Value::from(text).to_string()
}

fn list(texts: impl IntoIterator<Item = String>) -> String {
    let values: Array = texts.into_iter().collect();
    if values.len() < 2 {
        return values.to_string();
    }
    let lines: String = values.iter().map(|value| format!("    {},\n", value.to_string().trim())).collect();
    format!("[\n{lines}]")
}

fn comment(add: &mut impl FnMut(&str), what: &str, names: Vec<String>) {
    if names.is_empty() {
        return;
    }
    let more = names.len().saturating_sub(MAX_LISTED);
    let values = names.iter().take(MAX_LISTED).map(|name| toml_text(&escape_controls(name)));
    let mut listed: Vec<String> = values.collect();
    if more > 0 {
        listed.push(format!("and {more} more"));
    }
    add(&format!("# {what}: {}", listed.join(", ")));
}
