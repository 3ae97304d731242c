//! `doctor --fix`: an image with the missing thunks.

use std::path::Path;

use crate::error::UsageError;
use clr_wasm_abi::ThunkKey;
use thunkgen_core::RuntimeVersion;
use thunkgen_driver::doctor::report::{CallState, CallbackState, Flavor, InteropReport};
use thunkgen_driver::options::Choice;
use thunkgen_driver::summary::plural;
use thunkgen_r2r::emit::{AssemblyName, Identity, Thunk, image, thunk};

/// The image, and what to print about it. There is no image if it would be empty.
pub fn make(report: &InteropReport, path: &Path) -> Result<(Option<Vec<u8>>, Vec<String>), UsageError> {
    let shown = path.display();
    let name: AssemblyName = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .parse()
        .map_err(|error| UsageError::new(format_args!("--fix {shown}: {error}")))?;
    let mut lines = not_cured(report);
    let keys = report.missing_keys().filter_map(|key| key.key.parse::<ThunkKey>().ok());
    let thunks: Vec<Thunk> = keys.filter_map(|key| thunk(&key).ok()).collect();
    if thunks.is_empty() {
        let why = match report.runtime.flavor {
            Flavor::Mono => "Mono has no thunk tables",
            _ => "no thunk is missing",
        };
        lines.insert(0, format!("{why}, so {shown} was not written"));
        return Ok((None, lines));
    }
    let version = report.runtime.formats_of.as_deref().and_then(RuntimeVersion::from_word).unwrap_or_default();
    let mut identity = Identity::new(name);
    identity.format = version.facts().image.clone();
    let bytes = image(&thunks, &identity).map_err(|error| UsageError::new(format_args!("--fix {shown}: {error}")))?;
    let written = format!(
        "wrote {shown} with {}; the app must load it as an assembly, see docs/reference/r2r-emit.md",
        plural(thunks.len(), "thunk")
    );
    lines.insert(0, written);
    Ok((Some(bytes), lines))
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
