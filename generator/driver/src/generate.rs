//! `generate`: writes the files that the options describe, all of them or none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::error::OptionError;
use super::jobs::{Jobs, Purpose};
use super::obsolete::{obsolete_files, remove_all};
use super::options::{BuildFiles, Options};
use super::output_owner::{self, Claim};
use super::pipeline::Collected;
use super::report::report_unwritable;
use super::summary::{self, LinkAdvice, Part};
use super::write::{self, Written, touch, write_all};
use super::{Outcome, OutputKind, depfile};
use thunkgen_core::collect::LibraryName;
use thunkgen_core::emit::Contract;
use thunkgen_diagnostics::{Diagnostics, Findings};

/// What was made.
pub struct Generated {
    jobs: Jobs,
    collected: Vec<Collected>,
    /// What is in each file.
    pub contents: BTreeMap<PathBuf, Vec<u8>>,
    /// What became of each file of code.
    pub written: Written,
    /// Generated files that no output is any more, and that were removed.
    pub removed: BTreeSet<PathBuf>,
}

impl Generated {
    /// What was collected for each set of outputs.
    pub fn parts(&self) -> Vec<Part<'_>> {
        self.jobs.parts(&self.collected)
    }

    /// Every file whose contents decided the output, once.
    pub fn read_files(&self) -> Vec<PathBuf> {
        let files: BTreeSet<&Path> = self.jobs.read_files().collect();
        files.into_iter().map(Path::to_owned).collect()
    }

    /// The P/Invokes of libraries that are not linked, those of `ignored` aside, in a line if there are any.
    pub fn not_linked(&self, ignored: &[LibraryName], advice: LinkAdvice) -> Option<String> {
        summary::not_linked(&self.parts(), ignored, advice)
    }

    /// What was collected and written, in a line for each target; `directory` is named as the place of the files.
    pub fn summary(&self, findings: &Findings, directory: Option<&str>) -> Vec<String> {
        let changed = self.written.values().filter(|&&outcome| outcome != write::Outcome::Unchanged).count();
        let outcome = summary::written(changed, self.written.len(), directory);
        let outcome = outcome + &summary::removed(&self.removed);
        summary::conclusion(findings, &self.parts(), &outcome)
    }
}

const NOTHING_WRITTEN: &str = "nothing was written";

/// Writes the files; `step` is called with the next step, in a few words.
///
/// # Errors
/// Options that cannot be used.
pub fn generate(options: &Options, step: &dyn Fn(&str)) -> Result<Outcome<Generated>, OptionError> {
    let mut jobs = Jobs::open(options, Purpose::Outputs)?;
    let Some(collected) = jobs.collect(step)? else { return Ok(Outcome::Stopped(NOTHING_WRITTEN, jobs.diagnostics)) };
    let build = &options.build;
    let mut contents = jobs.contents(&collected, |_| Contract::default(), step);
    let mut diagnostics = std::mem::take(&mut jobs.diagnostics);
    let mut kinds: BTreeMap<&Path, OutputKind> =
        options.problems.iter().map(|path| (&**path, OutputKind::Document)).collect();
    if let Some(path) = &build.depfile {
        contents.insert(path.clone(), dependencies(&jobs, build, &mut diagnostics));
        kinds.insert(path, OutputKind::Depfile);
    }
    if let Some(path) = &build.list_outputs {
        let lines = jobs.outputs().map(|output| format!("{}\n", output.display()));
        contents.insert(path.clone(), lines.collect::<String>().into_bytes());
        kinds.insert(path, OutputKind::List);
    }
    step("writing files");
    kinds.extend(jobs.outputs().map(|path| (path, OutputKind::Code)));
    kinds.iter().for_each(|(path, kind)| kind.refuse_foreign(path, options.write, &mut diagnostics));
    if diagnostics.has_errors() {
        return Ok(Outcome::Stopped(NOTHING_WRITTEN, diagnostics));
    }
    let claim = match &build.owner {
        Some(name) => output_owner::claim(jobs.outputs(), name, &mut diagnostics),
        None => Some(Claim::default()),
    };
    let Some(claim) = claim else { return Ok(Outcome::Stopped(NOTHING_WRITTEN, diagnostics)) };
    let mut written = match write_all(&contents, options.write) {
        Ok(written) => written,
        Err(error) => {
            report_unwritable(error, &mut diagnostics);
            return Ok(Outcome::Stopped(NOTHING_WRITTEN, diagnostics));
        }
    };
    claim.keep();
    let mut removed = BTreeSet::new();
    if options.prune {
        removed = obsolete_files(jobs.outputs().chain(jobs.other_files()), &jobs.directories(), &mut diagnostics);
        if diagnostics.has_errors() {
            return Ok(Outcome::Stopped("all files are written, but obsolete files are not removed", diagnostics));
        }
        if let Err(error) = remove_all(&removed, options.write) {
            report_unwritable(error, &mut diagnostics);
            return Ok(Outcome::Stopped("all files are written, but obsolete files are not removed", diagnostics));
        }
    }
    // Last, so that it is only set when all is written.
    if let Some(Err(error)) = build.stamp.as_deref().map(touch) {
        report_unwritable(error, &mut diagnostics);
        return Ok(Outcome::Stopped("all files are written, but the stamp is not set", diagnostics));
    }
    for path in build.depfile.iter().chain(&build.list_outputs) {
        written.remove(path);
    }
    Ok(Outcome::Done(Generated { jobs, collected, contents, written, removed }, diagnostics))
}

fn dependencies(jobs: &Jobs, build: &BuildFiles, diagnostics: &mut Diagnostics) -> Vec<u8> {
    let outputs = jobs.outputs().chain(build.stamp.as_deref());
    let read: BTreeSet<&Path> = jobs.read_files().collect();
    depfile::render(outputs, read, diagnostics)
}
