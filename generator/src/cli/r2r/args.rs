//! The command line of `r2r`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::args::ReportArgs;

const DUMP_EXAMPLES: &str = "\
Examples:
  Which thunks does an image bring in, and which function is each?
    thunkgen r2r dump thunks.wasm

  Which files of an app hold ReadyToRun code, and of what version?
    thunkgen r2r dump app/_framework

  Every fixup of an image, for a person or for a script:
    thunkgen r2r dump System.Private.CoreLib.dll --fixups
    thunkgen r2r dump System.Private.CoreLib.dll --json

The JSON document is an object with `format` (1, raised when a member changes its meaning or goes away) and `files`. \
Addresses are numbers, counted from the start of the loaded image; offsets are those in the file.";

/// Arguments of `r2r`.
#[derive(Debug, Args)]
pub struct R2rArgs {
    /// What to do.
    #[command(subcommand)]
    pub verb: R2rVerb,
}

/// What to do with images.
#[derive(Debug, Subcommand)]
pub enum R2rVerb {
    /// Show what is in images: container, ReadyToRun header, imports, and the thunks they bring in by key.
    ///
    /// Reads PE files, Webcil images and the wasm modules around those. An image without ReadyToRun code, and a file
    /// that is no image, is one line.
    #[command(after_long_help = DUMP_EXAMPLES)]
    Dump(DumpArgs),
}

/// Arguments of `r2r dump`.
#[derive(Debug, Args)]
pub struct DumpArgs {
    /// Images, folders of images, or patterns such as 'app/**/*.wasm'.
    ///
    /// Of a folder, the files directly in it that end in .dll, .exe, .wasm or .webcil are taken.
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,
    /// List every fixup, not only how many there are of each kind.
    #[arg(long)]
    pub fixups: bool,
    #[command(flatten)]
    pub report: ReportArgs,
    /// Print one JSON document instead, with every fixup.
    #[arg(long, help_heading = "Reporting")]
    pub json: bool,
}
