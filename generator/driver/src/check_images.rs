//! Images of thunks in `check`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::error::reason;
use super::files;
use super::pipeline::Collected;
use super::summary::plural;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};
use thunkgen_r2r::lookup::consistency::{self, Depth, Judged};

/// What became of the images of a check.
#[derive(Default)]
pub struct Images {
    /// How many there are.
    pub total: usize,
    /// How many have an error.
    pub wrong: usize,
    /// How many could not be judged.
    pub unreadable: usize,
    /// How many thunks the others have.
    pub thunks: usize,
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

/// Judges images; of their keys, those of `collected` are needed, if that is anything.
pub(super) fn check_images<'i>(
    paths: &[PathBuf],
    collected: impl Iterator<Item = &'i Collected>,
    diagnostics: &mut Diagnostics,
    step: &dyn Fn(&str),
) -> Images {
    let mut irs = collected.flat_map(|collected| collected.values()).peekable();
    let is_known = irs.peek().is_some();
    let needed: BTreeSet<&str> = irs.flat_map(|ir| ir.keys.keys().map(String::as_str)).collect();
    let mut images = Images::default();
    for path in paths {
        let display = path.display().to_string();
        step(&display);
        let opened = files::open(path);
        // A shell pattern also matches the assembly next to its image.
        if paths.len() > 1 && opened.as_ref().is_ok_and(|(bytes, _)| consistency::is_plain_assembly(bytes)) {
            continue;
        }
        images.total += 1;
        let mut own = diagnostics.empty();
        let judged = match opened {
            Ok((bytes, _)) => {
                let judged = consistency::check(&display, &bytes, is_known.then_some(&needed), &mut own);
                if bytes.is_current(path) {
                    judged
                } else {
                    own = diagnostics.empty();
                    files::report_change(path, &mut own);
                    None
                }
            }
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

/// What was not looked at.
fn remark(path: &str, judged: &Judged) -> Option<String> {
    let compiler = judged.compiler.as_ref().map_or("nothing".to_owned(), |name| format!("`{name}`"));
    match judged.depth {
        Depth::Keys => Some(format!("thunkgen: {path} is not a wasm module: only its keys were checked")),
        Depth::Types => Some(format!(
            "thunkgen: {path} names {compiler} as its compiler: only the types of its thunks were checked"
        )),
        Depth::Nothing | Depth::Everything => None,
    }
}
