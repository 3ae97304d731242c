//! `check-native`: whether the P/Invokes fit the native functions they name.

pub mod args;
mod files;
mod jobs;
mod rust;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use args::CheckNativeArgs;
use jobs::{Job, Jobs};

use super::console::{count, plural};
use super::error::{Exit, UsageError};
use super::generate::{Collected, collect_set};
use super::tell::tell;
use super::verbs::{Run, report_unwritable};
use super::write::{WriteError, touch, write_all};
use super::{depfile, summary};
use crate::collect::LibraryName;
use crate::diagnostics::{Diagnostics, catalogue};
use crate::native::objects::{Kind, Object};
use crate::native::{Outcome, compare};

/// A comparison in words.
type Remark = String;

impl Run<'_, '_> {
    /// `check-native`
    pub fn check_native(mut self, args: &CheckNativeArgs) -> Result<Exit, UsageError> {
        self.console.format = args.report.format;
        let (mut jobs, mut diagnostics) = if args.inputs.inputs.is_empty() {
            Jobs::from_manifest(self.manifest(args.manifest.manifest.as_deref())?, args)?
        } else {
            self.progress.step("looking for assemblies");
            Jobs::from_arguments(args)?
        };
        let mut remarks = Vec::new();
        let mut is_complete = !diagnostics.has_errors();
        for job in &mut jobs.jobs {
            let mut own = std::mem::take(&mut job.diagnostics);
            match self.compare(job, &mut own) {
                Some(done) => remarks.extend(done),
                None => is_complete = false,
            }
            diagnostics.extend(own);
        }
        if !is_complete {
            return Ok(self.stop(diagnostics, &args.report, "nothing was compared"));
        }
        let failed = diagnostics.has_errors();
        diagnostics.report_unused_suppressions(catalogue::is_of_check_native);
        if !diagnostics.has_errors()
            && let Err(error) = self.write_state(args, &jobs)
        {
            report_unwritable(error, &mut diagnostics);
        }
        self.progress.finish();
        let findings = tell(diagnostics, &args.report, self.console);
        if args.report.verbose {
            summary::help(&findings.diagnostics).iter().for_each(|line| self.console.remark(line));
        }
        let problems = count(&findings.diagnostics).map(|problems| format!("; {problems}")).unwrap_or_default();
        remarks.iter().for_each(|remark| self.console.remark(&format!("thunkgen: {remark}{problems}")));
        let exit = Exit::of(&findings);
        Ok(if failed && exit == Exit::Problems { Exit::CheckFailed } else { exit })
    }

    /// Compares the functions of a job, for each target; `None` when what is compared could not be read.
    fn compare(&self, job: &mut Job, diagnostics: &mut Diagnostics) -> Option<Vec<Remark>> {
        self.progress.step("reading native code");
        let objects = files::read(&job.native, diagnostics);
        for options in &mut job.request.targets {
            options.modules.extend(libraries(&objects).map(LibraryName::from));
            let names = job.rust.iter().flat_map(|library| &library.names);
            options.modules.extend(names.map(|name| LibraryName::from(&**name)));
            options.declarations = true;
            options.trust_symbols = true;
        }
        let collected: Collected = collect_set(&job.request.inputs(), &job.request.targets, diagnostics, &self.step())?;
        self.progress.step("comparing functions");
        let several = collected.len() > 1;
        let mut remarks = Vec::new();
        for (target, ir) in &collected {
            let mut outcome = compare(&ir.declarations, &objects, &job.rust, diagnostics);
            let linked = job.request.targets.iter().filter(|options| options.target_os == *target);
            let linked: Vec<&LibraryName> = linked.flat_map(|options| &options.modules).collect();
            for (module, count) in &ir.dropped_modules {
                if let Some(meant) = linked.iter().find(|name| name.is_like(module)) {
                    outcome.without_file.insert(format!("{module} (did you mean {meant}?)"), *count);
                }
            }
            let name = job.label.as_deref().into_iter().chain(several.then_some(target.name()));
            let name: Vec<&str> = name.collect();
            let name = if name.is_empty() { String::new() } else { format!("{}: ", name.join(" for ")) };
            remarks.push(format!("{name}{}", compared(&outcome)));
        }
        Some(remarks)
    }

    /// Writes what a build system asks for, the stamp last, so that it never says more than is true.
    fn write_state(&self, args: &CheckNativeArgs, jobs: &Jobs) -> Result<(), WriteError> {
        let Some(stamp) = &args.stamp else { return Ok(()) };
        if let Some(path) = &args.depfile {
            let response_files = self.expanded.files.iter().map(PathBuf::as_path);
            let read: BTreeSet<&Path> = jobs.read_files().chain(response_files).collect();
            let rule = depfile::render([stamp.as_path()], read);
            write_all(&BTreeMap::from([(path.clone(), rule.into_bytes())]))?;
        }
        touch(stamp)
    }
}

/// The libraries that are linked because their code is there. A linked module's name is that of an app.
fn libraries<'o>(objects: &'o [Object<'_>]) -> impl Iterator<Item = &'o str> {
    let relocatable = objects.iter().filter(|object| !matches!(object.kind, Kind::Linked { .. }));
    relocatable.flat_map(|object| object.libraries.iter().map(String::as_str))
}

fn compared(outcome: &Outcome) -> String {
    let mut text = format!("compared {}", plural(outcome.compared, "P/Invoke"));
    if outcome.callbacks > 0 {
        text += &format!(" and {}", plural(outcome.callbacks, "callback"));
    }
    if !outcome.without_file.is_empty() {
        let count: usize = outcome.without_file.values().sum();
        let modules: Vec<&str> = outcome.without_file.keys().map(String::as_str).collect();
        text += &format!("; no file has the library of {}: {}", plural(count, "P/Invoke"), modules.join(", "));
    }
    text
}
