//! `check-native`: compares P/Invokes with the native functions they name.

use std::path::PathBuf;

use clap::Args;

use super::args::{
    InputArgs, ManifestArgs, ModuleArgs, NativeArgs, ReportArgs, SizeArgs, TargetArgs, WriteArgs, options,
};
use super::baseline::BaselineArgs;
use super::error::{Exit, UsageError};
use super::pages::root_of;
use super::run_document::{self, RunDocument};
use super::verbs::Run;
use thunkgen_diagnostics::Findings;
use thunkgen_driver::doctor::comparison_report;
use thunkgen_driver::summary::{count, plural};
use thunkgen_driver::write::Written;
use thunkgen_driver::{self, Outcome};

/// After the help of `check-native`.
pub const EXAMPLES: &str = "\
Examples:
  Do the P/Invokes of the app match the library that it links?
    thunkgen check-native app/ --native obj/libdraw.a

  Compare with every library and object in a directory:
    thunkgen check-native app/ --native native/

  Compare with the files that the key `native` in thunkgen.toml names:
    thunkgen check-native

  Compare with a linked runtime; the names come from the file of symbols next to it (dotnet.native.js.symbols):
    thunkgen check-native app/ --native dotnet.native.wasm

Exits with 1 if a declaration does not match its function.";

/// The forms of the command.
pub const USAGE: &str = "thunkgen check-native [OPTIONS] --native <PATH> <INPUT>...\n       \
                         thunkgen check-native [--manifest <FILE>]";

#[derive(Debug, Args)]
pub struct CheckNativeArgs {
    #[command(flatten)]
    pub inputs: InputArgs,
    #[command(flatten)]
    pub manifest: ManifestArgs,
    #[command(flatten)]
    pub native: NativeArgs,
    /// Report every function that no file defines as an error, because nothing else is linked (libc, JavaScript).
    #[arg(long, help_heading = "Inputs")]
    pub whole_link: bool,
    /// Replace the start of source paths in debug information. A source is shown only if it exists.
    #[arg(long, value_name = "FROM=TO", help_heading = "Inputs", value_parser = path_map)]
    pub path_map: Vec<(String, String)>,
    /// Compare as wasm-ld links with --wrap=SYMBOL: P/Invokes and callers of SYMBOL use `__wrap_SYMBOL`, those of
    /// `__real_SYMBOL` use SYMBOL.
    #[arg(long, value_name = "SYMBOL", help_heading = "Inputs")]
    pub wrap: Vec<String>,
    /// Touch this file after every successful run, for build systems.
    #[arg(long, value_name = "FILE", help_heading = "Outputs")]
    pub stamp: Option<PathBuf>,
    /// Write a Makefile rule with every file that was read, for build systems.
    #[arg(long, value_name = "FILE", requires = "stamp", help_heading = "Outputs")]
    pub depfile: Option<PathBuf>,
    /// Also write a report to this file, as a page that a browser shows without a network.
    #[arg(long, value_name = "FILE", help_heading = "Outputs")]
    pub html: Option<PathBuf>,
    #[command(flatten)]
    pub write: WriteArgs,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub modules: ModuleArgs,
    #[command(flatten)]
    pub sizes: SizeArgs,
    #[command(flatten)]
    pub report: ReportArgs,
    #[command(flatten)]
    pub baseline: BaselineArgs,
}

impl Run<'_, '_> {
    /// `check-native`
    pub fn check_native(mut self, args: &CheckNativeArgs) -> Result<Exit, UsageError> {
        let as_json = self.is_json_run(&args.report)?;
        let mut options = options(&[&args.inputs, &args.write, &args.target, &args.modules, &args.sizes, &args.report]);
        options.native.clone_from(&args.native.native);
        options.build.stamp.clone_from(&args.stamp);
        options.build.depfile.clone_from(&args.depfile);
        self.write = options.write;
        options.build.also_written.extend(args.html.clone());
        let mut options = self.sources(options, &args.manifest)?;
        options.whole_link = args.whole_link;
        options.path_map.clone_from(&args.path_map);
        options.wrap.clone_from(&args.wrap);
        self.baseline = args.baseline.file(&mut options)?;
        let outcome = thunkgen_driver::check_native(&options, &self.step())?;
        let (compared, diagnostics) = match outcome {
            Outcome::Stopped(consequence, diagnostics) => return Ok(self.stop(diagnostics, &args.report, consequence)),
            Outcome::Done(compared, diagnostics) => (compared, diagnostics),
        };
        let pages = |findings: &Findings| {
            let [part] = &compared.parts[..] else { return None };
            Some(comparison_report(root_of(&options), &part.ir, &part.outcome.without_file, findings))
        };
        let findings = self.report(diagnostics, &args.report);
        if let Some(path) = &args.html
            && let Some(exit) = self.write_page(path, pages(&findings), &args.report)
        {
            return Ok(exit);
        }
        self.verbose(&findings, &args.report, &[], &Written::new());
        let problems = count(&findings.diagnostics).map(|problems| format!("; {problems}")).unwrap_or_default();
        for part in &compared.parts {
            let target = part.target.map(|target| target.name());
            let name = part.label.as_deref().into_iter().chain(target).collect::<Vec<&str>>().join(" for ");
            let name = if name.is_empty() { name } else { name + ": " };
            if args.report.verbose {
                part.outcome.details.iter().for_each(|line| self.console.remark(line));
            }
            self.console.remark(&format!("thunkgen: {name}{}{problems}", summary(&part.outcome)));
        }
        let exit = Exit::of(&findings);
        let exit = if compared.failed && exit == Exit::Problems { Exit::CheckFailed } else { exit };
        if as_json {
            let mut document = RunDocument::new(self.verb(), exit, &findings);
            document.comparisons = run_document::comparisons(&compared);
            self.console.artefact(&crate::json(&document));
        }
        Ok(exit)
    }
}

fn path_map(text: &str) -> Result<(String, String), String> {
    thunkgen_driver::options::path_map(text).ok_or_else(|| "expected FROM=TO".to_owned())
}

fn summary(outcome: &thunkgen_native::Outcome) -> String {
    let mut text = format!("compared {}", plural(outcome.compared, "P/Invoke"));
    if outcome.callbacks > 0 {
        text += &format!(" and {}", plural(outcome.callbacks, "callback"));
    }
    if outcome.compared > 0 && outcome.debug_bytes == 0 {
        text += "; compile with -g to also compare structs, callbacks and variable arguments";
    }
    if !outcome.without_file.is_empty() {
        let count: usize = outcome.without_file.values().sum();
        let modules: Vec<&str> = outcome.without_file.keys().map(String::as_str).collect();
        text += &format!("; no file provides {} ({})", modules.join(", "), plural(count, "P/Invoke"));
    }
    text
}
