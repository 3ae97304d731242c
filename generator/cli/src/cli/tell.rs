//! Telling the problems of a run: in the format that was asked for, and as a document in a file.

use std::collections::BTreeMap;

use super::args::{Format, ReportArgs};
use super::console::Console;
use super::error::{Exit, UsageError};
use super::source_lines;
use super::write::write_all;
use crate::diagnostics::{Diagnostics, Findings, Level, Location, catalogue, json, sarif};

/// Tells every problem; what is returned has them in order, with that of the document's file when it cannot be written.
pub fn tell(diagnostics: Diagnostics, report: &ReportArgs, console: &mut Console<'_>) -> Findings {
    let policy = diagnostics.policy().clone();
    let mut findings = diagnostics.into_findings();
    let suppressed = findings.suppressed.iter_mut().map(|suppressed| &mut suppressed.diagnostic);
    let remarks = source_lines::add(findings.diagnostics.iter_mut().chain(suppressed));
    if let Some(path) = &report.diagnostics {
        let is_sarif = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("sarif"));
        let text = if is_sarif { sarif::render(&findings) } else { json::render(&findings.diagnostics) };
        if let Err(error) = write_all(&BTreeMap::from([(path.clone(), text.into_bytes())])) {
            let mut sink = Diagnostics::new(policy);
            sink.report(&catalogue::UNWRITABLE, Location::file(error.path.display().to_string()), error.reason);
            findings.diagnostics.extend(sink.into_sorted());
        }
    }
    console.findings(&findings);
    if report.verbose {
        remarks.iter().for_each(|remark| console.remark(remark));
    }
    findings
}

impl Exit {
    /// What a run that did its work tells its caller: an error can still be that its problems were not written.
    pub(super) fn of(findings: &Findings) -> Exit {
        let failed = findings.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error);
        if failed { Exit::Problems } else { Exit::Done }
    }
}

/// Refuses the formats that need standard output, for a verb that prints there what it was asked for.
pub fn refuse_document(format: Format) -> Result<(), UsageError> {
    let Some(name) = format.document_name() else { return Ok(()) };
    Err(UsageError::new(format_args!(
        "--format {name} needs standard output, which this verb uses itself: use --diagnostics FILE"
    )))
}
