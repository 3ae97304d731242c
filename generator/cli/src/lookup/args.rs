//! The command line of `lookup`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::args::{ExtraArgs, ManifestArgs, ModuleArgs, ReferenceArgs, ReportArgs, SizeArgs, TargetArgs};

/// After the help of `lookup`.
pub const EXAMPLES: &str = "\
Examples:
  Which thunk would the runtime use for a key, with a linked table and an image?
    thunkgen lookup MviS8 --in callhelpers-interp-to-managed.cpp thunks.wasm

  Look up the keys of a string constructor:
    thunkgen lookup 'System.String..ctor(ReadOnlySpan<char>)' --in callhelpers-interp-to-managed.cpp

  Does an app have every thunk that its assemblies need?
    thunkgen lookup --coverage app/ --in callhelpers-interp-to-managed.cpp thunks.wasm

  Who needs the keys of the lines \"WASM calli missing for key: ...\" in a log?
    thunkgen lookup --log console.txt app/ --in callhelpers-interp-to-managed.cpp

Exits with 1 if the runtime would not find a thunk for one of the keys.

The JSON document is an object with `format` (1, raised when a member changes its meaning or goes away), `sources`, \
`keys`, and with --coverage `coverage`.";

/// How `lookup` is called.
pub const USAGE: &str = "thunkgen lookup [OPTIONS] <KEY>... [INPUT]... --in <FILE>...
       thunkgen lookup [OPTIONS] --coverage <INPUT>... --in <FILE>...
       thunkgen lookup [OPTIONS] --log <FILE> [INPUT]... [--in <FILE>...]
       thunkgen lookup --coverage [--manifest <FILE>] [--in <FILE>...]";

#[derive(Debug, Args)]
pub struct LookupArgs {
    /// Keys such as MviS8, or string constructors such as 'System.String..ctor(char, int)', and then assemblies, directories
    /// or patterns to search for what needs them.
    #[arg(value_name = "KEY|INPUT")]
    pub words: Vec<OsString>,
    /// Search these files for thunks: C++ files with a table of thunks, and images.
    ///
    /// The table is linked into the runtime and is searched first, then the images in the order of this list. Name them
    /// in the order in which the app loads them: if several images have a key, the first one is used. With --coverage and a
    /// manifest, the default is the table that the manifest's output generates.
    #[arg(long = "in", value_name = "FILE", num_args = 1.., help_heading = "Inputs")]
    pub sources: Vec<PathBuf>,
    /// Look up every key that the assemblies need, and list the missing ones with their callers.
    #[arg(long, conflicts_with = "log")]
    pub coverage: bool,
    /// Look up every missing key in this log of the runtime; `-` is standard input.
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
