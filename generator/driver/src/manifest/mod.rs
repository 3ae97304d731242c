//! The manifest `thunkgen.toml`: what a repository generates, written down beside the sources.
//!
//! One file has any number of outputs, each made from its own inputs for its own targets and contract. Keys are those
//! of the command line; what stands above the first `[[output]]` holds for all of them. Paths are relative to the
//! manifest's folder. [`load`] names every mistake; what it returns is complete enough to run.

mod output;
mod values;

pub use output::OutputSet;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::error::reason;
use super::suppressions::{self, everywhere, lookup, suppressible};
use super::toml_file::{self, Mistake, Text, TomlProblem, TomlTable};
use thunkgen_diagnostics::{Location, Policy, Rule, catalogue};
use values::Values;

/// The manifest's name.
pub const FILE_NAME: &str = "thunkgen.toml";

/// The key of the outputs.
const OUTPUTS: &str = "output";

/// The key of an output's name.
const NAME: &str = "name";

/// Keys of the whole file that say how problems are told.
const REPORTING: &[&str] = &["strict", "warnaserror", "nowarn", "suppressions"];

/// Keys of an output only.
const OUTPUT: &[&str] = &[NAME];

/// Keys of an output, or of all outputs. Most have the name of an option; `docs/manifest.md` explains each.
const SHARED: &[&str] = &[
    "inputs",
    "references",
    "own",
    "target-os",
    "runtime",
    "tokens",
    "contract",
    "modules",
    "module-lists",
    "native",
    "default-modules",
    "extra-signatures",
    "struct-sizes",
    "struct-size-files",
    "emit",
    "out",
    "interp-to-native",
    "pinvoke",
    "reverse",
];

/// Every key of a manifest, those of `[[suppress]]` aside.
pub fn known_keys() -> impl Iterator<Item = &'static str> {
    [SHARED, OUTPUT, REPORTING].into_iter().flatten().copied()
}

/// The manifest of the current folder, as a path from there: in it, or in the nearest folder above, as Cargo looks for
/// its own.
pub fn find() -> Option<PathBuf> {
    find_from(&std::env::current_dir().ok()?)
}

fn find_from(folder: &Path) -> Option<PathBuf> {
    let above = folder.ancestors().position(|folder| folder.join(FILE_NAME).is_file())?;
    Some(std::iter::repeat_n("..", above).chain([FILE_NAME]).collect())
}

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
    reports.extend(
        problems.into_iter().map(|TomlProblem { mistake, location, message }| (rule(mistake), location, message)),
    );
    (manifest.unwrap_or_default(), reports)
}

/// What is wrong with a manifest's text, each with its place, as far as it can be told without the files that it names:
/// nothing on the disk is looked at.
///
/// ```
/// let mistakes = thunkgen_driver::manifest::mistakes_of_text("inputs = []\nnmae = 1\n");
/// assert!(mistakes.iter().any(|(at, _)| at.origin() == ("thunkgen.toml", Some((2, 1)))), "{mistakes:?}");
/// ```
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

fn manifest(root: TomlTable<'_>, base: &Path, reports: &mut Vec<Report>) -> Manifest {
    let shared = shared_values(root);
    let tables = root.tables(OUTPUTS);
    let outputs = if tables.is_empty() {
        OutputSet::new(root, shared, base).into_iter().collect()
    } else {
        let set = |table: &TomlTable<'_>| OutputSet::new(*table, own_values(*table).over(&shared), base);
        tables.iter().filter_map(set).collect()
    };
    refuse_equal_names(&tables);
    let (policy, suppression_files) = policy(root, base, reports);
    Manifest { outputs, policy, suppression_files }
}

fn shared_values(root: TomlTable<'_>) -> Values {
    let known: Vec<&str> = [SHARED, REPORTING, &[suppressions::ENTRIES, OUTPUTS]].concat();
    root.only(&known, |key| OUTPUT.contains(&key).then(|| "it belongs into an [[output]]".to_owned()));
    Values::read(root)
}

fn own_values(table: TomlTable<'_>) -> Values {
    let known: Vec<&str> = [SHARED, OUTPUT].concat();
    let at_the_top = |key: &str| REPORTING.contains(&key) || [suppressions::ENTRIES, OUTPUTS].contains(&key);
    let advice = "it holds for the whole file and belongs above the first [[output]]";
    table.only(&known, |key| at_the_top(key).then(|| advice.to_owned()));
    Values::read(table)
}

/// What the summary and `check` say of an output must tell which one.
fn refuse_equal_names(tables: &[TomlTable<'_>]) {
    let mut seen = BTreeSet::new();
    for table in tables {
        if let Some(value) = table.value(NAME)
            && let Some(name) = value.as_str()
            && !seen.insert(name)
        {
            value.report(format!("another output is named `{name}`; give each a name of its own"));
        }
    }
}

fn policy(root: TomlTable<'_>, base: &Path, reports: &mut Vec<Report>) -> (Policy, Vec<PathBuf>) {
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
