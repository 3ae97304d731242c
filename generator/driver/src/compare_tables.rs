//! Compares the tables in given files with those that would be generated, row by row.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::error::{OptionError, reason};
use super::files;
use super::jobs::Job;
use super::pipeline::Collected;
use super::summary::plural;
use thunkgen_core::emit::{self, render};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};
use thunkgen_r2r::lookup::cpp::effects::{Effect, RowId, RowKind, effects};

/// What became of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ComparedTables {
    /// How many rows of each kind are the same on both sides.
    same: BTreeMap<RowKind, usize>,
    /// How many rows differ, or are only on one side.
    pub different: usize,
    /// How many files could not be compared.
    pub unreadable: usize,
}

impl ComparedTables {
    /// How many rows are the same on both sides.
    pub fn same(&self) -> usize {
        self.same.values().sum()
    }

    /// `143 keys and 60 P/Invokes are the same`
    pub fn outcome(&self) -> String {
        let part = |(kind, count): (&RowKind, &usize)| {
            let what = match kind {
                RowKind::Key => "key",
                RowKind::PInvoke => "P/Invoke",
                RowKind::Callback => "callback",
                RowKind::Export => "exported function",
            };
            (*count > 0).then(|| plural(*count, what))
        };
        let parts: Vec<String> = self.same.iter().filter_map(part).collect();
        match &parts[..] {
            [] => "no row is the same".to_owned(),
            _ => format!("the same: {}", parts.join(", ")),
        }
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
            Ok((bytes, _)) => compare(&file, &bytes, &generated, &mut compared, diagnostics),
            Err(error) => {
                compared.unreadable += 1;
                diagnostics.report(&catalogue::UNREADABLE, Location::file(file), reason(&error));
            }
        }
    }
    Ok(compared)
}

fn compare(
    file: &str,
    bytes: &[u8],
    generated: &BTreeMap<RowId, Effect>,
    compared: &mut ComparedTables,
    diagnostics: &mut Diagnostics,
) {
    let found = match effects(bytes) {
        Ok(found) if found.kinds.is_empty() => {
            compared.unreadable += 1;
            diagnostics.report(&catalogue::BAD_SOURCE, Location::file(file), "the file contains no table to compare");
            return;
        }
        Ok(found) => found,
        Err(refusal) => {
            compared.unreadable += 1;
            diagnostics.report(refusal.rule, Location::at(file, refusal.at), refusal.message);
            return;
        }
    };
    let expected = generated.keys().filter(|id| found.kinds.contains(&id.kind));
    let all: BTreeSet<&RowId> = expected.chain(found.rows.keys()).collect();
    for id in all {
        let (rule, location, message) = match (found.rows.get(id), generated.get(id)) {
            (Some(theirs), Some(ours)) if theirs.text == ours.text => {
                *compared.same.entry(id.kind).or_default() += 1;
                continue;
            }
            (Some(theirs), Some(ours)) => (
                &catalogue::ROW_DIFFERS,
                Location::at(file, theirs.at),
                format!("{id} is {}; generated: {}", shown(&theirs.text), shown(&ours.text)),
            ),
            (Some(theirs), None) => (
                &catalogue::ROW_ONLY_IN_FILE,
                Location::at(file, theirs.at),
                format!(
                    "{id} is not generated: the inputs do not need it; if it is needed, add the assembly or the signature"
                ),
            ),
            (None, Some(ours)) => (
                &catalogue::ROW_ONLY_GENERATED,
                Location::file(file),
                format!("{id} is missing; generated: {}", shown(&ours.text)),
            ),
            (None, None) => continue,
        };
        compared.different += 1;
        diagnostics.report(rule, location, message);
    }
}

fn shown(effect: &str) -> &str {
    if effect.is_empty() { "a function that is not in this file" } else { effect }
}
