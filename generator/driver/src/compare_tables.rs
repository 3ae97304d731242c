//! Compares the tables in given files with those that would be generated, row by row.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::error::{OptionError, reason};
use super::files;
use super::jobs::Job;
use super::pipeline::Collected;
use super::summary::plural;
use thunkgen_core::emit::{self, render};
use thunkgen_diagnostics::{Diagnostics, Location, Rule, catalogue};
use thunkgen_r2r::lookup::cpp::effects::{Effect, RowId, RowKind, effects};

/// What became of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ComparedTables {
    /// Each file that was compared, in the order of the options.
    pub files: Vec<ComparedFile>,
    /// How many files could not be compared.
    pub unreadable: usize,
}

/// The rows of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ComparedFile {
    /// As it was given.
    pub file: String,
    /// How many rows of each kind are the same on both sides.
    pub same: BTreeMap<RowKind, usize>,
    /// The rows that differ, or are only on one side, by kind and name.
    pub rows: Vec<ComparedRow>,
}

/// A row that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ComparedRow {
    /// What the runtime finds it by.
    pub id: RowId,
    /// What the row of the file does, if the file has it.
    pub found: Option<Effect>,
    /// What the generated row does, if one is generated.
    pub generated: Option<Effect>,
}

impl ComparedRow {
    /// The diagnostic that reports it.
    pub fn rule(&self) -> &'static Rule {
        match (&self.found, &self.generated) {
            (Some(_), Some(_)) => &catalogue::ROW_DIFFERS,
            (Some(_), None) => &catalogue::ROW_ONLY_IN_FILE,
            (None, _) => &catalogue::ROW_ONLY_GENERATED,
        }
    }
}

impl ComparedTables {
    /// How many rows differ, or are only on one side.
    pub fn different(&self) -> usize {
        self.files.iter().map(|file| file.rows.len()).sum()
    }

    /// `143 keys and 60 P/Invokes are the same`
    pub fn outcome(&self) -> String {
        let mut same: BTreeMap<RowKind, usize> = BTreeMap::new();
        for (kind, count) in self.files.iter().flat_map(|file| &file.same) {
            *same.entry(*kind).or_default() += count;
        }
        let part = |(kind, count): (&RowKind, &usize)| (*count > 0).then(|| plural(*count, kind.name()));
        let parts: Vec<String> = same.iter().filter_map(part).collect();
        match &parts[..] {
            [] => "no row is the same".to_owned(),
            _ => format!("the same: {}", parts.join(", ")),
        }
    }

    /// `3 rows differ, 1 row is only generated (the same: 143 keys)`
    pub fn failure(&self) -> String {
        let rows = || self.files.iter().flat_map(|file| &file.rows);
        let count = |file: bool, generated: bool| {
            rows().filter(|row| row.found.is_some() == file && row.generated.is_some() == generated).count()
        };
        let kinds = [
            (count(true, true), "differs", "differ"),
            (count(true, false), "is only in the file", "are only in the file"),
            (count(false, true), "is only generated", "are only generated"),
        ];
        let kinds = kinds.iter().filter(|(count, ..)| *count > 0);
        let parts = kinds
            .map(|(count, one, many)| format!("{} {}", plural(*count, "row"), if *count == 1 { one } else { many }));
        let text = parts.collect::<Vec<_>>().join(", ");
        format!("{text} ({})", self.outcome())
    }
}

/// Compares the files with what is generated for the only target of the only job.
///
/// # Errors
/// Several jobs or targets.
pub fn compare_tables(
    paths: &[PathBuf],
    jobs: &[Job],
    collected: &[Collected],
    diagnostics: &mut Diagnostics,
) -> Result<ComparedTables, OptionError> {
    let mut compared = ComparedTables::default();
    let mut irs = collected.iter().flatten();
    let (Some((&target_os, ir)), None, [job]) = (irs.next(), irs.next(), jobs) else {
        return Err(OptionError::new(
            "--compare-with compares one target: choose it with --target-os, or with --output in a manifest",
        ));
    };
    let contract = job.contract.unwrap_or_default();
    let mut generated = BTreeMap::new();
    for text in render(ir, &emit::Options { contract, target_os }).values() {
        match effects(text.as_bytes()) {
            Ok(found) => generated.extend(found.rows),
            Err(refusal) => diagnostics.report(refusal.rule, Location::default(), refusal.message),
        }
    }
    for path in paths {
        let file = path.display().to_string();
        match files::open(path) {
            Ok((bytes, _)) => match compare(&file, &bytes, &generated, diagnostics) {
                Some(of_file) => compared.files.push(of_file),
                None => compared.unreadable += 1,
            },
            Err(error) => {
                compared.unreadable += 1;
                diagnostics.report(&catalogue::UNREADABLE, Location::file(file), reason(&error));
            }
        }
    }
    Ok(compared)
}

/// The rows of a file, or `None` if the file cannot be compared.
fn compare(
    file: &str,
    bytes: &[u8],
    generated: &BTreeMap<RowId, Effect>,
    diagnostics: &mut Diagnostics,
) -> Option<ComparedFile> {
    let found = match effects(bytes) {
        Ok(found) if found.kinds.is_empty() => {
            diagnostics.report(&catalogue::BAD_SOURCE, Location::file(file), "the file contains no table to compare");
            return None;
        }
        Ok(found) => found,
        Err(refusal) => {
            diagnostics.report(refusal.rule, Location::at(file, refusal.at), refusal.message);
            return None;
        }
    };
    let mut compared = ComparedFile { file: file.to_owned(), ..ComparedFile::default() };
    let expected = generated.keys().filter(|id| found.kinds.contains(&id.kind));
    let all: BTreeSet<&RowId> = expected.chain(found.rows.keys()).collect();
    for id in all {
        let row =
            ComparedRow { id: id.clone(), found: found.rows.get(id).cloned(), generated: generated.get(id).cloned() };
        let (location, message) = match (&row.found, &row.generated) {
            (Some(theirs), Some(ours)) if theirs.text == ours.text => {
                *compared.same.entry(id.kind).or_default() += 1;
                continue;
            }
            (Some(theirs), Some(ours)) => (
                Location::at(file, theirs.at),
                format!("{id} is {}; generated: {}", shown(&theirs.text), shown(&ours.text)),
            ),
            (Some(theirs), None) => (
                Location::at(file, theirs.at),
                format!(
                    "{id} is not generated: the inputs do not need it; if it is needed, add the assembly or the signature"
                ),
            ),
            (None, Some(ours)) => (Location::file(file), format!("{id} is missing; generated: {}", shown(&ours.text))),
            (None, None) => continue,
        };
        diagnostics.report(row.rule(), location, message);
        compared.rows.push(row);
    }
    Some(compared)
}

fn shown(effect: &str) -> &str {
    if effect.is_empty() { "a function that is not in this file" } else { effect }
}
