//! `r2r dump`: the contents of images.

use super::args::DumpArgs;
use super::describe::describe;
use super::document::{File, JSON_FORMAT, R2rDocument};
use super::text;
use crate::args::options;
use crate::error::{Exit, UsageError};
use crate::verbs::Run;
use clr_wasm_abi::types::Input;
use thunkgen_diagnostics::{Diagnostics, Location, Policy, catalogue};
use thunkgen_driver::files::OpenFiles;
use thunkgen_driver::summary::plural;
use thunkgen_driver::{diagnostic_options, files, inputs};
use thunkgen_r2r::ready_to_run;

impl Run<'_, '_> {
    /// `r2r dump`
    pub fn r2r_dump(mut self, args: &DumpArgs) -> Result<Exit, UsageError> {
        let as_json = self.is_json_result(&args.report)?;
        let mut diagnostics = diagnostic_options::sink(&options(&[&args.report]).policy, Policy::default())?;
        self.progress.step("looking for images");
        let opened = inputs::open(&inputs::expand(&args.inputs, &[])?, &mut OpenFiles::default(), &mut diagnostics);
        let mut document = R2rDocument { format: JSON_FORMAT, files: Vec::new() };
        for input in &opened {
            let input = input.as_input();
            self.progress.step(input.path);
            document.files.extend(read(&input, &mut diagnostics));
        }
        files::report_changed(opened.iter().map(|input| (input.path.as_path(), input.bytes())), &mut diagnostics);
        self.progress.finish();
        if as_json {
            self.console.artefact(&crate::json(&document));
        } else {
            let mut after_code = false;
            for (index, file) in document.files.iter().enumerate() {
                // An empty line around a block for code, none between lines for other files.
                let is_code = file.ready_to_run.is_some();
                if index > 0 && (is_code || after_code) {
                    self.console.artefact("\n");
                }
                self.console.artefact(&text::file(file, args.fixups));
                after_code = is_code;
            }
        }
        if diagnostics.has_errors() {
            let shown = plural(document.files.len(), "file");
            return Ok(self.stop(diagnostics, &args.report, &format!("{shown} shown")));
        }
        Ok(Exit::of(&self.report(diagnostics, &args.report)))
    }
}

fn read<'a>(input: &Input<'a>, diagnostics: &mut Diagnostics) -> Option<File<'a>> {
    let file = ready_to_run::open(input.bytes)
        .map_err(|error| error.to_string())
        .and_then(|image| describe(input.path, &image, input.bytes.len()).map_err(|error| error.to_string()));
    file.map_err(|error| diagnostics.report(&catalogue::DAMAGED_IMAGE, Location::file(input.path), error)).ok()
}
