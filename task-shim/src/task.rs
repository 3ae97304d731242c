//! One request from reading to answering.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use thunkgen_diagnostics::{Diagnostics, Findings, Level, Location, Policy, catalogue, escape_controls};
use thunkgen_driver::write::{Outcome as Change, write_all};
use thunkgen_driver::{Generated, Given, OptionError, Origin, Outcome, files, generate, policy, reason, report};

use crate::answer::Answer;
use crate::arguments::{Arguments, arguments, location};
use crate::cache::{Cache, Sources, hash, hash_all, hash_file};
use crate::problem::Told;
use crate::request::{self, Problem};

/// Does what the request asks for.
///
/// `also_written` are files that the caller writes, such as the answer: no output may be one of them. Nothing is
/// printed, and nothing but the outputs and the cache file is written.
pub fn run(request: &Path, also_written: &[PathBuf]) -> Answer {
    let file = request.display().to_string();
    let mut arguments = match read(request, &file) {
        Ok(arguments) => arguments,
        Err(problems) => return failed(problems),
    };
    let mut own = match policy::sink(&arguments.options.policy, Policy::default()) {
        Ok(diagnostics) => diagnostics,
        Err(mistake) => return failed(mistaken(&file, mistake)),
    };
    let build = &mut arguments.options.build;
    build.also_read.push(request.to_owned());
    build.also_written.extend(arguments.cache.iter().chain(also_written).cloned());
    for problem in &arguments.unknown {
        own.report(&catalogue::UNKNOWN_PARAMETER, location(&file, problem.position), &problem.message);
    }
    let inputs = hash_inputs(&arguments, &mut own);
    if own.has_errors() {
        return failed(report(own, None).findings);
    }
    let sources = arguments.cache.as_ref().and_then(|_| sources(&arguments, inputs));
    let (cache, mut why) = match (&arguments.cache, &sources) {
        (None, _) => (None, "there is no CacheFilePath".to_owned()),
        (_, None) => (None, "this executable cannot be read, so nothing can be remembered".to_owned()),
        (Some(path), Some(_)) => remembered(path),
    };
    if let (Some(cache), Some(now)) = (cache, &sources) {
        match cache.difference(now) {
            None => return skipped(own, cache, &arguments),
            Some(difference) => why = difference,
        }
    }
    let (generated, mut diagnostics) = match generate(&arguments.options, &|_| {}) {
        Ok(Outcome::Done(generated, diagnostics)) => (Some(generated), diagnostics),
        Ok(Outcome::Stopped(_, diagnostics)) => (None, diagnostics),
        Err(mistake) => return failed(mistaken(&file, mistake)),
    };
    diagnostics.extend(own);
    let findings = report(diagnostics, None).findings;
    match generated {
        Some(generated) => answered(&generated, &findings, &arguments, sources, why),
        None => failed(findings),
    }
}

/// What a request asks for, or what is wrong with it.
fn read(request: &Path, file: &str) -> Result<Arguments, Findings> {
    let refuse = |rule, problems: Vec<Problem>| {
        let mut sink = Diagnostics::default();
        problems.iter().for_each(|problem| sink.report(rule, location(file, problem.position), &problem.message));
        Err(sink.into_findings())
    };
    let unreadable = |why: String| {
        let mut sink = Diagnostics::default();
        sink.report(&catalogue::UNREADABLE, Location::file(file), why);
        Err(sink.into_findings())
    };
    let bytes = match files::open(request) {
        Ok((bytes, _)) => bytes,
        Err(error) => return unreadable(reason(&error)),
    };
    let Ok(text) = std::str::from_utf8(&bytes) else { return unreadable("it is not UTF-8 text".to_owned()) };
    match request::parse(text) {
        Err(problems) => refuse(&catalogue::BAD_REQUEST, problems),
        Ok(entries) => arguments(&entries, file).or_else(|problems| refuse(&catalogue::BAD_PARAMETER, problems)),
    }
}

/// What only the run itself could find, told of the parameter that it is about.
fn mistaken(file: &str, OptionError { origin, message }: OptionError) -> Findings {
    let (place, message) = match origin {
        Origin::Request(name, place) if message.starts_with(name) => (*place, message),
        Origin::Request(name, place) => (*place, format!("{name}: {message}")),
        _ => (Location::file(file), message),
    };
    let mut sink = Diagnostics::default();
    sink.report(&catalogue::BAD_PARAMETER, place, message);
    sink.into_findings()
}

/// The content of every file that is read. One that is no file is reported: a list of MSBuild holds no folders.
fn hash_inputs(arguments: &Arguments, diagnostics: &mut Diagnostics) -> Vec<(String, u128)> {
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
    hashes.into_iter().collect()
}

/// Everything that decides the outputs; `None` when this executable cannot be read.
fn sources(arguments: &Arguments, inputs: Vec<(String, u128)>) -> Option<Sources> {
    let tool = std::env::current_exe().ok().and_then(|path| hash_file(&path).ok())?;
    let options = hash_all(arguments.stable.iter().map(|value| value.as_bytes()));
    Some(Sources { tool, options, inputs })
}

/// The cache file, or why it says nothing.
fn remembered(path: &Path) -> (Option<Cache>, String) {
    match files::open(path) {
        Ok((bytes, _)) => match Cache::parse(&bytes) {
            Some(cache) => (Some(cache), String::new()),
            None => (None, format!("{} holds nothing that can be trusted", path.display())),
        },
        Err(error) => (None, format!("the cache file {}: {}", path.display(), reason(&error))),
    }
}

fn failed(findings: Findings) -> Answer {
    let problems = findings.diagnostics.iter().map(Told::from).collect();
    let summary = "thunkgen: there are errors; nothing was written".to_owned();
    Answer { reason: "there are errors".to_owned(), summary, problems, ..Answer::default() }
}

/// The outputs are current: the same warnings as when they were made.
fn skipped(own: Diagnostics, cache: Cache, arguments: &Arguments) -> Answer {
    let own = report(own, None).findings;
    let problems = own.diagnostics.iter().map(Told::from).chain(cache.problems).collect();
    let file_writes = cache.outputs.into_iter().map(|(path, _)| path).chain(cache_name(arguments)).collect();
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

/// A warning for each library that is not linked, with the code of the runtime's own task: here it is no problem, since it
/// may be one that this app never calls.
fn unresolved(generated: &Generated, arguments: &Arguments) -> Vec<Told> {
    const CODE: &str = "WASM0066";
    let policy = &arguments.options.policy;
    let lists = |codes: &[Given<String>]| codes.iter().any(|code| code.eq_ignore_ascii_case(CODE));
    if !arguments.warn_unresolved || lists(&policy.no_warn) {
        return Vec::new();
    }
    let is_error = lists(&policy.warnings_as_errors) || (policy.strict && !lists(&policy.warnings_not_as_errors));
    let level = if is_error { Level::Error } else { Level::Warning };
    let parts = generated.parts();
    let modules = parts.iter().flat_map(|part| part.collected.iter()).flat_map(|(_, ir)| &ir.dropped_modules);
    let unresolved = modules.filter(|(module, _)| !arguments.ignored_modules.iter().any(|ignored| ignored.is(module)));
    let told = unresolved.map(|(module, count)| Told {
        level,
        code: CODE.to_owned(),
        file: String::new(),
        position: None,
        text: format!(
            "the native library `{}` is not linked, so calls of its functions (P/Invokes: {count}) fail; add it to \
             PInvokeModules, or to IgnoredPInvokeModules",
            escape_controls(module)
        ),
    });
    told.collect()
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
    let (own, problems): (Vec<_>, Vec<_>) =
        findings.diagnostics.iter().partition(|found| found.rule == &catalogue::UNKNOWN_PARAMETER);
    let mut answer = Answer {
        succeeded: problems.iter().all(|found| found.level != Level::Error),
        reason,
        summary: generated.summary(findings, None).join("; "),
        file_writes: written.keys().map(name).chain(cache_name(arguments)).collect(),
        changed_files: written.iter().filter(changed).map(|(path, _)| name(path)).collect(),
        ..Answer::default()
    };
    let problems: Vec<Told> = problems.into_iter().map(Told::from).chain(unresolved(generated, arguments)).collect();
    answer.succeeded &= problems.iter().all(|problem| problem.level != Level::Error);
    answer.problems = own.into_iter().map(Told::from).chain(problems.iter().cloned()).collect();
    if let (Some(path), Some(sources), true) = (&arguments.cache, sources, answer.succeeded) {
        let outputs = generated.contents.iter().map(|(path, bytes)| (name(path), hash(bytes))).collect();
        let cache = Cache { sources, outputs, problems };
        if let Err(error) = write_all(&BTreeMap::from([(path.clone(), cache.render())])) {
            answer.problems.push(error.into());
            answer.succeeded = false;
            answer.summary = "thunkgen: there are errors; all files are written, but not the cache file".to_owned();
        }
    }
    answer
}
