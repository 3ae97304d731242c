//! Reports of other verbs: what is known of declarations and files, without an app.

use std::collections::{BTreeMap, BTreeSet};

use super::crossings::Crossings;
use super::notes::Notes;
use super::report::{CallState, Flavor, InteropReport, LibraryState, REPORT_FORMAT};
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
    let problems = |id: &str| -> BTreeSet<&str> {
        let is_about = |about: &super::Subject| matches!(about, super::Subject::PInvoke(of) if of == id);
        let of_it = report.findings.iter().filter(|finding| finding.about.as_ref().is_some_and(is_about));
        of_it.map(|finding| finding.code).collect()
    };
    let states: Vec<CallState> = report
        .pinvokes
        .iter()
        .map(|entry| {
            let codes = problems(&entry.id);
            let mismatches = codes.iter().any(|code| catalogue::is_of_check_native(code));
            match () {
                () if codes.contains(catalogue::NO_NATIVE_FUNCTION.code) => CallState::NoFunction,
                () if mismatches => CallState::OtherType,
                () if without_file.contains_key(&entry.library) => CallState::Unknown,
                () => CallState::Callable,
            }
        })
        .collect();
    report.pinvokes.iter_mut().zip(states).for_each(|(entry, state)| entry.state = state);
    for library in &mut report.libraries {
        let calls = report.pinvokes.iter().filter(|entry| entry.library == library.name);
        let (callable, unknown, all) = calls.fold((0, 0, 0), |(callable, unknown, all), entry| {
            let is = |state| usize::from(entry.state == state);
            (callable + is(CallState::Callable), unknown + is(CallState::Unknown), all + 1)
        });
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
