//! `check` on images.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{Part, Run, collect_all};
use crate::cli::args::CheckArgs;
use crate::cli::console::plural;
use crate::cli::error::{Exit, UsageError, reason};
use crate::cli::files;
use crate::cli::generate::Collected;
use crate::cli::policy::sink;
use crate::cli::request::Request;
use crate::cli::tell::tell;
use crate::cli::write::Written;
use crate::diagnostics::{Diagnostics, Location, catalogue};
use crate::lookup::consistency::{self, Depth, Judged};

/// What became of the images of a check.
#[derive(Default)]
pub(super) struct Images {
    /// How many there are.
    pub total: usize,
    /// How many have an error.
    pub wrong: usize,
    /// How many could not be judged.
    pub unreadable: usize,
    thunks: usize,
    /// What was not looked at, and why.
    pub remarks: Vec<String>,
}

impl Images {
    /// `2 images with 14 thunks are consistent`, or nothing without thunks.
    pub fn outcome(&self) -> Option<String> {
        let are = if self.total == 1 { "is" } else { "are" };
        let (images, thunks) = (plural(self.total, "image"), plural(self.thunks, "thunk"));
        (self.thunks > 0).then(|| format!("{images} with {thunks} {are} consistent"))
    }

    /// `1 of 2 images is wrong`, or nothing when none is.
    pub fn failure(&self) -> Option<String> {
        let are = if self.wrong == 1 { "is" } else { "are" };
        (self.wrong > 0).then(|| format!("{} of {} {are} wrong", self.wrong, plural(self.total, "image")))
    }
}

impl Run<'_, '_> {
    /// `check` when only images are named: with assemblies or without.
    pub(super) fn check_only_images(mut self, args: &CheckArgs) -> Result<Exit, UsageError> {
        let made = &args.made;
        self.console.format = made.report.format;
        let mut diagnostics = sink(&made.report)?;
        let mut request = None;
        let mut collected = None;
        if !made.inputs.inputs.is_empty() {
            self.progress.step("looking for assemblies");
            let found = Request::new(&made.inputs, &made.target, &made.modules, &made.sizes, &mut diagnostics)?;
            let found = found.with_extra_signatures(&made.extra, &mut diagnostics).with_report(&made.report)?;
            collected = collect_all(&found.inputs(), &found.targets, &mut diagnostics, &self.step());
            if collected.is_none() {
                return Ok(self.stop(diagnostics, &made.report, "nothing was checked"));
            }
            request = Some(found);
        }
        let images = self.check_images(&args.image, collected.iter(), &mut diagnostics);
        if images.unreadable > 0 {
            return Ok(self.stop(diagnostics, &made.report, "the check is incomplete"));
        }
        self.progress.finish();
        if let Some(failure) = images.failure() {
            tell(diagnostics, &made.report, self.console);
            images.remarks.iter().for_each(|remark| self.console.remark(remark));
            self.console.remark(&format!("thunkgen: {failure}"));
            return Ok(Exit::CheckFailed);
        }
        images.remarks.iter().for_each(|remark| self.console.remark(remark));
        let part = |(request, collected)| Part { label: None, targets: request, collected };
        let targets = request.as_ref().map(|request| request.targets.as_slice());
        let parts: Vec<Part<'_>> = targets.zip(collected.as_ref()).map(part).into_iter().collect();
        let outcome = images.outcome().unwrap_or_default();
        Ok(self.conclude(diagnostics, &made.report, &parts, &outcome, &Written::new()))
    }

    /// Judges images; of their keys, those of `collected` are needed, if that is anything.
    pub(super) fn check_images<'i>(
        &self,
        paths: &[PathBuf],
        collected: impl Iterator<Item = &'i Collected>,
        diagnostics: &mut Diagnostics,
    ) -> Images {
        let mut irs = collected.flat_map(|collected| collected.values()).peekable();
        let is_known = irs.peek().is_some();
        let needed: BTreeSet<&str> = irs.flat_map(|ir| ir.keys.keys().map(String::as_str)).collect();
        let mut images = Images::default();
        for path in paths {
            let display = path.display().to_string();
            self.progress.step(&display);
            images.total += 1;
            let mut own = Diagnostics::new(diagnostics.policy().clone());
            let judged = match files::open(path) {
                Ok((bytes, _)) => consistency::check(&display, &bytes, is_known.then_some(&needed), &mut own),
                Err(error) => {
                    own.report(&catalogue::UNREADABLE, Location::file(&display), reason(&error));
                    None
                }
            };
            match judged {
                Some(judged) => {
                    images.thunks += judged.thunks;
                    images.wrong += usize::from(own.has_errors());
                    images.remarks.extend(remark(&display, &judged));
                }
                None => images.unreadable += usize::from(own.has_errors()),
            }
            diagnostics.extend(own);
        }
        images
    }
}

/// What was not looked at.
fn remark(path: &str, judged: &Judged) -> Option<String> {
    let compiler = judged.compiler.as_ref().map_or("nothing".to_owned(), |name| format!("`{name}`"));
    match judged.depth {
        Depth::Keys => Some(format!("thunkgen: {path} is no wasm module: only its keys were looked at")),
        Depth::Types => Some(format!(
            "thunkgen: {path} names {compiler} as its compiler: of its thunks the types were judged, not what they do"
        )),
        Depth::Nothing | Depth::Everything => None,
    }
}
