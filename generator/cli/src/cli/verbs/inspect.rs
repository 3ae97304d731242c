//! The verbs that explain: `layout` and `explain`.

use super::{Run, parts};
use crate::cli::args::{ExplainArgs, Format, InputArgs, LayoutArgs, ManifestArgs};
use crate::cli::error::{Exit, UsageError};
use crate::cli::explain::{self, Subject};
use crate::cli::layout;
use crate::cli::manifest;
use crate::cli::plan::Files;
use crate::cli::request::Request;
use crate::cli::tell::{refuse_document, tell};
use crate::cli::unused::Named;
use crate::collect::type_layouts::type_layouts;
use crate::diagnostics::Diagnostics;
use crate::types::Universe;

impl Run<'_, '_> {
    /// `layout`
    pub fn layout(mut self, args: &LayoutArgs) -> Result<Exit, UsageError> {
        // The document asked for is the types; problems are then told as text beside it.
        let as_json = args.json || args.report.format == Format::Json;
        self.console.format = if as_json { Format::Text } else { args.report.format };
        if !as_json {
            refuse_document(args.report.format)?;
        }
        let mut words = args.words.iter();
        let wanted = if args.all { None } else { words.next().and_then(|word| word.to_str()) };
        if !args.all && wanted.is_none() {
            return Err(UsageError::new("name a type by its full name, or list every value type with --all"));
        }
        let input = InputArgs { inputs: words.cloned().collect(), reference: args.reference.clone() };
        let open = |diagnostics: &mut Diagnostics| {
            let request = Request::new(&input, &args.target, &args.modules(), &args.sizes, diagnostics)?;
            Ok((request, Named::default()))
        };
        let (plan, mut diagnostics) =
            self.sources(&input.inputs, &args.manifest, &args.report, Files::default(), open)?;
        let Some(job) = plan.only_job()? else {
            return Ok(self.stop(diagnostics, &args.report, "nothing was laid out"));
        };
        diagnostics.extend(job.problems());
        let request = &job.request;
        let opened = request.inputs();
        self.progress.step("reading assemblies");
        let universe = Universe::load(&opened, &mut diagnostics);
        let options = request.targets.first().ok_or_else(|| UsageError::new("name a target"))?;
        let types = type_layouts(&universe, options, wanted, &mut diagnostics);
        if diagnostics.has_errors() {
            return Ok(self.stop(diagnostics, &args.report, "nothing was laid out"));
        }
        if let Some(name) = wanted.filter(|_| types.is_empty()) {
            let message = format_args!(
                "no value type `{name}` in the inputs; write its full name, nested types as Outer+Inner, or list all \
                 with --all"
            );
            return Err(UsageError::new(message));
        }
        self.progress.finish();
        self.console.artefact(&if as_json { layout::json(&types) } else { layout::text(&types) });
        Ok(Exit::of(&tell(diagnostics, &args.report, self.console)))
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
        let spelled = match &subject {
            Subject::Key(prefix, signature) => explain::key(*prefix, signature),
            Subject::Flat(kind, of_type) => explain::flat(*kind, of_type),
            Subject::Member(_) | Subject::Rules(_) => String::new(),
        };
        let ManifestArgs { manifest, manifest_output } = &args.manifest;
        let is_manifest_meant = manifest.is_some() || manifest_output.is_some() || manifest::find().is_some();
        if args.inputs.is_empty() && !is_manifest_meant {
            if let Subject::Member(name) = &subject {
                let what = match explain::why_no_key(name) {
                    Some(why) => format!("`{name}` is no key ({why}) and no diagnostic code"),
                    None => format!("`{name}` is neither a key such as MviS8 nor a diagnostic code"),
                };
                return Err(UsageError::new(format_args!("{what}; for a method, name the assemblies behind it")));
            }
            self.progress.finish();
            self.console.artefact(&spelled);
            return Ok(Exit::Done);
        }
        let input = InputArgs { inputs: args.inputs.clone(), reference: args.reference.clone() };
        // Warnings are not told here.
        let open = |diagnostics: &mut Diagnostics| {
            Ok((Request::new(&input, &args.target, &args.modules, &args.sizes, diagnostics)?, Named::default()))
        };
        let (mut plan, mut diagnostics) =
            self.sources(&input.inputs, &args.manifest, &args.report, Files::default(), open)?;
        let Some(collected) = plan.collect(&mut diagnostics, &self.step())? else {
            // What a key spells needs no assembly.
            self.progress.finish();
            self.console.artefact(&spelled);
            let consequence = if spelled.is_empty() { "nothing was explained" } else { "nothing was looked up" };
            return Ok(self.stop(diagnostics, &args.report, consequence));
        };
        let parts = parts(&plan, &collected);
        let text = match &subject {
            Subject::Key(prefix, signature) => spelled + &explain::needs(&format!("{prefix}{signature}"), &parts),
            Subject::Member(name) => explain::member(name, &parts).ok_or_else(|| {
                let why = explain::why_no_key(name).map(|why| format!("; it is no key either: {why}"));
                let why = why.unwrap_or_default();
                UsageError::new(format_args!("nothing that crosses the boundary is named `{name}` in the inputs{why}"))
            })?,
            Subject::Flat(..) | Subject::Rules(_) => spelled,
        };
        self.progress.finish();
        self.console.artefact(&text);
        Ok(Exit::Done)
    }
}
