//! The manifest `thunkgen.toml`: what a repository generates, written down beside the sources.
//!
//! One file has any number of outputs, each made from its own inputs for its own targets and contract. Keys are those
//! of the command line; what stands above the first `[[output]]` holds for all of them. Paths are relative to the
//! manifest's folder. [`load`] names every mistake; what it returns is complete enough to run.

mod find;
mod keys;
mod output;
mod values;

pub use find::{FILE_NAME, find};
pub use keys::{OUTPUT, OUTPUTS, REPORTING, SHARED};
pub use output::OutputSet;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::error::reason;
use super::suppressions::{self, everywhere, lookup, suppressible};
use super::toml_file::{self, Mistake, Problem, Table, Text};
use crate::diagnostics::{Location, Policy, Rule, catalogue};
use values::Values;

/// A manifest that was read.
#[derive(Debug, Default)]
pub struct Manifest {
    /// What it generates.
    pub outputs: Vec<OutputSet>,
    /// How problems are told.
    pub policy: Policy,
    /// The files of suppressions that it names.
    pub suppression_files: Vec<PathBuf>,
}

/// A rule, the place where it is broken, and how.
pub type Report = (&'static Rule, Location, String);

/// Reads the manifest at `path`, and everything that is wrong with it.
pub fn load(path: &Path) -> (Manifest, Vec<Report>) {
    let file = path.display().to_string();
    // A folder that is not named is the current one.
    let base = path.parent().unwrap_or(Path::new(""));
    let unreadable = |why: String| (Manifest::default(), vec![(&catalogue::UNREADABLE, Location::file(&file), why)]);
    match std::fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => parse(&file, &text, base),
        Ok(Err(_)) => unreadable("it is not UTF-8 text".to_owned()),
        Err(error) => unreadable(reason(&error)),
    }
}

fn parse(file: &str, text: &str, base: &Path) -> (Manifest, Vec<Report>) {
    let mut reports = Vec::new();
    let (manifest, problems) = toml_file::read(file, text, |root| manifest(root, base, &mut reports));
    reports
        .extend(problems.into_iter().map(|Problem { mistake, location, message }| (rule(mistake), location, message)));
    (manifest.unwrap_or_default(), reports)
}

/// What is wrong with a manifest's text, as far as it can be told without the files that it names: nothing on the disk
/// is looked at.
pub fn mistakes_of_text(text: &str) -> Vec<(Location, String)> {
    let (_, problems) = toml_file::read(FILE_NAME, text, |root| {
        let shared = shared_values(root);
        let tables = root.tables(OUTPUTS);
        let outputs: Vec<Values> = tables.iter().map(|table| own_values(*table).over(&shared)).collect();
        refuse_equal_names(&tables);
        (outputs, suppressions::entries(root))
    });
    problems.into_iter().map(|problem| (problem.location, problem.message)).collect()
}

fn rule(mistake: Mistake) -> &'static Rule {
    match mistake {
        Mistake::Syntax => &catalogue::MANIFEST_SYNTAX,
        Mistake::UnknownKey => &catalogue::MANIFEST_KEY,
        Mistake::Value => &catalogue::MANIFEST_VALUE,
        Mistake::MissingKey => &catalogue::MANIFEST_MISSING_KEY,
        Mistake::Path => &catalogue::MANIFEST_PATH,
    }
}

fn manifest(root: Table<'_>, base: &Path, reports: &mut Vec<Report>) -> Manifest {
    let shared = shared_values(root);
    let tables = root.tables(OUTPUTS);
    let outputs = if tables.is_empty() {
        OutputSet::new(root, shared, base).into_iter().collect()
    } else {
        let set = |table: &Table<'_>| OutputSet::new(*table, own_values(*table).over(&shared), base);
        tables.iter().filter_map(set).collect()
    };
    refuse_equal_names(&tables);
    let (policy, suppression_files) = policy(root, base, reports);
    Manifest { outputs, policy, suppression_files }
}

fn shared_values(root: Table<'_>) -> Values {
    let known: Vec<&str> = [SHARED, REPORTING, &[suppressions::ENTRIES, OUTPUTS]].concat();
    root.only(&known, |key| OUTPUT.contains(&key).then(|| "it belongs into an [[output]]".to_owned()));
    Values::read(root)
}

fn own_values(table: Table<'_>) -> Values {
    let known: Vec<&str> = [SHARED, OUTPUT].concat();
    let at_the_top = |key: &str| REPORTING.contains(&key) || [suppressions::ENTRIES, OUTPUTS].contains(&key);
    let advice = "it holds for the whole file and belongs above the first [[output]]";
    table.only(&known, |key| at_the_top(key).then(|| advice.to_owned()));
    Values::read(table)
}

/// What the summary and `check` say of an output must tell which one.
fn refuse_equal_names(tables: &[Table<'_>]) {
    let mut seen = BTreeSet::new();
    for table in tables {
        if let Some(value) = table.value(keys::NAME)
            && let Some(name) = value.as_str()
            && !seen.insert(name)
        {
            value.report(format!("another output is named `{name}`; give each a name of its own"));
        }
    }
}

fn policy(root: Table<'_>, base: &Path, reports: &mut Vec<Report>) -> (Policy, Vec<PathBuf>) {
    let mut policy = Policy { strict: root.flag("strict").unwrap_or_default(), ..Policy::default() };
    let bad = |text: &Text, why| root.report(Mistake::Value, text.location.clone(), why);
    for codes in root.texts("warnaserror").unwrap_or_default() {
        match lookup(&codes.value) {
            Ok(rules) => policy.errors.extend(rules.iter().map(|rule| rule.code)),
            Err(why) => bad(&codes, why),
        }
    }
    for codes in root.texts("nowarn").unwrap_or_default() {
        match suppressible(&codes.value) {
            Ok(found) => policy.suppressions.push(everywhere(found, "nowarn in the manifest".to_owned(), None)),
            Err(why) => bad(&codes, why),
        }
    }
    policy.suppressions.extend(suppressions::entries(root));
    let mut files = Vec::new();
    for text in root.texts("suppressions").unwrap_or_default() {
        let path = base.join(&text.value);
        match suppressions::read(&path) {
            Ok((found, problems)) => {
                policy.suppressions.extend(found);
                let reported = problems.into_iter().map(|p| (&catalogue::BAD_SUPPRESSION, p.location, p.message));
                reports.extend(reported);
                files.push(path);
            }
            Err(why) => root.report(Mistake::Path, text.location, output::unusable(&path, &text.value, &why)),
        }
    }
    (policy, files)
}

#[cfg(test)]
mod tests;
