//! What `lookup` found, as data: the JSON document, from which the text is made too.

use std::collections::BTreeSet;

use serde::Serialize;

use super::advice::advice;
use super::subject::Subject;
use clr_wasm_abi::{FunctionType, ThunkKey};
use thunkgen_core::collect::ir;
use thunkgen_driver::pipeline::Collected;
use thunkgen_r2r::lookup::coverage::Coverage;
use thunkgen_r2r::lookup::log::Mentions;
use thunkgen_r2r::lookup::nearest::{Near, NearestKeys};
use thunkgen_r2r::lookup::{Candidate, Source, SourceKind, Sources, TablePlace};

/// Format number of the JSON; raised when a member changes its meaning or goes away.
const JSON_FORMAT: u32 = 1;

/// Everything.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LookupDocument {
    format: u32,
    /// In the order in which they were named.
    pub sources: Vec<SourceShape>,
    /// What was looked up by name, or named by the log.
    pub keys: Vec<KeyShape>,
    /// By target.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coverage: Vec<CoverageShape>,
}

/// A table or image.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceShape {
    pub path: String,
    /// `table` or `image`.
    pub kind: &'static str,
    /// Name of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub thunks: usize,
}

/// A key and what is found for it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyShape {
    pub key: String,
    /// The method that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    pub found: bool,
    /// The wasm type of what such a thunk calls, or is called as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_type: Option<String>,
    /// Every thunk with the key; the first is found, if any is.
    pub thunks: Vec<ThunkShape>,
    /// Keys like it, when it is not found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nearest: Vec<NearShape>,
    /// What in the assemblies needs it; absent without assemblies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed_by: Option<Vec<ReasonShape>>,
    /// What would provide it, when it is not found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub advice: Vec<String>,
    /// First line of the log that names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_line: Option<u32>,
    /// How many lines do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_lines: Option<u32>,
}

/// A thunk in a source.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ThunkShape {
    pub path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// C++ name, or name in the module.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub function: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_index: Option<u32>,
    /// Counted from the image's first function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_index: Option<u32>,
    /// Whether the image's module has no function there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub empty: bool,
    /// Type of the thunk itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_type: Option<String>,
    /// Whether the runtime adds it as it loads the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eager: Option<bool>,
    pub found: bool,
    pub reason: &'static str,
}

/// A key like another one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NearShape {
    pub key: String,
    pub same_wasm_type: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
}

/// What needs a key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReasonShape {
    pub kind: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub assembly: String,
    pub member: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// What a target's assemblies need.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CoverageShape {
    pub target_os: &'static str,
    /// Number of keys.
    pub needed: usize,
    /// How many of them are found in which source.
    pub found: Vec<FoundShape>,
    /// Those that are not found.
    pub missing: Vec<KeyShape>,
    /// Keys that are provided, and that nothing in the assemblies needs.
    pub unneeded: Vec<String>,
}

/// How many keys are found in a source.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundShape {
    #[serde(flatten)]
    pub source: SourceShape,
    pub keys: usize,
}

impl LookupDocument {
    /// A document about nothing yet.
    pub fn new(sources: &Sources) -> LookupDocument {
        let sources = sources.list().iter().map(source).collect();
        LookupDocument { format: JSON_FORMAT, sources, keys: Vec::new(), coverage: Vec::new() }
    }

    /// The document as text.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("plain data becomes JSON");
        text.push('\n');
        text
    }
}

fn source(source: &Source) -> SourceShape {
    let (kind, name) = match &source.kind {
        SourceKind::Table { name, .. } => ("table", Some(name.clone())),
        SourceKind::Image => ("image", None),
    };
    SourceShape { path: source.path.clone(), kind, name, thunks: source.thunks.len() }
}

/// A key that was asked for, or named by a log.
pub fn key(
    subject: &Subject,
    mentions: Option<Mentions>,
    sources: &Sources,
    provided: &NearestKeys<'_>,
    collected: Option<&Collected>,
) -> KeyShape {
    let reasons: Option<BTreeSet<&ir::Reason>> = collected.map(|collected| {
        collected.values().filter_map(|ir| ir.keys.get(&subject.key)).flat_map(|entry| &entry.reasons).collect()
    });
    let mut shape = key_of(&subject.key, reasons, sources, provided);
    if let (Some(_), Ok(parsed), false) = (&subject.of, subject.key.parse(), shape.found) {
        // Every generated table has them.
        shape.advice = advice(&parsed, Some(1));
    }
    shape.method = subject.of.clone();
    shape.log_line = mentions.map(|mentions| mentions.line);
    shape.log_lines = mentions.map(|mentions| mentions.count);
    shape
}

fn key_of(
    key: &str,
    reasons: Option<BTreeSet<&ir::Reason>>,
    sources: &Sources,
    provided: &NearestKeys<'_>,
) -> KeyShape {
    let answer = sources.find(key);
    let found = answer.winner().is_some();
    let parsed = key.parse::<ThunkKey>().ok();
    let signature = match &parsed {
        Some(ThunkKey::FromInterp(signature) | ThunkKey::ToInterp(signature)) => Some(signature),
        _ => None,
    };
    let near = |near: Near<'_>| NearShape {
        key: near.key.to_owned(),
        same_wasm_type: near.same_type,
        difference: near.difference,
    };
    KeyShape {
        key: key.to_owned(),
        method: None,
        found,
        wasm_type: signature.map(|signature| FunctionType::of(signature).to_string()),
        thunks: answer.candidates.iter().map(thunk).collect(),
        nearest: if found { Vec::new() } else { provided.find(key).into_iter().map(near).collect() },
        advice: match parsed.filter(|_| !found) {
            Some(parsed) => advice(&parsed, reasons.as_ref().map(BTreeSet::len)),
            None => Vec::new(),
        },
        needed_by: reasons.map(|reasons| reasons.into_iter().map(reason).collect()),
        log_line: None,
        log_lines: None,
    }
}

fn thunk(candidate: &Candidate<'_>) -> ThunkShape {
    let mut shape = ThunkShape {
        path: candidate.source.path.clone(),
        line: None,
        column: None,
        function: candidate.thunk.function.clone(),
        function_index: None,
        table_index: None,
        empty: false,
        wasm_type: None,
        eager: None,
        found: candidate.standing.wins(),
        reason: candidate.standing.reason(),
    };
    match &candidate.thunk.place {
        TablePlace::Row(at) => (shape.line, shape.column) = (Some(at.line), Some(at.column)),
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

fn reason(reason: &ir::Reason) -> ReasonShape {
    ReasonShape {
        kind: reason.kind.name(),
        assembly: reason.assembly.clone(),
        member: reason.member.clone(),
        token: (reason.token != 0).then(|| format!("0x{:08X}", reason.token)),
    }
}

/// What a target's assemblies need.
pub fn coverage(
    target_os: &'static str,
    coverage: &Coverage<'_>,
    sources: &Sources,
    provided: &NearestKeys<'_>,
) -> CoverageShape {
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
    }
}
