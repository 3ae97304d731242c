//! What `lookup` found, for people.

use std::fmt::Write;

use super::document::{CoverageShape, KeyShape, NearShape, ReasonShape, SourceShape, ThunkShape};
use thunkgen_diagnostics::escape_lines;
use thunkgen_driver::summary::plural;

/// A key: where it is found and why, or what it is like and what would provide it.
pub fn key(shape: &KeyShape) -> String {
    let mut out = String::new();
    let verdict = if shape.found { "found" } else { "not found" };
    let method = shape.method.as_ref().map(|method| format!(", for {method}")).unwrap_or_default();
    let log = match (shape.log_line, shape.log_lines) {
        (Some(line), Some(1)) => format!("; missing in line {line} of the log"),
        (Some(line), Some(count)) => format!("; missing in {count} lines of the log, first {line}"),
        _ => String::new(),
    };
    let _ = writeln!(out, "{}{method}: {verdict}{log}", shape.key);
    for thunk in &shape.thunks {
        let _ = writeln!(out, "  {}", self::thunk(thunk));
        let _ = writeln!(out, "    {}", thunk.reason);
    }
    if let (true, Some(_)) = (shape.found, shape.log_line) {
        let _ = writeln!(out, "  so the log is of an app without this source, or from before the image was loaded");
    }
    if !shape.nearest.is_empty() {
        let _ = writeln!(out, "  like it");
        shape.nearest.iter().for_each(|near| _ = writeln!(out, "    {}", self::near(near)));
    }
    match &shape.needed_by {
        Some(reasons) if reasons.is_empty() => _ = writeln!(out, "  needed by nothing in the assemblies"),
        Some(reasons) => {
            let _ = writeln!(out, "  needed by");
            reasons.iter().for_each(|reason| _ = writeln!(out, "    {}", self::reason(reason)));
        }
        None => {}
    }
    if !shape.advice.is_empty() {
        let _ = writeln!(out, "  what would provide it");
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
        (Some(index), _) => line += &format!("  function {index} {}", thunk.function),
        (None, Some(rva)) if !thunk.empty => line += &format!("  at 0x{rva:x}"),
        (None, Some(slot)) => line += &format!("  nothing at place {slot} of the table"),
        (None, None) => line += &format!("  {}", thunk.function),
    }
    if let Some(of_type) = &thunk.wasm_type {
        line += &format!("  {of_type}");
    }
    line.trim_end().to_owned()
}

fn near(near: &NearShape) -> String {
    let same = near.same_wasm_type.then(|| "the same wasm type".to_owned());
    let parts: Vec<String> = near.difference.iter().cloned().chain(same).collect();
    format!("{}  {}", near.key, parts.join(", "))
}

fn reason(reason: &ReasonShape) -> String {
    let ReasonShape { kind, assembly, member, token } = reason;
    let token = token.as_deref().unwrap_or_default();
    format!("{kind}  {member}  {assembly} {token}").trim_end().to_owned()
}

/// What a target's assemblies need; the keys that nothing needs only when they are asked for.
pub fn coverage(shape: &CoverageShape, several: bool, verbose: bool) -> String {
    let mut out = String::new();
    let on = if several { format!(" on {}", shape.target_os) } else { String::new() };
    let found = shape.needed - shape.missing.len();
    let _ = writeln!(out, "{} needed{on}, {found} found", plural(shape.needed, "key"));
    for found in &shape.found {
        let _ = writeln!(out, "  {:>5}  {}", found.keys, source(&found.source));
    }
    for missing in &shape.missing {
        let _ = write!(out, "\n{}", key(missing));
    }
    if verbose && !shape.unneeded.is_empty() {
        let _ = writeln!(out, "\nprovided, but needed by nothing in the assemblies");
        shape.unneeded.iter().for_each(|key| _ = writeln!(out, "  {key}"));
    }
    escape_lines(&out)
}

fn source(source: &SourceShape) -> String {
    let name = source.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    format!("{} {}{name}, which has {}", source.kind, source.path, plural(source.thunks, "thunk"))
}
