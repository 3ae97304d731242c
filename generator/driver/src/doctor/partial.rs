//! Reports of other verbs: what is known of declarations and files, without an app.

use std::collections::{BTreeMap, BTreeSet};

use super::crossings::Crossings;
use super::notes::Notes;
use super::report::{CallState, Flavor, InteropReport, LibraryState, REPORT_FORMAT, Subject};
use super::{conclude, struct_shapes};
use thunkgen_core::collect::ir::Ir;
use thunkgen_diagnostics::{Findings, catalogue};
use thunkgen_r2r::lookup::Sources;

/// The report of `lookup --coverage`: the keys that assemblies need, and what provides them.
pub fn coverage_report(root: String, ir: &Ir, sources: &Sources, findings: &Findings) -> InteropReport {
    report(root, ir, Some(sources), findings)
}

/// The report of `check-native`: the P/Invokes, and whether each matches its function. `without_file` are the libraries
/// that no file provides.
pub fn comparison_report(
    root: String,
    ir: &Ir,
    without_file: &BTreeMap<String, usize>,
    findings: &Findings,
) -> InteropReport {
    let mut report = report(root, ir, None, findings);
    let mut problems: BTreeMap<&str, CallState> = BTreeMap::new();
    for finding in &report.findings {
        let Some(Subject::PInvoke(id)) = &finding.about else { continue };
        if finding.code == catalogue::NO_NATIVE_FUNCTION.code {
            problems.insert(id, CallState::NoFunction);
        } else if catalogue::is_of_check_native(finding.code) {
            problems.entry(id).or_insert(CallState::OtherType);
        }
    }
    // Callable, unknown and all P/Invokes of each library.
    let mut counts: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
    for entry in &mut report.pinvokes {
        entry.state = match problems.get(&*entry.id) {
            Some(state) => *state,
            None if without_file.contains_key(&entry.library) => CallState::Unknown,
            None => CallState::Callable,
        };
        let (callable, unknown, all) = counts.entry(entry.library.clone()).or_default();
        *callable += usize::from(entry.state == CallState::Callable);
        *unknown += usize::from(entry.state == CallState::Unknown);
        *all += 1;
    }
    for library in &mut report.libraries {
        let (callable, unknown, all) = counts.get(&library.name).copied().unwrap_or_default();
        library.callable = callable;
        library.state = match () {
            () if unknown == all => LibraryState::Unknown,
            () if callable + unknown == all => LibraryState::Complete,
            () => LibraryState::Defective,
        };
    }
    report
}

fn report(root: String, ir: &Ir, sources: Option<&Sources>, findings: &Findings) -> InteropReport {
    let none = Sources::default();
    let crossings = Crossings {
        ir,
        native: None,
        sources: sources.unwrap_or(&none),
        knows_thunks: sources.is_some(),
        flavor: Flavor::CoreClr,
        is_framework: &|_| false,
        delegates: &BTreeSet::new(),
    };
    let pinvokes = crossings.pinvokes();
    let mut report = InteropReport {
        format: REPORT_FORMAT,
        root,
        libraries: crossings.libraries(&pinvokes),
        keys: if sources.is_some() { crossings.keys() } else { Vec::new() },
        callbacks: crossings.callbacks(),
        structs: struct_shapes::all(&ir.declarations),
        pinvokes,
        ..InteropReport::default()
    };
    conclude(&mut report, findings, &Notes::default());
    let problems = [(report.verdict.errors, "error"), (report.verdict.warnings, "warning")];
    let problems = problems.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| super::plural(*count, noun));
    let problems: Vec<String> = problems.collect();
    report.verdict.summary = if problems.is_empty() { "no problem found".to_owned() } else { problems.join(" and ") };
    report
}
