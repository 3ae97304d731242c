//! `explain`: decodes a key, describes a message or a code, and finds what crosses the boundary by any of its names.

mod crossings;
mod key;
mod subject;
mod text;
mod trace;
mod wat;

use std::io::Read;
use std::path::Path;

use crossings::Crossings;
use subject::Subject;
use trace::ModuleFile;

pub use text::{Words, finding, omitted};
pub use trace::Functions;

use crate::args::{ExplainArgs, options};
use crate::error::{Exit, UsageError};
use crate::verbs::{Run, refuse_document};
use clr_wasm_abi::ThunkKey;
use thunkgen_driver::pipeline::Collected;
use thunkgen_driver::shell_quote;
use thunkgen_driver::symptoms;
use thunkgen_driver::{Jobs, Purpose, manifest, reason};

/// Bytes of standard input in which keys and names are looked for if it has no known message.
const MAX_START: usize = 1 << 16;

impl Run<'_, '_> {
    /// `explain`
    pub fn explain(mut self, args: &ExplainArgs) -> Result<Exit, UsageError> {
        self.console.format = args.report.format;
        refuse_document(args.report.format)?;
        let (subject, name) = match args.subject.as_str() {
            "-" => standard_input()?,
            text => (Subject::parse(text), text.trim().to_owned()),
        };
        let file = args.native.as_deref().map(open).transpose()?;
        let functions = match (&file, &args.native) {
            (Some(file), Some(path)) => Functions::new(file).map_err(|why| of_module(path, &why))?,
            _ => Functions::default(),
        };
        match subject {
            Subject::Code(code) => {
                self.console.answer(&text::code(&code));
                return Ok(Exit::Done);
            }
            Subject::NoCode(nearest) => return Ok(self.no_code(&name, nearest)),
            _ => {}
        }
        let mut answer = match &subject {
            Subject::Key(prefix, signature) => key::key(*prefix, signature),
            Subject::Flat(kind, of_type) => key::flat(*kind, of_type),
            Subject::Text(..) | Subject::Member(_) | Subject::Code(_) | Subject::NoCode(_) => String::new(),
        };
        if args.wat {
            answer += &self.wat(&subject, args)?;
        }
        let words = Words::of(&args.inputs);
        let is_manifest_meant = args.manifest.first_option().is_some() || manifest::find().is_some();
        if args.inputs.is_empty() && !is_manifest_meant {
            return self.without_assemblies(&subject, answer, &functions, &words);
        }
        let input = (args.inputs.as_slice(), args.references.reference.as_slice());
        let options =
            self.sources(options(&[&input, &args.target, &args.modules, &args.sizes, &args.report]), &args.manifest)?;
        let mut jobs = Jobs::open(&options, Purpose::Question)?;
        for target in jobs.jobs.iter_mut().flat_map(|job| &mut job.targets) {
            (target.declarations, target.trust_symbols) = (true, true);
        }
        let Some(collected) = jobs.collect(&self.step())? else {
            // What a key or a message means needs no assembly.
            answer += &texts(&subject, &functions, &words, None);
            self.progress.finish();
            self.console.answer(&answer);
            let consequence = if answer.is_empty() { "nothing was explained" } else { "callers are unknown" };
            return Ok(self.stop(jobs.diagnostics, &args.report, consequence));
        };
        // Warnings are not reported here.
        self.with_assemblies(&subject, answer, &functions, &words, &jobs, &collected)
    }

    fn without_assemblies(
        self,
        subject: &Subject,
        mut answer: String,
        functions: &Functions<'_>,
        words: &Words,
    ) -> Result<Exit, UsageError> {
        if let Subject::Member(name) = subject {
            if name.contains(char::is_whitespace) {
                self.progress.finish();
                self.console.failure(
                    "thunkgen: the text contains no known message, key or code; to look up a method, add the assemblies: \
                     thunkgen explain NAME INPUT",
                );
                return Ok(Exit::NotFound);
            }
            let what = match key::invalid_key(name) {
                Some(why) => format!("{why}; `{name}` is not a diagnostic code either"),
                None => format!("`{name}` is not a key or diagnostic code"),
            };
            return Err(UsageError::new(format_args!(
                "{what}; to look up a method, add the assemblies: thunkgen explain {} INPUT",
                shell_quote::command(&[name.into()])
            )));
        }
        answer += &texts(subject, functions, words, None);
        self.progress.finish();
        self.console.answer(&answer);
        Ok(Exit::Done)
    }

    fn with_assemblies(
        mut self,
        subject: &Subject,
        mut answer: String,
        functions: &Functions<'_>,
        words: &Words,
        jobs: &Jobs,
        collected: &[Collected],
    ) -> Result<Exit, UsageError> {
        let parts = jobs.parts(collected);
        let crossings = Crossings::new(&parts);
        match subject {
            Subject::Key(prefix, signature) => answer += &key::needs(&format!("{prefix}{signature}"), &parts),
            Subject::Text(..) => {
                let needs = |key: &str| key::needs(key, &parts);
                answer += &texts(subject, functions, words, Some((&crossings, &needs)));
            }
            Subject::Member(name) => {
                let found = crossings.mentioned(name);
                if found.is_empty() {
                    return Ok(self.not_found(name, &crossings));
                }
                answer += &text::members(&found);
            }
            Subject::Flat(..) | Subject::Code(_) | Subject::NoCode(_) => {}
        }
        self.progress.finish();
        self.console.answer(&answer);
        Ok(Exit::Done)
    }

    fn not_found(&mut self, name: &str, crossings: &Crossings<'_>) -> Exit {
        self.progress.finish();
        let why = key::invalid_key(name).map(|why| format!("; as a key: {why}")).unwrap_or_default();
        let nearest = crossings.nearest(name).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        self.console.failure(&format!(
            "thunkgen: no P/Invoke, callback or delegate named `{name}` in the inputs{nearest}{why}"
        ));
        Exit::NotFound
    }

    fn no_code(&mut self, word: &str, nearest: Option<&'static str>) -> Exit {
        self.progress.finish();
        let advice = nearest.map(|code| format!("; did you mean {code}?")).unwrap_or_default();
        self.console.failure(&format!("thunkgen: `{word}` is not a diagnostic code{advice}"));
        if let Some(code) = nearest.and_then(symptoms::codes::find) {
            self.console.answer(&text::code(&code));
        }
        Exit::NotFound
    }

    /// The body of a key's thunk.
    fn wat(&mut self, subject: &Subject, args: &ExplainArgs) -> Result<String, UsageError> {
        let key = match subject {
            Subject::Key('I', signature) => ThunkKey::ToInterp(signature.clone()),
            Subject::Key(_, signature) => ThunkKey::FromInterp(signature.clone()),
            Subject::Flat(kind, of_type) => ThunkKey::Flat(*kind, of_type.clone()),
            _ => return Err(UsageError::new("--wat shows the thunk of a key: name a key such as MviS8")),
        };
        let runtime = args.target.runtime.unwrap_or_default();
        let body = wat::body(&key, runtime).map_err(|why| UsageError::new(format_args!("--wat: {why}")))?;
        Ok(format!("\n{body}"))
    }
}

/// Who needs a key, in the text of its entry.
type Needs<'n> = &'n dyn Fn(&str) -> String;

/// The messages and keys of a text. With assemblies, also who declares what they name.
fn texts(
    subject: &Subject,
    functions: &Functions<'_>,
    words: &Words,
    assemblies: Option<(&Crossings<'_>, Needs<'_>)>,
) -> String {
    let Subject::Text(reading, keys) = subject else { return String::new() };
    let needs = |key: &str| assemblies.map(|(_, needs)| needs(key)).unwrap_or_default();
    let decoded = |key: &str| match Subject::parse(key) {
        Subject::Key(prefix, signature) => key::key(prefix, &signature) + &needs(key),
        Subject::Flat(kind, of_type) => key::flat(kind, &of_type),
        _ => String::new(),
    };
    let mut blocks: Vec<String> = keys.iter().map(|key| decoded(key)).collect();
    for finding in &reading.findings {
        if let Some(code) = (finding.symptom.name == "code").then(|| symptoms::codes::find(&finding.subject)).flatten()
        {
            blocks.push(text::code(&code));
            continue;
        }
        let mut block = text::finding(finding, functions, words);
        if finding.is_missing_thunk() && !finding.subject.is_empty() {
            block = format!("{block}\n{}", decoded(&finding.subject));
        } else if let Some((crossings, needs)) = assemblies {
            if !finding.subject.is_empty() {
                let found = crossings.named(&finding.subject);
                block += &match found.is_empty() {
                    true => {
                        let near = crossings.nearest(&finding.subject);
                        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                        format!("  the assemblies do not declare {}{near}\n", finding.subject)
                    }
                    false => text::declared(&found),
                };
            }
            for key in finding.frames.iter().filter_map(|frame| functions.key(frame)) {
                block += &needs(&key);
            }
        }
        blocks.push(block);
    }
    blocks.extend(omitted(reading.omitted));
    blocks.join("\n")
}

/// Reads standard input, of any size.
fn standard_input() -> Result<(Subject, String), UsageError> {
    let mut input = Beginning { reader: std::io::stdin().lock(), start: Vec::new() };
    let reading = symptoms::read(&mut input)
        .map_err(|error| UsageError::new(format_args!("standard input: {}", reason(&error))))?;
    let start = String::from_utf8_lossy(&input.start).trim().to_owned();
    let subject = match start.contains(char::is_whitespace) {
        true => Subject::text(reading, &start),
        false => Subject::parse(&start),
    };
    Ok((subject, start))
}

/// A reader that keeps the first bytes.
struct Beginning<R> {
    reader: R,
    start: Vec<u8>,
}

impl<R: Read> Read for Beginning<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.reader.read(out)?;
        let room = MAX_START.saturating_sub(self.start.len());
        self.start.extend(out.iter().take(read.min(room)));
        Ok(read)
    }
}

fn open(path: &Path) -> Result<ModuleFile, UsageError> {
    ModuleFile::open(path).map_err(|why| of_module(path, &why))
}

fn of_module(path: &Path, why: &str) -> UsageError {
    UsageError::new(format_args!("--native {}: {why}", path.display()))
}
