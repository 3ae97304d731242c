//! The verb `layout`.

use std::path::PathBuf;

use super::Run;
use crate::args::{LayoutArgs, options};
use crate::error::{Exit, UsageError};
use crate::layout;
use clr_wasm_abi::types::TypeSystem;
use thunkgen_core::collect::type_layouts::{SimilarTypes, similar_types, type_layouts};
use thunkgen_driver::{Jobs, Purpose};

impl Run<'_, '_> {
    /// `layout`
    pub fn layout(mut self, args: &LayoutArgs) -> Result<Exit, UsageError> {
        let as_json = self.is_json_result(&args.report)?;
        let mut words = args.words.iter();
        let wanted = if args.all { None } else { words.next().and_then(|word| word.to_str()) };
        if !args.all && wanted.is_none() {
            return Err(UsageError::new("no TYPE: add the full name of a type, or --all for every value type"));
        }
        let inputs: Vec<PathBuf> = words.cloned().collect();
        let input = (inputs.as_slice(), args.references.reference.as_slice());
        let mut options = options(&[&input, &args.target, &args.sizes, &args.report]);
        // Layouts do not depend on the linked libraries.
        options.modules.without_runtime = true;
        let options = self.sources(options, &args.manifest)?;
        let mut jobs = Jobs::open(&options, Purpose::Question)?;
        let mut diagnostics = std::mem::take(&mut jobs.diagnostics);
        let Some(job) = jobs.only_job()? else {
            return Ok(self.stop(diagnostics, &args.report, "nothing was laid out"));
        };
        diagnostics.extend(job.problems());
        let opened = job.inputs();
        self.progress.step("reading assemblies");
        let type_system = TypeSystem::load(&opened, &mut diagnostics);
        job.report_unmanaged(type_system.skipped_files().iter(), &mut diagnostics);
        let options = job.targets.first().ok_or_else(|| UsageError::new("name a target"))?;
        let mut types = type_layouts(&type_system, options, wanted, &mut diagnostics);
        let mut similar = SimilarTypes::default();
        if let Some(name) = wanted.filter(|_| types.is_empty()) {
            similar = similar_types(&type_system, name, &mut diagnostics);
            if let [only] = &similar.ending[..] {
                types = type_layouts(&type_system, options, Some(only), &mut diagnostics);
            }
        }
        jobs.report_changed(&mut diagnostics);
        if diagnostics.has_errors() {
            return Ok(self.stop(diagnostics, &args.report, "nothing was laid out"));
        }
        if let Some(name) = wanted.filter(|_| types.is_empty()) {
            self.progress.finish();
            if as_json {
                self.console.artefact(&layout::json(&types));
            }
            self.console.failure(&format!("thunkgen: {}", not_found(name, &similar)));
            return Ok(Exit::NotFound);
        }
        self.progress.finish();
        match as_json {
            true => self.console.artefact(&layout::json(&types)),
            false => self.console.answer(&layout::text(&types)),
        }
        Ok(Exit::of(&self.report(diagnostics, &args.report)))
    }
}

/// Maximum number of types that are listed for one name.
const MAX_TYPES: usize = 8;

fn not_found(name: &str, similar: &SimilarTypes) -> String {
    let SimilarTypes { ending, nearest } = similar;
    if !ending.is_empty() {
        let listed = ending.iter().take(MAX_TYPES).map(|full| format!("`{full}`")).collect::<Vec<_>>().join(", ");
        let more = match ending.len().saturating_sub(MAX_TYPES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        return format!("several value types end in `{name}`: {listed}{more}; write more of the name");
    }
    let advice = match nearest {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write its full name, nested types as Outer+Inner, or use --all".to_owned(),
    };
    format!("no value type `{name}` in the inputs; {advice}")
}
