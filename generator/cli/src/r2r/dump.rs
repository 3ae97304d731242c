//! `r2r dump`: what is in images.

use super::args::DumpArgs;
use super::describe::describe;
use super::document::{File, JSON_FORMAT, R2rDocument};
use super::text;
use crate::args::{Format, OptionGroup, options};
use crate::error::{Exit, UsageError};
use crate::verbs::{Run, refuse_document};
use clr_wasm_abi::types::Input;
use thunkgen_diagnostics::{Diagnostics, Location, Policy, catalogue};
use thunkgen_driver::summary::plural;
use thunkgen_driver::{inputs, policy};
use thunkgen_r2r::ready_to_run;

impl Run<'_, '_> {
    /// `r2r dump`
    pub fn r2r_dump(mut self, args: &DumpArgs) -> Result<Exit, UsageError> {
        // The document asked for is the files; problems are then told as text beside it.
        let as_json = args.json || args.report.format == Format::Json;
        self.console.format = if as_json { Format::Text } else { args.report.format };
        if !as_json {
            refuse_document(args.report.format)?;
        }
        let groups: [&dyn OptionGroup; 1] = [&args.report];
        let mut diagnostics = policy::sink(&options(&groups).policy, Policy::default())?;
        self.progress.step("looking for images");
        let opened = inputs::open(&inputs::expand(&args.inputs, &[])?, &mut diagnostics);
        let mut document = R2rDocument { format: JSON_FORMAT, files: Vec::new() };
        for input in &opened {
            let input = input.as_input();
            self.progress.step(input.path);
            document.files.extend(read(&input, &mut diagnostics));
        }
        self.progress.finish();
        if as_json {
            self.console.artefact(&json(&document));
        } else {
            for (index, file) in document.files.iter().enumerate() {
                // A block for code, a line for anything else.
                let alone = |file: Option<&File<'_>>| file.is_some_and(|file| file.ready_to_run.is_some());
                if index > 0 && (alone(Some(file)) || alone(document.files.get(index - 1))) {
                    self.console.artefact("\n");
                }
                self.console.artefact(&text::file(file, args.fixups));
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
    let image = match ready_to_run::open(input.bytes) {
        Ok(image) => image,
        Err(error) => {
            diagnostics.report(&catalogue::DAMAGED_IMAGE, Location::file(input.path), error.to_string());
            return None;
        }
    };
    match describe(input.path, &image, input.bytes.len()) {
        Ok(file) => Some(file),
        Err(error) => {
            diagnostics.report(&catalogue::DAMAGED_IMAGE, Location::file(input.path), error.to_string());
            None
        }
    }
}

fn json(document: &R2rDocument<'_>) -> String {
    let mut text = serde_json::to_string_pretty(document).expect("plain data becomes JSON");
    text.push('\n');
    text
}
