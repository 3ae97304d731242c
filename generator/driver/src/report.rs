//! The end of a run: its problems in order, with source lines, and as a document in a file.

use std::collections::BTreeMap;
use std::path::Path;

use super::write::{WriteError, WriteOptions, write_all};
use super::{OutputKind, source_lines};
use thunkgen_diagnostics::{Diagnostics, Findings, Location, catalogue, gitlab, json, sarif};

/// The problems of a run.
#[non_exhaustive]
pub struct Reported {
    /// In order; with that of the document, when it cannot be written.
    pub findings: Findings,
    /// Which files would have had source lines, and why they have none.
    pub remarks: Vec<String>,
}

/// Sorts the problems, adds source lines, and writes them into a file if one is named, in the format that its
/// name means. A file that is something else is not replaced.
pub fn report(diagnostics: Diagnostics, document: Option<&Path>, options: WriteOptions) -> Reported {
    let mut sink = diagnostics.empty();
    let mut findings = diagnostics.into_findings();
    let suppressed = findings.suppressed.iter_mut().map(|suppressed| &mut suppressed.diagnostic);
    let remarks = source_lines::add(findings.diagnostics.iter_mut().chain(suppressed));
    if let Some(path) = document {
        let text = document_text(path, &findings);
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

/// The problems in the format of a file's name: SARIF if it ends in `.sarif`, the Code Quality report of GitLab if it
/// contains `gitlab` or starts with `gl-` as GitLab's own names do, else JSON.
pub fn document_text(path: &Path, findings: &Findings) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    if name.ends_with(".sarif") {
        sarif::render(findings)
    } else if name.starts_with("gl-") || name.contains("gitlab") {
        gitlab::render(&findings.diagnostics, &working_directory())
    } else {
        json::render(&findings.diagnostics)
    }
}

/// The working directory as text; empty if it is not known.
pub fn working_directory() -> String {
    std::env::current_dir().map(|path| path.display().to_string()).unwrap_or_default()
}

/// Reports an output that could not be written.
pub fn report_unwritable(error: WriteError, diagnostics: &mut Diagnostics) {
    let WriteError { path, reason } = error;
    diagnostics.report(&catalogue::UNWRITABLE, Location::file(path.display().to_string()), reason);
}
