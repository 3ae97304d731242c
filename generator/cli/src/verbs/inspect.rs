//! The verbs `layout` and `explain`.

use std::path::PathBuf;

use super::{Run, refuse_document};
use crate::args::{ExplainArgs, LayoutArgs, options};
use crate::error::{Exit, UsageError};
use crate::explain::{self, Subject};
use crate::layout;
use clr_wasm_abi::types::TypeSystem;
use thunkgen_core::collect::type_layouts::type_layouts;
use thunkgen_driver::{Jobs, Purpose, manifest};

impl Run<'_, '_> {
    /// `layout`
    pub fn layout(mut self, args: &LayoutArgs) -> Result<Exit, UsageError> {
        let as_json = self.is_json_result(args.json, args.report.format)?;
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
        let options = job.targets.first().ok_or_else(|| UsageError::new("name a target"))?;
        let types = type_layouts(&type_system, options, wanted, &mut diagnostics);
        if diagnostics.has_errors() {
            return Ok(self.stop(diagnostics, &args.report, "nothing was laid out"));
        }
        if let Some(name) = wanted.filter(|_| types.is_empty()) {
            return Err(UsageError::new(format_args!(
                "no value type `{name}` in the inputs; write its full name, nested types as Outer+Inner, or use --all"
            )));
        }
        self.progress.finish();
        self.console.artefact(&if as_json { layout::json(&types) } else { layout::text(&types) });
        Ok(Exit::of(&self.report(diagnostics, &args.report)))
    }

    /// `explain`
    pub fn explain(mut self, args: &ExplainArgs) -> Result<Exit, UsageError> {
        self.console.format = args.report.format;
        refuse_document(args.report.format)?;
        let subject = Subject::parse(&args.subject);
        if let Subject::Rules(rules) = subject {
            let texts: Vec<String> = rules.into_iter().map(explain::rule).collect();
            self.console.artefact(&texts.join("\n"));
            return Ok(Exit::Done);
        }
        let decoded = match &subject {
            Subject::Key(prefix, signature) => explain::key(*prefix, signature),
            Subject::Flat(kind, of_type) => explain::flat(*kind, of_type),
            Subject::Member(_) | Subject::Rules(_) => String::new(),
        };
        let is_manifest_meant = args.manifest.first_option().is_some() || manifest::find().is_some();
        if args.inputs.is_empty() && !is_manifest_meant {
            if let Subject::Member(name) = &subject {
                let what = match explain::invalid_key(name) {
                    Some(why) => format!("{why}; `{name}` is not a diagnostic code either"),
                    None => format!("`{name}` is not a key or diagnostic code"),
                };
                return Err(UsageError::new(format_args!(
                    "{what}; to look up a method, add the assemblies: thunkgen explain {name} INPUT"
                )));
            }
            self.progress.finish();
            self.console.artefact(&decoded);
            return Ok(Exit::Done);
        }
        let input = (args.inputs.as_slice(), args.references.reference.as_slice());
        let options =
            self.sources(options(&[&input, &args.target, &args.modules, &args.sizes, &args.report]), &args.manifest)?;
        let mut jobs = Jobs::open(&options, Purpose::Question)?;
        let Some(collected) = jobs.collect(&self.step())? else {
            // Decoding a key needs no assembly.
            self.progress.finish();
            self.console.artefact(&decoded);
            let consequence = if decoded.is_empty() { "nothing was explained" } else { "callers are unknown" };
            return Ok(self.stop(jobs.diagnostics, &args.report, consequence));
        };
        // Warnings are not reported here.
        let parts = jobs.parts(&collected);
        let text = match &subject {
            Subject::Key(prefix, signature) => decoded + &explain::needs(&format!("{prefix}{signature}"), &parts),
            Subject::Member(name) => explain::member(name, &parts).ok_or_else(|| {
                let why = explain::invalid_key(name).map(|why| format!("; as a key: {why}")).unwrap_or_default();
                UsageError::new(format_args!("no P/Invoke, callback or delegate named `{name}` in the inputs{why}"))
            })?,
            Subject::Flat(..) | Subject::Rules(_) => decoded,
        };
        self.progress.finish();
        self.console.artefact(&text);
        Ok(Exit::Done)
    }
}
