//! The verbs that explain: `layout` and `explain`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Run, collect_all};
use crate::cli::args::{ExplainArgs, Format, InputArgs, LayoutArgs};
use crate::cli::error::{Exit, UsageError};
use crate::cli::explain::{self, Subject};
use crate::cli::layout;
use crate::cli::policy::sink;
use crate::cli::request::Request;
use crate::cli::tell::{refuse_document, tell};
use crate::collect::type_layouts::type_layouts;
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
        let inputs: Vec<PathBuf> = words.cloned().collect();
        if inputs.is_empty() {
            return Err(UsageError::new("name the assemblies, or a folder of them, behind the type"));
        }
        let mut diagnostics = sink(&args.report)?;
        self.progress.step("looking for assemblies");
        let input = InputArgs { inputs, reference: args.reference.clone() };
        let request = Request::new(&input, &args.target, &args.modules(), &args.sizes, &mut diagnostics)?;
        let request = request.with_report(&args.report)?;
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
        Ok(tell(diagnostics, &args.report, self.console).exit())
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
        let mut collected = BTreeMap::new();
        let mut diagnostics = sink(&args.report)?;
        if !args.inputs.is_empty() {
            self.progress.step("looking for assemblies");
            let input = InputArgs { inputs: args.inputs.clone(), reference: args.reference.clone() };
            let request = Request::new(&input, &args.target, &args.modules, &args.sizes, &mut diagnostics)?;
            let request = request.with_report(&args.report)?;
            let found = collect_all(&request.inputs(), &request.targets, &mut diagnostics, &self.step());
            let Some(found) = found else {
                return Ok(self.stop(diagnostics, &args.report, "nothing was explained"));
            };
            collected = found;
        }
        let text = match &subject {
            Subject::Key(prefix, signature) => {
                explain::key(*prefix, signature) + &explain::needs(&format!("{prefix}{signature}"), &collected)
            }
            Subject::Flat(kind, of_type) => explain::flat(*kind, of_type),
            Subject::Member(name) if args.inputs.is_empty() => {
                let what = match explain::why_no_key(name) {
                    Some(why) => format!("`{name}` is no key ({why}) and no diagnostic code"),
                    None => format!("`{name}` is neither a key such as MviS8 nor a diagnostic code"),
                };
                return Err(UsageError::new(format_args!("{what}; for a method, name the assemblies behind it")));
            }
            Subject::Member(name) => explain::member(name, &collected).ok_or_else(|| {
                let why = explain::why_no_key(name).map(|why| format!("; it is no key either: {why}"));
                let why = why.unwrap_or_default();
                UsageError::new(format_args!("nothing that crosses the boundary is named `{name}` in the inputs{why}"))
            })?,
            Subject::Rules(rules) => rules.iter().map(|rule| explain::rule(rule)).collect(),
        };
        self.progress.finish();
        self.console.artefact(&text);
        Ok(Exit::Done)
    }
}
