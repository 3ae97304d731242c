//! What was collected, as text to read and search, or as JSON.
//!
//! Every line of the text has a key, the kind and name of a member, and where it is defined. Callbacks follow the keys,
//! since native code calls them through another table.

use std::collections::BTreeSet;

use serde::Serialize;

use clr_wasm_abi::TargetOs;
use thunkgen_core::collect::ir::{Callback, Ir, PInvoke, Reason, Totals};
use thunkgen_diagnostics::escape_controls;
use thunkgen_driver::summary::Part;

/// Longer keys do not widen the column.
const MAX_KEY_COLUMN: usize = 40;

/// One line per key and reason, then one per callback; first the names of output and target, if there are several.
pub fn text(parts: &[Part<'_>]) -> String {
    let mut rows = Vec::new();
    for (prefix, ir) in parts.iter().flat_map(prefixed) {
        for (key, entry) in &ir.keys {
            rows.extend(entry.reasons.iter().map(|reason| row(format!("{prefix}{key}"), reason)));
        }
        for (key, callback) in &ir.callbacks {
            let member = format!("{}.{}", callback.type_full_name, callback.method);
            let place = place(&callback.assembly, callback.token);
            rows.push([format!("{prefix}{key}"), "callback".to_owned(), member, place]);
        }
    }
    table(&rows)
}

/// One line per signature without an instantiation, with `-` instead of a key.
pub fn unresolved(parts: &[Part<'_>]) -> String {
    let mut rows = Vec::new();
    for (prefix, ir) in parts.iter().flat_map(prefixed) {
        rows.extend(ir.unresolved.iter().map(|reason| row(format!("{prefix}-"), reason)));
    }
    table(&rows)
}

/// What was collected for each target, after the name of the output and of the target, if there are several.
fn prefixed<'a>(part: &Part<'a>) -> impl Iterator<Item = (String, &'a Ir)> + use<'a> {
    let Part { label, collected, .. } = *part;
    collected.iter().map(move |(target, ir)| {
        let target = (collected.len() > 1).then(|| target.name());
        (label.into_iter().chain(target).map(|name| format!("{name} ")).collect(), ir)
    })
}

fn row(key: String, reason: &Reason) -> [String; 4] {
    [key, reason.kind.name().to_owned(), reason.member.clone(), place(&reason.assembly, reason.token)]
}

fn table(rows: &[[String; 4]]) -> String {
    let width = |column: usize, max: usize| {
        rows.iter().map(|row| row[column].chars().count()).filter(|&width| width <= max).max().unwrap_or(0)
    };
    let (keys, kinds) = (width(0, MAX_KEY_COLUMN), width(1, usize::MAX));
    let mut out = String::new();
    for [key, kind, member, place] in rows {
        let line = format!("{key:keys$}  {kind:kinds$}  {member}  {place}");
        out += escape_controls(line.trim_end()).as_str();
        out.push('\n');
    }
    out
}

fn place(assembly: &str, token: u32) -> String {
    match token {
        0 => assembly.to_owned(),
        token => format!("{assembly} 0x{token:08X}"),
    }
}

/// Format number of the JSON; raised when a member changes its meaning or goes away.
const JSON_FORMAT: u32 = 2;

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignaturesDocument<'a> {
    /// Format number of this document.
    format: u32,
    /// What was collected for each output and target.
    targets: Vec<Target<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct Target<'a> {
    /// The output of the manifest, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
    /// Name of the target: `browser`, `wasi`.
    target_os: &'a str,
    /// The keys in byte order.
    keys: Vec<Key<'a>>,
    /// The entries of the P/Invoke table.
    pinvokes: Vec<PInvokeRow<'a>>,
    /// The callbacks in byte order of their keys.
    callbacks: Vec<CallbackRow<'a>>,
    /// Signatures with generic parameters for which no instantiation was found.
    unresolved: &'a BTreeSet<Reason>,
    /// Totals over the inputs.
    totals: Totals,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Key<'a> {
    /// The key: `MviS8`.
    key: &'a str,
    /// What requires it.
    reasons: &'a BTreeSet<Reason>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct PInvokeRow<'a> {
    /// The library as `DllImport` spells it.
    #[serde(rename = "library")]
    module: &'a str,
    /// Name of the function.
    entry_point: &'a str,
    #[serde(flatten)]
    pinvoke: &'a PInvoke,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CallbackRow<'a> {
    /// The key of the callback: `Method#2:Assembly:Namespace:Type`.
    key: &'a str,
    #[serde(flatten)]
    callback: &'a Callback,
}

/// Everything that was collected, as one JSON document.
pub fn json(parts: &[Part<'_>]) -> String {
    let targets = parts.iter().flat_map(|part| {
        let Part { label, collected, .. } = *part;
        collected.iter().map(move |(target, ir)| target_document(label, *target, ir))
    });
    crate::json(&SignaturesDocument { format: JSON_FORMAT, targets: targets.collect() })
}

fn target_document<'a>(output: Option<&'a str>, target: TargetOs, ir: &'a Ir) -> Target<'a> {
    let pinvokes = ir.pinvokes.iter().flat_map(|(module, entries)| {
        entries.iter().map(move |(entry_point, pinvoke)| PInvokeRow { module, entry_point, pinvoke })
    });
    Target {
        output,
        target_os: target.name(),
        keys: ir.keys.iter().map(|(key, entry)| Key { key, reasons: &entry.reasons }).collect(),
        pinvokes: pinvokes.collect(),
        callbacks: ir.callbacks.iter().map(|(key, callback)| CallbackRow { key, callback }).collect(),
        unresolved: &ir.unresolved,
        totals: ir.totals,
    }
}
