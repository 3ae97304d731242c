//! `lookup`: which thunk the runtime would use for a key, and which keys have none.

pub mod args;
mod difference;
mod document;
mod log;
mod subject;
mod text;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use args::LookupArgs;
use document::Mentions;
use subject::Subject;

pub use difference::DifferenceDocument;
pub use document::LookupDocument;

use super::args::last_inputs;
use super::args::options;
use super::error::{Exit, UsageError};
use super::explain::{self, Functions, Words};
use super::pages::root_of;
use super::verbs::Run;
use clr_wasm_abi::types::{Input, report_suspicious};
use thunkgen_core::collect::ir::ReasonKind;
use thunkgen_diagnostics::{Diagnostics, Location, Policy, catalogue};
use thunkgen_driver::compressed::Unpacker;
use thunkgen_driver::doctor::coverage_report;
use thunkgen_driver::files::FileBytes;
use thunkgen_driver::summary::plural;
use thunkgen_driver::{Job, Jobs, Purpose, compressed, diagnostic_options, files, inputs, manifest};
use thunkgen_r2r::lookup::coverage::{Coverage, Need};
use thunkgen_r2r::lookup::nearest::NearestKeys;
use thunkgen_r2r::lookup::{Candidate, Sources, Standing};

impl Run<'_, '_> {
    /// `lookup`
    pub fn lookup(mut self, args: &LookupArgs) -> Result<Exit, UsageError> {
        let as_json = self.is_json_result(&args.report)?;
        if let [old, new] = &args.diff[..] {
            return self.diff(old, new, as_json, args);
        }
        // INPUT and keys may be after --in.
        let (sources, last) = last_inputs::split(self.matches, "sources", subject::is_key);
        if let Some(key) = sources.iter().find(|path| subject::is_key(path)) {
            let text = key.display();
            return Err(UsageError::new(format_args!("--in {text} is a key, not a file; name a file after --in")));
        }
        let words: Vec<_> = args.words.iter().chain(&last).cloned().collect();
        let (subjects, inputs) = subject::split(&words)?;
        let is_manifest_named = args.manifest.first_option().is_some();
        let is_manifest_meant = is_manifest_named || (args.coverage && inputs.is_empty() && manifest::find().is_some());
        let no_assemblies = inputs.is_empty() && !is_manifest_meant;
        let from_manifest = args.coverage && is_manifest_meant;
        check_words(args, &subjects, no_assemblies, from_manifest)?;
        let input = (inputs.as_slice(), args.references.reference.as_slice());
        let options =
            options(&[&input, &args.write, &args.target, &args.modules, &args.extra, &args.sizes, &args.report]);
        let mut options = options;
        self.write = options.write;
        options.build.also_written.extend(args.html.clone());
        options.build.options_read.clone_from(&self.expanded.files);
        options
            .build
            .also_read
            .extend(args.sources.iter().chain(args.log.as_ref().filter(|log| log.is_file())).cloned());
        let mut without_inputs = None;
        let (mut jobs, mut diagnostics) = if no_assemblies {
            let run = without_inputs.insert(Jobs::without_inputs(&options)?);
            (None, std::mem::take(&mut run.diagnostics))
        } else {
            let options = self.sources(options.clone(), &args.manifest)?;
            let mut jobs = Jobs::open(&options, Purpose::Question)?;
            jobs.only_job()?;
            let diagnostics = std::mem::take(&mut jobs.diagnostics);
            (Some(jobs), diagnostics)
        };
        self.progress.step("reading tables and images");
        let mut sources = sources;
        if let (true, Some(job)) = (sources.is_empty(), jobs.iter().flat_map(|jobs| &jobs.jobs).next()) {
            sources = tables_of(job)?;
        }
        let sources = open(&sources, &mut diagnostics);
        let mut log = match &args.log {
            Some(path) => log::read(path, &mut diagnostics),
            None => log::Log { missing: named(subjects, &sources), ..log::Log::default() },
        };
        without_inputs.iter().for_each(|run| run.report_changed(&mut diagnostics));
        let wanted = std::mem::take(&mut log.missing);
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
        document.problems = log.others.iter().map(document::problem).collect();
        self.progress.finish();
        self.show(&document, as_json, args);
        if !as_json {
            self.show_others(&log, document.keys.is_empty(), &inputs);
        }
        let findings = self.report(diagnostics, &args.report);
        if let Some(path) = &args.html {
            let page = collected.as_ref().filter(|collected| collected.len() == 1).and_then(|collected| {
                let ir = collected.values().next()?;
                Some(coverage_report(root_of(&options), ir, &sources, &findings))
            });
            if let Some(exit) = self.write_page(path, page, &args.report) {
                return Ok(exit);
            }
        }
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

    /// Prints what a log reports besides missing keys.
    fn show_others(&mut self, log: &log::Log, is_first: bool, inputs: &[PathBuf]) {
        let words = Words::of(inputs);
        let blocks = log.others.iter().map(|finding| explain::finding(finding, &Functions::default(), &words));
        let blocks: Vec<String> = blocks.chain(explain::omitted(log.omitted)).collect();
        if !blocks.is_empty() {
            let gap = if is_first { "" } else { "\n" };
            self.console.artefact(&format!("{gap}{}", blocks.join("\n")));
        }
    }

    /// `lookup --diff`
    fn diff(mut self, old: &Path, new: &Path, as_json: bool, args: &LookupArgs) -> Result<Exit, UsageError> {
        let mut diagnostics = diagnostic_options::sink(&options(&[&args.report]).policy, Policy::default())?;
        self.progress.step("reading tables and images");
        let document = DifferenceDocument::new(old, new, &mut diagnostics);
        if diagnostics.has_errors() {
            return Ok(self.stop(diagnostics, &args.report, "nothing was compared"));
        }
        self.progress.finish();
        self.console.artefact(&if as_json { crate::json(&document) } else { document.text() });
        let findings = self.report(diagnostics, &args.report);
        self.console.remark(&format!("thunkgen: {}", document.summary()));
        Ok(if document.has_removed() { Exit::CheckFailed } else { Exit::of(&findings) })
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
        let problems = document.problems.len();
        let line = match (total, missing) {
            (0, _) if problems > 0 => {
                Some(format!("the log contains no missing key, and {}", plural(problems, "other problem")))
            }
            (0, _) if args.log.is_some() => Some("the log contains no missing key".to_owned()),
            (_, 0) => (args.coverage || args.log.is_some()).then(|| format!("{keys}, all found")),
            _ => Some(format!("{missing} of {keys} not found")),
        };
        line.iter().for_each(|line| self.console.remark(&format!("thunkgen: {line}")));
        (missing + problems > 0).then_some(Exit::CheckFailed)
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
        (true, _, []) if no_inputs => "--coverage needs assemblies: add files or a directory",
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
fn named(subjects: Vec<Subject>, sources: &Sources) -> Vec<(Subject, Option<Mentions>)> {
    let has_to_interp = sources.keys().any(|key| key.starts_with('I'));
    let is_wanted = |subject: &Subject| subject.of.is_none() || has_to_interp || !subject.key.starts_with('I');
    subjects.into_iter().filter(is_wanted).map(|subject| (subject, None)).collect()
}

/// Reads the sources in the order they were named.
fn open(paths: &[PathBuf], diagnostics: &mut Diagnostics) -> Sources {
    let (mut sources, mut unpacker) = (Sources::default(), Unpacker::default());
    for path in paths {
        let display = path.display().to_string();
        if path.is_dir() {
            let opened = open_directory(path, &mut unpacker, diagnostics);
            let files: Vec<(String, &[u8])> =
                opened.iter().map(|(file, bytes)| (file.display().to_string(), &**bytes)).collect();
            sources.add_directory(&display, &files, diagnostics);
            files::report_changed(opened.iter().map(|(file, bytes)| (file.as_path(), bytes)), diagnostics);
            continue;
        }
        match unpacker.open(path) {
            Ok((bytes, _)) => {
                sources.add(&display, &bytes, diagnostics);
                files::report_changed([(path.as_path(), &bytes)], diagnostics);
            }
            Err(error) => error.report(path, diagnostics),
        }
    }
    sources
}

/// Extensions of the files that can provide thunks, in a directory: of C++ files, of modules and images, and of copies of
/// both.
const TEXTS: [&str; 7] = ["cpp", "cc", "cxx", "c++", "h", "hpp", "inc"];
const BINARIES: [&str; 3] = ["wasm", "webcil", "dll"];
const COPIES: [&str; 2] = ["br", "gz"];

/// Opens the files of a directory that can provide thunks. What cannot be opened, and what is empty or of an unknown
/// format, is reported.
fn open_directory(
    directory: &Path,
    unpacker: &mut Unpacker,
    diagnostics: &mut Diagnostics,
) -> Vec<(PathBuf, FileBytes)> {
    let mut opened = Vec::new();
    for file in files_of(directory, diagnostics) {
        match unpacker.open(&file) {
            Ok((bytes, _)) => {
                if bytes.is_empty() || has_extension(&compressed::without_extension(&file), &BINARIES) {
                    report_suspicious(&file.display().to_string(), &bytes, diagnostics);
                }
                opened.push((file, bytes));
            }
            Err(error) => error.report(&file, diagnostics),
        }
    }
    opened
}

fn has_extension(file: &Path, extensions: &[&str]) -> bool {
    let extension = file.extension().and_then(OsStr::to_str).unwrap_or_default();
    extensions.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

/// The files of a directory that can provide thunks, in the order of their names.
fn files_of(directory: &Path, diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
    let mut files = inputs::list(directory, &[&TEXTS[..], &BINARIES, &COPIES].concat()).unwrap_or_else(|error| {
        let location = Location::file(directory.display().to_string());
        diagnostics.report(&catalogue::BAD_SOURCE, location, error.message);
        Vec::new()
    });
    // A published app has each file up to three times.
    files.retain(|file| {
        let plain = compressed::without_extension(file);
        plain == *file || (!plain.exists() && has_extension(&plain, &[&TEXTS[..], &BINARIES].concat()))
    });
    files
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
