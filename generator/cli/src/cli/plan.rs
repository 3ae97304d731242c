//! What `generate` and `check` are to make: from the command line, or from a manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::args::{ContractArg, GenerateArgs, ManifestArgs, ReportArgs, TokensArg};
use super::clash;
use super::error::UsageError;
use super::files::Identity;
use super::generate::{Collected, collect_despite, generate, is_of_collecting};
use super::manifest::{self, Manifest, OutputSet};
use super::output_path::{Places, places};
use super::policy::{sink, sink_with};
use super::request::{Request, target_list};
use super::skeletons::{self, Skeleton};
use super::unused::{Named, Seen};
use crate::diagnostics::{Diagnostics, Location, catalogue};
use crate::emit::{Contract, Output};

/// Two places that name the assemblies.
const INPUT_AND_MANIFEST: &str = "a manifest names the assemblies itself: leave INPUT or --manifest out";

/// Files that a verb names itself.
#[derive(Clone, Copy, Default)]
pub struct Files<'a> {
    /// Those it reads beside the inputs.
    pub read: &'a [PathBuf],
    /// Those it writes, that of problems aside.
    pub written: &'a [PathBuf],
}

/// Everything a run makes.
pub struct Plan {
    /// Its sets of outputs, each from its own inputs.
    pub jobs: Vec<Job>,
    /// Files that are read beside those of the jobs.
    lists: Vec<PathBuf>,
    /// Files that are written beside the outputs.
    beside: Vec<PathBuf>,
    /// Whether a suppression that matches nothing is one too many: everything it may be for is looked at.
    is_whole: bool,
}

/// One set of outputs.
pub struct Job {
    /// Which one, when there are several.
    pub label: Option<String>,
    /// What it is made from.
    pub request: Request,
    /// Where its files go.
    pub places: Places,
    /// The contract that was asked for.
    pub contract: Option<Contract>,
    /// Where a manifest says the place of each output.
    written_at: BTreeMap<Output, Location>,
    /// Where it says the folder of skeletons.
    skeletons_at: Option<Location>,
    /// The skeletons, once their declarations are collected.
    skeletons: Vec<Skeleton>,
    /// What is named one by one, on the command line or in a manifest.
    named: Named,
    /// Problems of the whole run that are known, and those of this set.
    diagnostics: Diagnostics,
}

impl Plan {
    /// What the command line asks for. Problems are reported into the sink that comes with it.
    pub fn from_arguments(args: &GenerateArgs) -> Result<(Plan, Diagnostics), UsageError> {
        if args.manifest.is_some() {
            return Err(UsageError::new(INPUT_AND_MANIFEST));
        }
        if matches!(args.contract, Some(ContractArg::PortableCallhelpers))
            && !matches!(args.target.tokens, TokensArg::Current)
        {
            return Err(UsageError::new("a runtime of the contract portable-callhelpers knows --tokens current only"));
        }
        let mut diagnostics = sink(&args.report)?;
        let places = places(&args.outputs, &target_list(&args.target))?;
        let mut own = diagnostics.clone();
        let request = Request::new(&args.inputs, &args.target, &args.modules, &args.sizes, &mut own)?;
        let request = request.with_extra_signatures(&args.extra, &mut own);
        let contract = args.contract.map(Contract::from);
        let job = Job::new(None, request, places, contract, own);
        let job = Job { named: Named::of_arguments(&args.modules, &args.sizes), ..job };
        let lists = [args.report.suppressions.clone(), args.outputs.also_read.clone()].concat();
        let beside = beside(args).into_iter().chain(args.report.diagnostics.clone()).collect();
        let plan = Plan { jobs: vec![job], lists, beside, is_whole: true };
        plan.refuse_clashes(&mut diagnostics)?;
        Ok((plan, diagnostics))
    }

    /// What a verb reads that makes no outputs. Problems so far are in the sink.
    pub fn reading(request: Request, named: Named, diagnostics: &Diagnostics) -> Plan {
        let job = Job::new(None, request, Places::default(), None, diagnostics.clone());
        let job = Job { named, ..job };
        Plan { jobs: vec![job], lists: Vec::new(), beside: Vec::new(), is_whole: true }
    }

    /// What the manifest at `path` asks for. After a mistake in it, there are no jobs.
    pub fn from_manifest(path: PathBuf, args: &GenerateArgs) -> Result<(Plan, Diagnostics), UsageError> {
        let written = beside(args);
        let files = Files { read: &[], written: &written };
        Plan::of_outputs(path, &args.report, files, true, Ok)
    }

    /// What the outputs of the manifest at `path` are made from, for a verb that makes no outputs. After a mistake in it,
    /// there are no jobs.
    pub fn inputs_of_manifest(
        path: PathBuf,
        args: &ManifestArgs,
        report: &ReportArgs,
        files: Files<'_>,
    ) -> Result<(Plan, Diagnostics), UsageError> {
        Plan::of_outputs(path, report, files, false, |mut outputs| {
            choose(&mut outputs, args)?;
            outputs.iter_mut().for_each(|output| output.places = Places::default());
            Ok(outputs)
        })
    }

    fn of_outputs(
        path: PathBuf,
        report: &ReportArgs,
        files: Files<'_>,
        is_whole: bool,
        choose: impl FnOnce(Vec<OutputSet>) -> Result<Vec<OutputSet>, UsageError>,
    ) -> Result<(Plan, Diagnostics), UsageError> {
        let (Manifest { outputs, policy, suppression_files }, reports) = manifest::load(&path);
        let mut diagnostics = sink_with(report, policy)?;
        reports.into_iter().for_each(|(rule, location, why)| diagnostics.report(rule, location, why));
        let lists = [vec![path], suppression_files, report.suppressions.clone(), files.read.to_vec()].concat();
        let beside = files.written.iter().chain(&report.diagnostics).cloned().collect();
        let mut plan = Plan { jobs: Vec::new(), lists, beside, is_whole };
        if diagnostics.has_errors() {
            return Ok((plan, diagnostics));
        }
        let outputs = choose(outputs)?;
        let several = outputs.len() > 1;
        for output in outputs {
            plan.jobs.push(Job::from_manifest(output, several, &diagnostics)?);
        }
        plan.refuse_clashes(&mut diagnostics)?;
        Ok((plan, diagnostics))
    }

    /// The job of a verb that works on one set of inputs; `None` after a mistake in the manifest.
    pub fn only_job(&self) -> Result<Option<&Job>, UsageError> {
        match &self.jobs[..] {
            [_, _, ..] => Err(UsageError::new(format_args!(
                "the manifest has several outputs: choose one with --manifest-output: {}",
                joined(self.jobs.iter().filter_map(|job| job.label.as_deref()))
            ))),
            jobs => Ok(jobs.first()),
        }
    }

    /// Everything that is collected for the jobs, in their order; `None` when an error was reported.
    pub fn collect(
        &mut self,
        diagnostics: &mut Diagnostics,
        step: &dyn Fn(&str),
    ) -> Result<Option<Vec<Collected>>, UsageError> {
        let mut collected = Vec::new();
        let (mut seen, mut is_complete) = (Seen::default(), true);
        // A later set is looked at also when an earlier one has errors: one run tells all of them.
        for job in &mut self.jobs {
            let mut own = std::mem::take(&mut job.diagnostics);
            match collect_despite(&job.request.inputs(), &job.request.targets, &mut own, step) {
                Some(found) => {
                    found.values().for_each(|ir| seen.add(ir));
                    if !own.has_errors() {
                        job.make_skeletons(&found, &mut own);
                        collected.push(found);
                    }
                }
                None => is_complete = false,
            }
            diagnostics.extend(own);
        }
        if self.is_whole && is_complete {
            self.report_unused(&seen, diagnostics);
        }
        if !diagnostics.has_errors() && self.jobs.iter().any(|job| !job.skeletons.is_empty()) {
            self.refuse_clashes(diagnostics)?;
        }
        // After an error, what was not reached may be what a suppression is for.
        if self.is_whole && !diagnostics.has_errors() {
            let skeletons = self.jobs.iter().any(|job| !job.places.skeletons.is_empty());
            diagnostics.report_unused_suppressions(|code| {
                is_of_collecting(code) || (skeletons && catalogue::is_of_skeletons(code))
            });
        }
        Ok((!diagnostics.has_errors()).then_some(collected))
    }

    /// Reports names that nothing in any of the inputs has.
    fn report_unused(&self, seen: &Seen, diagnostics: &mut Diagnostics) {
        for job in &self.jobs {
            seen.report_types(&job.named, diagnostics);
            // That no library has a skeleton was told.
            if job.places.skeletons.is_empty() || !job.skeletons.is_empty() {
                seen.report_modules(&job.named, diagnostics);
            }
        }
    }

    /// The contents of every output. `contract` decides when none was asked for.
    pub fn contents(
        &self,
        collected: &[Collected],
        contract: impl Fn(&Job) -> Contract,
        step: &dyn Fn(&str),
    ) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        for (job, collected) in self.jobs.iter().zip(collected) {
            let contract = job.contract.unwrap_or_else(|| contract(job));
            files.extend(generate(collected, contract, &job.places.files, step));
            files.extend(job.skeletons.iter().cloned());
        }
        files
    }

    /// The path of every output.
    pub fn outputs(&self) -> impl Iterator<Item = &Path> {
        let skeletons = self.jobs.iter().flat_map(|job| &job.skeletons).map(|(path, _)| path);
        self.jobs.iter().flat_map(|job| job.places.files.values()).chain(skeletons).map(PathBuf::as_path)
    }

    /// The folders that belong to the tool.
    pub fn folders(&self) -> Vec<PathBuf> {
        self.jobs.iter().flat_map(|job| job.places.folders.iter().cloned()).collect()
    }

    /// Every file whose contents decide the output, response files aside.
    pub fn read_files(&self) -> impl Iterator<Item = &Path> {
        let own = self.jobs.iter().flat_map(|job| job.request.read_files());
        own.chain(self.lists.iter().map(PathBuf::as_path))
    }

    fn refuse_clashes(&self, diagnostics: &mut Diagnostics) -> Result<(), UsageError> {
        let mut read: BTreeSet<Identity> = self.lists.iter().filter_map(|list| clash::known(list)).collect();
        for job in &self.jobs {
            read.extend(job.request.identities());
        }
        let of_jobs = self.jobs.iter().flat_map(|job| {
            let files = job.places.files.iter();
            let files = files.map(|((_, output), path)| (path.as_path(), job.written_at.get(output)));
            let skeletons = job.skeletons.iter().map(|(path, _)| (path.as_path(), job.skeletons_at.as_ref()));
            files.chain(skeletons)
        });
        let others = self.beside.iter().map(|path| (path.as_path(), None));
        for (clash, place) in clash::find(&read, of_jobs.chain(others)) {
            let Some(place) = place else { return Err(UsageError::new(clash)) };
            let message = format!("{clash}; give each a path of its own");
            diagnostics.report(&catalogue::MANIFEST_CLASH, place.clone(), message);
        }
        Ok(())
    }
}

/// The files that `generate` writes beside the outputs, that of problems aside.
fn beside(args: &GenerateArgs) -> Vec<PathBuf> {
    let own = args.outputs.stamp.iter().chain(&args.outputs.depfile).chain(&args.outputs.list_outputs);
    own.chain(&args.outputs.also_written).cloned().collect()
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

impl ManifestArgs {
    /// Refuses them where INPUT says what is read.
    pub fn refuse(&self) -> Result<(), UsageError> {
        if self.manifest.is_some() {
            return Err(UsageError::new(INPUT_AND_MANIFEST));
        }
        if self.manifest_output.is_some() {
            return Err(UsageError::new("--manifest-output chooses among the outputs of a manifest: leave INPUT out"));
        }
        Ok(())
    }
}

/// Leaves only the output that the arguments choose, if they choose one.
pub fn choose(outputs: &mut Vec<OutputSet>, args: &ManifestArgs) -> Result<(), UsageError> {
    let Some(name) = &args.manifest_output else { return Ok(()) };
    let names = joined(outputs.iter().map(|output| output.label.as_str()));
    outputs.retain(|output| output.label == *name);
    if outputs.is_empty() {
        return Err(UsageError::new(format_args!(
            "--manifest-output {name}: the manifest has no output of that name; it has {names}"
        )));
    }
    Ok(())
}

impl Job {
    /// The problems so far, with those of the whole run.
    pub fn problems(&self) -> Diagnostics {
        self.diagnostics.clone()
    }

    fn from_manifest(set: OutputSet, several: bool, diagnostics: &Diagnostics) -> Result<Job, UsageError> {
        let mut own = diagnostics.clone();
        let request = Request::open(&set.files, &set.target, &set.modules, &set.sizes, &mut own)?;
        let request = request.with_extra_signatures(&set.extra, &mut own);
        let OutputSet { label, places, contract, written_at, skeletons_at, named, .. } = set;
        let job = Job::new(several.then_some(label), request, places, Some(contract), own);
        Ok(Job { written_at, skeletons_at, named, ..job })
    }

    fn new(
        label: Option<String>,
        mut request: Request,
        places: Places,
        contract: Option<Contract>,
        diagnostics: Diagnostics,
    ) -> Job {
        for options in &mut request.targets {
            // What they cost is for skeletons only.
            options.declarations = !places.skeletons.is_empty();
        }
        let (written_at, skeletons_at, skeletons, named) = Default::default();
        Job { label, request, places, contract, written_at, skeletons_at, skeletons, named, diagnostics }
    }

    fn make_skeletons(&mut self, collected: &Collected, diagnostics: &mut Diagnostics) {
        let origin = self.skeletons_at.clone().unwrap_or_default();
        self.skeletons = skeletons::make(&mut self.request, &self.places, collected, &origin, diagnostics);
    }
}
