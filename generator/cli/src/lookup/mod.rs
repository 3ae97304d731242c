//! `lookup`: which thunk the runtime would use for a key, and which keys have none.

pub mod args;
mod document;
mod subject;
mod text;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use args::LookupArgs;
use document::LookupDocument;
use subject::Subject;

use super::args::options;
use super::error::{Exit, UsageError};
use super::verbs::Run;
use clr_wasm_abi::types::Input;
use thunkgen_core::collect::ir::ReasonKind;
use thunkgen_diagnostics::{Diagnostics, Location, Policy, catalogue};
use thunkgen_driver::summary::plural;
use thunkgen_driver::{Job, Jobs, Purpose, compressed, diagnostic_options, manifest, reason};
use thunkgen_r2r::lookup::coverage::{Coverage, Need};
use thunkgen_r2r::lookup::nearest::NearestKeys;
use thunkgen_r2r::lookup::{Candidate, Sources, Standing, log};

impl Run<'_, '_> {
    /// `lookup`
    pub fn lookup(mut self, args: &LookupArgs) -> Result<Exit, UsageError> {
        let as_json = self.is_json_result(args.json, args.report.format)?;
        if let Some(error) = args.sources.iter().find_map(|path| subject::misplaced(path)) {
            return Err(error);
        }
        let (subjects, inputs) = subject::split(&args.words)?;
        let is_manifest_named = args.manifest.first_option().is_some();
        let is_manifest_meant = is_manifest_named || (args.coverage && inputs.is_empty() && manifest::find().is_some());
        let no_assemblies = inputs.is_empty() && !is_manifest_meant;
        let from_manifest = args.coverage && is_manifest_meant;
        check_words(args, &subjects, no_assemblies, from_manifest)?;
        let input = (inputs.as_slice(), args.references.reference.as_slice());
        let options = options(&[&input, &args.target, &args.modules, &args.extra, &args.sizes, &args.report]);
        let (mut jobs, mut diagnostics) = if no_assemblies {
            (None, diagnostic_options::sink(&options.policy, Policy::default())?)
        } else {
            let options = self.sources(options, &args.manifest)?;
            let mut jobs = Jobs::open(&options, Purpose::Question)?;
            jobs.only_job()?;
            let diagnostics = std::mem::take(&mut jobs.diagnostics);
            (Some(jobs), diagnostics)
        };
        self.progress.step("reading tables and images");
        let mut named_sources = args.sources.clone();
        if let (true, Some(job)) = (named_sources.is_empty(), jobs.iter().flat_map(|jobs| &jobs.jobs).next()) {
            named_sources = tables_of(job)?;
        }
        let sources = open(&named_sources, &mut diagnostics);
        let wanted = match &args.log {
            Some(path) => read_log(path, &mut diagnostics),
            None => named(subjects, &sources),
        };
        let mut paths = BTreeMap::new();
        let mut collected = None;
        if let Some(jobs) = &mut jobs {
            paths = jobs.jobs.iter().flat_map(|job| paths_of(&job.inputs())).collect();
            jobs.diagnostics = diagnostics;
            collected = jobs.collect(&self.step())?.into_iter().flatten().next();
            diagnostics = std::mem::take(&mut jobs.diagnostics);
        }
        if diagnostics.has_errors() {
            return Ok(self.stop(diagnostics, &args.report, "nothing was looked up"));
        }
        self.progress.step("looking up");
        let mut document = LookupDocument::new(&sources);
        let provided = NearestKeys::new(sources.keys());
        document.keys.extend(
            wanted
                .iter()
                .map(|(subject, mentions)| document::key(subject, *mentions, &sources, &provided, collected.as_ref())),
        );
        if let (true, Some(collected)) = (args.coverage, &collected) {
            for (target, ir) in collected {
                let coverage = Coverage::of(ir, &sources);
                coverage.missing().for_each(|need| report_missing(need, &paths, &mut diagnostics));
                document.coverage.push(document::coverage(
                    target.name(),
                    (&coverage, ir.unresolved.len()),
                    &sources,
                    &provided,
                ));
            }
        }
        self.progress.finish();
        self.show(&document, as_json, args);
        let findings = self.report(diagnostics, &args.report);
        Ok(self.conclude_lookup(&document, args).unwrap_or_else(|| Exit::of(&findings)))
    }

    fn show(&mut self, document: &LookupDocument, as_json: bool, args: &LookupArgs) {
        if as_json {
            return self.console.artefact(&crate::json(document));
        }
        let keys = document.keys.iter().map(text::key);
        let several = document.coverage.len() > 1;
        let coverage = document.coverage.iter().map(|shape| text::coverage(shape, several, args.report.verbose));
        let blocks: Vec<String> = keys.chain(coverage).collect();
        self.console.artefact(&blocks.join("\n"));
    }

    /// Prints the last line; returns the exit code if a key has no thunk.
    fn conclude_lookup(&mut self, document: &LookupDocument, args: &LookupArgs) -> Option<Exit> {
        let (total, missing) = match args.coverage {
            true => document
                .coverage
                .iter()
                .fold((0, 0), |(total, missing), shape| (total + shape.needed, missing + shape.missing.len())),
            false => (document.keys.len(), document.keys.iter().filter(|key| !key.found).count()),
        };
        let keys = match (args.coverage, &args.log) {
            (true, _) => plural(total, "required key"),
            (_, Some(_)) => format!("{} from the log", plural(total, "key")),
            _ => plural(total, "key"),
        };
        let line = match (total, missing) {
            (0, _) if args.log.is_some() => Some("the log contains no missing key".to_owned()),
            (_, 0) => (args.coverage || args.log.is_some()).then(|| format!("{keys}, all found")),
            _ => Some(format!("{missing} of {keys} not found")),
        };
        line.iter().for_each(|line| self.console.remark(&format!("thunkgen: {line}")));
        (missing > 0).then_some(Exit::CheckFailed)
    }
}

/// Refuses words that are missing or superfluous.
fn check_words(
    args: &LookupArgs,
    subjects: &[Subject],
    no_inputs: bool,
    from_manifest: bool,
) -> Result<(), UsageError> {
    let problem = match (args.coverage, &args.log, subjects) {
        (true, _, []) if no_inputs => "--coverage needs assemblies: add files or a directory before --in",
        (true, _, [_, ..]) => "--coverage looks up every key that the assemblies need: remove the keys",
        (_, Some(_), [_, ..]) => "--log looks up the keys in the log: remove the keys",
        (false, None, []) if !no_inputs => {
            "nothing to look up: no argument is a key, so all are assemblies; add a key such as MviS8, --coverage or \
             --log FILE, and name images after --in"
        }
        (false, None, []) => "nothing to look up: add a key such as MviS8, --coverage or --log FILE",
        (_, None, _) if args.sources.is_empty() && !from_manifest => {
            "nothing to search: add --in TABLE.cpp, then any images in the order in which the app loads them"
        }
        _ => return Ok(()),
    };
    Err(UsageError::new(problem))
}

/// The table that an output of a manifest generates.
fn tables_of(job: &Job) -> Result<Vec<PathBuf>, UsageError> {
    let tables = job.key_tables()?;
    match tables.len() {
        1 => Ok(tables),
        0 => Err(UsageError::new("the output generates no table of keys: name what is searched with --in")),
        _ => Err(UsageError::new("the output has a table for each of several targets: name one of them with --in")),
    }
}

/// The named keys. The `I` key of a method is skipped if no source has `I` thunks.
fn named(subjects: Vec<Subject>, sources: &Sources) -> Vec<(Subject, Option<log::Mentions>)> {
    let has_to_interp = sources.keys().any(|key| key.starts_with('I'));
    let is_wanted = |subject: &Subject| subject.of.is_none() || has_to_interp || !subject.key.starts_with('I');
    subjects.into_iter().filter(is_wanted).map(|subject| (subject, None)).collect()
}

/// Reads the sources in the order they were named.
fn open(paths: &[PathBuf], diagnostics: &mut Diagnostics) -> Sources {
    let mut sources = Sources::default();
    for path in paths {
        let display = path.display().to_string();
        match compressed::open(path) {
            Ok((bytes, _)) => sources.add(&display, &bytes, diagnostics),
            Err(error) => error.report(path, diagnostics),
        }
    }
    sources
}

/// Longest log that is read, in bytes.
const MAX_LOG: u64 = 1 << 28;

/// The missing keys in a log; lines without a key are reported.
fn read_log(path: &Path, diagnostics: &mut Diagnostics) -> Vec<(Subject, Option<log::Mentions>)> {
    let is_input = path.as_os_str() == "-";
    let mut bytes = Vec::new();
    let read = if is_input {
        std::io::stdin().lock().take(MAX_LOG).read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MAX_LOG).read_to_end(&mut bytes).map(|_| ()))
    };
    let name = if is_input { "standard input".to_owned() } else { path.display().to_string() };
    if let Err(error) = read {
        diagnostics.report(&catalogue::UNREADABLE, Location::file(name), reason(&error));
        return Vec::new();
    }
    let log = log::read(&bytes);
    for line in log.unclear {
        let what = "line reports a missing thunk but contains no valid key";
        diagnostics.report(&catalogue::UNCLEAR_LOG, Location::position(&name, line, 1), what);
    }
    let subject = |(key, mentions)| (Subject { key, of: None }, Some(mentions));
    log.missing.into_iter().map(subject).collect()
}

/// The file of each assembly, by its simple name.
fn paths_of(inputs: &[Input<'_>]) -> BTreeMap<String, String> {
    let name = |input: &Input<'_>| clr_metadata::open(input.bytes).ok()??.assembly_name().ok()?.map(str::to_owned);
    inputs.iter().filter_map(|input| Some((name(input)?, input.path.to_owned()))).collect()
}

/// Reports a missing key at the first member that needs it.
fn report_missing(need: &Need<'_>, paths: &BTreeMap<String, String>, diagnostics: &mut Diagnostics) {
    let key = &need.answer.key;
    let Some(first) = need.entry.reasons.first() else { return };
    let others = match need.entry.reasons.len() {
        1 => String::new(),
        2 => " (as does 1 other member)".to_owned(),
        users => format!(" (as do {} other members)", users - 1),
    };
    let location = match first.kind {
        ReasonKind::Runtime => Location::default(),
        ReasonKind::Extra => Location::file(&first.assembly),
        _ => {
            let file = paths.get(&first.assembly).unwrap_or(&first.assembly);
            Location::member(file, &first.member, first.token).of_assembly(&first.assembly)
        }
    };
    let who = if location.member.is_none() { format!("{} requires ", first.member) } else { "requires ".to_owned() };
    let why = match need.answer.candidates.first() {
        Some(Candidate { source, standing: Standing::Empty, .. }) => {
            format!("but its table slot in {} is empty", source.path)
        }
        Some(Candidate { source, standing: Standing::NotEager, .. }) => {
            format!("which {} adds only when its code requests it", source.path)
        }
        _ => "for which there is no thunk".to_owned(),
    };
    let what = format!("{who}{key}, {why}{others}");
    diagnostics.report(&catalogue::MISSING_THUNK, location, what);
}
