//! The command line of `lookup`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::args::{ExtraArgs, ManifestArgs, ModuleArgs, ReferenceArgs, ReportArgs, SizeArgs, TargetArgs, WriteArgs};

/// After the help of `lookup`.
pub const EXAMPLES: &str = "\
Examples:
  Which thunk would the runtime use for a key, with a linked table and an image?
    thunkgen lookup MviS8 --in callhelpers-interp-to-managed.cpp thunks.wasm

  Look up the keys of a string constructor:
    thunkgen lookup 'System.String..ctor(ReadOnlySpan<char>)' --in callhelpers-interp-to-managed.cpp

  Does an app have every thunk that its assemblies need?
    thunkgen lookup --coverage --in callhelpers-interp-to-managed.cpp thunks.wasm app/

  Who needs the keys of the lines \"WASM calli missing for key: ...\" in a log, and what do its other messages mean?
    thunkgen lookup --log console.txt --in generated/ app/

  Which keys, functions and callbacks does a newer runtime add or remove?
    thunkgen lookup --diff runtime-11.0/ runtime-12.0/

Exits with 1 if the runtime would not find a thunk for one of the keys, if the log reports another known problem, or if \
--diff finds that something was removed.

The JSON document is an object with `format` (2, raised when a member changes its meaning or goes away), `sources`, \
`keys`, with --coverage `coverage`, and with --log `problems`. That of --diff has `old`, `new`, `keyChanges`, \
`entryChanges` and `callbackChanges`.";

/// How `lookup` is called.
pub const USAGE: &str = "thunkgen lookup [OPTIONS] <KEY>... --in <PATH>... [INPUT]...
       thunkgen lookup [OPTIONS] --coverage --in <PATH>... <INPUT>...
       thunkgen lookup [OPTIONS] --log <FILE> [--in <PATH>...] [INPUT]...
       thunkgen lookup --coverage [--manifest <FILE>] [--in <PATH>...]
       thunkgen lookup --diff <OLD> <NEW>";

#[derive(Debug, Args)]
pub struct LookupArgs {
    /// Keys such as MviS8, or string constructors such as 'System.String..ctor(char, int)', and then assemblies, directories
    /// or patterns to search for what needs them.
    #[arg(value_name = "KEY|INPUT")]
    pub words: Vec<OsString>,
    /// Search these files for thunks: C++ files with a table of thunks, and images; of a directory, all such files in it.
    ///
    /// The table is linked into the runtime and is searched first, then the images in the order of this list. Name them
    /// in the order in which the app loads them: if several images have a key, the first one is used. After the first
    /// FILE, directories and patterns are INPUT; repeat the option to name a second directory. With --coverage and a manifest, the default is the table that the manifest's output generates.
    #[arg(long = "in", value_name = "PATH", num_args = 1.., help_heading = "Inputs")]
    pub sources: Vec<PathBuf>,
    /// Look up every key that the assemblies need, and list the missing ones with their callers.
    #[arg(long, conflicts_with = "log")]
    pub coverage: bool,
    /// Look up every missing key in this log, and explain its other messages; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// List the keys, functions and callbacks that NEW adds or removes: tables, images, or directories of them.
    #[arg(long, value_names = ["OLD", "NEW"], num_args = 2, conflicts_with_all = ["log", "coverage", "sources", "words"])]
    pub diff: Vec<PathBuf>,
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
    /// With --coverage: also write a report to this file, as a page that a browser shows without a network.
    #[arg(long, value_name = "FILE", requires = "coverage", help_heading = "Outputs")]
    pub html: Option<PathBuf>,
    #[command(flatten)]
    pub write: WriteArgs,
    #[command(flatten)]
    pub report: ReportArgs,
}
