//! What each verb does, step by step.

mod images;
mod inspect;
mod install;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::args::{CheckArgs, GenerateArgs, ManifestArgs, ReportArgs, SignaturesArgs};
use super::check::{check, contract_on_disk};
use super::console::{Console, count, plural};
use super::error::{Exit, UsageError};
use super::generate::{Collected, collect_all};
use super::given::refused_with_manifest;
use super::owner::{self, Claim};
use super::plan::{Files, Job, Plan};
use super::policy::sink;
use super::progress::Progress;
use super::request::Request;
use super::response::Expanded;
use super::summary::Part;
use super::tell::{refuse_document, tell};
use super::unused::Named;
use super::write::{Outcome, WriteError, Written, touch, write_all};
use super::{depfile, manifest, quote, signatures, skeletons, summary};
use crate::diagnostics::{Diagnostics, Location, catalogue};
use crate::emit::Contract;

/// One run of a verb.
pub struct Run<'a, 'c> {
    /// The arguments as they were given.
    pub given: &'a [OsString],
    /// The same with response files replaced.
    pub expanded: &'a Expanded,
    /// The output streams.
    pub console: &'a mut Console<'c>,
    /// What is being done.
    pub progress: &'a mut Progress,
}

/// What `generate` made.
pub struct Made {
    plan: Plan,
    collected: Vec<Collected>,
    /// What is in each file.
    pub contents: BTreeMap<PathBuf, Vec<u8>>,
    /// What became of each file that holds code.
    pub written: Written,
}

impl Made {
    /// What was collected for each set of outputs.
    pub fn parts(&self) -> Vec<Part<'_>> {
        parts(&self.plan, &self.collected)
    }

    /// Every file whose contents decided the output, once.
    pub fn read_files(&self) -> Vec<PathBuf> {
        let files: BTreeSet<&Path> = self.plan.read_files().collect();
        files.into_iter().map(Path::to_owned).collect()
    }
}

impl Run<'_, '_> {
    /// `generate`
    pub fn generate(mut self, args: &GenerateArgs) -> Result<Exit, UsageError> {
        let (diagnostics, made) = self.make(args)?;
        let made = match made {
            Ok(made) => made,
            Err(consequence) => return Ok(self.stop(diagnostics, &args.report, consequence)),
        };
        let changed = made.written.values().filter(|&&outcome| outcome != Outcome::Unchanged).count();
        let folder = args.outputs.out.as_ref().map(|out| out.as_str());
        let outcome = summary::written(changed, made.written.len(), folder);
        Ok(self.conclude(diagnostics, &args.report, &made.parts(), &outcome, &made.written))
    }

    /// Writes the files of `generate`. The inner error says what came of a run with problems that are errors.
    pub fn make(&mut self, args: &GenerateArgs) -> Result<(Diagnostics, Result<Made, &'static str>), UsageError> {
        let (mut plan, mut diagnostics) = self.plan(args)?;
        let Some(collected) = plan.collect(&mut diagnostics, &self.step())? else {
            return Ok((diagnostics, Err("nothing was written")));
        };
        let mut files = plan.contents(&collected, |_| Contract::default(), &self.step());
        if let Some(path) = &args.outputs.depfile {
            files.insert(path.clone(), self.dependencies(args, &plan).into_bytes());
        }
        if let Some(path) = &args.outputs.list_outputs {
            let lines = plan.outputs().map(|output| format!("{}\n", output.display()));
            files.insert(path.clone(), lines.collect::<String>().into_bytes());
        }
        self.progress.step("writing files");
        skeletons::refuse_foreign(&files, &mut diagnostics);
        if diagnostics.has_errors() {
            return Ok((diagnostics, Err("nothing was written")));
        }
        let claim = match &args.outputs.owner {
            Some(name) => owner::claim(plan.outputs(), name, &mut diagnostics),
            None => Some(Claim::default()),
        };
        let Some(claim) = claim else { return Ok((diagnostics, Err("nothing was written"))) };
        let mut written = match write_all(&files) {
            Ok(written) => written,
            Err(error) => {
                report_unwritable(error, &mut diagnostics);
                return Ok((diagnostics, Err("nothing was written")));
            }
        };
        claim.keep();
        // Last, so that it never says more than is true.
        if let Some(Err(error)) = args.outputs.stamp.as_deref().map(touch) {
            report_unwritable(error, &mut diagnostics);
            return Ok((diagnostics, Err("all files are written, but the stamp is not set")));
        }
        for path in args.outputs.depfile.iter().chain(&args.outputs.list_outputs) {
            written.remove(path);
        }
        Ok((diagnostics, Ok(Made { plan, collected, contents: files, written })))
    }

    /// `check`
    pub fn check(mut self, args: &CheckArgs) -> Result<Exit, UsageError> {
        let CheckArgs { made: args, image } = match args {
            CheckArgs { made, image } if !image.is_empty() && made.manifest.is_none() && made.outputs.is_none() => {
                return self.check_only_images(args);
            }
            args => args,
        };
        if !args.inputs.inputs.is_empty() && args.manifest.is_none() && args.outputs.is_none() {
            return Err(UsageError::new(
                "nothing to check: name the generated files with --out DIR, or an image with --image FILE, or leave \
                 INPUT out and let a thunkgen.toml name everything",
            ));
        }
        let (mut plan, mut diagnostics) = self.plan(args)?;
        let Some(collected) = plan.collect(&mut diagnostics, &self.step())? else {
            return Ok(self.stop(diagnostics, &args.report, "nothing was checked"));
        };
        // Without a choice the files themselves say; the command that makes them current must then say it too.
        let on_disk = |job: &Job| contract_on_disk(&job.places.files).unwrap_or_default();
        let mut guessed = plan.jobs.iter().filter(|job| job.contract.is_none()).map(on_disk);
        let implied = guessed.find(|contract| *contract != Contract::default());
        let files = plan.contents(&collected, on_disk, &self.step());
        self.progress.step("comparing files");
        let findings = check(&files, &plan.folders(), &mut diagnostics);
        let images = self.check_images(image, collected.iter(), &mut diagnostics);
        if findings.unreadable + images.unreadable > 0 {
            return Ok(self.stop(diagnostics, &args.report, "the check is incomplete"));
        }
        if findings.stale + findings.left_over + images.wrong == 0 {
            let folder = args.outputs.out.as_ref().map(|out| out.as_str());
            let outcome: Vec<String> =
                [summary::written(0, files.len(), folder)].into_iter().chain(images.outcome()).collect();
            let outcome = outcome.join("; ");
            images.remarks.iter().for_each(|remark| self.console.remark(remark));
            let parts = parts(&plan, &collected);
            return Ok(self.conclude(diagnostics, &args.report, &parts, &outcome, &Written::new()));
        }
        self.progress.finish();
        tell(diagnostics, &args.report, self.console);
        // A document on standard output stands alone.
        if args.report.format.document_name().is_none() {
            self.console.artefact(&findings.diff);
        }
        let mut parts = Vec::new();
        if findings.stale > 0 {
            let are = if findings.stale == 1 { "is" } else { "are" };
            parts.push(format!("{} of {} {are} not current", findings.stale, plural(files.len(), "file")));
        }
        if findings.left_over > 0 {
            let are = if findings.left_over == 1 { "is" } else { "are" };
            parts.push(format!("{} {are} left over", plural(findings.left_over, "file")));
        }
        parts.extend(images.failure());
        images.remarks.iter().for_each(|remark| self.console.remark(remark));
        let fix = match (findings.stale, findings.newer) {
            (0, _) => "",
            (_, 0) => "; to generate again, run",
            _ => "; to generate again, run with the newer version of thunkgen",
        };
        self.console.remark(&format!("thunkgen: {}{fix}", parts.join(", ")));
        if findings.stale > 0 {
            self.console.remark(&format!("  {}", self.generate_command(implied)));
        }
        Ok(Exit::CheckFailed)
    }

    /// `signatures`
    pub fn signatures(mut self, args: &SignaturesArgs) -> Result<Exit, UsageError> {
        self.console.format = args.report.format;
        if args.json && args.report.format.is_build_log() {
            let message = "--json and the format of a build log cannot share standard output: leave one out";
            return Err(UsageError::new(message));
        }
        refuse_document(args.report.format)?;
        let open = |diagnostics: &mut Diagnostics| {
            let request = Request::new(&args.inputs, &args.target, &args.modules, &args.sizes, diagnostics)?;
            let request = request.with_extra_signatures(&args.extra, diagnostics);
            Ok((request, Named::of_arguments(&args.modules, &args.sizes)))
        };
        let (mut plan, mut diagnostics) =
            self.sources(&args.inputs.inputs, &args.manifest, &args.report, Files::default(), open)?;
        let Some(collected) = plan.collect(&mut diagnostics, &self.step())? else {
            return Ok(self.stop(diagnostics, &args.report, "nothing was listed"));
        };
        let parts = parts(&plan, &collected);
        let text = match (args.json, args.unresolved) {
            (true, _) => signatures::json(&parts),
            (_, true) => signatures::unresolved(&parts),
            _ => signatures::text(&parts),
        };
        self.progress.finish();
        self.console.artefact(&text);
        Ok(self.conclude(diagnostics, &args.report, &parts, "", &Written::new()))
    }

    /// Where the library says what it does next.
    pub fn step(&self) -> impl Fn(&str) {
        |step| self.progress.step(step)
    }

    fn plan(&mut self, args: &GenerateArgs) -> Result<(Plan, Diagnostics), UsageError> {
        self.console.format = args.report.format;
        if !args.inputs.inputs.is_empty() {
            self.progress.step("looking for assemblies");
            return Plan::from_arguments(args);
        }
        let path = self.manifest(args.manifest.as_deref())?;
        Plan::from_manifest(path, args)
    }

    /// What a verb reads that makes no outputs: what `from_arguments` opens, or, without INPUT, what a manifest names.
    pub fn sources(
        &mut self,
        inputs: &[PathBuf],
        manifest: &ManifestArgs,
        report: &ReportArgs,
        files: Files<'_>,
        from_arguments: impl FnOnce(&mut Diagnostics) -> Result<(Request, Named), UsageError>,
    ) -> Result<(Plan, Diagnostics), UsageError> {
        if inputs.is_empty() {
            let path = self.manifest(manifest.manifest.as_deref())?;
            return Plan::inputs_of_manifest(path, manifest, report, files);
        }
        manifest.refuse()?;
        self.progress.step("looking for assemblies");
        let mut diagnostics = sink(report)?;
        let (request, named) = from_arguments(&mut diagnostics)?;
        let request = request.with_lists(files.read).with_report(report)?;
        request.refuse_clashes(files.written.iter().chain(&report.diagnostics).map(PathBuf::as_path))?;
        Ok((Plan::reading(request, named, &diagnostics), diagnostics))
    }

    /// The manifest that stands for INPUT: the one that is named, or the nearest one.
    pub fn manifest(&mut self, named: Option<&Path>) -> Result<PathBuf, UsageError> {
        self.progress.step("reading the manifest");
        let path = named.map(Path::to_owned).or_else(manifest::find).ok_or_else(|| {
            UsageError::new(format_args!(
                "no INPUT, and no {} in this folder or one above it: name assemblies, a folder of them or a pattern, \
                 or write a manifest",
                manifest::FILE_NAME
            ))
        })?;
        match refused_with_manifest(&self.expanded.args) {
            Some(option) => Err(UsageError::new(format_args!(
                "{option} cannot be combined with {}: write it there, or name INPUT to run without the manifest",
                path.display()
            ))),
            None => Ok(path),
        }
    }

    /// The end of a run that has errors.
    pub fn stop(&mut self, diagnostics: Diagnostics, report: &ReportArgs, consequence: &str) -> Exit {
        self.progress.finish();
        let diagnostics = tell(diagnostics, report, self.console).diagnostics;
        if report.verbose {
            summary::help(&diagnostics).iter().for_each(|line| self.console.remark(line));
        }
        if let Some(count) = count(&diagnostics) {
            self.console.remark(&format!("thunkgen: {count}; {consequence}"));
        }
        Exit::Problems
    }

    /// The end of a run that has none.
    fn conclude(
        &mut self,
        diagnostics: Diagnostics,
        report: &ReportArgs,
        parts: &[Part<'_>],
        outcome: &str,
        written: &Written,
    ) -> Exit {
        self.progress.finish();
        let findings = tell(diagnostics, report, self.console);
        let diagnostics = &findings.diagnostics;
        let mut lines = Vec::new();
        if report.verbose {
            lines.extend(summary::help(diagnostics));
            lines.extend(parts.iter().flat_map(summary::details));
            lines.extend(written.iter().map(|(path, outcome)| format!("thunkgen: {outcome} {}", path.display())));
        }
        lines.extend(summary::conclusion(&findings, parts, outcome));
        lines.iter().for_each(|line| self.console.remark(line));
        Exit::of(&findings)
    }

    fn dependencies(&self, args: &GenerateArgs, plan: &Plan) -> String {
        let outputs = plan.outputs().chain(args.outputs.stamp.as_deref());
        let response_files = self.expanded.files.iter().map(PathBuf::as_path);
        let mut inputs: Vec<&Path> = plan.read_files().chain(response_files).collect();
        inputs.sort_unstable();
        inputs.dedup();
        depfile::render(outputs, inputs)
    }

    /// The command the user gave, with `generate` for its verb, and for a contract that was not given.
    fn generate_command(&self, contract: Option<Contract>) -> String {
        // Every option belongs to a verb, so the verb is the first argument; when it came out of a response file,
        // only the replaced arguments can show another one.
        let from_response_file = self.given.get(1) != self.expanded.args.get(1);
        let mut args = if from_response_file { self.expanded.args.clone() } else { self.given.to_vec() };
        // That is for whoever reads the output of this run: a build log, not a person at a terminal.
        while let Some(at) = args.iter().position(is_format) {
            let with_value = args[at] == "--format";
            args.drain(at..(at + 1 + usize::from(with_value)).min(args.len()));
        }
        let option = contract.map(|contract| ["--contract".into(), contract.name().into()]);
        args.splice(1..2, [OsString::from("generate")].into_iter().chain(option.into_iter().flatten()));
        without_images(&mut args);
        quote::command(&args)
    }
}

fn is_format(argument: &OsString) -> bool {
    argument == "--format" || argument.to_str().is_some_and(|text| text.starts_with("--format="))
}

/// Takes `--image` with its files out of a command line.
fn without_images(args: &mut Vec<OsString>) {
    let mut is_image = false;
    args.retain(|arg| {
        let text = arg.to_string_lossy();
        is_image = text == "--image" || (is_image && !text.starts_with('-'));
        !is_image && !text.starts_with("--image=")
    });
}

/// What was collected for each set of outputs, as the summary takes it.
fn parts<'a>(plan: &'a Plan, collected: &'a [Collected]) -> Vec<Part<'a>> {
    let part = |(job, collected): (&'a Job, &'a Collected)| Part {
        label: job.label.as_deref(),
        targets: &job.request.targets,
        collected,
    };
    plan.jobs.iter().zip(collected).map(part).collect()
}

/// Reports an output that could not be written.
pub fn report_unwritable(error: WriteError, diagnostics: &mut Diagnostics) {
    let WriteError { path, reason } = error;
    diagnostics.report(&catalogue::UNWRITABLE, Location::file(path.display().to_string()), reason);
}
