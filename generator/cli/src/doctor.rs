//! `doctor`: examines a published app.

mod fix;
mod text;

use std::path::PathBuf;

use clap::Args;

use super::args::{ReportArgs, SizeArgs, TargetArgs, WriteArgs, options};
use super::error::{Exit, UsageError};
use super::verbs::Run;
use thunkgen_driver::doctor::page;
use thunkgen_driver::{Given, OutputKind};

/// After the help of `doctor`.
pub const EXAMPLES: &str = "\
Examples:
  Why does the published app not start, or trap?
    thunkgen doctor bin/Release/net11.0/publish

  All that is known about it, as JSON:
    thunkgen doctor bin/Release/net11.0/publish --json

  A thunk is missing. Write an image that adds it:
    thunkgen doctor bin/Release/net11.0/publish --fix Thunks.wasm

  The same as a page for the browser, with a search and pictures of structs:
    thunkgen doctor bin/Release/net11.0/publish --html report.html

  An app whose boot configuration is known:
    thunkgen doctor wwwroot/_framework/dotnet.js

Exits with 1 if something will fail at run time.";

#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Directory of the app, its dotnet.js, or another boot configuration (blazor.boot.json, dotnet.boot.js).
    ///
    /// In a directory, the boot configuration is searched, also in subdirectories; without one, the assemblies and the
    /// native module in the directory are examined. Compressed files (.br, .gz) are read if only these exist.
    pub app: PathBuf,
    /// Count only the assemblies that match this pattern as your own code; a pattern without `/` matches file names.
    ///
    /// The default is every assembly that does not belong to the framework. Problems of other assemblies are warnings.
    #[arg(long, value_name = "PATTERN", help_heading = "Inputs")]
    pub own: Vec<String>,
    /// Write an image with the missing thunks to this file, in the format of the app's runtime.
    ///
    /// The app loads it like an assembly, without a new link. It does not help P/Invokes without a function, nor callbacks.
    #[arg(long, value_name = "FILE", help_heading = "Outputs")]
    pub fix: Option<PathBuf>,
    /// Also write the report to this file, as a page that a browser shows without a network.
    #[arg(long, value_name = "FILE", help_heading = "Outputs")]
    pub html: Option<PathBuf>,
    #[command(flatten)]
    pub write: WriteArgs,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub sizes: SizeArgs,
    #[command(flatten)]
    pub report: ReportArgs,
}

impl Run<'_, '_> {
    /// `doctor`
    pub fn doctor(mut self, args: &DoctorArgs) -> Result<Exit, UsageError> {
        let as_json = self.is_json_result(&args.report)?;
        let mut options = options(&[&args.write, &args.target, &args.sizes, &args.report]);
        self.write = options.write;
        options.inputs.push(args.app.clone());
        options.own.patterns =
            args.own.iter().map(|pattern| Given::on_command_line("--own", pattern.clone())).collect();
        options.build.options_read.clone_from(&self.expanded.files);
        options.build.also_written.extend(args.html.iter().chain(&args.fix).cloned());
        let examined = thunkgen_driver::doctor(&options, &self.step())?;
        self.progress.finish();
        let report = &examined.report;
        if as_json {
            self.console.artefact(&crate::json(report));
        } else if args.report.format.is_build_log() {
            self.console.findings(&examined.findings);
            self.console.remark(&format!("thunkgen: {}", report.verdict.summary));
        } else {
            self.console.artefact(&text::report(report, &examined.findings, args.report.verbose));
        }
        let mut files = Vec::new();
        if let Some(path) = &args.html {
            files.push((path.clone(), OutputKind::Page, page(report).into_bytes()));
        }
        let mut lines = Vec::new();
        if let Some(path) = &args.fix {
            let (image, about) = fix::make(report, path)?;
            files.extend(image.map(|image| (path.clone(), OutputKind::Image, image)));
            lines = about;
        }
        if let Some(exit) = self.write_outputs(files, &args.report, "nothing was written") {
            return Ok(exit);
        }
        lines.iter().for_each(|line| self.console.remark(&format!("thunkgen: {line}")));
        if args.report.verbose {
            examined.remarks.iter().for_each(|remark| self.console.remark(remark));
        }
        Ok(if report.fails() { Exit::CheckFailed } else { Exit::Done })
    }
}
