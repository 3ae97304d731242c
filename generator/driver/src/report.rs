//! The end of a run: its problems in order, with source lines, and as a document in a file.

use std::collections::BTreeMap;
use std::path::Path;

use super::write::{WriteError, WriteOptions, write_all};
use super::{OutputKind, source_lines};
use thunkgen_diagnostics::{Diagnostics, Findings, Location, catalogue, json, sarif};

/// The problems of a run.
#[non_exhaustive]
pub struct Reported {
    /// In order; with that of the document, when it cannot be written.
    pub findings: Findings,
    /// Which files would have had source lines, and why they have none.
    pub remarks: Vec<String>,
}

/// Sorts the problems, adds source lines, and writes them into a file if one is named: SARIF if its name ends in
/// `.sarif`, else JSON. A file that is something else is not replaced.
pub fn report(diagnostics: Diagnostics, document: Option<&Path>, options: WriteOptions) -> Reported {
    let mut sink = diagnostics.empty();
    let mut findings = diagnostics.into_findings();
    let suppressed = findings.suppressed.iter_mut().map(|suppressed| &mut suppressed.diagnostic);
    let remarks = source_lines::add(findings.diagnostics.iter_mut().chain(suppressed));
    if let Some(path) = document {
        let is_sarif = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("sarif"));
        let text = if is_sarif { sarif::render(&findings) } else { json::render(&findings.diagnostics) };
        OutputKind::Document.refuse_foreign(path, options, &mut sink);
        if !sink.has_errors()
            && let Err(error) = write_all(&BTreeMap::from([(path.to_owned(), text.into_bytes())]), options)
        {
            report_unwritable(error, &mut sink);
        }
        // The same file may be reported as an output.
        findings.diagnostics.extend(sink.into_sorted());
        findings.diagnostics.dedup();
    }
    Reported { findings, remarks }
}

/// Reports an output that could not be written.
pub fn report_unwritable(error: WriteError, diagnostics: &mut Diagnostics) {
    let WriteError { path, reason } = error;
    diagnostics.report(&catalogue::UNWRITABLE, Location::file(path.display().to_string()), reason);
}
