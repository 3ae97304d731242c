//! One request from reading to answering.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use thunkgen_core::collect::LibraryName;
use thunkgen_diagnostics::xml::{TextProblem, decode};
use thunkgen_diagnostics::{Diagnostic, Diagnostics, Findings, Level, Location, Policy, catalogue, escape_controls};
use thunkgen_driver::summary::LinkAdvice;
use thunkgen_driver::write::Outcome as Change;
use thunkgen_driver::{
    Generated, OptionError, Origin, Outcome, WriteOptions, diagnostic_options, files, generate, reason, report,
};

use crate::answer::Answer;
use crate::arguments::{Arguments, BadParameter, arguments};
use crate::cache::{Cache, Hash, Sources, hash, hash_all, hash_file};
use crate::request;

/// Does what the request asks for.
///
/// `also_written` are files that the caller writes, such as the answer: no output may be one of them. Nothing is
/// printed, and nothing but the outputs and the cache file is written.
pub fn run(request: &Path, also_written: &[PathBuf]) -> Answer {
    answer(request, also_written).unwrap_or_else(failed)
}

fn answer(request: &Path, also_written: &[PathBuf]) -> Result<Answer, Findings> {
    let file = request.display().to_string();
    let mut arguments = read(request, &file)?;
    let refused = |mistake| mistaken(&file, mistake);
    let mut own = diagnostic_options::sink(&arguments.options.policy, Policy::default()).map_err(refused)?;
    // It takes the place of the task, and replaces what that wrote.
    arguments.options.write.force = true;
    let build = &mut arguments.options.build;
    build.also_read.push(request.to_owned());
    build.also_written.extend(arguments.cache.iter().chain(also_written).cloned());
    for (at, message) in std::mem::take(&mut arguments.unknown) {
        own.report(&catalogue::UNKNOWN_PARAMETER, at, message);
    }
    let inputs = hash_inputs(&arguments, &mut own);
    if own.has_errors() {
        return Err(report(own, None, WriteOptions::default()).findings);
    }
    let sources = arguments.cache.as_ref().and_then(|_| sources(&arguments, inputs));
    let why = match remembered(arguments.cache.as_deref(), sources.as_ref()) {
        Ok(cache) => return Ok(skipped(own, cache, &arguments)),
        Err(why) => why,
    };
    let (generated, mut diagnostics) = match generate(&arguments.options, &|_| {}).map_err(refused)? {
        Outcome::Done(generated, diagnostics) => (Some(generated), diagnostics),
        Outcome::Stopped(_, diagnostics) => (None, diagnostics),
    };
    if let Some(generated) = &generated
        && arguments.warn_unresolved
    {
        report_unresolved(generated, &arguments.ignored_modules, &mut diagnostics);
    }
    diagnostics.extend(own);
    let findings = report(diagnostics, None, WriteOptions::default()).findings;
    match generated {
        Some(generated) => Ok(answered(&generated, &findings, &arguments, sources, why)),
        None => Err(findings),
    }
}

/// What a request asks for, or what is wrong with it.
fn read(request: &Path, file: &str) -> Result<Arguments, Findings> {
    let refuse = |rule, problems: Vec<BadParameter>| {
        let mut sink = Diagnostics::default();
        problems.into_iter().for_each(|(at, message)| sink.report(rule, at, message));
        sink.into_findings()
    };
    let unreadable = |why: String| refuse(&catalogue::UNREADABLE, vec![(Location::file(file), why)]);
    let (bytes, _) = files::open(request).map_err(|error| unreadable(reason(&error)))?;
    let (text, None) = decode(&bytes) else { return Err(unreadable("it is not UTF-8 text".to_owned())) };
    let entries = request::parse(&text).map_err(|problems| {
        let located = |problem: TextProblem| (Location::at(file, problem.position), problem.message);
        refuse(&catalogue::BAD_REQUEST, problems.into_iter().map(located).collect())
    })?;
    arguments(&entries, file).map_err(|problems| refuse(&catalogue::BAD_PARAMETER, problems))
}

/// What only the run itself could find, reported at its parameter.
fn mistaken(file: &str, OptionError { origin, message, .. }: OptionError) -> Findings {
    let (place, message) = match origin {
        Origin::Request(name, place) if message.starts_with(name) => (*place, message),
        Origin::Request(name, place) => (*place, format!("{name}: {message}")),
        _ => (Location::file(file), message),
    };
    let mut sink = Diagnostics::default();
    sink.report(&catalogue::BAD_PARAMETER, place, message);
    sink.into_findings()
}

/// The content of every file that is read. Anything but a file is reported: a list of MSBuild contains no directories.
fn hash_inputs(arguments: &Arguments, diagnostics: &mut Diagnostics) -> BTreeMap<String, Hash> {
    let mut hashes = BTreeMap::new();
    for path in &arguments.files {
        let name = path.display().to_string();
        let hashed = match &arguments.cache {
            Some(_) => hash_file(path),
            None => files::open(path).map(|_| 0),
        };
        match hashed {
            Ok(hash) => drop(hashes.insert(name, hash)),
            Err(error) => diagnostics.report(&catalogue::UNREADABLE, Location::file(name), reason(&error)),
        }
    }
    hashes
}

/// Everything that decides the outputs; `None` when this executable cannot be read.
fn sources(arguments: &Arguments, inputs: BTreeMap<String, Hash>) -> Option<Sources> {
    let tool = std::env::current_exe().ok().and_then(|path| hash_file(&path).ok())?;
    let options = hash_all(arguments.stable.iter().map(|value| value.as_bytes()));
    Some(Sources { tool, options, inputs })
}

/// What was remembered, or why the outputs have to be made.
fn remembered(path: Option<&Path>, now: Option<&Sources>) -> Result<Cache, String> {
    let path = path.ok_or("there is no CacheFilePath")?;
    let now = now.ok_or("this executable cannot be read, so nothing can be remembered")?;
    let opened = files::open(path);
    let (bytes, _) = opened.map_err(|error| format!("the cache file {}: {}", path.display(), reason(&error)))?;
    let cache = Cache::parse(&bytes).ok_or_else(|| format!("{} is not a valid cache file", path.display()))?;
    cache.difference(now).map_or(Ok(cache), Err)
}

fn failed(Findings { diagnostics, .. }: Findings) -> Answer {
    let summary = "thunkgen: there are errors; nothing was written".to_owned();
    Answer { reason: "there are errors".to_owned(), summary, problems: diagnostics, ..Answer::default() }
}

/// The outputs are current: the same warnings as when they were made.
fn skipped(own: Diagnostics, cache: Cache, arguments: &Arguments) -> Answer {
    let problems =
        report(own, None, WriteOptions::default()).findings.diagnostics.into_iter().chain(cache.problems).collect();
    let file_writes = cache.outputs.into_keys().chain(cache_name(arguments)).collect();
    Answer {
        succeeded: true,
        skipped: true,
        reason: "nothing changed since the outputs were written".to_owned(),
        summary: "thunkgen: the outputs are current, nothing was done".to_owned(),
        file_writes,
        problems,
        ..Answer::default()
    }
}

fn cache_name(arguments: &Arguments) -> Option<String> {
    arguments.cache.as_ref().map(|path| path.display().to_string())
}

/// Reports each library that is not linked and not in IgnoredPInvokeModules.
fn report_unresolved(generated: &Generated, ignored: &[LibraryName], diagnostics: &mut Diagnostics) {
    let parts = generated.parts();
    let modules = parts.iter().flat_map(|part| part.collected.iter()).flat_map(|(_, ir)| &ir.dropped_modules);
    for (module, count) in modules.filter(|(module, _)| !ignored.iter().any(|ignored| ignored.is(module))) {
        let message = format!(
            "the native library `{0}` is not linked, so calls of its functions (P/Invokes: {count}) fail; {0}: no \
             NativeFileReference; is a package with its wasm archive referenced? Or add it to IgnoredPInvokeModules",
            escape_controls(module)
        );
        diagnostics.report(&catalogue::NOT_LINKED, Location::default(), message);
    }
}

fn answered(
    generated: &Generated,
    findings: &Findings,
    arguments: &Arguments,
    sources: Option<Sources>,
    reason: String,
) -> Answer {
    let written = &generated.written;
    let name = |path: &PathBuf| path.display().to_string();
    let changed = |&(_, &change): &(&PathBuf, &Change)| change != Change::Unchanged;
    // What is wrong with the request itself is found in every run; the request may have another name then.
    let (own, problems): (Vec<Diagnostic>, Vec<Diagnostic>) =
        findings.diagnostics.iter().cloned().partition(|found| found.rule == &catalogue::UNKNOWN_PARAMETER);
    let mut summary = generated.summary(findings, None);
    summary.extend(generated.not_linked(&arguments.ignored_modules, LinkAdvice::Project));
    let mut answer = Answer {
        succeeded: problems.iter().all(|found| found.level != Level::Error),
        reason,
        summary: summary.join("; "),
        file_writes: written.keys().map(name).chain(cache_name(arguments)).collect(),
        changed_files: written.iter().filter(changed).map(|(path, _)| name(path)).collect(),
        problems: own.into_iter().chain(problems.iter().cloned()).collect(),
        ..Answer::default()
    };
    if let (Some(path), Some(sources), true) = (&arguments.cache, sources, answer.succeeded) {
        let outputs = generated.contents.iter().map(|(path, bytes)| (name(path), hash(bytes))).collect();
        let cache = Cache { sources, outputs, problems };
        answer.write_also(path, cache.render(), "all files are written, but not the cache file");
    }
    answer
}
