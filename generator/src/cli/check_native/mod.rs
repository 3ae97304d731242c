//! `check-native`: whether the P/Invokes fit the native functions they name.

pub mod args;
mod files;
mod rust;

use args::CheckNativeArgs;

use super::console::{count, plural};
use super::error::{Exit, UsageError};
use super::generate::collect_set;
use super::policy::sink;
use super::request::Request;
use super::summary;
use super::tell::tell;
use super::verbs::Run;
use crate::native::objects::{Kind, Object};
use crate::native::{Outcome, compare};

impl Run<'_, '_> {
    /// `check-native`
    pub fn check_native(mut self, args: &CheckNativeArgs) -> Result<Exit, UsageError> {
        self.console.format = args.report.format;
        let mut diagnostics = sink(&args.report)?;
        self.progress.step("reading native code");
        let (opened, roots) = files::open(&args.native, &mut diagnostics)?;
        let objects = files::read(&opened, &mut diagnostics);
        let sources = rust::read(roots, &mut diagnostics);
        self.progress.step("looking for assemblies");
        let request = Request::new(&args.inputs, &args.target, &args.modules, &args.sizes, &mut diagnostics)?;
        let mut request = request.with_report(&args.report)?;
        for options in &mut request.targets {
            options.modules.extend(libraries(&objects).map(str::to_owned));
            options
                .modules
                .extend(sources.iter().flat_map(|library| &library.names).flat_map(|name| rust::spellings(name)));
            options.declarations = true;
            options.trust_symbols = true;
        }
        let collected = collect_set(&request.inputs(), &request.targets, &mut diagnostics, &self.step());
        let Some(collected) = collected else {
            return Ok(self.stop(diagnostics, &args.report, "nothing was compared"));
        };
        self.progress.step("comparing functions");
        let outcomes: Vec<Outcome> =
            collected.values().map(|ir| compare(&ir.declarations, &objects, &sources, &mut diagnostics)).collect();
        let failed = diagnostics.has_errors();
        diagnostics.report_unused_suppressions();
        self.progress.finish();
        let findings = tell(diagnostics, &args.report, self.console);
        if args.report.verbose {
            summary::help(&findings.diagnostics).iter().for_each(|line| self.console.remark(line));
        }
        let problems = count(&findings.diagnostics).map(|problems| format!("; {problems}")).unwrap_or_default();
        for (target, outcome) in collected.keys().zip(&outcomes) {
            let target = if outcomes.len() > 1 { format!("{}: ", target.name()) } else { String::new() };
            self.console.remark(&format!("thunkgen: {target}{}{problems}", compared(outcome)));
        }
        let exit = findings.exit();
        Ok(if failed && exit == Exit::Problems { Exit::CheckFailed } else { exit })
    }
}

/// The libraries that are linked because their code is there. A linked module's name is that of an app.
fn libraries<'o>(objects: &'o [Object<'_>]) -> impl Iterator<Item = &'o str> {
    let relocatable = objects.iter().filter(|object| object.kind == Kind::Relocatable);
    relocatable.flat_map(|object| object.libraries.iter().map(String::as_str))
}

fn compared(outcome: &Outcome) -> String {
    let mut text = format!("compared {}", plural(outcome.compared, "P/Invoke"));
    if outcome.callbacks > 0 {
        text += &format!(" and {}", plural(outcome.callbacks, "callback"));
    }
    if !outcome.without_file.is_empty() {
        let count: usize = outcome.without_file.values().sum();
        let modules: Vec<&str> = outcome.without_file.keys().map(String::as_str).collect();
        text += &format!("; no file has the library of {}: {}", plural(count, "P/Invoke"), modules.join(", "));
    }
    text
}
