//! `lookup --diff`: what one runtime provides and another one does not.

use std::fmt::Write;
use std::path::Path;

use serde::Serialize;

use super::open_directory;
use thunkgen_diagnostics::{Diagnostics, escape_lines};
use thunkgen_driver::compressed::Unpacker;
use thunkgen_driver::files::report_changed;
use thunkgen_driver::summary::plural;
use thunkgen_r2r::lookup::provisions::{Difference, EntryPoint, Provisions};

/// Format number of the JSON; raised when a member changes its meaning or goes away.
const JSON_FORMAT: u32 = 2;

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DifferenceDocument {
    /// Format number of this document.
    format: u32,
    /// What the older runtime has.
    old: Counts,
    /// What the newer runtime has.
    new: Counts,
    /// Keys with a thunk.
    #[serde(rename = "keyChanges")]
    keys: Difference<String>,
    /// Functions of P/Invokes.
    #[serde(rename = "entryChanges")]
    entries: Difference<EntryPoint>,
    /// Keys of callbacks.
    #[serde(rename = "callbackChanges")]
    callbacks: Difference<String>,
}

/// How much one of the two provides.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Counts {
    /// The table, image or directory.
    path: String,
    /// Number of keys.
    #[serde(rename = "keyCount")]
    keys: usize,
    /// Number of functions of P/Invokes.
    #[serde(rename = "entryCount")]
    entries: usize,
    /// Number of callbacks.
    #[serde(rename = "callbackCount")]
    callbacks: usize,
}

impl Counts {
    fn new(path: &Path, of: &Provisions) -> Counts {
        let Provisions { keys, entries, callbacks } = of;
        let path = path.display().to_string();
        Counts { path, keys: keys.len(), entries: entries.len(), callbacks: callbacks.len() }
    }

    fn text(&self) -> String {
        let Counts { path, keys, entries, callbacks } = self;
        let entries = plural(*entries, "P/Invoke");
        format!("{path}: {}, {entries}, {}", plural(*keys, "key"), plural(*callbacks, "callback"))
    }
}

impl DifferenceDocument {
    /// Reads both, and compares them.
    pub fn new(old: &Path, new: &Path, diagnostics: &mut Diagnostics) -> DifferenceDocument {
        let (before, after) = (provisions(old, diagnostics), provisions(new, diagnostics));
        DifferenceDocument {
            format: JSON_FORMAT,
            old: Counts::new(old, &before),
            new: Counts::new(new, &after),
            keys: Difference::of(&before.keys, &after.keys),
            entries: Difference::of(&before.entries, &after.entries),
            callbacks: Difference::of(&before.callbacks, &after.callbacks),
        }
    }

    /// Whether the newer one lacks something.
    pub fn has_removed(&self) -> bool {
        !(self.keys.removed.is_empty() && self.entries.removed.is_empty() && self.callbacks.removed.is_empty())
    }

    pub fn text(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "old  {}\nnew  {}", self.old.text(), self.new.text());
        let entry = |entry: &EntryPoint| format!("{} of {}", entry.entry_point, entry.library);
        list(&mut out, "keys", &self.keys, String::clone);
        list(&mut out, "entries of P/Invoke tables", &self.entries, entry);
        list(&mut out, "callbacks", &self.callbacks, String::clone);
        escape_lines(&out)
    }

    /// The last line.
    pub fn summary(&self) -> String {
        let added = self.keys.added.len() + self.entries.added.len() + self.callbacks.added.len();
        let removed = self.keys.removed.len() + self.entries.removed.len() + self.callbacks.removed.len();
        match (added, removed) {
            (0, 0) => "both provide the same".to_owned(),
            _ => format!("{added} added, {removed} removed"),
        }
    }
}

fn list<T: Ord + Clone>(out: &mut String, title: &str, of: &Difference<T>, show: impl Fn(&T) -> String) {
    if of.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title}: {} added, {} removed", of.added.len(), of.removed.len());
    for (sign, list) in [('-', &of.removed), ('+', &of.added)] {
        list.iter().for_each(|item| _ = writeln!(out, "  {sign} {}", show(item)));
    }
}

/// What a file provides, or all files of a directory.
fn provisions(path: &Path, diagnostics: &mut Diagnostics) -> Provisions {
    let (mut found, mut unpacker) = (Provisions::default(), Unpacker::default());
    if !path.is_dir() {
        match unpacker.open(path) {
            Ok((bytes, _)) => {
                found.add(&path.display().to_string(), &bytes, diagnostics);
                report_changed([(path, &bytes)], diagnostics);
            }
            Err(error) => error.report(path, diagnostics),
        }
        return found;
    }
    let mut provides = false;
    let opened = open_directory(path, &mut unpacker, diagnostics);
    for (file, bytes) in &opened {
        // Other files of the directory are not meant.
        provides |= found.add(&file.display().to_string(), bytes, &mut Diagnostics::default());
    }
    report_changed(opened.iter().map(|(file, bytes)| (file.as_path(), bytes)), diagnostics);
    if !provides {
        Provisions::report_nothing(&path.display().to_string(), diagnostics);
    }
    found
}
