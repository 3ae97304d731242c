//! What each verb does, step by step.

mod inspect;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::args::{ContractArg, GenerateArgs, ReportArgs, SignaturesArgs, TokensArg};
use super::check::{check, contract_on_disk};
use super::console::{Console, count, plural, suppressed};
use super::error::{Exit, UsageError};
use super::generate::{collect_all, generate};
use super::output_path::{Places, places};
use super::policy::sink;
use super::progress::Progress;
use super::request::{Request, target_list};
use super::response::Expanded;
use super::tell::{refuse_document, tell};
use super::write::{Outcome, WriteError, Written, touch, write_all};
use super::{depfile, quote, signatures, summary};
use crate::abi::TargetOs;
use crate::collect::ir::Ir;
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
    /// What it worked on.
    pub request: Request,
    /// What was collected, by target.
    pub collected: BTreeMap<TargetOs, Ir>,
    /// What became of each file that holds code.
    pub written: Written,
}

impl Run<'_, '_> {
    /// `generate`
    pub fn generate(mut self, args: &GenerateArgs) -> Result<Exit, UsageError> {
        let mut diagnostics = sink(&args.report)?;
        let made = match self.make(args, &mut diagnostics)? {
            Ok(made) => made,
            Err(consequence) => return Ok(self.stop(diagnostics, &args.report, consequence)),
        };
        let changed = made.written.values().filter(|&&outcome| outcome != Outcome::Unchanged).count();
        let folder = args.outputs.out.as_ref().map(|out| out.as_str());
        let outcome = summary::written(changed, made.written.len(), folder);
        Ok(self.conclude(diagnostics, &args.report, &made.request, &made.collected, &outcome, &made.written))
    }

    /// Writes the files of `generate`. The inner error says what came of a run with problems that are errors.
    pub fn make(
        &mut self,
        args: &GenerateArgs,
        diagnostics: &mut Diagnostics,
    ) -> Result<Result<Made, &'static str>, UsageError> {
        let (places, request) = self.prepare(args, diagnostics)?;
        let Some(collected) = collect_all(&request.inputs(), &request.targets, diagnostics, &self.step()) else {
            return Ok(Err("nothing was written"));
        };
        let contract = args.contract.map(Contract::from).unwrap_or_default();
        let mut files = generate(&collected, contract, &places.files, &self.step());
        if let Some(path) = &args.outputs.depfile {
            files.insert(path.clone(), self.dependencies(args, &places, &request).into_bytes());
        }
        self.progress.step("writing files");
        let mut written = match write_all(&files) {
            Ok(written) => written,
            Err(error) => {
                report_unwritable(error, diagnostics);
                return Ok(Err("nothing was written"));
            }
        };
        // Last, so that it never says more than is true.
        if let Some(Err(error)) = args.outputs.stamp.as_deref().map(touch) {
            report_unwritable(error, diagnostics);
            return Ok(Err("all files are written, but the stamp is not set"));
        }
        if let Some(path) = &args.outputs.depfile {
            written.remove(path);
        }
        Ok(Ok(Made { request, collected, written }))
    }

    /// `check`
    pub fn check(mut self, args: &GenerateArgs) -> Result<Exit, UsageError> {
        let mut diagnostics = sink(&args.report)?;
        let (places, request) = self.prepare(args, &mut diagnostics)?;
        let Some(collected) = collect_all(&request.inputs(), &request.targets, &mut diagnostics, &self.step()) else {
            return Ok(self.stop(diagnostics, &args.report, "nothing was checked"));
        };
        // Without a choice the files themselves say; the command that makes them current must then say it too.
        let given = args.contract.map(Contract::from);
        let contract = given.or_else(|| contract_on_disk(&places.files)).unwrap_or_default();
        let implied = (given.unwrap_or_default() != contract).then_some(contract);
        let files = generate(&collected, contract, &places.files, &self.step());
        self.progress.step("comparing files");
        let findings = check(&files, &places.folders, &mut diagnostics);
        if findings.unreadable > 0 {
            return Ok(self.stop(diagnostics, &args.report, "the check is incomplete"));
        }
        if findings.stale + findings.left_over == 0 {
            let folder = args.outputs.out.as_ref().map(|out| out.as_str());
            let outcome = summary::written(0, files.len(), folder);
            return Ok(self.conclude(diagnostics, &args.report, &request, &collected, &outcome, &Written::new()));
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
        let fix = if findings.stale > 0 { "; to generate again, run" } else { "" };
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
        let mut diagnostics = sink(&args.report)?;
        self.progress.step("looking for assemblies");
        let request = Request::new(&args.inputs, &args.target, &args.modules, &args.sizes, &mut diagnostics)?;
        let request = request.with_extra_signatures(&args.extra, &mut diagnostics);
        let request = request.with_report(&args.report)?;
        let Some(collected) = collect_all(&request.inputs(), &request.targets, &mut diagnostics, &self.step()) else {
            return Ok(self.stop(diagnostics, &args.report, "nothing was listed"));
        };
        let text = match (args.json, args.unresolved) {
            (true, _) => signatures::json(&collected),
            (_, true) => signatures::unresolved(&collected),
            _ => signatures::text(&collected),
        };
        self.progress.finish();
        self.console.artefact(&text);
        Ok(self.conclude(diagnostics, &args.report, &request, &collected, "", &Written::new()))
    }

    fn step(&self) -> impl Fn(&str) {
        |step| self.progress.step(step)
    }

    fn prepare(&mut self, args: &GenerateArgs, diagnostics: &mut Diagnostics) -> Result<(Places, Request), UsageError> {
        self.console.format = args.report.format;
        self.progress.step("looking for assemblies");
        if matches!(args.contract, Some(ContractArg::PortableCallhelpers))
            && !matches!(args.target.tokens, TokensArg::Current)
        {
            return Err(UsageError::new("a runtime of the contract portable-callhelpers knows --tokens current only"));
        }
        let places = places(&args.outputs, &target_list(&args.target))?;
        let request = Request::new(&args.inputs, &args.target, &args.modules, &args.sizes, diagnostics)?;
        let request = request.with_extra_signatures(&args.extra, diagnostics);
        let request = request.with_report(&args.report)?;
        let outputs = places.files.values().chain(&args.outputs.stamp).chain(&args.outputs.depfile);
        let outputs = outputs.chain(&args.report.diagnostics);
        request.refuse_clashes(outputs.map(PathBuf::as_path))?;
        Ok((places, request))
    }

    /// The end of a run that has errors.
    fn stop(&mut self, diagnostics: Diagnostics, report: &ReportArgs, consequence: &str) -> Exit {
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
        request: &Request,
        collected: &BTreeMap<TargetOs, Ir>,
        outcome: &str,
        written: &Written,
    ) -> Exit {
        self.progress.finish();
        let findings = tell(diagnostics, report, self.console);
        let diagnostics = &findings.diagnostics;
        let mut lines = Vec::new();
        if report.verbose {
            lines.extend(summary::help(diagnostics));
            for options in &request.targets {
                lines
                    .extend(collected.get(&options.target_os).into_iter().flat_map(|ir| summary::details(ir, options)));
            }
            lines.extend(written.iter().map(|(path, outcome)| format!("thunkgen: {outcome} {}", path.display())));
        }
        let parts: Vec<String> =
            count(diagnostics).into_iter().chain(suppressed(&findings)).chain([outcome.to_owned()]).collect();
        lines.extend(summary::lines(collected, parts.join("; ").trim_end_matches("; ")));
        lines.iter().for_each(|line| self.console.remark(line));
        findings.exit()
    }

    fn dependencies(&self, args: &GenerateArgs, places: &Places, request: &Request) -> String {
        let outputs = places.files.values().chain(&args.outputs.stamp).map(PathBuf::as_path);
        let response_files = self.expanded.files.iter().map(PathBuf::as_path);
        let mut inputs: Vec<&Path> = request.read_files().chain(response_files).collect();
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
        let option = contract.map(|contract| ["--contract".into(), contract.name().into()]);
        args.splice(1..2, [OsString::from("generate")].into_iter().chain(option.into_iter().flatten()));
        quote::command(&args)
    }
}

fn report_unwritable(error: WriteError, diagnostics: &mut Diagnostics) {
    let WriteError { path, reason } = error;
    diagnostics.report(&catalogue::UNWRITABLE, Location::file(path.display().to_string()), reason);
}
