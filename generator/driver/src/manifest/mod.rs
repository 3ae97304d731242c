//! The manifest `thunkgen.toml`: what a repository generates, written down next to the sources.
//!
//! One file has any number of outputs, each made from its own inputs for its own targets and contract. Keys are those
//! of the command line; what is above the first `[[output]]` applies to all of them. Paths are relative to the
//! manifest's directory. One run reports every mistake.

mod output;
#[cfg(feature = "schema")]
pub mod schema;
mod variables;

use output::Chosen;
use output::Keys;
pub(crate) use output::OutputSet;
use variables::Variables;
#[cfg(feature = "adopt")]
pub(crate) use variables::has_variable;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::error::{OptionError, reason};
use super::files;
use super::options::ManifestChoice;
use super::output_path::Places;
use super::suppressions::{self, everywhere, lookup, warnings};
use super::toml_file::{self, KnownKeys, Report, Text, TomlTable};
use thunkgen_diagnostics::{Location, Policy, catalogue};

/// The manifest's name.
pub const FILE_NAME: &str = "thunkgen.toml";

/// The key of the outputs.
const OUTPUTS: &str = "output";

/// The key of an output's name.
const NAME: &str = "name";

/// Most outputs, and most inputs and references of all outputs: they are known until all outputs are made.
const MAX_OUTPUTS: usize = 500;
const MAX_INPUTS: usize = 25_000;

/// Most bytes of values for all outputs, counted for each output, since each reads them.
const MAX_SHARED: usize = 4_000_000;

/// Keys of the whole file for the reporting of problems.
const REPORTING: &[&str] = &["strict", "warnaserror", "nowarn", "suppressions"];

/// Keys of an output only.
const OUTPUT: &[&str] = &[NAME];

/// Keys of an output, or of all outputs. Most have the name of an option; `docs/reference/manifest.md` explains each.
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
    "whole-link",
    "path-map",
    "default-modules",
    "extra-signatures",
    "struct-sizes",
    "struct-size-files",
    "emit",
    "out",
    "interp-to-native",
    "pinvoke",
    "reverse",
    "header",
    "header-file",
    "trailer",
    "trailer-file",
    "regenerate",
];

/// Keys of the whole file for the values of variables.
const VARIABLES: &[&str] = &[variables::VARIABLES, variables::PROFILES];

/// Every key of a manifest, those of `[[suppress]]` aside.
pub fn known_keys() -> impl Iterator<Item = &'static str> {
    [SHARED, OUTPUT, REPORTING, VARIABLES].into_iter().flatten().copied()
}

/// The manifest of the current directory, as a path from there: in it, or in the nearest directory above, as Cargo
/// looks for its own.
pub fn find() -> Option<PathBuf> {
    find_from(&std::env::current_dir().ok()?)
}

fn find_from(directory: &Path) -> Option<PathBuf> {
    // A link that points to a missing file is an error, not a reason to take the one of a parent.
    let is_there = |path: PathBuf| path.symlink_metadata().is_ok_and(|of| !of.is_dir());
    let above = directory.ancestors().position(|directory| is_there(directory.join(FILE_NAME)))?;
    Some(std::iter::repeat_n("..", above).chain([FILE_NAME]).collect())
}

/// A manifest that was read.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    /// What it generates.
    pub outputs: Vec<OutputSet>,
    /// Where the outputs go that are not chosen.
    pub others: Vec<Places>,
    /// How problems are reported.
    pub policy: Policy,
    /// The files of suppressions that it names.
    pub suppression_files: Vec<PathBuf>,
}

/// Reads the chosen manifest, and everything that is wrong with it.
///
/// # Errors
/// Names on the command line that the manifest does not have.
pub(crate) fn load(choice: &ManifestChoice) -> Result<(Manifest, Vec<Report>), OptionError> {
    let path = &choice.path;
    let file = path.display().to_string();
    let unreadable =
        |why: String| Ok((Manifest::default(), vec![(&catalogue::UNREADABLE, Location::file(&file), why)]));
    match files::open(path) {
        Ok((bytes, _)) => match std::str::from_utf8(&bytes) {
            Ok(text) => parse(&file, text, choice),
            Err(_) => unreadable("it is not UTF-8 text".to_owned()),
        },
        Err(error) => unreadable(reason(&error)),
    }
}

/// The suppression files that a manifest lists, as far as it can be read.
pub fn suppression_files(path: &Path) -> Vec<PathBuf> {
    let base = path.parent().unwrap_or(Path::new(""));
    let listed = |root: TomlTable<'_>| root.texts("suppressions").unwrap_or_default();
    peek(path, listed).unwrap_or_default().iter().map(|text| base.join(&text.value)).collect()
}

/// Whether a file is a manifest: by its name, or by a key that suppression files do not have.
pub fn is_manifest(path: &Path) -> bool {
    let is_key = |key: &str| key == OUTPUTS || known_keys().any(|known| known == key);
    path.file_name().is_some_and(|name| name == FILE_NAME)
        || peek(path, |root| root.values().any(|value| is_key(value.key()))).unwrap_or_default()
}

/// Looks at a file and reports nothing about it.
fn peek<T>(path: &Path, look: impl FnOnce(TomlTable<'_>) -> T) -> Option<T> {
    let (bytes, _) = files::open(path).ok()?;
    toml_file::read("", std::str::from_utf8(&bytes).ok()?, look).0
}

fn parse(file: &str, text: &str, choice: &ManifestChoice) -> Result<(Manifest, Vec<Report>), OptionError> {
    let mut reports = Vec::new();
    let (manifest, problems) = toml_file::read(file, text, |root| manifest(root, choice, &mut reports));
    reports.extend(problems);
    Ok((manifest.transpose()?.unwrap_or_default(), reports))
}

/// What is wrong with a manifest's text, each with its place, as far as it can be found without the files that it
/// names: nothing on the disk is looked at.
///
/// ```
/// let mistakes = thunkgen_driver::manifest::mistakes_of_text("inputs = []\nnmae = 1\n");
/// assert!(mistakes.iter().any(|(at, _)| at.origin() == ("thunkgen.toml", Some((2, 1)))), "{mistakes:?}");
/// ```
pub fn mistakes_of_text(text: &str) -> Vec<(Location, String)> {
    let (_, problems) = toml_file::read(FILE_NAME, text, |root| {
        // Nothing is chosen, so nothing is wrong with a choice.
        let variables = Variables::read(root, None).unwrap_or_default();
        outputs(root, &variables, None);
        suppressions::entries(root)
    });
    problems.into_iter().map(|(_, location, message)| (location, message)).collect()
}

fn manifest(root: TomlTable<'_>, choice: &ManifestChoice, reports: &mut Vec<Report>) -> Result<Manifest, OptionError> {
    // A directory that is not named is the current one.
    let base = choice.path.parent().unwrap_or(Path::new(""));
    let variables = Variables::read(root, Some(choice))?;
    let sets = outputs(root, &variables, Some(Chosen { base, output: choice.output.as_ref() }));
    let names = sets.iter().map(|set| set.label.clone()).collect::<Vec<_>>().join(", ");
    let (outputs, others): (Vec<OutputSet>, Vec<OutputSet>) = sets.into_iter().partition(|set| set.is_chosen);
    let (policy, suppression_files) = policy(root, base, reports);
    if let Some(name) = choice.output.as_ref().filter(|_| outputs.is_empty() && !others.is_empty()) {
        let message =
            format_args!("{} {}: the manifest has no output of that name; it has {names}", name.origin, name.value);
        return Err(OptionError::of(&name.origin, message));
    }
    let others = others.into_iter().filter_map(|set| set.places().ok()).collect();
    Ok(Manifest { outputs, others, policy, suppression_files })
}

/// The outputs of a file; without a choice, only values are judged.
fn outputs(root: TomlTable<'_>, variables: &Variables, chosen: Option<Chosen<'_>>) -> Vec<OutputSet> {
    let known: Vec<&str> = [SHARED, REPORTING, VARIABLES, &[suppressions::ENTRIES, OUTPUTS]].concat();
    root.only(&known, |key| OUTPUT.contains(&key).then(|| "it belongs into an [[output]]".to_owned()));
    let tables = root.tables(OUTPUTS);
    let shared = root.values().filter(|value| ![OUTPUTS, suppressions::ENTRIES].contains(&value.key()));
    let length: usize = shared.map(|value| value.length()).sum();
    if length.saturating_mul(tables.len()) > MAX_SHARED
        && let Some(value) = root.value(OUTPUTS)
    {
        value.report("there are too many outputs for what is above the first of them; write what some need into these");
        return Vec::new();
    }
    // Values for all outputs are judged also when no output needs them.
    let only = OutputSet::all(Keys::new(root, None, variables), chosen.filter(|_| tables.is_empty()));
    let (mut sets, mut inputs) = (Vec::from_iter(only), 0);
    let known = KnownKeys::new([SHARED, OUTPUT].concat());
    for table in &tables {
        let at_the_top = |key: &str| {
            [REPORTING, VARIABLES].concat().contains(&key) || [suppressions::ENTRIES, OUTPUTS].contains(&key)
        };
        let advice = "it applies to the whole file and belongs above the first [[output]]";
        table.only_known(&known, |key| at_the_top(key).then(|| advice.to_owned()));
        let found = OutputSet::all(Keys::new(*table, Some(root), variables), chosen);
        inputs += found.iter().map(|set| set.options.inputs.len() + set.options.references.len()).sum::<usize>();
        sets.extend(found);
        if sets.len() > MAX_OUTPUTS || inputs > MAX_INPUTS {
            let what = match sets.len() > MAX_OUTPUTS {
                true => format!("there are more than {MAX_OUTPUTS} outputs"),
                false => format!("the outputs have more than {MAX_INPUTS} inputs and references"),
            };
            root.report(
                &catalogue::MANIFEST_VALUE,
                table.location(),
                format!("{what}; make two manifests of this one"),
            );
            return Vec::new();
        }
    }
    refuse_equal_names(&tables);
    sets
}

/// The summary and `check` name outputs, so names are unique.
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
    let bad = |text: &Text, why| root.report(&catalogue::MANIFEST_VALUE, text.location.clone(), why);
    for codes in root.texts("warnaserror").unwrap_or_default() {
        match lookup(&codes.value) {
            Ok(rules) => policy.errors.extend(rules.iter().map(|rule| rule.code)),
            Err(why) => bad(&codes, why),
        }
    }
    for codes in root.texts("nowarn").unwrap_or_default() {
        match warnings(&codes.value) {
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
                reports.extend(problems);
                files.push(path);
            }
            Err(why) => {
                root.report(&catalogue::MANIFEST_PATH, text.location, output::unusable(&path, &text.value, &why))
            }
        }
    }
    (policy, files)
}

#[cfg(test)]
mod tests;
