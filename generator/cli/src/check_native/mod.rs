//! `check-native`: whether the P/Invokes fit the native functions they name.

pub mod args;

use args::CheckNativeArgs;

use super::args::{OptionGroup, options};
use super::error::{Exit, UsageError};
use super::verbs::Run;
use thunkgen_driver::summary::{count, plural};
use thunkgen_driver::write::Written;
use thunkgen_driver::{self, Outcome};

impl Run<'_, '_> {
    /// `check-native`
    pub fn check_native(mut self, args: &CheckNativeArgs) -> Result<Exit, UsageError> {
        self.console.format = args.report.format;
        let groups: [&dyn OptionGroup; 5] = [&args.inputs, &args.target, &args.modules, &args.sizes, &args.report];
        let mut options = options(&groups);
        options.native.clone_from(&args.native.native);
        options.build.stamp.clone_from(&args.stamp);
        options.build.depfile.clone_from(&args.depfile);
        options.build.options_read.clone_from(&self.expanded.files);
        let mut options = self.sources(options, &args.manifest)?;
        options.whole_link = args.whole_link;
        options.path_map.clone_from(&args.path_map);
        let outcome = thunkgen_driver::check_native(&options, &self.step())?;
        let (compared, diagnostics) = match outcome {
            Outcome::Stopped(consequence, diagnostics) => return Ok(self.stop(diagnostics, &args.report, consequence)),
            Outcome::Done(compared, diagnostics) => (compared, diagnostics),
        };
        let findings = self.report(diagnostics, &args.report);
        self.verbose(&findings, &args.report, &[], &Written::new());
        let problems = count(&findings.diagnostics).map(|problems| format!("; {problems}")).unwrap_or_default();
        for part in &compared.parts {
            let name = part.label.as_deref().into_iter().chain(part.target.map(|target| target.name()));
            let name: Vec<&str> = name.collect();
            let name = if name.is_empty() { String::new() } else { format!("{}: ", name.join(" for ")) };
            if args.report.verbose {
                part.outcome.details.iter().for_each(|line| self.console.remark(line));
            }
            self.console.remark(&format!("thunkgen: {name}{}{problems}", in_words(&part.outcome)));
        }
        let exit = Exit::of(&findings);
        Ok(if compared.failed && exit == Exit::Problems { Exit::CheckFailed } else { exit })
    }
}

fn in_words(outcome: &thunkgen_native::Outcome) -> String {
    let mut text = format!("compared {}", plural(outcome.compared, "P/Invoke"));
    if outcome.callbacks > 0 {
        text += &format!(" and {}", plural(outcome.callbacks, "callback"));
    }
    if outcome.compared > 0 && outcome.debug_bytes == 0 {
        text += "; compile with -g to compare structs, callbacks and variable arguments too";
    }
    if !outcome.without_file.is_empty() {
        let count: usize = outcome.without_file.values().sum();
        let modules: Vec<&str> = outcome.without_file.keys().map(String::as_str).collect();
        text += &format!("; no file has the library of {}: {}", plural(count, "P/Invoke"), modules.join(", "));
    }
    text
}
