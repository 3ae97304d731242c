//! The result of `lookup`: it is printed as JSON, or as [`text`](super::text).

use std::collections::BTreeSet;

use serde::Serialize;

use super::subject::Subject;
use clr_wasm_abi::{FunctionType, Signature, ThunkKey};
use thunkgen_core::collect::ir::Reason;
use thunkgen_driver::pipeline::Collected;
use thunkgen_driver::symptoms::Finding;
use thunkgen_r2r::lookup::coverage::Coverage;
use thunkgen_r2r::lookup::nearest::{Near, NearestKeys};
use thunkgen_r2r::lookup::{Candidate, Source, SourceKind, Sources, TablePlace};

/// Format number of the JSON; raised when a member changes its meaning or goes away.
const JSON_FORMAT: u32 = 2;

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LookupDocument<'a> {
    /// Format number of this document.
    format: u32,
    /// In the order of --in.
    pub sources: Vec<SourceShape>,
    /// Named on the command line or in the log.
    pub keys: Vec<KeyShape<'a>>,
    /// By target.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coverage: Vec<CoverageShape<'a>>,
    /// What the log reports besides missing keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<ProblemShape>,
}

/// Where a log names a key.
#[derive(Clone, Copy, Debug)]
pub struct Mentions {
    /// First line, from 1.
    pub line: u64,
    /// Number of lines.
    pub count: u64,
}

/// A known message in the log.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProblemShape {
    /// Stable name of the problem.
    #[serde(rename = "symptom")]
    pub problem: &'static str,
    /// The function, library or method that the message names.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// What it means, and what to change.
    pub means: &'static str,
    /// Commands that help.
    #[serde(rename = "nextCommands")]
    pub next: Vec<String>,
    /// First line of the log with it.
    pub log_line: u64,
    /// Number of lines with it.
    #[serde(rename = "logLineCount")]
    pub log_lines: u64,
}

/// A known message as JSON has it.
pub fn problem(finding: &Finding) -> ProblemShape {
    ProblemShape {
        problem: finding.symptom.name,
        subject: finding.subject.clone(),
        means: finding.symptom.means,
        next: finding.next().collect(),
        log_line: finding.line,
        log_lines: finding.count,
    }
}

/// A table or image.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SourceShape {
    /// Path of the file.
    pub path: String,
    /// `table`, `module` or `image`.
    pub kind: &'static str,
    /// Name of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Number of thunks.
    #[serde(rename = "thunkCount")]
    pub thunks: usize,
}

/// A key and the thunks for it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct KeyShape<'a> {
    /// The key.
    pub key: String,
    /// The method that was named instead of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Whether the runtime finds a thunk.
    pub found: bool,
    /// The wasm type of the function that an `M` thunk calls, or that an `I` thunk is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_type: Option<String>,
    /// Every thunk with the key; the runtime uses the first one, if any.
    pub thunks: Vec<ThunkShape>,
    /// Similar keys, if it is not found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nearest: Vec<Near<'a>>,
    /// The members of the assemblies that need it; absent without assemblies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed_by: Option<BTreeSet<&'a Reason>>,
    /// How to provide it, if it is not found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub advice: Vec<String>,
    /// First line of the log with the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_line: Option<u64>,
    /// Number of lines with the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "logLineCount")]
    pub log_lines: Option<u64>,
}

/// A thunk in a source.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ThunkShape {
    /// The file with the thunk.
    pub path: String,
    /// Line of the row, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column of the row, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// C++ name, or name in the module.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[serde(rename = "functionName")]
    pub function: String,
    /// Index of the function in the module.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_index: Option<u32>,
    /// In an image, relative to its first function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_index: Option<u32>,
    /// Whether the image has no function there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub empty: bool,
    /// Type of the thunk itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_type: Option<String>,
    /// Whether the runtime adds it when it loads the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eager: Option<bool>,
    /// Whether the runtime uses this thunk.
    pub found: bool,
    /// Why or why not.
    pub reason: &'static str,
}

/// The keys that the assemblies need for one target.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CoverageShape<'a> {
    /// Name of the target: `browser`, `wasi`.
    pub target_os: &'static str,
    /// Number of keys.
    #[serde(rename = "neededCount")]
    pub needed: usize,
    /// The number of keys that each source provides.
    #[serde(rename = "foundBySource")]
    pub found: Vec<FoundShape>,
    /// Keys without a thunk.
    pub missing: Vec<KeyShape<'a>>,
    /// Keys with a thunk that the assemblies do not need.
    pub unneeded: Vec<String>,
    /// Number of signatures whose key is not known, because no instantiation of their generic parameters was found.
    #[serde(rename = "openSignatureCount")]
    pub open: usize,
}

/// The number of keys found in a source.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FoundShape {
    #[serde(flatten)]
    pub source: SourceShape,
    /// Number of keys for which this source has the thunk that the runtime uses.
    #[serde(rename = "keyCount")]
    pub keys: usize,
}

impl LookupDocument<'_> {
    pub fn new(sources: &Sources) -> Self {
        let sources = sources.list().iter().map(source).collect();
        LookupDocument { format: JSON_FORMAT, sources, keys: Vec::new(), coverage: Vec::new(), problems: Vec::new() }
    }
}

fn source(source: &Source) -> SourceShape {
    let (kind, name) = match &source.kind {
        SourceKind::Table { name, .. } => ("table", Some(name.clone())),
        SourceKind::Module => ("module", None),
        SourceKind::Image => ("image", None),
    };
    SourceShape { path: source.path.clone(), kind, name, thunks: source.thunks.len() }
}

/// A key from the command line or the log.
pub fn key<'a>(
    subject: &Subject,
    mentions: Option<Mentions>,
    sources: &Sources,
    provided: &NearestKeys<'a>,
    collected: Option<&'a Collected>,
) -> KeyShape<'a> {
    let reasons = collected.map(|collected| {
        collected.values().filter_map(|ir| ir.keys.get(&subject.key)).flat_map(|entry| &entry.reasons).collect()
    });
    let mut shape = key_of(&subject.key, reasons, sources, provided);
    if let (Some(_), Ok(parsed), false) = (&subject.of, subject.key.parse(), shape.found) {
        // Every generated table has the keys of string constructors.
        shape.advice = advice(&parsed, Some(1));
    }
    shape.method = subject.of.clone();
    shape.log_line = mentions.map(|mentions| mentions.line);
    shape.log_lines = mentions.map(|mentions| mentions.count);
    shape
}

fn key_of<'a>(
    key: &str,
    needed_by: Option<BTreeSet<&'a Reason>>,
    sources: &Sources,
    provided: &NearestKeys<'a>,
) -> KeyShape<'a> {
    let answer = sources.find(key);
    let found = answer.winner().is_some();
    let parsed = key.parse::<ThunkKey>().ok();
    let signature = match &parsed {
        Some(ThunkKey::FromInterp(signature) | ThunkKey::ToInterp(signature)) => Some(signature),
        _ => None,
    };
    KeyShape {
        key: key.to_owned(),
        method: None,
        found,
        wasm_type: signature.map(|signature| FunctionType::of(signature).to_string()),
        thunks: answer.candidates.iter().map(thunk).collect(),
        nearest: if found { Vec::new() } else { provided.find(key) },
        advice: match parsed.filter(|_| !found) {
            Some(parsed) => advice(&parsed, needed_by.as_ref().map(BTreeSet::len)),
            None => Vec::new(),
        },
        needed_by,
        log_line: None,
        log_lines: None,
    }
}

fn thunk(candidate: &Candidate<'_>) -> ThunkShape {
    let mut shape = ThunkShape {
        path: candidate.source.path.clone(),
        function: candidate.thunk.function.clone(),
        found: candidate.standing.wins(),
        reason: candidate.standing.reason(),
        ..ThunkShape::default()
    };
    match &candidate.thunk.place {
        TablePlace::Row(at) => (shape.line, shape.column) = (Some(at.line), Some(at.column)),
        TablePlace::Slot { slot, function } => {
            shape.table_index = Some(*slot);
            shape.function_index = Some(*function);
            shape.wasm_type = Some(FunctionType::interp_thunk().to_string());
        }
        TablePlace::Entry { table_index, function, is_empty, function_type, eager } => {
            shape.empty = *is_empty;
            shape.table_index = Some(*table_index);
            shape.function_index = *function;
            shape.wasm_type = function_type.as_ref().map(FunctionType::to_string);
            shape.eager = Some(*eager);
        }
    }
    shape
}

/// The keys that the assemblies need for a target.
pub fn coverage<'a>(
    target_os: &'static str,
    (coverage, open): (&Coverage<'a>, usize),
    sources: &Sources,
    provided: &NearestKeys<'a>,
) -> CoverageShape<'a> {
    let missing = coverage
        .missing()
        .map(|need| key_of(&need.answer.key, Some(need.entry.reasons.iter().collect()), sources, provided));
    let found = coverage.by_source(sources).into_iter().map(|(of, keys)| FoundShape { source: source(of), keys });
    CoverageShape {
        target_os,
        needed: coverage.needed.len(),
        found: found.collect(),
        missing: missing.collect(),
        unneeded: coverage.unneeded.iter().map(|key| (*key).to_owned()).collect(),
        open,
    }
}

/// How to provide a missing thunk; `users` is the number of members that need the key, if assemblies were named.
fn advice(key: &ThunkKey, users: Option<usize>) -> Vec<String> {
    let image = format!("an image, without relinking: `thunkgen r2r emit --key {key} --out thunks.wasm`");
    let first = match key {
        ThunkKey::FromInterp(_) if users.is_some_and(|users| users > 0) => {
            "the table, after relinking: run `thunkgen generate` for the assemblies".to_owned()
        }
        ThunkKey::FromInterp(Signature { managed: false, .. }) => format!(
            "the table, after relinking: add the line `{key} # why` to a file for `thunkgen generate --extra-signatures`"
        ),
        ThunkKey::FromInterp(_) => "the image of the called method: its compiler adds the thunk".to_owned(),
        ThunkKey::ToInterp(_) => "the image of the calling code: its compiler adds the thunk".to_owned(),
        ThunkKey::Flat(..) => {
            return vec!["the image of the code that needs it: only its compiler generates such thunks".to_owned()];
        }
    };
    vec![first, image]
}
