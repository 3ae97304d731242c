//! `doctor --fix`: an image with the missing thunks.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::error::UsageError;
use clr_wasm_abi::ThunkKey;
use thunkgen_core::RuntimeVersion;
use thunkgen_driver::doctor::report::{CallState, CallbackState, Flavor, InteropReport};
use thunkgen_driver::options::Choice;
use thunkgen_driver::summary::plural;
use thunkgen_driver::write::write_all;
use thunkgen_r2r::emit::{AssemblyName, Identity, Thunk, image, thunk};

/// Writes the image, and returns what to print about it.
pub fn write(report: &InteropReport, path: &Path) -> Result<Vec<String>, UsageError> {
    let shown = path.display();
    let name: AssemblyName = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .parse()
        .map_err(|error| UsageError::new(format_args!("--fix {shown}: {error}")))?;
    refuse_input(report, path)?;
    let mut lines = not_cured(report);
    let keys = report.missing_keys().filter_map(|key| key.key.parse::<ThunkKey>().ok());
    let thunks: Vec<Thunk> = keys.filter_map(|key| thunk(&key).ok()).collect();
    if thunks.is_empty() {
        let why = match report.runtime.flavor {
            Flavor::Mono => "Mono has no thunk tables",
            _ => "no thunk is missing",
        };
        lines.insert(0, format!("{why}, so {shown} was not written"));
        return Ok(lines);
    }
    let version = report.runtime.formats_of.as_deref().and_then(RuntimeVersion::from_word).unwrap_or_default();
    let mut identity = Identity::new(name);
    identity.format = version.facts().image.clone();
    let bytes = image(&thunks, &identity).map_err(|error| UsageError::new(format_args!("--fix {shown}: {error}")))?;
    write_all(&BTreeMap::from([(path.to_owned(), bytes)]))
        .map_err(|error| UsageError::new(format_args!("--fix {}: {}", error.path.display(), error.reason)))?;
    let written = format!(
        "wrote {shown} with {}; the app must load it as an assembly, see docs/reference/r2r-emit.md",
        plural(thunks.len(), "thunk")
    );
    lines.insert(0, written);
    Ok(lines)
}

/// What an image cannot provide.
fn not_cured(report: &InteropReport) -> Vec<String> {
    let calls = report.pinvokes.iter().filter(|entry| {
        let fails = matches!(entry.state, CallState::NoFunction | CallState::OtherType | CallState::NotLinked);
        let is_framework = |library: &str| report.libraries.iter().any(|of| of.name == library && of.is_framework);
        fails && !is_framework(&entry.library)
    });
    let callbacks = report.callbacks.iter().filter(|entry| entry.state == CallbackState::NoRow);
    let parts = [(calls.count(), "P/Invoke"), (callbacks.count(), "callback")];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| plural(*count, what)).collect();
    match parts.is_empty() {
        true => Vec::new(),
        false => vec![format!("an image does not help with {}: link the native module again", parts.join(" and "))],
    }
}

/// Refuses to overwrite a file of the app.
fn refuse_input(report: &InteropReport, path: &Path) -> Result<(), UsageError> {
    let Ok(place) = fs::canonicalize(path) else { return Ok(()) };
    let parts = report.parts.iter().map(|part| &part.path);
    let assemblies = report.assemblies.iter().map(|assembly| &assembly.part.path);
    let boot = report.boot_configuration.iter().map(|boot| &boot.path);
    let is_input = parts.chain(assemblies).chain(boot).any(|input| fs::canonicalize(input).is_ok_and(|of| of == place));
    match is_input {
        true => Err(UsageError::new(format_args!("--fix {}: it is a file of the app", path.display()))),
        false => Ok(()),
    }
}
