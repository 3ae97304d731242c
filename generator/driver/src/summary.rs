//! The remarks at the end of a run. None of them reads like a diagnostic of a build log (`error:`, `warning:`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::modules;
use super::pipeline::Collected;
use clr_wasm_abi::TargetOs;
use thunkgen_core::collect::ir::Ir;
use thunkgen_core::collect::{self, LibraryName};
use thunkgen_diagnostics::{Diagnostic, Findings, Level, escape_controls};

/// What was collected: `143 keys, 170 P/Invokes in 5 modules, 29 callbacks from 202 assemblies`.
pub fn collected(ir: &Ir) -> String {
    let pinvokes = ir.pinvokes.values().map(BTreeMap::len).sum();
    let open = match ir.unresolved.len() {
        0 => String::new(),
        open => format!(" ({} still open)", plural(open, "generic signature")),
    };
    let skipped = match ir.skipped.len() {
        0 => String::new(),
        skipped => format!(" (skipped {} without managed code)", plural(skipped, "file")),
    };
    format!(
        "{}{open}, {} in {}, {} from {}{skipped}",
        plural(ir.keys.len(), "key"),
        plural(pinvokes, "P/Invoke"),
        plural(ir.pinvokes.len(), "module"),
        plural(ir.callbacks.len(), "callback"),
        plural(ir.totals.assemblies, "assembly"),
    )
}

/// What was collected for one set of outputs.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Part<'a> {
    /// Which set, when there are several.
    pub label: Option<&'a str>,
    /// What was asked for.
    pub targets: &'a [collect::Options],
    /// What was found.
    pub collected: &'a Collected,
}

impl<'a> Part<'a> {
    /// What was collected for some targets.
    pub fn new(label: Option<&'a str>, targets: &'a [collect::Options], collected: &'a Collected) -> Part<'a> {
        Part { label, targets, collected }
    }

    /// Every target with the name that the summary has for it.
    fn named(&self) -> impl Iterator<Item = (String, &'a Ir, &'a collect::Options)> + use<'a> {
        let Part { label, targets, collected } = *self;
        let several = collected.len() > 1;
        let find = move |target: TargetOs| targets.iter().find(|options| options.target_os == target);
        collected.iter().filter_map(move |(&target, ir)| {
            let name = match label {
                Some(label) if several => format!("{label} for {}", target.name()),
                Some(label) => label.to_owned(),
                None => target.name().to_owned(),
            };
            Some((name, ir, find(target)?))
        })
    }
}

/// What was collected for each target, its name first when there are several, and what came of it.
pub fn lines(parts: &[Part<'_>], outcome: &str) -> Vec<String> {
    let all: Vec<_> = parts.iter().flat_map(Part::named).collect();
    if let [(_, ir, _)] = &all[..] {
        let separator = if outcome.is_empty() { "" } else { "; " };
        return vec![format!("thunkgen: {}{separator}{outcome}", collected(ir))];
    }
    let line = |(name, ir, _): &(String, &Ir, _)| format!("thunkgen: {name} has {}", collected(ir));
    all.iter().map(line).chain((!outcome.is_empty()).then(|| format!("thunkgen: {outcome}"))).collect()
}

/// The same with the number of problems.
pub fn conclusion(findings: &Findings, parts: &[Part<'_>], outcome: &str) -> Vec<String> {
    let counts: Vec<String> =
        count(&findings.diagnostics).into_iter().chain(suppressed(findings)).chain([outcome.to_owned()]).collect();
    lines(parts, counts.join("; ").trim_end_matches("; "))
}

/// Who names the libraries that are linked, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkAdvice {
    /// A command line: with `--module`.
    Options,
    /// An MSBuild project: with items of its native files.
    Project,
}

/// The number of libraries that [`not_linked`] names.
const NAMED_LIBRARIES: usize = 3;

/// The P/Invokes that have no entry because their library is not linked, in one line; `None` if there are none. The
/// runtime's own libraries and those of `ignored` do not count.
pub fn not_linked(parts: &[Part<'_>], ignored: &[LibraryName], advice: LinkAdvice) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (module, &count) in parts.iter().flat_map(|part| part.collected.values()).flat_map(|ir| &ir.dropped_modules) {
        let is_runtimes = TargetOs::ALL.iter().any(|&target| modules::is_runtime(module, target));
        if !is_runtimes && !ignored.iter().any(|ignored| ignored.is(module)) {
            let most = counts.entry(module).or_default();
            *most = count.max(*most);
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|&(module, count)| (std::cmp::Reverse(count), module));
    let (first, _) = *counts.first()?;
    let named = counts.iter().take(NAMED_LIBRARIES).map(|&(module, count)| (escape_controls(module), count));
    let mut libraries: Vec<_> =
        named.map(|(module, count)| format!("{} of {module}", plural(count, "P/Invoke"))).collect();
    if let Some(others) = counts.get(NAMED_LIBRARIES..).filter(|others| !others.is_empty()) {
        let count = others.iter().map(|(_, count)| count).sum();
        let libraries_left = match others.len() {
            1 => "1 other library".to_owned(),
            more => format!("{more} other libraries"),
        };
        libraries.push(format!("{} of {libraries_left}", plural(count, "P/Invoke")));
    }
    let verb = if counts.iter().map(|(_, count)| count).sum::<usize>() == 1 { "has" } else { "have" };
    let first = escape_controls(first);
    let advice = match advice {
        LinkAdvice::Options => format!("add --module {first} if the app links it"),
        LinkAdvice::Project => {
            format!("{first}: no NativeFileReference; is a package with its wasm archive referenced?")
        }
    };
    Some(format!("{} {verb} no entry: not linked; {advice}", libraries.join(", ")))
}

/// More about each target, for `--verbose`.
pub fn details(part: &Part<'_>) -> Vec<String> {
    part.named().flat_map(|(name, ir, options)| target_details(&name, ir, options)).collect()
}

fn target_details(name: &str, ir: &Ir, options: &collect::Options) -> Vec<String> {
    let totals = &ir.totals;
    let mut lines = vec![format!(
        "thunkgen: {name}, before filters: {}, {}, {}, {}",
        plural(totals.pinvoke_rows, "P/Invoke"),
        plural(totals.delegates, "attributed delegate"),
        plural(totals.internal_calls, "InternalCall"),
        plural(totals.callbacks, "callback"),
    )];
    for (module, entries) in &ir.pinvokes {
        lines.push(format!("thunkgen: {name}, module {module}: {}", plural(entries.len(), "P/Invoke")));
    }
    for (module, count) in &ir.dropped_modules {
        let meant = options.modules.iter().find(|linked| linked.is_like(module));
        let meant = meant.map(|linked| format!("; did you mean `{linked}`?")).unwrap_or_default();
        lines.push(format!(
            "thunkgen: {name}, module {} is not linked: {} without entry{}",
            escape_controls(module),
            plural(*count, "P/Invoke"),
            escape_controls(&meant)
        ));
    }
    if !ir.unresolved.is_empty() {
        let open = plural(ir.unresolved.len(), "signature");
        lines.push(format!("thunkgen: {name}, {open} depending on generic parameters without key: see `thunkgen signatures --unresolved`"));
    }
    let is_used = |module: &LibraryName| {
        module.spelling() == LibraryName::ANY || ir.pinvokes.keys().any(|called| module.is(called))
    };
    let unused: BTreeSet<&str> =
        options.modules.iter().filter(|module| !is_used(module)).map(LibraryName::spelling).collect();
    if !unused.is_empty() {
        lines.push(format!("thunkgen: {name}, modules without a P/Invoke: {}", Vec::from_iter(unused).join(", ")));
    }
    lines
}

/// What each kind of problem means and what to do about it, for `--verbose`.
pub fn help(diagnostics: &[Diagnostic]) -> Vec<String> {
    let rules: BTreeMap<&str, _> = diagnostics.iter().map(|d| (d.rule.code, d.rule)).collect();
    rules.into_values().map(|rule| format!("thunkgen: {} is \"{}\". {}", rule.code, rule.title, rule.help)).collect()
}

/// Number of removed files that are named.
const NAMED_FILES: usize = 3;

/// `; removed 1 obsolete file: out/old.cpp`, or nothing.
pub fn removed(files: &BTreeSet<PathBuf>) -> String {
    if files.is_empty() {
        return String::new();
    }
    let named = files.iter().take(NAMED_FILES).map(|path| escape_controls(&path.display().to_string()));
    let mut named: Vec<String> = named.collect();
    if let Some(more) = files.len().checked_sub(NAMED_FILES).filter(|more| *more > 0) {
        named.push(format!("{more} more"));
    }
    format!("; removed {}: {}", plural(files.len(), "obsolete file"), named.join(", "))
}

/// `wrote 1 of 3 files in out`, or `all 3 files in out are up to date`.
pub fn written(changed: usize, total: usize, directory: Option<&str>) -> String {
    let place = directory.map(|directory| format!(" in {directory}")).unwrap_or_default();
    match (changed, total) {
        (0, 0) => "there is nothing to write".to_owned(),
        (0, 1) => format!("1 file{place} is up to date"),
        (0, _) => format!("all {total} files{place} are up to date"),
        _ => format!("wrote {changed} of {}{place}", plural(total, "file")),
    }
}

/// `2 errors, 1 warning`, or nothing.
///
/// Without a colon after the words, which MSBuild would read as one more diagnostic.
pub fn count(diagnostics: &[Diagnostic]) -> Option<String> {
    let number = |level: Level| diagnostics.iter().filter(|d| d.level == level).count();
    let parts: Vec<String> = [Level::Error, Level::Warning]
        .into_iter()
        .filter(|&level| number(level) > 0)
        .map(|level| plural(number(level), level.name()))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// `3 suppressed`, or nothing.
pub fn suppressed(findings: &Findings) -> Option<String> {
    (!findings.suppressed.is_empty()).then(|| format!("{} suppressed", findings.suppressed.len()))
}

/// `1 file`, `2 files`, `2 assemblies`.
pub fn plural(count: usize, noun: &str) -> String {
    match noun.strip_suffix("ly") {
        _ if count == 1 => format!("{count} {noun}"),
        Some(stem) => format!("{count} {stem}lies"),
        None => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals() {
        let both = |noun| [1, 2].map(|count| plural(count, noun));
        assert_eq!(both("key"), ["1 key", "2 keys"]);
        assert_eq!(both("assembly"), ["1 assembly", "2 assemblies"]);
    }
}
