//! The command line of `lookup`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::args::{ExtraArgs, ManifestArgs, ModuleArgs, ReferenceArgs, ReportArgs, SizeArgs, TargetArgs};

/// Behind the help of `lookup`.
pub const EXAMPLES: &str = "\
Examples:
  Which thunk does the runtime find for a key, in a linked table and an image?
    thunkgen lookup MviS8 --in callhelpers-interp-to-managed.cpp thunks.wasm

  The same for a method that has keys of its own:
    thunkgen lookup 'System.String..ctor(ReadOnlySpan<char>)' --in callhelpers-interp-to-managed.cpp

  Does an app have every thunk that its assemblies need? In continuous integration:
    thunkgen lookup --coverage app/ --in callhelpers-interp-to-managed.cpp thunks.wasm

  What do the lines \"WASM calli missing for key: ...\" of a log ask for, and who needs it?
    thunkgen lookup --log console.txt app/ --in callhelpers-interp-to-managed.cpp

The exit code is 1 when the runtime would find no thunk for one of the keys.

The JSON document is an object with `format` (1, raised when a member changes its meaning or goes away), `sources`, \
`keys`, and with --coverage `coverage`.";

/// How `lookup` is called.
pub const USAGE: &str = "thunkgen lookup [OPTIONS] <KEY>... [INPUT]... --in <FILE>...
       thunkgen lookup [OPTIONS] --coverage <INPUT>... --in <FILE>...
       thunkgen lookup [OPTIONS] --log <FILE> [INPUT]... [--in <FILE>...]
       thunkgen lookup --coverage [--manifest <FILE>] --in <FILE>...";

/// Arguments of `lookup`.
#[derive(Debug, Args)]
pub struct LookupArgs {
    /// Keys such as MviS8, or string constructors such as 'System.String..ctor(char, int)', and then assemblies, folders of
    /// assemblies, or patterns, in which to look for what needs them.
    #[arg(value_name = "KEY|INPUT")]
    pub words: Vec<OsString>,
    /// Look for thunks in these files: C++ files with a table of thunks, and images that bring thunks in.
    ///
    /// The table is linked into the runtime and is searched first. Then come the images in the order in which they are
    /// named here, which must be the one in which the app loads them: of equal keys, the first loaded one counts.
    #[arg(long = "in", value_name = "FILE", num_args = 1.., help_heading = "Inputs")]
    pub sources: Vec<PathBuf>,
    /// Look up every key that the assemblies need, and list what is missing with its users.
    #[arg(long, conflicts_with = "log")]
    pub coverage: bool,
    /// Look up every missing key that this log of the runtime names; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    #[command(flatten)]
    pub references: ReferenceArgs,
    #[command(flatten)]
    pub manifest: ManifestArgs,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub modules: ModuleArgs,
    #[command(flatten)]
    pub extra: ExtraArgs,
    #[command(flatten)]
    pub sizes: SizeArgs,
    #[command(flatten)]
    pub report: ReportArgs,
    /// Print one JSON document instead.
    #[arg(long, help_heading = "Reporting")]
    pub json: bool,
}
