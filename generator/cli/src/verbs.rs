//! The verbs.

mod inspect;
mod install;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::args::{
    CheckArgs, Format, GenerateArgs, ManifestArgs, ReportArgs, SignaturesArgs, options, refused_with_manifest,
};
use super::baseline::BaselineFile;
use super::console::Console;
use super::error::{Exit, UsageError};
use super::progress::Progress;
use super::response_files::Expanded;
use super::run_document::{self, RunDocument};
use super::signatures;
use thunkgen_core::emit::Contract;
use thunkgen_diagnostics::{Diagnostics, Findings};
use thunkgen_driver::compare_tables::ComparedTables;
use thunkgen_driver::summary::{self, LinkAdvice, Part, count, plural};
use thunkgen_driver::write::Written;
use thunkgen_driver::{self, Checked, Jobs, Options, Outcome, Purpose, WriteOptions, manifest};

/// One run of a verb.
pub struct Run<'a, 'c> {
    /// The arguments as they were given.
    pub given: &'a [OsString],
    /// The arguments with response files replaced.
    pub expanded: &'a Expanded,
    /// The arguments as clap parsed them.
    pub matches: &'a ArgMatches,
    /// How files are written.
    pub write: WriteOptions,
    pub console: &'a mut Console<'c>,
    pub progress: &'a mut Progress,
    /// Errors that end the run are printed as a JSON document too.
    pub prints_document: bool,
    /// The file of `--add-suppressions`.
    pub baseline: Option<BaselineFile>,
}

const INPUT_AND_MANIFEST: &str = "INPUT and --manifest both name the assemblies: remove one of them";

impl Run<'_, '_> {
    /// `generate`
    pub fn generate(mut self, args: &GenerateArgs) -> Result<Exit, UsageError> {
        let as_json = self.is_json_run(&args.report)?;
        let options = self.made(args)?;
        let outcome = thunkgen_driver::generate(&options, &self.step())?;
        match outcome {
            Outcome::Stopped(consequence, diagnostics) => Ok(self.stop(diagnostics, &args.report, consequence)),
            Outcome::Done(made, diagnostics) => {
                let findings = self.report(diagnostics, &args.report);
                self.verbose(&findings, &args.report, &made.parts(), &made.written);
                let lines = made.summary(&findings, args.outputs.out.as_deref());
                let not_linked = made.not_linked(&[], LinkAdvice::Options);
                lines.iter().for_each(|line| self.console.remark(line));
                not_linked.iter().for_each(|line| self.console.remark(&format!("thunkgen: {line}")));
                let exit = Exit::of(&findings);
                if as_json {
                    let mut document = RunDocument::new(self.verb(), exit, &findings);
                    document.targets = run_document::counts(&made.parts());
                    document.files = run_document::written_files(&made.written, &made.removed);
                    self.console.artefact(&crate::json(&document));
                }
                Ok(exit)
            }
        }
    }

    /// `check`
    pub fn check(mut self, args: &CheckArgs) -> Result<Exit, UsageError> {
        let CheckArgs { made: args, image, compare_with } = args;
        let as_json = self.is_json_run(&args.report)?;
        let has_places = args.manifest.first_option().is_some() || !args.outputs.is_none();
        if !args.inputs.inputs.is_empty() && !has_places && image.is_empty() && compare_with.is_empty() {
            return Err(UsageError::new(
                "nothing to check: add --out DIR for generated files or --image FILE for an image, or remove INPUT to \
                 use a thunkgen.toml",
            ));
        }
        let mut options = if has_places || image.is_empty() { self.made(args)? } else { self.of_arguments(args)? };
        options.compare_with.clone_from(compare_with);
        options.build.also_read.extend_from_slice(image);
        let outcome = thunkgen_driver::check(&options, image, &self.step())?;
        let (checked, diagnostics) = match outcome {
            Outcome::Stopped(consequence, diagnostics) => return Ok(self.stop(diagnostics, &args.report, consequence)),
            Outcome::Done(checked, diagnostics) => (checked, diagnostics),
        };
        let (findings, images) = (&checked.findings, &checked.images);
        if checked.is_current() {
            let of_files = checked.files.map(|files| summary::written(0, files, args.outputs.out.as_deref()));
            let of_tables = checked.tables.as_ref().map(ComparedTables::outcome);
            let outcome = of_files.into_iter().chain(of_tables).chain(images.outcome()).collect::<Vec<_>>().join("; ");
            images.remarks.iter().for_each(|remark| self.console.remark(remark));
            let (exit, reported) = self.conclude(diagnostics, &args.report, &checked.parts(), &outcome);
            if as_json {
                self.print_check(exit, &checked, &reported, None);
            }
            return Ok(exit);
        }
        let reported = self.report(diagnostics, &args.report);
        // A document needs standard output for itself.
        if !as_json && !args.report.format.is_document() {
            self.console.diff(&findings.diff);
        }
        let mut parts = Vec::new();
        if findings.stale > 0 {
            let are = if findings.stale == 1 { "is" } else { "are" };
            let files = plural(checked.files.unwrap_or_default(), "file");
            parts.push(format!("{} of {files} {are} not up to date", findings.stale));
        }
        if findings.left_over > 0 {
            let are = if findings.left_over == 1 { "is" } else { "are" };
            parts.push(format!("{} {are} obsolete", plural(findings.left_over, "file")));
        }
        parts.extend(images.failure());
        if let Some(tables) = checked.tables.as_ref().filter(|tables| tables.different() > 0) {
            parts.push(tables.failure());
        }
        images.remarks.iter().for_each(|remark| self.console.remark(remark));
        let fix = match (findings.stale, findings.newer) {
            (0, _) => "",
            (_, 0) => "; to update, run",
            _ => "; to update, run with the newer version of thunkgen",
        };
        self.console.remark(&format!("thunkgen: {}{fix}", parts.join(", ")));
        let command = (findings.stale > 0).then(|| self.generate_command(checked.implied, image));
        command.iter().for_each(|command| self.console.remark(&format!("  {command}")));
        if as_json {
            self.print_check(Exit::CheckFailed, &checked, &reported, command);
        }
        Ok(Exit::CheckFailed)
    }

    /// Prints the document of `check`.
    fn print_check(&mut self, exit: Exit, checked: &Checked, findings: &Findings, command: Option<String>) {
        let mut document = RunDocument::new(self.verb(), exit, findings);
        document.checked(checked, findings);
        document.update_command = command;
        let parts = checked.parts();
        document.targets = run_document::counts(&parts);
        self.console.artefact(&crate::json(&document));
    }

    /// `signatures`
    pub fn signatures(mut self, args: &SignaturesArgs) -> Result<Exit, UsageError> {
        let as_json = self.is_json_result(&args.report)?;
        let options = self.sources(
            options(&[&args.inputs, &args.target, &args.modules, &args.extra, &args.sizes, &args.report]),
            &args.manifest,
        )?;
        let mut jobs = Jobs::open(&options, Purpose::Listing)?;
        let Some(collected) = jobs.collect(&self.step())? else {
            return Ok(self.stop(jobs.diagnostics, &args.report, "nothing was listed"));
        };
        let diagnostics = std::mem::take(&mut jobs.diagnostics);
        let parts = jobs.parts(&collected);
        let text = match (as_json, args.unresolved) {
            (true, _) => signatures::json(&parts),
            (_, true) => signatures::unresolved(&parts),
            _ => signatures::text(&parts),
        };
        self.progress.finish();
        self.console.artefact(&text);
        Ok(self.conclude(diagnostics, &args.report, &parts, "").0)
    }

    /// Shows the steps of the driver.
    pub fn step(&self) -> impl Fn(&str) {
        |step| self.progress.step(step)
    }

    /// The options of a run that generates files.
    fn made(&mut self, args: &GenerateArgs) -> Result<Options, UsageError> {
        let options = self.of_arguments(args)?;
        let mut options = self.sources(options, &args.manifest)?;
        self.baseline = args.baseline.file(&mut options)?;
        Ok(options)
    }

    fn of_arguments(&mut self, args: &GenerateArgs) -> Result<Options, UsageError> {
        self.progress.step("looking for assemblies");
        let mut options = options(&[
            &args.inputs,
            &args.outputs,
            &args.write,
            &args.build,
            &args.target,
            &args.contract,
            &args.modules,
            &args.extra,
            &args.sizes,
            &args.report,
        ]);
        options.build.options_read.clone_from(&self.expanded.files);
        options.allow_outside = args.allow_outside;
        options.prune = args.prune;
        self.write = options.write;
        Ok(options)
    }

    /// The options of a verb: without INPUT, those of a manifest.
    pub fn sources(&mut self, mut options: Options, manifest: &ManifestArgs) -> Result<Options, UsageError> {
        options.build.options_read.clone_from(&self.expanded.files);
        if options.inputs.is_empty() {
            let path = self.manifest(manifest.manifest.as_deref())?;
            options.manifest = Some(manifest.choice(path));
            return Ok(options);
        }
        match manifest.first_option() {
            Some("--manifest") => return Err(UsageError::new(INPUT_AND_MANIFEST)),
            Some(option) => return Err(UsageError::new(format_args!("{option} is for a manifest: remove INPUT"))),
            None => {}
        }
        self.progress.step("looking for assemblies");
        Ok(options)
    }

    /// The manifest that replaces INPUT: the named one, or the nearest one.
    fn manifest(&mut self, named: Option<&Path>) -> Result<PathBuf, UsageError> {
        self.progress.step("reading the manifest");
        let path = named.map(Path::to_owned).or_else(manifest::find).ok_or_else(|| {
            UsageError::new(format_args!(
                "no INPUT, and no {} in this directory or its parents: name assemblies, a directory or a pattern, or \
                 write a manifest",
                manifest::FILE_NAME
            ))
        })?;
        match refused_with_manifest(self.matches) {
            Some(option) => Err(UsageError::new(format_args!(
                "{option} cannot be combined with {}: set it there, or name INPUT to run without the manifest",
                path.display()
            ))),
            None => Ok(path),
        }
    }

    /// Prints the diagnostics of a run.
    pub fn report(&mut self, mut diagnostics: Diagnostics, report: &ReportArgs) -> Findings {
        self.progress.finish();
        let baseline = self.baseline.take();
        let lines = baseline.map(|file| self.add_suppressions(&file, &mut diagnostics)).unwrap_or_default();
        let reported = thunkgen_driver::report(diagnostics, report.diagnostics.as_deref(), self.write);
        self.console.findings(&reported.findings);
        if report.verbose {
            reported.remarks.iter().for_each(|remark| self.console.remark(remark));
        }
        lines.iter().for_each(|line| self.console.remark(line));
        reported.findings
    }

    /// Ends a run with errors.
    pub fn stop(&mut self, diagnostics: Diagnostics, report: &ReportArgs, consequence: &str) -> Exit {
        let findings = self.report(diagnostics, report);
        self.verbose(&findings, report, &[], &Written::new());
        if let Some(count) = count(&findings.diagnostics) {
            self.console.remark(&format!("thunkgen: {count}; {consequence}"));
        }
        if self.prints_document {
            let document = RunDocument::new(self.verb(), Exit::Problems, &findings).without(consequence);
            self.console.artefact(&crate::json(&document));
        }
        Exit::Problems
    }

    /// Ends a run without errors.
    fn conclude(
        &mut self,
        diagnostics: Diagnostics,
        report: &ReportArgs,
        parts: &[Part<'_>],
        outcome: &str,
    ) -> (Exit, Findings) {
        let findings = self.report(diagnostics, report);
        self.verbose(&findings, report, parts, &Written::new());
        summary::conclusion(&findings, parts, outcome).iter().for_each(|line| self.console.remark(line));
        (Exit::of(&findings), findings)
    }

    /// Prints what --verbose adds: help on each diagnostic, counts, and the status of each file.
    pub fn verbose(&mut self, findings: &Findings, report: &ReportArgs, parts: &[Part<'_>], written: &Written) {
        if !report.verbose {
            return;
        }
        let files = written.iter().map(|(path, outcome)| format!("thunkgen: {outcome} {}", path.display()));
        let lines = summary::help(&findings.diagnostics).into_iter();
        let lines = lines.chain(parts.iter().flat_map(summary::details)).chain(files);
        lines.for_each(|line| self.console.remark(&line));
    }

    /// Whether the result is printed as JSON; diagnostics are then text on standard error.
    ///
    /// For a verb that prints a result, `--format json` means the same as `--json`.
    pub fn is_json_result(&mut self, report: &ReportArgs) -> Result<bool, UsageError> {
        let format = if report.format == Format::Json { Format::Text } else { report.format };
        let is_json = report.json || report.format == Format::Json;
        self.console.format = format;
        self.prints_document = is_json;
        refuse_two_results(is_json, format)?;
        refuse_document(format)?;
        Ok(is_json)
    }

    /// The same for a verb whose result is what it reports: `--format json` are the problems alone.
    pub fn is_json_run(&mut self, report: &ReportArgs) -> Result<bool, UsageError> {
        self.console.format = report.format;
        self.prints_document = report.json;
        refuse_two_results(report.json, report.format)?;
        Ok(report.json)
    }

    /// The verb, with those above it: `r2r emit`.
    pub fn verb(&self) -> String {
        let mut words = Vec::new();
        let mut matches = self.matches;
        while let Some((name, below)) = matches.subcommand() {
            words.push(name);
            matches = below;
        }
        words.join(" ")
    }

    /// The command that updates the files: this one with the verb `generate` and, if it was inferred, the contract.
    ///
    /// It is made of the arguments, not of the options, so that response files and patterns stay as the user wrote them.
    fn generate_command(&self, contract: Option<Contract>, images: &[PathBuf]) -> String {
        // Only --color can be before the verb. If the verb came from a response file, only the expanded arguments have it.
        let verb = |args: &[OsString]| {
            args.iter().position(|arg| Some(&**arg) == self.matches.subcommand_name().map(OsStr::new))
        };
        let (args, verb) = match verb(self.given) {
            Some(at) => (self.given, at),
            None => (self.expanded.args.as_slice(), verb(&self.expanded.args).unwrap_or(1)),
        };
        let contract = contract.map(|contract| ["--contract", contract.name()]).into_iter().flatten();
        let mut command: Vec<OsString> = args.iter().take(1).cloned().collect();
        command.extend(["generate"].into_iter().chain(contract).map(OsString::from));
        // `generate` has no --image, and --format, --color and --json are for the reader of this run's output.
        let (mut is_format_value, mut is_image) = (false, false);
        for arg in args.iter().skip(verb + 1) {
            let text = arg.to_string_lossy();
            let is_format = text == "--format" || text == "--color";
            is_image = text == "--image" || (is_image && images.iter().any(|image| image == Path::new(arg)));
            let is_assigned =
                ["--format=", "--color=", "--image="].iter().any(|option| text.starts_with(option)) || text == "--json";
            if !(is_format || is_format_value || is_image || is_assigned) {
                command.push(arg.clone());
            }
            is_format_value = is_format;
        }
        thunkgen_driver::shell_quote::command(&command)
    }
}

/// Refuses `--json` with a format that uses standard output too.
fn refuse_two_results(is_json: bool, format: Format) -> Result<(), UsageError> {
    if !is_json || format.is_text() {
        return Ok(());
    }
    let name = format.name();
    Err(UsageError::new(format_args!("--json cannot be combined with --format {name}: both use standard output")))
}

/// Refuses the formats that need standard output, for a verb that prints its result there.
pub fn refuse_document(format: Format) -> Result<(), UsageError> {
    if !format.is_document() {
        return Ok(());
    }
    let name = format.name();
    Err(UsageError::new(format_args!(
        "--format {name} needs standard output, where this verb prints its result: use --diagnostics FILE instead"
    )))
}
