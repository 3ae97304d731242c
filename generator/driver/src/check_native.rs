//! `check-native`: whether the P/Invokes fit the native functions they name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::error::OptionError;
use super::jobs::{Job, Jobs, Purpose};
use super::options::Options;
use super::pipeline::{collect_targets, load};
use super::report::report_unwritable;
use super::write::{touch, write_all};
use super::{Outcome, OutputKind, core_library, depfile, native_files};
use clr_wasm_abi::TargetOs;
use thunkgen_core::RuntimeToolchain;
use thunkgen_core::collect::LibraryName;
use thunkgen_core::collect::ir::Ir;
use thunkgen_diagnostics::{Diagnostics, catalogue};
use thunkgen_native::compare::wrapped;
use thunkgen_native::{CompareOptions, compare, compare_toolchains};

/// What was compared.
#[non_exhaustive]
pub struct Compared {
    /// For each job and target.
    pub parts: Vec<ComparedPart>,
    /// Whether a declaration does not match its function.
    pub failed: bool,
}

/// What was compared for one target of one job.
#[non_exhaustive]
pub struct ComparedPart {
    /// Name of the job, if there are several.
    pub label: Option<String>,
    /// The target, if there are several.
    pub target: Option<TargetOs>,
    /// What was collected.
    pub ir: Ir,
    /// The result.
    pub outcome: thunkgen_native::Outcome,
}

/// Compares the P/Invokes of the inputs with native files; `step` is called with a short name of each step.
///
/// # Errors
/// Options that cannot be used.
pub fn check_native(options: &Options, step: &dyn Fn(&str)) -> Result<Outcome<Compared>, OptionError> {
    let mut jobs = Jobs::open(options, Purpose::NativeCode)?;
    let mut diagnostics = std::mem::take(&mut jobs.diagnostics);
    let mut parts = Vec::new();
    let mut is_complete = !diagnostics.has_errors();
    for job in &mut jobs.jobs {
        let mut own = std::mem::take(&mut job.diagnostics);
        match compare_job(job, options, &mut own, step) {
            Some(done) => parts.extend(done),
            None => is_complete = false,
        }
        diagnostics.extend(own);
    }
    if !is_complete {
        return Ok(Outcome::Stopped("nothing was compared", diagnostics));
    }
    let mut changed = diagnostics.empty();
    jobs.report_changed(&mut changed);
    if changed.has_errors() {
        diagnostics.extend(changed);
        return Ok(Outcome::Stopped("the comparison is void", diagnostics));
    }
    let failed = diagnostics.has_errors();
    diagnostics.report_unused_suppressions(catalogue::is_of_check_native);
    if !diagnostics.has_errors() {
        write_state(options, &jobs, &mut diagnostics);
    }
    Ok(Outcome::Done(Compared { parts, failed }, diagnostics))
}

/// Compares the functions of a job, for each target; `None` if an input could not be read.
fn compare_job(
    job: &mut Job,
    asked: &Options,
    diagnostics: &mut Diagnostics,
    step: &dyn Fn(&str),
) -> Option<Vec<ComparedPart>> {
    step("reading native code");
    let objects = native_files::read(&job.native, diagnostics);
    for options in &mut job.targets {
        let libraries = objects.iter().flat_map(|object| &object.libraries);
        options.modules.extend(libraries.map(|name| LibraryName::from(&**name)));
        options.declarations = true;
        options.trust_symbols = true;
    }
    let inputs = job.inputs();
    let type_system = load(&inputs, diagnostics, step)?;
    let collected = collect_targets(&type_system, &job.targets, diagnostics, step);
    job.report_unmanaged(collected.values().flat_map(|ir| &ir.skipped), diagnostics);
    if diagnostics.has_errors() {
        return None;
    }
    step("comparing functions");
    let named = job.runtime.map(|runtime| runtime.facts().major);
    let major = core_library::major_version(&type_system).or(named);
    // Archives of the runtimes for other systems were not read.
    let is_browser = job.targets.iter().any(|target| target.target_os == TargetOs::Browser);
    let tools = major.and_then(RuntimeToolchain::of).filter(|_| is_browser);
    let wrapped = wrapped(asked.wrap.iter().map(String::as_str));
    let mut remarks = compare_toolchains(&objects, tools, diagnostics);
    if major.is_none() && is_browser {
        let remark = "the files are not compared with the tools of a runtime, because its version is not known: add its \
                      System.Private.CoreLib to the inputs, or --runtime";
        remarks.push(remark.to_owned());
    }
    let several = collected.len() > 1;
    let part = |(target, ir): (TargetOs, Ir)| {
        let is_own = |path: &str| job.own.contains(path);
        let source = |path: &str| existing_source(path, asked.path_map.iter().chain(&job.path_map));
        let mut how = CompareOptions::new(&source);
        how.whole_link = asked.whole_link || job.whole_link;
        how.wrapped = &wrapped;
        how.modules = job.named_modules.get(&target).filter(|_| job.names_modules);
        how.is_own = &is_own;
        let mut outcome = compare(&ir.declarations, &objects, &how, diagnostics);
        outcome.details.append(&mut remarks);
        ComparedPart { label: job.label.clone(), target: several.then_some(target), ir, outcome }
    };
    Some(collected.into_iter().map(part).collect())
}

/// Writes the files for a build system. The stamp is last, so that it is set only when all others are written.
fn write_state(options: &Options, jobs: &Jobs, diagnostics: &mut Diagnostics) {
    let Some(stamp) = &options.build.stamp else { return };
    if let Some(path) = &options.build.depfile {
        let read: BTreeSet<&Path> = jobs.read_files().collect();
        let rule = depfile::render([stamp.as_path()], read, diagnostics);
        OutputKind::Depfile.refuse_foreign(path, options.write, diagnostics);
        if diagnostics.has_errors() {
            return;
        }
        if let Err(error) = write_all(&BTreeMap::from([(path.clone(), rule)]), options.write) {
            return report_unwritable(error, diagnostics);
        }
    }
    if let Err(error) = touch(stamp) {
        report_unwritable(error, diagnostics);
    }
}

/// The path of a source in debug information after the first replacement that matches, if the file exists; relative to
/// the working directory if it is there.
fn existing_source<'r>(path: &str, replaced: impl IntoIterator<Item = &'r (String, String)>) -> Option<String> {
    let mapped = replaced.into_iter().find_map(|(from, to)| Some(format!("{to}{}", path.strip_prefix(&**from)?)));
    let path = Path::new(mapped.as_deref().unwrap_or(path));
    let current = std::env::current_dir().ok();
    let shown = current.and_then(|current| path.strip_prefix(current).ok().map(Path::to_owned));
    let shown = shown.unwrap_or_else(|| path.strip_prefix(".").unwrap_or(path).to_owned());
    shown.is_file().then(|| shown.display().to_string())
}
