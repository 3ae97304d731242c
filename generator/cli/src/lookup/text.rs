//! The text of `lookup`.

use std::fmt::Write;

use super::document::{CoverageShape, KeyShape, SourceShape, ThunkShape};
use thunkgen_core::collect::ir::Reason;
use thunkgen_diagnostics::escape_lines;
use thunkgen_driver::summary::plural;
use thunkgen_r2r::lookup::nearest::Near;

/// A key: where its thunk is and why, or similar keys and how to provide one.
pub fn key(shape: &KeyShape<'_>) -> String {
    let mut out = String::new();
    let verdict = if shape.found { "found" } else { "not found" };
    let method = shape.method.as_ref().map(|method| format!(", for {method}")).unwrap_or_default();
    let log = match (shape.log_line, shape.log_lines) {
        (Some(line), Some(1)) => format!("; reported missing in line {line} of the log"),
        (Some(line), Some(count)) => format!("; reported missing in {count} lines of the log, first in line {line}"),
        _ => String::new(),
    };
    let _ = writeln!(out, "{}{method}: {verdict}{log}", shape.key);
    for thunk in &shape.thunks {
        let _ = writeln!(out, "  {}", self::thunk(thunk));
        let _ = writeln!(out, "    {}", thunk.reason);
    }
    if let (true, Some(_)) = (shape.found, shape.log_line) {
        let _ = writeln!(out, "  the log is from an app without this file, or from before the image was loaded");
    }
    if !shape.nearest.is_empty() {
        let _ = writeln!(out, "  similar keys");
        shape.nearest.iter().for_each(|near| _ = writeln!(out, "    {}", self::near(near)));
    }
    match &shape.needed_by {
        Some(reasons) if reasons.is_empty() => _ = writeln!(out, "  unused in the assemblies"),
        Some(reasons) => {
            let _ = writeln!(out, "  needed by");
            reasons.iter().for_each(|reason| _ = writeln!(out, "    {}", self::reason(reason)));
        }
        None => {}
    }
    if !shape.advice.is_empty() {
        let _ = writeln!(out, "  how to provide it");
        shape.advice.iter().for_each(|advice| _ = writeln!(out, "    {advice}"));
    }
    escape_lines(&out)
}

fn thunk(thunk: &ThunkShape) -> String {
    let mut line = thunk.path.clone();
    if let (Some(row), Some(column)) = (thunk.line, thunk.column) {
        line += &format!("({row},{column})");
    }
    match (thunk.function_index, thunk.table_index) {
        (Some(index), _) => line += format!("  function {index} {}", thunk.function).trim_end(),
        (None, Some(rva)) if !thunk.empty => line += &format!("  at 0x{rva:x}"),
        (None, Some(slot)) => line += &format!("  empty table slot {slot}"),
        (None, None) => line += &format!("  {}", thunk.function),
    }
    if let Some(of_type) = &thunk.wasm_type {
        line += &format!("  {of_type}");
    }
    line.trim_end().to_owned()
}

fn near(near: &Near<'_>) -> String {
    let same = near.same_type.then(|| "the same wasm type".to_owned());
    let parts: Vec<String> = near.difference.iter().cloned().chain(same).collect();
    format!("{}  {}", near.key, parts.join(", "))
}

fn reason(reason: &Reason) -> String {
    let Reason { kind, assembly, member, token } = reason;
    let token = if *token == 0 { String::new() } else { format!("0x{token:08X}") };
    format!("{}  {member}  {assembly} {token}", kind.name()).trim_end().to_owned()
}

/// The keys that the assemblies need for a target; with `verbose`, the unused ones too.
pub fn coverage(shape: &CoverageShape<'_>, several: bool, verbose: bool) -> String {
    let mut out = String::new();
    let on = if several { format!(" on {}", shape.target_os) } else { String::new() };
    let found = shape.needed - shape.missing.len();
    let _ = writeln!(out, "{} required{on}, {found} found", plural(shape.needed, "key"));
    for found in &shape.found {
        let _ = writeln!(out, "  {:>5}  {}", found.keys, source(&found.source));
    }
    if shape.open > 0 {
        let open = plural(shape.open, "generic signature");
        let _ = writeln!(out, "{open} still open: `thunkgen signatures --unresolved` lists what has no known key");
    }
    for missing in &shape.missing {
        let _ = write!(out, "\n{}", key(missing));
    }
    if verbose && !shape.unneeded.is_empty() {
        let _ = writeln!(out, "\nkeys that the assemblies do not need");
        shape.unneeded.iter().for_each(|key| _ = writeln!(out, "  {key}"));
    }
    escape_lines(&out)
}

fn source(source: &SourceShape) -> String {
    let name = source.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    format!("{} {}{name} with {}", source.kind, source.path, plural(source.thunks, "thunk"))
}
