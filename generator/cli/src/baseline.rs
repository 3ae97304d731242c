//! `--add-suppressions`: writes the problems of a run into a suppression file.

use std::path::{Path, PathBuf};

use clap::Args;

use super::verbs::Run;
use thunkgen_diagnostics::{Diagnostics, Findings, Location, catalogue};
use thunkgen_driver::Options;
use thunkgen_driver::adopt::baseline::{self, Baseline, FILE_NAME};
use thunkgen_driver::summary::plural;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Reporting")]
pub struct BaselineArgs {
    /// Add an entry for each problem to this suppression file, so that only new problems are reported from now on.
    ///
    /// The default is the file of --suppressions, or thunkgen.suppressions.toml. Comments and entries that are there stay.
    /// Each new entry has a placeholder as its reason. Errors that cannot be suppressed are listed.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    pub add_suppressions: Option<Option<PathBuf>>,
}

impl BaselineArgs {
    /// The file to write, if one is wanted. It is also read if it exists, since its entries count.
    pub fn file(&self, options: &mut Options) -> Option<PathBuf> {
        let given = self.add_suppressions.as_ref()?;
        let suppressions = &mut options.policy.suppressions;
        let path = given.clone().or_else(|| suppressions.first().cloned()).unwrap_or_else(|| {
            let manifest = options.manifest.as_ref().and_then(|choice| choice.path.parent()).unwrap_or(Path::new(""));
            manifest.join(FILE_NAME)
        });
        if path.is_file() && !suppressions.contains(&path) {
            suppressions.push(path.clone());
        }
        Some(path)
    }
}

impl Run<'_, '_> {
    /// Writes the problems of a run into the file of `--add-suppressions`.
    pub fn add_suppressions(&mut self, path: &Path, findings: &mut Findings) {
        let name = path.display().to_string();
        match baseline::add(path, &findings.diagnostics, self.write) {
            Ok(baseline) => lines(&baseline, &name).iter().for_each(|line| self.console.remark(line)),
            Err(why) => {
                let mut sink = Diagnostics::default();
                sink.report(&catalogue::UNWRITABLE, Location::file(name), format!("--add-suppressions: {why}"));
                let failed = sink.into_findings();
                self.console.findings(&failed);
                findings.diagnostics.extend(failed.diagnostics);
            }
        }
    }
}

fn lines(baseline: &Baseline, name: &str) -> Vec<String> {
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
        lines.push(format!(
            "thunkgen: {name} is new: add --suppressions {name} to the command, or suppressions = [\"{name}\"] to the \
             manifest"
        ));
    }
    for (codes, why) in [
        (&baseline.errors, "cannot be suppressed"),
        (&baseline.too_wide, "cannot be selected by an entry; use --nowarn if they are right"),
    ] {
        if !codes.is_empty() {
            let count = codes.values().sum();
            let codes: Vec<&str> = codes.keys().copied().collect();
            lines.push(format!("thunkgen: {} of {} {why}", plural(count, "problem"), codes.join(", ")));
        }
    }
    lines
}
