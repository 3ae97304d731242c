//! `explain`: decodes a key, describes a message or a code, and finds what crosses the boundary by any of its names.

mod crossings;
mod document;
mod key;
mod subject;
mod text;
mod trace;
mod wat;

use std::io::Read;
use std::path::Path;

use crossings::Crossings;
use document::Assemblies;
use subject::Subject;
use trace::ModuleFile;

pub use document::{CodeShape, ExplainDocument};
pub use text::{Words, finding, omitted};
pub use trace::Functions;

use crate::args::{ExplainArgs, options};
use crate::error::{Exit, UsageError};
use crate::verbs::Run;
use clr_wasm_abi::ThunkKey;
use thunkgen_diagnostics::Diagnostics;
use thunkgen_driver::pipeline::Collected;
use thunkgen_driver::shell_quote;
use thunkgen_driver::symptoms;
use thunkgen_driver::{Jobs, Purpose, files, manifest, reason};

/// Bytes of standard input in which keys and names are looked for if it has no known message.
const MAX_START: usize = 1 << 16;

impl Run<'_, '_> {
    /// `explain`
    pub fn explain(mut self, args: &ExplainArgs) -> Result<Exit, UsageError> {
        let as_json = self.is_json_result(&args.report)?;
        let mut diagnostics = Diagnostics::default();
        if args.native.as_ref().is_some_and(|path| files::open_or_report(path, &mut diagnostics).is_none()) {
            return Ok(self.stop(diagnostics, &args.report, "nothing was explained"));
        }
        // Its own document has the errors.
        self.prints_document = false;
        let (subject, name) = match args.subject.as_str() {
            "-" => standard_input()?,
            text => (Subject::parse(text), text.trim().to_owned()),
        };
        let file = args.native.as_deref().map(open).transpose()?;
        let functions = match (&file, &args.native) {
            (Some(file), Some(path)) => Functions::new(file).map_err(|why| of_module(path, &why))?,
            _ => Functions::default(),
        };
        let words = Words::of(&args.inputs);
        let asked = Asked { subject: &subject, name: &name, functions: &functions, words: &words, as_json };
        match &subject {
            Subject::Code(code) => {
                self.answer(&asked, &text::code(code), None, None);
                return Ok(Exit::Done);
            }
            Subject::NoCode(nearest) => return Ok(self.no_code(&asked, *nearest)),
            _ => {}
        }
        let mut answer = match &subject {
            Subject::Key(prefix, signature) => key::key(*prefix, signature),
            Subject::Flat(kind, of_type) => key::flat(*kind, of_type),
            Subject::Text(..) | Subject::Member(_) | Subject::Code(_) | Subject::NoCode(_) => String::new(),
        };
        let wat = if args.wat { Some(self.wat(&subject, args)?) } else { None };
        answer += &wat.as_ref().map(|body| format!("\n{body}")).unwrap_or_default();
        let is_manifest_meant = args.manifest.first_option().is_some() || manifest::find().is_some();
        if args.inputs.is_empty() && !is_manifest_meant {
            return self.without_assemblies(&asked, answer, wat);
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
            answer += &texts(&asked, None);
            let consequence = if answer.is_empty() { "nothing was explained" } else { "callers are unknown" };
            if !as_json {
                self.progress.finish();
                self.console.answer(&answer);
                return Ok(self.stop(jobs.diagnostics, &args.report, consequence));
            }
            let findings = jobs.diagnostics.clone().into_findings();
            let exit = self.stop(jobs.diagnostics, &args.report, consequence);
            self.console.artefact(&crate::json(&asked.document(None, wat).with(&findings)));
            return Ok(exit);
        };
        // Warnings are not reported here.
        self.with_assemblies(&asked, answer, wat, (&jobs, &collected))
    }

    /// Prints the result: as text, or as a document.
    fn answer(&mut self, asked: &Asked<'_>, text: &str, assemblies: Option<Assemblies<'_>>, wat: Option<String>) {
        self.progress.finish();
        match asked.as_json {
            true => self.console.artefact(&crate::json(&asked.document(assemblies, wat))),
            false => self.console.answer(text),
        }
    }

    fn without_assemblies(
        mut self,
        asked: &Asked<'_>,
        mut answer: String,
        wat: Option<String>,
    ) -> Result<Exit, UsageError> {
        if let Subject::Member(name) = asked.subject {
            if name.contains(char::is_whitespace) {
                self.answer(asked, "", None, wat);
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
        answer += &texts(asked, None);
        self.answer(asked, &answer, None, wat);
        Ok(Exit::Done)
    }

    fn with_assemblies(
        mut self,
        asked: &Asked<'_>,
        mut answer: String,
        wat: Option<String>,
        (jobs, collected): (&Jobs, &[Collected]),
    ) -> Result<Exit, UsageError> {
        let parts = jobs.parts(collected);
        let crossings = Crossings::new(&parts);
        let assemblies = Assemblies { crossings: &crossings, parts: &parts };
        match asked.subject {
            Subject::Key(prefix, signature) => answer += &key::needs(&format!("{prefix}{signature}"), &parts),
            Subject::Text(..) => {
                let needs = |key: &str| key::needs(key, &parts);
                answer += &texts(asked, Some((&crossings, &needs)));
            }
            Subject::Member(name) => {
                let found = crossings.mentioned(name);
                if found.is_empty() {
                    self.answer(asked, "", Some(assemblies), None);
                    return Ok(self.not_found(name, &crossings));
                }
                answer += &text::members(&found);
            }
            Subject::Flat(..) | Subject::Code(_) | Subject::NoCode(_) => {}
        }
        self.answer(asked, &answer, Some(assemblies), wat);
        Ok(Exit::Done)
    }

    fn not_found(&mut self, name: &str, crossings: &Crossings<'_>) -> Exit {
        let why = key::invalid_key(name).map(|why| format!("; as a key: {why}")).unwrap_or_default();
        let nearest = crossings.nearest(name).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        self.console.failure(&format!(
            "thunkgen: no P/Invoke, callback or delegate named `{name}` in the inputs{nearest}{why}"
        ));
        Exit::NotFound
    }

    fn no_code(&mut self, asked: &Asked<'_>, nearest: Option<&'static str>) -> Exit {
        self.progress.finish();
        let advice = nearest.map(|code| format!("; did you mean {code}?")).unwrap_or_default();
        self.console.failure(&format!("thunkgen: `{}` is not a diagnostic code{advice}", asked.name));
        let near = nearest.and_then(symptoms::codes::find);
        self.answer(asked, &near.map(|code| text::code(&code)).unwrap_or_default(), None, None);
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
        wat::body(&key, runtime).map_err(|why| UsageError::new(format_args!("--wat: {why}")))
    }
}

/// What is asked for, and how it is printed.
struct Asked<'a> {
    subject: &'a Subject,
    /// Its text.
    name: &'a str,
    functions: &'a Functions<'a>,
    words: &'a Words,
    as_json: bool,
}

impl Asked<'_> {
    fn document<'d>(&'d self, assemblies: Option<Assemblies<'d>>, wat: Option<String>) -> ExplainDocument<'d> {
        ExplainDocument::new((self.subject, self.name), self.functions, self.words, assemblies, wat)
    }
}

/// Who needs a key, in the text of its entry.
type Needs<'n> = &'n dyn Fn(&str) -> String;

/// The messages and keys of a text. With assemblies, also who declares what they name.
fn texts(asked: &Asked<'_>, assemblies: Option<(&Crossings<'_>, Needs<'_>)>) -> String {
    let Asked { subject, functions, words, .. } = *asked;
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
