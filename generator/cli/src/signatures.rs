//! What was collected, as text to read and search, or as JSON.
//!
//! In the text every line stands on its own: key, kind, member, where it is defined. The columns of a P/Invoke or
//! delegate are those of its reasons; callbacks follow the keys, since native code calls them by another table.

use std::fmt::Write;

use serde::Serialize;

use clr_wasm_abi::TargetOs;
use thunkgen_core::collect::ir::{self, Ir, Linkage};
use thunkgen_diagnostics::escape_controls;
use thunkgen_driver::summary::Part;

/// Longer keys do not push the other columns of all lines to the right.
const MAX_KEY_COLUMN: usize = 40;

/// One line per key and reason, then one per callback; the names of output and target come first when there are several.
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

/// One line per signature that stays open, with `-` for the key it has not.
pub fn unresolved(parts: &[Part<'_>]) -> String {
    let mut rows = Vec::new();
    for (prefix, ir) in parts.iter().flat_map(prefixed) {
        rows.extend(ir.unresolved.iter().map(|reason| row(format!("{prefix}-"), reason)));
    }
    table(&rows)
}

/// What was collected for each target, behind the name of the output when there are several, and so the target's.
fn prefixed<'a>(part: &Part<'a>) -> impl Iterator<Item = (String, &'a Ir)> + use<'a> {
    let Part { label, collected, .. } = *part;
    collected.iter().map(move |(target, ir)| {
        let target = (collected.len() > 1).then(|| target.name());
        (label.into_iter().chain(target).map(|name| format!("{name} ")).collect(), ir)
    })
}

fn row(key: String, reason: &ir::Reason) -> [String; 4] {
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

/// Format number of the JSON; raised when a field changes its meaning or goes away.
const JSON_FORMAT: u32 = 1;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignaturesDocument<'a> {
    format: u32,
    targets: Vec<Target<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Target<'a> {
    /// Which of the manifest's outputs, when there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
    target_os: &'a str,
    keys: Vec<Key<'a>>,
    pinvokes: Vec<PInvoke<'a>>,
    callbacks: Vec<Callback<'a>>,
    /// What depends on generic parameters that nothing in the inputs stands for.
    unresolved: Vec<Reason<'a>>,
    totals: Totals,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Key<'a> {
    key: &'a str,
    reasons: Vec<Reason<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reason<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    assembly: &'a str,
    member: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PInvoke<'a> {
    module: &'a str,
    entry_point: &'a str,
    signature: String,
    /// Present for an import of the wasm module: the namespace in its symbol.
    #[serde(skip_serializing_if = "Option::is_none")]
    import_namespace: Option<&'a str>,
    assemblies: Vec<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Callback<'a> {
    key: &'a str,
    signature: String,
    assembly: &'a str,
    #[serde(rename = "type")]
    type_full_name: &'a str,
    method: &'a str,
    token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry_point: Option<&'a str>,
    /// Present when the runtime refuses to call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Totals {
    assemblies: usize,
    skipped_files: usize,
    pinvoke_rows: usize,
    delegates: usize,
    internal_calls: usize,
    callbacks: usize,
}

/// Everything that was collected, as one JSON document.
pub fn json(parts: &[Part<'_>]) -> String {
    let mut targets = Vec::new();
    for Part { label, collected, .. } in parts.iter().copied() {
        targets.extend(collected.iter().map(|(target, ir)| target_shape(label, *target, ir)));
    }
    let mut text = String::new();
    // Cannot fail: the shapes hold only strings and numbers.
    let document = serde_json::to_string_pretty(&SignaturesDocument { format: JSON_FORMAT, targets })
        .expect("plain data becomes JSON");
    let _ = writeln!(text, "{document}");
    text
}

fn target_shape<'a>(output: Option<&'a str>, target: TargetOs, ir: &'a Ir) -> Target<'a> {
    let token = |token: u32| format!("0x{token:08X}");
    let reason = |reason: &'a ir::Reason| Reason {
        kind: reason.kind.name(),
        assembly: &reason.assembly,
        member: &reason.member,
        token: (reason.token != 0).then(|| token(reason.token)),
    };
    let keys = ir.keys.iter().map(|(key, entry)| Key { key, reasons: entry.reasons.iter().map(reason).collect() });
    let pinvokes = ir.pinvokes.iter().flat_map(|(module, entries)| {
        entries.iter().map(|(entry_point, pinvoke)| PInvoke {
            module,
            entry_point,
            signature: pinvoke.signature.to_string(),
            import_namespace: match &pinvoke.linkage {
                Linkage::Static => None,
                Linkage::WasmImport { namespace } => Some(namespace.as_str()),
            },
            assemblies: pinvoke.assemblies.iter().map(String::as_str).collect(),
        })
    });
    let callbacks = ir.callbacks.iter().map(|(key, callback)| Callback {
        key,
        signature: callback.signature.to_string(),
        assembly: &callback.assembly,
        type_full_name: &callback.type_full_name,
        method: &callback.method,
        token: token(callback.token),
        entry_point: callback.entry_point.as_deref(),
        problem: callback.problem.as_deref(),
    });
    let totals = &ir.totals;
    Target {
        output,
        target_os: target.name(),
        keys: keys.collect(),
        pinvokes: pinvokes.collect(),
        callbacks: callbacks.collect(),
        unresolved: ir.unresolved.iter().map(reason).collect(),
        totals: Totals {
            assemblies: totals.assemblies,
            skipped_files: totals.skipped_files,
            pinvoke_rows: totals.pinvoke_rows,
            delegates: totals.delegates,
            internal_calls: totals.internal_calls,
            callbacks: totals.callbacks,
        },
    }
}
