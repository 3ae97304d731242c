//! The document that `--json` prints for a run: its problems, what it counted, and what became of its files.
//!
//! `generate`, `check`, `check-native` and `r2r emit` always print it; other verbs print it if errors keep them from their
//! own result.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::compared_tables::{self, TableComparison};
use super::error::Exit;
use thunkgen_core::collect::ir::Ir;
use thunkgen_diagnostics::json::{Problem, SuppressedProblem};
use thunkgen_diagnostics::{Findings, Level, Rule, catalogue};
use thunkgen_driver::summary::Part;
use thunkgen_driver::write::{Outcome, Written};
use thunkgen_driver::{Checked, Compared};

/// Format number of the JSON; raised when a member changes its meaning or goes away.
const JSON_FORMAT: u32 = 1;

/// The result of a run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunDocument<'a> {
    /// Format number of this document.
    format: u32,
    /// The verb: `generate`, `check`, `r2r emit`.
    verb: String,
    /// The exit code of the process.
    exit_code: u8,
    /// What the exit code means, in a few words.
    exit_meaning: &'static str,
    /// What did not happen because of errors: `nothing was written`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consequence: Option<&'a str>,
    /// Number of findings that are errors.
    error_count: usize,
    /// Number of findings that are warnings.
    warning_count: usize,
    /// Every problem, in order.
    findings: Vec<Problem<'a>>,
    /// The problems that the user suppressed.
    suppressed: Vec<SuppressedProblem<'a>>,
    /// What was collected, for each output and target.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<TargetCounts<'a>>,
    /// The files of the run, in the order of their paths.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileStatus>,
    /// `check`: the difference of the files as a unified diff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// `check`: the command that brings the files up to date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_command: Option<String>,
    /// `check --image`: what became of the images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_check: Option<ImageCheck>,
    /// `check --compare-with`: the rows of each file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub table_comparisons: Vec<TableComparison<'a>>,
    /// `check-native`: what was compared, for each output and target.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comparisons: Vec<NativeComparison<'a>>,
    /// `r2r emit`: number of thunks in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thunk_count: Option<usize>,
    /// `r2r emit --missing-from`: number of keys that the linked runtime has already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_key_count: Option<usize>,
}

/// What was collected for a target.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TargetCounts<'a> {
    /// The output of the manifest, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
    /// Name of the target: `browser`, `wasi`.
    target_os: &'a str,
    /// Number of assemblies that were read.
    assembly_count: usize,
    /// Number of files without managed code.
    skipped_file_count: usize,
    /// Number of keys.
    key_count: usize,
    /// Number of entries in the P/Invoke table.
    pinvoke_count: usize,
    /// Number of native libraries in the P/Invoke table.
    library_count: usize,
    /// Number of callbacks.
    callback_count: usize,
    /// Number of generic signatures without an instantiation, and so without a key.
    open_signature_count: usize,
    /// Libraries that are not linked, with the number of their P/Invokes, which have no table entry.
    not_linked: &'a BTreeMap<String, usize>,
}

/// A file of the run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FileStatus {
    /// Path of the file.
    path: String,
    /// What became of it, or how it is.
    status: Status,
    /// Why it is not current.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// What became of a file, or how it is.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Status {
    /// It did not exist, and was written.
    Created,
    /// It had other contents, and was written.
    Replaced,
    /// It has the right contents.
    Unchanged,
    /// It was obsolete, and was removed.
    Removed,
    /// It has other contents.
    OutOfDate,
    /// It does not exist.
    Missing,
    /// No output makes it any more.
    Obsolete,
}

/// What became of images.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImageCheck {
    /// Number of images.
    image_count: usize,
    /// Number of images with an error.
    wrong_image_count: usize,
    /// Number of thunks in the images.
    thunk_count: usize,
    /// What was not checked, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
}

/// What was compared with native code.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NativeComparison<'a> {
    /// The output of the manifest, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
    /// Name of the target, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    target_os: Option<&'a str>,
    /// Number of P/Invokes with a function.
    compared_pinvoke_count: usize,
    /// Number of callbacks that native code calls by name.
    compared_callback_count: usize,
    /// Bytes of debug information; without any, structs, callbacks and variable arguments are not compared.
    debug_size: usize,
    /// Libraries that no file provides, with the number of their P/Invokes.
    without_file: &'a BTreeMap<String, usize>,
    /// Number of P/Invokes that may be in a linked module without names.
    unknown_pinvoke_count: usize,
    /// Number of P/Invokes that may be in bitcode.
    bitcode_pinvoke_count: usize,
    /// The parts of problems that are one finding.
    details: &'a [String],
}

impl<'a> RunDocument<'a> {
    /// The document of a run with these problems.
    pub fn new(verb: String, exit: Exit, findings: &'a Findings) -> RunDocument<'a> {
        let count = |level| findings.diagnostics.iter().filter(|diagnostic| diagnostic.level == level).count();
        RunDocument {
            format: JSON_FORMAT,
            verb,
            exit_code: exit as u8,
            exit_meaning: exit.meaning(),
            consequence: None,
            error_count: count(Level::Error),
            warning_count: count(Level::Warning),
            findings: findings.diagnostics.iter().map(Problem::of).collect(),
            suppressed: findings.suppressed.iter().map(SuppressedProblem::of).collect(),
            targets: Vec::new(),
            files: Vec::new(),
            diff: None,
            update_command: None,
            image_check: None,
            table_comparisons: Vec::new(),
            comparisons: Vec::new(),
            thunk_count: None,
            linked_key_count: None,
        }
    }

    /// Sets what did not happen.
    pub fn without(self, consequence: &'a str) -> RunDocument<'a> {
        RunDocument { consequence: Some(consequence), ..self }
    }

    /// Sets what became of images, tables and files of a check.
    pub fn checked(&mut self, checked: &'a Checked, findings: &Findings) {
        self.files = checked_files(&checked.paths, findings);
        let diff = &checked.findings.diff;
        self.diff = (!diff.is_empty()).then(|| diff.clone());
        let images = &checked.images;
        self.image_check = (images.total > 0).then(|| ImageCheck {
            image_count: images.total,
            wrong_image_count: images.wrong,
            thunk_count: images.thunks,
            remarks: images.remarks.clone(),
        });
        self.table_comparisons = checked.tables.as_ref().map(compared_tables::comparisons).unwrap_or_default();
    }
}

/// The number of everything that was collected for each output and target.
pub fn counts<'a>(parts: &[Part<'a>]) -> Vec<TargetCounts<'a>> {
    let of_part = |part: &Part<'a>| {
        let Part { label, collected, .. } = *part;
        collected.iter().map(move |(target, ir)| target_counts(label, target.name(), ir))
    };
    parts.iter().flat_map(of_part).collect()
}

fn target_counts<'a>(output: Option<&'a str>, target_os: &'a str, ir: &'a Ir) -> TargetCounts<'a> {
    TargetCounts {
        output,
        target_os,
        assembly_count: ir.totals.assemblies,
        skipped_file_count: ir.skipped.len(),
        key_count: ir.keys.len(),
        pinvoke_count: ir.pinvokes.values().map(BTreeMap::len).sum(),
        library_count: ir.pinvokes.len(),
        callback_count: ir.callbacks.len(),
        open_signature_count: ir.unresolved.len(),
        not_linked: &ir.dropped_modules,
    }
}

/// What became of files that were written, and of those that were removed.
pub fn written_files<'p>(written: &Written, removed: impl IntoIterator<Item = &'p PathBuf>) -> Vec<FileStatus> {
    let written = written.iter().map(|(path, outcome)| {
        let status = match outcome {
            Outcome::Created => Status::Created,
            Outcome::Replaced => Status::Replaced,
            Outcome::Unchanged => Status::Unchanged,
        };
        FileStatus::new(path, status, None)
    });
    let removed = removed.into_iter().map(|path| FileStatus::new(path, Status::Removed, None));
    let mut files: Vec<FileStatus> = written.chain(removed).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// How the files are that there should be, and those that nothing makes any more.
fn checked_files(paths: &[PathBuf], findings: &Findings) -> Vec<FileStatus> {
    let of_files = findings.diagnostics.iter().filter(|diagnostic| is_of_output(diagnostic.rule));
    let of_files = of_files.map(|diagnostic| (diagnostic.location.file.as_str(), diagnostic));
    let mut problems: BTreeMap<&str, _> = of_files.collect();
    let mut files: Vec<FileStatus> = Vec::new();
    for path in paths {
        files.push(match problems.remove(&*path.display().to_string()) {
            None => FileStatus::new(path, Status::Unchanged, None),
            Some(problem) if problem.rule.code == catalogue::MISSING.code => {
                FileStatus::new(path, Status::Missing, Some(&problem.message))
            }
            Some(problem) => FileStatus::new(path, Status::OutOfDate, Some(&problem.message)),
        });
    }
    let obsolete = problems.into_values();
    files.extend(
        obsolete.map(|problem| {
            FileStatus::new(Path::new(&problem.location.file), Status::Obsolete, Some(&problem.message))
        }),
    );
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Whether a problem is how a generated file is on the disk.
fn is_of_output(rule: &Rule) -> bool {
    let rules = [
        &catalogue::STALE,
        &catalogue::MISSING,
        &catalogue::LEFT_OVER,
        &catalogue::HAND_EDITED,
        &catalogue::LINE_ENDS,
        &catalogue::OLDER_TOOL,
        &catalogue::NEWER_TOOL,
        &catalogue::NOT_GENERATED,
    ];
    rules.iter().any(|of_output| of_output.code == rule.code)
}

impl FileStatus {
    fn new(path: &Path, status: Status, reason: Option<&str>) -> FileStatus {
        FileStatus { path: path.display().to_string(), status, reason: reason.map(str::to_owned) }
    }
}

/// What was compared with native code.
pub fn comparisons(compared: &Compared) -> Vec<NativeComparison<'_>> {
    let parts = compared.parts.iter();
    let comparisons = parts.map(|part| {
        let outcome = &part.outcome;
        NativeComparison {
            output: part.label.as_deref(),
            target_os: part.target.map(|target| target.name()),
            compared_pinvoke_count: outcome.compared,
            compared_callback_count: outcome.callbacks,
            debug_size: outcome.debug_bytes,
            without_file: &outcome.without_file,
            unknown_pinvoke_count: outcome.unknown,
            bitcode_pinvoke_count: outcome.in_bitcode,
            details: &outcome.details,
        }
    });
    comparisons.collect()
}
