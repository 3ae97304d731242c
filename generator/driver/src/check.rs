//! `check`: compares what would be generated with what is on disk.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::check_images::{Images, check_images};
use super::compare_tables::{ComparedTables, compare_tables};
use super::diff::Diffs;
use super::error::{OptionError, reason};
use super::jobs::{Job, Jobs, Purpose};
use super::obsolete::{first_bytes, obsolete_files};
use super::options::Options;
use super::pipeline::Collected;
use super::summary::{Part, plural};
use super::{Outcome, OutputKind, files};
use thunkgen_core::emit::Contract;
use thunkgen_core::emit::header::{self, Change};
use thunkgen_diagnostics::{Diagnostics, Location, Rule, catalogue};

/// What was compared.
pub struct Checked {
    jobs: Jobs,
    collected: Vec<Collected>,
    /// How many files there should be; `None` when only images were checked.
    pub files: Option<usize>,
    /// The files that there should be, in order.
    pub paths: Vec<PathBuf>,
    /// What is wrong with files.
    pub findings: Findings,
    /// What became of the images.
    pub images: Images,
    /// What became of the files that are compared row by row.
    pub tables: Option<ComparedTables>,
    /// The contract that the files on disk have, when no option does and it is not the default.
    pub implied: Option<Contract>,
}

impl Checked {
    /// What was collected for each set of outputs.
    pub fn parts(&self) -> Vec<Part<'_>> {
        self.jobs.parts(&self.collected)
    }

    /// Whether everything is as it should be.
    pub fn is_current(&self) -> bool {
        let different = self.tables.as_ref().map_or(0, ComparedTables::different);
        self.findings.stale + self.findings.left_over + self.images.wrong + different == 0
    }
}

/// Compares what the options describe with what is on disk, and judges images. Without places of outputs, only the
/// images are checked. `step` is called with the next step, in a few words.
///
/// # Errors
/// Options that cannot be used.
pub fn check(options: &Options, images: &[PathBuf], step: &dyn Fn(&str)) -> Result<Outcome<Checked>, OptionError> {
    let compares = !options.compare_with.is_empty();
    let only_images = !compares && !images.is_empty() && options.manifest.is_none() && options.outputs.is_none();
    let mut jobs = match only_images {
        true if options.inputs.is_empty() => Jobs::without_inputs(options)?,
        true => Jobs::open(options, Purpose::Question)?,
        false if compares => Jobs::open(options, Purpose::Question)?,
        false => Jobs::open(options, Purpose::Outputs)?,
    };
    let collected = if jobs.jobs.is_empty() && only_images { Some(Vec::new()) } else { jobs.collect(step)? };
    let Some(collected) = collected else { return Ok(Outcome::Stopped("nothing was checked", jobs.diagnostics)) };
    let mut diagnostics = std::mem::take(&mut jobs.diagnostics);
    let (mut implied, mut count, mut findings) = (None, None, Findings::default());
    let mut paths = Vec::new();
    let mut tables = None;
    if compares {
        step("comparing rows");
        tables = Some(compare_tables(&options.compare_with, &jobs.jobs, &collected, &mut diagnostics)?);
    } else if !only_images {
        // Without an option the files decide; the command that makes them current then needs the option.
        let on_disk = |job: &Job| contract_on_disk(&job.places.files).unwrap_or_default();
        let mut guessed = jobs.jobs.iter().filter(|job| job.contract.is_none()).map(on_disk);
        implied = guessed.find(|contract| *contract != Contract::default());
        let files = jobs.contents(&collected, on_disk, step);
        step("comparing files");
        findings = compare_files(&files, &jobs.directories(), jobs.other_files(), &mut diagnostics);
        count = Some(files.len());
        paths = files.into_keys().collect();
    }
    let images = check_images(images, collected.iter(), &mut diagnostics, step);
    let unreadable = tables.as_ref().map_or(0, |tables| tables.unreadable);
    if findings.unreadable + images.unreadable + unreadable > 0 {
        return Ok(Outcome::Stopped("the check is incomplete", diagnostics));
    }
    Ok(Outcome::Done(Checked { jobs, collected, files: count, paths, findings, images, tables, implied }, diagnostics))
}

/// What is wrong with files.
#[derive(Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Findings {
    /// Files that differ or are missing.
    pub stale: usize,
    /// Those of them that a newer tool wrote: this one must not write them.
    pub newer: usize,
    /// Files that cannot be compared.
    pub unreadable: usize,
    /// Generated files that belong to no output.
    pub left_over: usize,
    /// The difference of each stale file, as text, up to a limit.
    pub diff: String,
}

/// Compares `files` with the disk, and looks for generated files in `directories` that are neither among them nor among
/// `others`.
///
/// Every difference is reported with its reason; a file that cannot be read is reported as such.
pub fn compare_files<'p>(
    files: &'p BTreeMap<PathBuf, Vec<u8>>,
    directories: &[PathBuf],
    others: impl IntoIterator<Item = &'p Path>,
    diagnostics: &mut Diagnostics,
) -> Findings {
    let (mut findings, mut diffs) = (Findings::default(), Diffs::default());
    for (path, current) in files {
        let location = Location::file(path.display().to_string());
        let current = String::from_utf8_lossy(current);
        let found = match files::open(path) {
            Ok((found, _)) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                findings.stale += 1;
                let message = match path.symlink_metadata() {
                    Ok(_) => "it is a link to a missing file; delete the link, then generate the file",
                    Err(_) => "the file does not exist; generate it",
                };
                diagnostics.report(&catalogue::MISSING, location, message);
                continue;
            }
            Err(error) => {
                findings.unreadable += 1;
                diagnostics.report(&catalogue::UNREADABLE, location, reason(&error));
                continue;
            }
        };
        let Some(change) = header::change(&found, &current) else { continue };
        findings.stale += 1;
        findings.newer += usize::from(matches!(change, Change::NewerFormat(_)));
        // Every line would differ, and look the same.
        let lines = match change {
            Change::LineEnds => 0,
            _ => diffs.add(&path.display().to_string(), &with_plain_line_ends(&found), &current),
        };
        let (rule, advice) = advice(path, &change, lines, OutputKind::Code.is_own(&found));
        diagnostics.report(rule, location, advice);
    }
    findings.diff = diffs.into_text();
    let outputs = files.keys().map(PathBuf::as_path).chain(others);
    let mut unlisted = diagnostics.empty();
    let obsolete = obsolete_files(outputs, directories, &mut unlisted);
    findings.unreadable += usize::from(unlisted.has_errors());
    diagnostics.extend(unlisted);
    for path in obsolete {
        findings.left_over += 1;
        let message = "no current option makes this generated file; delete it, or use generate --prune";
        diagnostics.report(&catalogue::LEFT_OVER, Location::file(path.display().to_string()), message);
    }
    findings
}

/// The contract that the first of `files` with a header names.
pub fn contract_on_disk<K>(files: &BTreeMap<K, PathBuf>) -> Option<Contract> {
    let headers = files.values().filter_map(|path| header::read(&first_bytes(path)?));
    headers.filter_map(|header| Contract::from_name(&header.contract)).next()
}

/// The rule that a difference breaks, and what to do. `lines` of the file differ. Only its `own` files are overwritten
/// without --force.
fn advice(path: &Path, change: &Change, lines: usize, is_own: bool) -> (&'static Rule, String) {
    let differ = format!("{} {}", plural(lines, "line"), if lines == 1 { "differs" } else { "differ" });
    let (rule, advice) = match change {
        Change::HandEdited => (
            &catalogue::HAND_EDITED,
            format!(": {differ} from what is generated now; generating it again overwrites the edit"),
        ),
        Change::Foreign if is_own => (&catalogue::NOT_GENERATED, "; generating overwrites it".to_owned()),
        Change::Foreign => (&catalogue::NOT_GENERATED, "; move it, or overwrite it with --force".to_owned()),
        Change::LineEnds => {
            let attributes = path.with_file_name(".gitattributes");
            let line = git_attribute(path);
            let advice = format!(
                "; write `{line}` into {}, so that git does not convert it, and generate it again",
                attributes.display()
            );
            (&catalogue::LINE_ENDS, advice)
        }
        Change::NewerFormat(_) => (&catalogue::NEWER_TOOL, "; use that version of thunkgen".to_owned()),
        Change::OlderFormat(_) => (&catalogue::OLDER_TOOL, "; generate it again".to_owned()),
        Change::OtherContract(_) | Change::OtherTarget(_) => (&catalogue::STALE, "; generate it again".to_owned()),
        // The file does not show which of the two.
        Change::Inputs => return (&catalogue::STALE, "the inputs or options changed; generate it again".to_owned()),
    };
    (rule, format!("{change}{advice}"))
}

/// The line of a `.gitattributes` file next to it that keeps the line endings of a file.
fn git_attribute(path: &Path) -> String {
    match path.extension() {
        Some(ending) => format!("*.{} eol=lf", ending.display()),
        None => format!("{} eol=lf", path.file_name().unwrap_or_default().display()),
    }
}

/// The text of a file; converted line endings are not shown as differences.
fn with_plain_line_ends(found: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(found);
    if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { text }
}
