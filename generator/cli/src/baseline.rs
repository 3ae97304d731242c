//! `--add-suppressions`: writes the problems of a run into a suppression file.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::error::UsageError;
use super::verbs::Run;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};
use thunkgen_driver::adopt::baseline::{self, Baseline, FILE_NAME};
use thunkgen_driver::adopt::toml_text;
use thunkgen_driver::summary::plural;
use thunkgen_driver::{Options, manifest, options, shell_quote};

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Reporting")]
pub struct BaselineArgs {
    /// Add an entry for each problem to this suppression file, so that only new problems are reported from now on.
    ///
    /// The default is the first file of --suppressions or of the manifest, or thunkgen.suppressions.toml. Comments and
    /// entries that are there stay. Each new entry has a placeholder as its reason. Errors that cannot be suppressed are listed.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    pub add_suppressions: Option<Option<PathBuf>>,
}

/// A suppression file to write.
pub struct BaselineFile {
    path: PathBuf,
    /// The manifest of the run.
    manifest: Option<PathBuf>,
}

impl BaselineArgs {
    /// The file to write, if one is wanted. It is also read if it exists, since its entries count.
    pub fn file(&self, options: &mut Options) -> Result<Option<BaselineFile>, UsageError> {
        let Some(given) = &self.add_suppressions else { return Ok(None) };
        let manifest = options.manifest.as_ref().map(|choice| choice.path.clone());
        let listed = manifest.as_deref().map(manifest::suppression_files).unwrap_or_default();
        let suppressions = &mut options.policy.suppressions;
        let first = || suppressions.first().or(listed.first()).cloned();
        let path = given
            .clone()
            .or_else(first)
            .unwrap_or_else(|| manifest.as_deref().and_then(Path::parent).unwrap_or(Path::new("")).join(FILE_NAME));
        if manifest::is_manifest(&path) || manifest.as_ref() == Some(&path) {
            return Err(UsageError::new(format_args!(
                "--add-suppressions {}: it is a manifest; name a suppression file, and list it in the manifest's key \
                 `suppressions`",
                path.display()
            )));
        }
        let is_of_manifest = manifest.is_some() && given.is_none() && !suppressions.contains(&path);
        options.build.baseline = Some(options::BaselineFile { path: path.clone(), is_of_manifest });
        if path.is_file() && !suppressions.contains(&path) && !listed.contains(&path) {
            suppressions.push(path.clone());
        }
        Ok(Some(BaselineFile { path, manifest }))
    }
}

impl Run<'_, '_> {
    /// Writes the problems of a run into the file of `--add-suppressions`, and reports it if that fails. The lines say
    /// what was written.
    pub fn add_suppressions(&self, file: &BaselineFile, diagnostics: &mut Diagnostics) -> Vec<String> {
        let problems = diagnostics.clone().into_sorted();
        match baseline::add(&file.path, &problems, self.write) {
            Ok(baseline) => lines(&baseline, file),
            Err(why) => {
                let at = Location::file(file.path.display().to_string());
                diagnostics.report(&catalogue::UNWRITABLE, at, format!("--add-suppressions: {why}"));
                Vec::new()
            }
        }
    }
}

fn lines(baseline: &Baseline, file: &BaselineFile) -> Vec<String> {
    let name = file.path.display();
    let mut lines = Vec::new();
    let entries = match baseline.added {
        1 => "1 entry".to_owned(),
        added => format!("{added} entries"),
    };
    lines.push(match (baseline.added, baseline.matched) {
        (0, 0) => format!("thunkgen: nothing to add to {name}"),
        (0, _) => format!("thunkgen: {name} is up to date"),
        _ => {
            format!("thunkgen: added {entries} to {name}; replace each reason, or fix the problem and remove the entry")
        }
    });
    if baseline.is_new && baseline.added > 0 {
        let advice = match &file.manifest {
            Some(manifest) => {
                let text = toml_text(&path_in_manifest(&file.path, manifest));
                format!("suppressions = [{text}] to {}", manifest.display())
            }
            None => {
                format!("{} to the command", shell_quote::command(&["--suppressions".into(), file.path.clone().into()]))
            }
        };
        lines.push(format!("thunkgen: {name} is new: add {advice}"));
    }
    let is_one = baseline.too_wide.values().sum::<usize>() == 1;
    let they_are = if is_one { "it is" } else { "they are" };
    for (codes, why) in [
        (&baseline.errors, "cannot be suppressed".to_owned()),
        (&baseline.too_wide, format!("cannot be selected by an entry; use --nowarn if {they_are} right")),
    ] {
        if !codes.is_empty() {
            let count = codes.values().sum();
            let codes: Vec<&str> = codes.keys().copied().collect();
            lines.push(format!("thunkgen: {} of {} {why}", plural(count, "problem"), codes.join(", ")));
        }
    }
    lines
}

/// A path as a manifest names it: relative to its directory, with `/`.
fn path_in_manifest(path: &Path, manifest: &Path) -> String {
    let directory = manifest.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let as_given = || path.display().to_string();
    let (Ok(file), Ok(directory)) = (fs::canonicalize(path), fs::canonicalize(directory)) else { return as_given() };
    let shared = file.components().zip(directory.components()).take_while(|(a, b)| a == b).count();
    // Drives of Windows have no directory in common.
    if shared == 0 {
        return as_given();
    }
    let up = directory.components().skip(shared).map(|_| "..".to_owned());
    let down = file.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}
