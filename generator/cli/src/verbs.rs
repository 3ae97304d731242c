//! What each verb does, step by step.

mod inspect;
mod install;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::args::{
    CheckArgs, Format, GenerateArgs, ManifestArgs, OptionGroup, ReportArgs, SignaturesArgs, options,
    refused_with_manifest,
};
use super::console::Console;
use super::error::{Exit, UsageError};
use super::progress::Progress;
use super::response::Expanded;
use super::{shell_quote, signatures};
use thunkgen_core::emit::Contract;
use thunkgen_diagnostics::{Diagnostics, Findings};
use thunkgen_driver::options::ManifestChoice;
use thunkgen_driver::summary::{self, Part, count, plural};
use thunkgen_driver::write::Written;
use thunkgen_driver::{self, Jobs, Options, Outcome, Purpose, manifest};

/// One run of a verb.
pub struct Run<'a, 'c> {
    /// The arguments as they were given.
    pub given: &'a [OsString],
    /// The same with response files replaced.
    pub expanded: &'a Expanded,
    /// The same as the parser understood them.
    pub matches: &'a ArgMatches,
    /// The output streams.
    pub console: &'a mut Console<'c>,
    /// What is being done.
    pub progress: &'a mut Progress,
}

/// Two places that name the assemblies.
const INPUT_AND_MANIFEST: &str = "a manifest names the assemblies itself: leave INPUT or --manifest out";

impl Run<'_, '_> {
    /// `generate`
    pub fn generate(mut self, args: &GenerateArgs) -> Result<Exit, UsageError> {
        let options = self.made(args)?;
        let outcome = thunkgen_driver::generate(&options, &self.step())?;
        match outcome {
            Outcome::Stopped(consequence, diagnostics) => Ok(self.stop(diagnostics, &args.report, consequence)),
            Outcome::Done(made, diagnostics) => {
                let findings = self.report(diagnostics, &args.report);
                self.verbose(&findings, &args.report, &made.parts(), &made.written);
                let lines = made.summary(&findings, args.outputs.out.as_deref());
                lines.iter().for_each(|line| self.console.remark(line));
                Ok(Exit::of(&findings))
            }
        }
    }

    /// `check`
    pub fn check(mut self, args: &CheckArgs) -> Result<Exit, UsageError> {
        let CheckArgs { made: args, image } = args;
        let has_places = args.manifest.is_some() || !args.outputs.is_none();
        if !args.inputs.inputs.is_empty() && !has_places && image.is_empty() {
            return Err(UsageError::new(
                "nothing to check: name the generated files with --out DIR, or an image with --image FILE, or leave \
                 INPUT out and let a thunkgen.toml name everything",
            ));
        }
        let options = if has_places || image.is_empty() { self.made(args)? } else { self.of_arguments(args)? };
        let outcome = thunkgen_driver::check(&options, image, &self.step())?;
        let (checked, diagnostics) = match outcome {
            Outcome::Stopped(consequence, diagnostics) => return Ok(self.stop(diagnostics, &args.report, consequence)),
            Outcome::Done(checked, diagnostics) => (checked, diagnostics),
        };
        let (findings, images) = (&checked.findings, &checked.images);
        if checked.is_current() {
            let of_files = checked.files.map(|files| summary::written(0, files, args.outputs.out.as_deref()));
            let outcome = of_files.into_iter().chain(images.outcome()).collect::<Vec<_>>().join("; ");
            images.remarks.iter().for_each(|remark| self.console.remark(remark));
            return Ok(self.conclude(diagnostics, &args.report, &checked.parts(), &outcome));
        }
        self.report(diagnostics, &args.report);
        // A document on standard output stands alone.
        if args.report.format.document_name().is_none() {
            self.console.artefact(&findings.diff);
        }
        let mut parts = Vec::new();
        if findings.stale > 0 {
            let are = if findings.stale == 1 { "is" } else { "are" };
            let files = plural(checked.files.unwrap_or_default(), "file");
            parts.push(format!("{} of {files} {are} not current", findings.stale));
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
            self.console.remark(&format!("  {}", self.generate_command(checked.implied)));
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
        let groups: [&dyn OptionGroup; 6] =
            [&args.inputs, &args.target, &args.modules, &args.extra, &args.sizes, &args.report];
        let options = self.sources(options(&groups), &args.manifest)?;
        let mut jobs = Jobs::open(&options, Purpose::Listing)?;
        let Some(collected) = jobs.collect(&self.step())? else {
            return Ok(self.stop(jobs.diagnostics, &args.report, "nothing was listed"));
        };
        let diagnostics = std::mem::take(&mut jobs.diagnostics);
        let parts = jobs.parts(&collected);
        let text = match (args.json, args.unresolved) {
            (true, _) => signatures::json(&parts),
            (_, true) => signatures::unresolved(&parts),
            _ => signatures::text(&parts),
        };
        self.progress.finish();
        self.console.artefact(&text);
        Ok(self.conclude(diagnostics, &args.report, &parts, ""))
    }

    /// Where the library says what it does next.
    pub fn step(&self) -> impl Fn(&str) {
        |step| self.progress.step(step)
    }

    /// The options of a run that makes files.
    fn made(&mut self, args: &GenerateArgs) -> Result<Options, UsageError> {
        let mut options = self.of_arguments(args)?;
        if options.inputs.is_empty() {
            let path = self.manifest(args.manifest.as_deref())?;
            options.manifest = Some(ManifestChoice::new(path));
        } else if args.manifest.is_some() {
            return Err(UsageError::new(INPUT_AND_MANIFEST));
        }
        Ok(options)
    }

    fn of_arguments(&mut self, args: &GenerateArgs) -> Result<Options, UsageError> {
        self.console.format = args.report.format;
        self.progress.step("looking for assemblies");
        let groups: [&dyn OptionGroup; 9] = [
            &args.inputs,
            &args.outputs,
            &args.build,
            &args.target,
            &args.contract,
            &args.modules,
            &args.extra,
            &args.sizes,
            &args.report,
        ];
        let mut options = options(&groups);
        options.build.options_read.clone_from(&self.expanded.files);
        Ok(options)
    }

    /// The options of a verb that makes no outputs: without INPUT, what a manifest names is read.
    pub fn sources(&mut self, mut options: Options, manifest: &ManifestArgs) -> Result<Options, UsageError> {
        if options.inputs.is_empty() {
            let path = self.manifest(manifest.manifest.as_deref())?;
            options.manifest = Some(manifest.choice(path));
            return Ok(options);
        }
        if manifest.manifest.is_some() {
            return Err(UsageError::new(INPUT_AND_MANIFEST));
        }
        if manifest.manifest_output.is_some() {
            return Err(UsageError::new("--manifest-output chooses among the outputs of a manifest: leave INPUT out"));
        }
        self.progress.step("looking for assemblies");
        Ok(options)
    }

    /// The manifest that stands for INPUT: the one that is named, or the nearest one.
    fn manifest(&mut self, named: Option<&Path>) -> Result<PathBuf, UsageError> {
        self.progress.step("reading the manifest");
        let path = named.map(Path::to_owned).or_else(manifest::find).ok_or_else(|| {
            UsageError::new(format_args!(
                "no INPUT, and no {} in this folder or one above it: name assemblies, a folder of them or a pattern, \
                 or write a manifest",
                manifest::FILE_NAME
            ))
        })?;
        match refused_with_manifest(self.matches) {
            Some(option) => Err(UsageError::new(format_args!(
                "{option} cannot be combined with {}: write it there, or name INPUT to run without the manifest",
                path.display()
            ))),
            None => Ok(path),
        }
    }

    /// Shows the problems of a run.
    pub fn report(&mut self, diagnostics: Diagnostics, report: &ReportArgs) -> Findings {
        self.progress.finish();
        let reported = thunkgen_driver::report(diagnostics, report.diagnostics.as_deref());
        self.console.findings(&reported.findings);
        if report.verbose {
            reported.remarks.iter().for_each(|remark| self.console.remark(remark));
        }
        reported.findings
    }

    /// The end of a run that has errors.
    pub fn stop(&mut self, diagnostics: Diagnostics, report: &ReportArgs, consequence: &str) -> Exit {
        let findings = self.report(diagnostics, report);
        self.verbose(&findings, report, &[], &Written::new());
        if let Some(count) = count(&findings.diagnostics) {
            self.console.remark(&format!("thunkgen: {count}; {consequence}"));
        }
        Exit::Problems
    }

    /// The end of a run that has none.
    fn conclude(&mut self, diagnostics: Diagnostics, report: &ReportArgs, parts: &[Part<'_>], outcome: &str) -> Exit {
        let findings = self.report(diagnostics, report);
        self.verbose(&findings, report, parts, &Written::new());
        summary::conclusion(&findings, parts, outcome).iter().for_each(|line| self.console.remark(line));
        Exit::of(&findings)
    }

    /// What is said only on request: help on each kind of problem, counts, and what became of each file.
    pub fn verbose(&mut self, findings: &Findings, report: &ReportArgs, parts: &[Part<'_>], written: &Written) {
        if !report.verbose {
            return;
        }
        let files = written.iter().map(|(path, outcome)| format!("thunkgen: {outcome} {}", path.display()));
        let lines = summary::help(&findings.diagnostics).into_iter();
        let lines = lines.chain(parts.iter().flat_map(summary::details)).chain(files);
        lines.for_each(|line| self.console.remark(&line));
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
        shell_quote::command(&args)
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

/// Refuses the formats that need standard output, for a verb that prints there what it was asked for.
pub fn refuse_document(format: Format) -> Result<(), UsageError> {
    let Some(name) = format.document_name() else { return Ok(()) };
    Err(UsageError::new(format_args!(
        "--format {name} needs standard output, which this verb uses itself: use --diagnostics FILE"
    )))
}
