//! Recognises the problem that a text reports: messages of the runtime, of browsers, of linkers and of builds, with any
//! wording around them.
//!
//! What is known is data ([`table`]); [`read`] goes once through a text of any size.
//!
//! ```
//! let found = thunkgen_driver::symptoms::of_text("12:01 WASM calli missing for key: MviS8").findings;
//! assert_eq!((found[0].symptom.name, found[0].subject.as_str()), ("missing-thunk", "MviS8"));
//! ```

pub mod codes;
mod lines;
mod named;
pub mod stack;
pub mod table;

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use clr_wasm_abi::ThunkKey;
use stack::Frame;
use table::{Names, Symptom};

/// What a text reports, in the order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Each different problem once.
    pub findings: Vec<Finding>,
    /// Number of problems beyond the maximum that is kept.
    pub omitted: u64,
}

/// A problem that a text reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub symptom: &'static Symptom,
    /// The key, function, library, method or code; empty if the text does not name it.
    pub subject: String,
    /// The library of an entry point.
    pub library: String,
    /// First line, from 1.
    pub line: u64,
    /// Number of lines.
    pub count: u64,
    /// What the linker says of each file.
    pub details: Vec<String>,
    /// The first frames of the stack.
    pub frames: Vec<Frame>,
    last_line: u64,
}

/// Maximum number of different problems that are kept.
const MAX_FINDINGS: usize = 10_000;

/// A stack or the linker's details follow within this many lines.
const NEAR: u64 = 40;

/// Maximum number of frames and details of one problem.
const MAX_DETAILS: usize = 8;

/// What the linker says of a file with a function.
const DEFINED_AS: &str = ">>> defined as ";

/// What a pattern of the automaton is.
#[derive(Clone, Copy)]
enum Pattern {
    Phrase(&'static Symptom, Names),
    DefinedAs,
    Frame,
    Code,
}

static PATTERNS: LazyLock<(AhoCorasick, Vec<Pattern>)> = LazyLock::new(|| {
    let mut words: Vec<&str> = Vec::new();
    let mut patterns = Vec::new();
    for symptom in table::ALL {
        for (phrase, names) in symptom.phrases {
            words.push(phrase);
            patterns.push(Pattern::Phrase(symptom, *names));
        }
    }
    let others = [DEFINED_AS, stack::FUNCTION, stack::WASMTIME, "tg0", "tgm0", "wasm0"];
    let kinds = [Pattern::DefinedAs, Pattern::Frame, Pattern::Frame, Pattern::Code, Pattern::Code, Pattern::Code];
    words.extend(others);
    patterns.extend(kinds);
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest);
    // Cannot fail: the patterns are few and short.
    (builder.build(words).expect("an automaton of the phrases"), patterns)
});

/// Reads a text of any size, in UTF-8 or UTF-16, in bounded memory.
///
/// # Errors
/// Those of the reader.
pub fn read(input: &mut dyn Read) -> io::Result<Reading> {
    let mut reader = Reader::default();
    lines::each(input, |number, line| reader.line(number, line))?;
    Ok(reader.reading)
}

/// Reads a text.
pub fn of_text(text: &str) -> Reading {
    read(&mut text.as_bytes()).unwrap_or_default()
}

/// Words of a text that are keys, for a text that reports nothing known.
pub fn keys(text: &str) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for word in named::words(text).filter(|word| word.len() > 2 && !named::is_english(word)) {
        if word.parse::<ThunkKey>().is_ok() && !keys.iter().any(|key| key == word) && keys.len() < MAX_DETAILS {
            keys.push(word.to_owned());
        }
    }
    keys
}

impl Finding {
    /// What the problem is, with the names of the message.
    pub fn title(&self) -> String {
        self.filled(self.symptom.title)
    }

    /// The commands that help next, with the names of the message.
    pub fn next(&self) -> impl Iterator<Item = String> {
        self.symptom.next.iter().map(|command| self.filled(command))
    }

    /// Whether a thunk is missing.
    pub fn is_missing_thunk(&self) -> bool {
        [&table::MISSING_FROM_INTERP, &table::MISSING_TO_INTERP].contains(&self.symptom)
    }

    fn filled(&self, template: &str) -> String {
        let subject = if self.subject.is_empty() { self.symptom.unnamed } else { &self.subject };
        let library = if self.library.is_empty() { "the library" } else { &self.library };
        let key = named::key_of_cookie(&self.subject).unwrap_or_else(|| "KEY".to_owned());
        template.replace("{subject}", subject).replace("{library}", library).replace("{key}", &key)
    }
}

#[derive(Default)]
struct Reader {
    reading: Reading,
    by_name: HashMap<(&'static str, String, String), usize>,
    /// The last problem of each symptom.
    last: HashMap<&'static str, usize>,
    /// The last trap, and the last line of its stack.
    trap: Option<(usize, u64)>,
    /// The last warning of the linker, and its line.
    linker: Option<(usize, u64)>,
    /// A phrase at the end of a line whose key is in the next one, as narrow consoles wrap text.
    wrapped: Option<(&'static Symptom, char, u64)>,
}

impl Reader {
    fn line(&mut self, number: u64, line: &[u8]) {
        if let Some((symptom, prefix, at)) = self.wrapped.take().filter(|(.., at)| number == at + 1)
            && let Some(key) = named::first_key(&String::from_utf8_lossy(line), prefix)
        {
            self.add(symptom, key, String::new(), at);
        }
        let (automaton, patterns) = &*PATTERNS;
        if !automaton.is_match(line) {
            return;
        }
        let text = named::without_colours(&String::from_utf8_lossy(line));
        let found: Vec<_> = automaton.find_iter(&text).collect();
        let is_next_phrase = |at: usize, this: &aho_corasick::Match| {
            let next = found.get(at + 1).filter(|next| next.start() == this.end());
            let next = next.and_then(|next| patterns.get(next.pattern().as_usize()));
            matches!(next, Some(Pattern::Phrase(..)))
        };
        let mut before = 0;
        for (at, found_here) in found.iter().enumerate() {
            let Some(pattern) = patterns.get(found_here.pattern().as_usize()) else { continue };
            // What a message names is before the next message.
            let end = match pattern {
                Pattern::Phrase(_, Names::Keys(_)) => {
                    let is_phrase = |m: &&aho_corasick::Match| {
                        matches!(patterns.get(m.pattern().as_usize()), Some(Pattern::Phrase(..)))
                    };
                    let next = found.get(at + 1..).unwrap_or_default().iter().find(is_phrase);
                    next.map_or(text.len(), |next| next.start())
                }
                _ => text.len(),
            };
            let after = text.get(found_here.end()..end).unwrap_or_default();
            match pattern {
                // The symbol says more: see the next one.
                Pattern::Phrase(symptom, _)
                    if *symptom == &table::UNDEFINED_SYMBOL && is_next_phrase(at, found_here) => {}
                Pattern::Phrase(symptom, names) => self.phrase(symptom, *names, after, number),
                Pattern::DefinedAs => self.defined_as(after, number),
                Pattern::Frame => {
                    let frame = stack::frame(text.get(before..found_here.start()).unwrap_or_default(), after);
                    self.frame(frame, number);
                    before = found_here.end();
                }
                Pattern::Code => self.code(&text, found_here.start(), number),
            }
        }
    }

    fn phrase(&mut self, symptom: &'static Symptom, names: Names, after: &str, line: u64) {
        let one = |subject: Option<String>| vec![(subject.unwrap_or_default(), String::new())];
        let subjects = match names {
            Names::Nothing | Names::Frames => one(None),
            Names::Keys(prefix) => match named::keys(after, prefix) {
                keys if keys.is_empty() => {
                    let is_end = !after.contains(|c: char| c.is_ascii_alphanumeric());
                    self.wrapped = is_end.then_some((symptom, prefix, line));
                    one(None)
                }
                keys => keys.into_iter().map(|key| (key, String::new())).collect(),
            },
            Names::Word => one(named::word(after)),
            Names::Rest => one(named::rest(after)),
            Names::Quoted => {
                let mut quoted = named::quoted(after);
                vec![(quoted.next().unwrap_or_default(), quoted.next().unwrap_or_default())]
            }
            Names::BeforeAssembly => one(named::before_assembly(after)),
            Names::Cookie => one(named::cookie(after)),
        };
        for (subject, library) in subjects {
            let index = self.add(symptom, subject, library, line);
            match names {
                Names::Frames => self.trap = index.map(|index| (index, line)),
                Names::Rest => self.linker = index.map(|index| (index, line)),
                _ => {}
            }
        }
    }

    /// Adds a problem; returns its index, unless there are too many.
    fn add(&mut self, symptom: &'static Symptom, subject: String, library: String, line: u64) -> Option<usize> {
        let findings = &mut self.reading.findings;
        // The name of an exception and its message are one problem, and only one of them names something.
        let last = self.last.get(symptom.name).copied();
        if let Some((index, finding)) = last.and_then(|index| Some((index, findings.get_mut(index)?)))
            && finding.last_line == line
        {
            if subject.is_empty() {
                return Some(index);
            }
            if finding.subject.is_empty() && finding.count == 1 {
                self.by_name.remove(&(symptom.name, String::new(), String::new()));
                self.by_name.insert((symptom.name, subject.clone(), library.clone()), index);
                (finding.subject, finding.library) = (subject, library);
                return Some(index);
            }
        }
        let key = (symptom.name, subject, library);
        if let Some((&index, finding)) =
            self.by_name.get(&key).and_then(|index| Some((index, findings.get_mut(*index)?)))
        {
            finding.count += u64::from(finding.last_line != line);
            finding.last_line = line;
            self.last.insert(symptom.name, index);
            return Some(index);
        }
        if findings.len() == MAX_FINDINGS {
            self.reading.omitted += 1;
            return None;
        }
        let (_, subject, library) = key.clone();
        let (details, frames) = (Vec::new(), Vec::new());
        findings.push(Finding { symptom, subject, library, line, count: 1, details, frames, last_line: line });
        let index = findings.len() - 1;
        self.by_name.insert(key, index);
        self.last.insert(symptom.name, index);
        Some(index)
    }

    fn defined_as(&mut self, after: &str, line: u64) {
        let Some((index, at)) = self.linker.filter(|(_, at)| line.saturating_sub(*at) < NEAR) else { return };
        let Some(finding) = self.reading.findings.get_mut(index).filter(|of| of.details.len() < MAX_DETAILS) else {
            return;
        };
        if let Some(detail) = named::rest(after).filter(|detail| !finding.details.contains(detail)) {
            finding.details.push(detail);
        }
        self.linker = Some((index, at.max(line)));
    }

    fn frame(&mut self, frame: Option<Frame>, line: u64) {
        let Some((index, at)) = self.trap.filter(|(_, at)| line.saturating_sub(*at) < NEAR) else { return };
        let (Some(frame), Some(finding)) = (frame, self.reading.findings.get_mut(index)) else { return };
        if finding.frames.len() < MAX_DETAILS && finding.frames.last() != Some(&frame) {
            finding.frames.push(frame);
        }
        self.trap = Some((index, at.max(line)));
    }

    fn code(&mut self, text: &str, start: usize, line: u64) {
        let before = text.get(..start).unwrap_or_default().chars().next_back();
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        if before.is_none_or(|c| !c.is_alphanumeric())
            && let Some(code) = codes::find(word)
        {
            self.add(&table::CODE, code.name().to_owned(), String::new(), line);
        }
    }
}

#[cfg(test)]
mod tests;
