//! Reports as pages for browsers.

use std::path::{Path, PathBuf};

use super::args::ReportArgs;
use super::error::Exit;
use super::verbs::Run;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};
use thunkgen_driver::doctor::page;
use thunkgen_driver::doctor::report::InteropReport;
use thunkgen_driver::write::write_all;
use thunkgen_driver::{Options, OutputKind, report_unwritable};

impl Run<'_, '_> {
    /// Writes a report as a page. Returns the exit code if that fails, which is reported.
    pub fn write_page(&mut self, path: &Path, report: Option<InteropReport>, args: &ReportArgs) -> Option<Exit> {
        let consequence = "the page was not written";
        let Some(report) = report else {
            let message = "a page shows one output and one target; choose with --output and --target-os";
            let mut problems = Diagnostics::default();
            problems.report(&catalogue::BAD_USAGE, Location::default(), message);
            return Some(self.stop(problems, args, consequence));
        };
        let page = (path.to_owned(), OutputKind::Page, page(&report).into_bytes());
        self.write_outputs(vec![page], args, consequence)
    }

    /// Writes files that the user named, all or none. Returns the exit code if that fails, which is reported.
    pub fn write_outputs(
        &mut self,
        files: Vec<(PathBuf, OutputKind, Vec<u8>)>,
        args: &ReportArgs,
        consequence: &str,
    ) -> Option<Exit> {
        let mut problems = Diagnostics::default();
        files.iter().for_each(|(path, kind, _)| kind.refuse_foreign(path, self.write, &mut problems));
        let files = files.into_iter().map(|(path, _, bytes)| (path, bytes)).collect();
        if !problems.has_errors()
            && let Err(error) = write_all(&files, self.write)
        {
            report_unwritable(error, &mut problems);
        }
        problems.has_errors().then(|| self.stop(problems, args, consequence))
    }
}

/// What a report is about, as the user named it.
pub fn root_of(options: &Options) -> String {
    match (&options.manifest, &options.inputs[..]) {
        (Some(manifest), _) => manifest.path.display().to_string(),
        (None, [first]) => first.display().to_string(),
        (None, [first, others @ ..]) => format!("{} and {} more", first.display(), others.len()),
        (None, []) => String::new(),
    }
}
