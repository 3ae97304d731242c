//! One request from reading to answering.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use thunkgen::cli::embed::{self, Generate, Generated, UsageError};
use thunkgen::cli::write::{Outcome, write_all};
use thunkgen::diagnostics::{Diagnostics, Findings, Level, Location, catalogue};

use crate::answer::Answer;
use crate::arguments::{Arguments, arguments};
use crate::cache::{Cache, Sources, hash, hash_all, hash_file};
use crate::parameters;
use crate::problem::Told;
use crate::request::{self, Entry, Problem};

/// Does what the request asks for.
///
/// `also_written` are files that the caller writes, such as the answer: no output may be one of them. Nothing is
/// printed, and nothing but the outputs and the cache file is written.
pub fn run(request: &Path, also_written: &[PathBuf]) -> Answer {
    let file = request.display().to_string();
    let (entries, arguments) = match read(request, &file) {
        Ok(read) => read,
        Err(problems) => return failed(problems),
    };
    let mistaken = |mistake| mistaken(&file, &entries, mistake);
    let mut generate = match Generate::new(&arguments.words) {
        Ok(generate) => generate,
        Err(mistake) => return failed(mistaken(mistake)),
    };
    generate.also_reads(request.to_owned());
    arguments.cache.iter().chain(also_written).for_each(|path| generate.also_writes(path.clone()));
    for problem in &arguments.unknown {
        generate.report(&catalogue::UNKNOWN_PARAMETER, place(&file, problem.position), &problem.message);
    }
    let inputs = hash_inputs(&arguments, &mut generate);
    if generate.has_errors() {
        return failed(generate.findings());
    }
    let sources = arguments.cache.as_ref().and_then(|_| sources(&arguments, inputs));
    let (cache, mut reason) = match (&arguments.cache, &sources) {
        (None, _) => (None, "there is no CacheFilePath".to_owned()),
        (_, None) => (None, "this executable cannot be read, so nothing can be remembered".to_owned()),
        (Some(path), Some(_)) => remembered(path),
    };
    if let (Some(cache), Some(now)) = (cache, &sources) {
        match cache.difference(now) {
            None => return skipped(generate, cache, &arguments),
            Some(difference) => reason = difference,
        }
    }
    match generate.run() {
        Ok(generated) => generated_answer(generated, &arguments, sources, reason),
        Err(mistake) => failed(mistaken(mistake)),
    }
}

/// What a request asks for, or what is wrong with it.
fn read(request: &Path, file: &str) -> Result<(Vec<Entry>, Arguments), Findings> {
    let refuse = |rule, problems: Vec<Problem>| {
        let mut sink = Diagnostics::default();
        problems.iter().for_each(|problem| sink.report(rule, place(file, problem.position), &problem.message));
        Err(sink.into_findings())
    };
    let unreadable = |why: String| {
        let mut sink = Diagnostics::default();
        sink.report(&catalogue::UNREADABLE, Location::file(file), why);
        Err(sink.into_findings())
    };
    let bytes = match embed::open(request) {
        Ok((bytes, _)) => bytes,
        Err(error) => return unreadable(embed::reason(&error)),
    };
    let Ok(text) = std::str::from_utf8(&bytes) else { return unreadable("it is not UTF-8 text".to_owned()) };
    match request::parse(text) {
        Err(problems) => refuse(&catalogue::BAD_REQUEST, problems),
        Ok(entries) => match arguments(&entries) {
            Ok(arguments) => Ok((entries, arguments)),
            Err(problems) => refuse(&catalogue::BAD_PARAMETER, problems),
        },
    }
}

fn place(file: &str, position: (u32, u32)) -> Location {
    match position {
        (0, 0) => Location::file(file),
        (line, column) => Location::position(file, line, column),
    }
}

/// What only the generator could find, told of the parameter that it got it from.
fn mistaken(file: &str, entries: &[Entry], UsageError(message): UsageError) -> Findings {
    let parameter = parameters::named_in(&message);
    let is_it = |name: &str| parameter.is_some_and(|parameter| parameter.name.eq_ignore_ascii_case(name));
    let position = entries.iter().rfind(|(name, _)| is_it(name)).map(|(_, value)| value.position).unwrap_or_default();
    let message = match parameter {
        Some(parameter) => format!("{}: {message}", parameter.name),
        None => message,
    };
    let mut sink = Diagnostics::default();
    sink.report(&catalogue::BAD_PARAMETER, place(file, position), message);
    sink.into_findings()
}

/// The content of every file that is read. One that is no file is reported: a list of MSBuild holds no folders.
fn hash_inputs(arguments: &Arguments, generate: &mut Generate) -> Vec<(String, u128)> {
    let mut hashes = BTreeMap::new();
    for path in &arguments.files {
        let name = path.display().to_string();
        let hashed = match &arguments.cache {
            Some(_) => hash_file(path),
            None => embed::open(path).map(|_| 0),
        };
        match hashed {
            Ok(hash) => drop(hashes.insert(name, hash)),
            Err(error) => generate.report(&catalogue::UNREADABLE, Location::file(name), embed::reason(&error)),
        }
    }
    hashes.into_iter().collect()
}

/// Everything that decides the outputs; `None` when this executable cannot be read.
fn sources(arguments: &Arguments, inputs: Vec<(String, u128)>) -> Option<Sources> {
    let tool = std::env::current_exe().ok().and_then(|path| hash_file(&path).ok())?;
    let options = hash_all(arguments.words.iter().map(|word| word.as_encoded_bytes()));
    Some(Sources { tool, options, inputs })
}

/// The cache file, or why it says nothing.
fn remembered(path: &Path) -> (Option<Cache>, String) {
    match embed::open(path) {
        Ok((bytes, _)) => match Cache::parse(&bytes) {
            Some(cache) => (Some(cache), String::new()),
            None => (None, format!("{} holds nothing that can be trusted", path.display())),
        },
        Err(error) => (None, format!("the cache file {}: {}", path.display(), embed::reason(&error))),
    }
}

fn failed(findings: Findings) -> Answer {
    let problems = findings.diagnostics.iter().map(Told::from).collect();
    let summary = "thunkgen: there are errors; nothing was written".to_owned();
    Answer { reason: "there are errors".to_owned(), summary, problems, ..Answer::default() }
}

/// The outputs are current: the same warnings as when they were made.
fn skipped(generate: Generate, cache: Cache, arguments: &Arguments) -> Answer {
    let own = generate.findings();
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

fn generated_answer(generated: Generated, arguments: &Arguments, sources: Option<Sources>, reason: String) -> Answer {
    let Some(written) = &generated.written else { return failed(generated.findings) };
    let name = |path: &PathBuf| path.display().to_string();
    let changed = |&(_, &outcome): &(&PathBuf, &Outcome)| outcome != Outcome::Unchanged;
    // What is wrong with the request itself is found in every run; the request may have another name then.
    let (own, problems): (Vec<_>, Vec<_>) =
        generated.findings.diagnostics.iter().partition(|found| found.rule == &catalogue::UNKNOWN_PARAMETER);
    let mut answer = Answer {
        succeeded: problems.iter().all(|found| found.level != Level::Error),
        reason,
        summary: generated.summary,
        file_writes: written.keys().map(name).chain(cache_name(arguments)).collect(),
        changed_files: written.iter().filter(changed).map(|(path, _)| name(path)).collect(),
        ..Answer::default()
    };
    answer.problems = own.into_iter().chain(problems.iter().copied()).map(Told::from).collect();
    if let (Some(path), Some(sources), true) = (&arguments.cache, sources, answer.succeeded) {
        let outputs = generated.contents.iter().map(|(path, bytes)| (name(path), hash(bytes))).collect();
        let problems = problems.into_iter().map(Told::from).collect();
        let cache = Cache { sources, outputs, problems };
        if let Err(error) = write_all(&BTreeMap::from([(path.clone(), cache.render())])) {
            answer.problems.push(error.into());
            answer.succeeded = false;
            answer.summary = "thunkgen: there are errors; all files are written, but not the cache file".to_owned();
        }
    }
    answer
}
