//! The command line of `check-native`.

use std::path::PathBuf;

use clap::Args;

use crate::args::{InputArgs, ManifestArgs, ModuleArgs, NativeArgs, ReportArgs, SizeArgs, TargetArgs};

/// Behind the help of `check-native`.
pub const EXAMPLES: &str = "\
Examples:
  Do the P/Invokes of the app fit the library that it links?
    thunkgen check-native app/ --native obj/libdraw.a

  Every library of a folder, and the objects in it:
    thunkgen check-native app/ --native native/

  All that the thunkgen.toml of this repository describes, whose key `native` names the files:
    thunkgen check-native

  A runtime that is linked already, with the names that emscripten kept beside it (dotnet.native.js.symbols):
    thunkgen check-native app/ --native dotnet.native.wasm

Exits with 1 if a declaration does not match its function.";

/// The forms of the command.
pub const USAGE: &str = "thunkgen check-native [OPTIONS] --native <PATH> <INPUT>...\n       \
                         thunkgen check-native [--manifest <FILE>]";

/// Arguments of `check-native`.
#[derive(Debug, Args)]
pub struct CheckNativeArgs {
    #[command(flatten)]
    pub inputs: InputArgs,
    #[command(flatten)]
    pub manifest: ManifestArgs,
    #[command(flatten)]
    pub native: NativeArgs,
    /// Report functions that are in none of the files as errors: nothing else is linked, such as libc or JavaScript.
    #[arg(long, help_heading = "Inputs")]
    pub whole_link: bool,
    /// Replace the start of paths of sources in debug information, to show them if they are there.
    #[arg(long, value_name = "FROM=TO", help_heading = "Inputs", value_parser = path_map)]
    pub path_map: Vec<(String, String)>,
    /// Set the time of this file to now after every success, for build systems.
    #[arg(long, value_name = "FILE", help_heading = "Outputs")]
    pub stamp: Option<PathBuf>,
    /// Write a Makefile rule that names every file that was read, for build systems.
    #[arg(long, value_name = "FILE", requires = "stamp", help_heading = "Outputs")]
    pub depfile: Option<PathBuf>,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub modules: ModuleArgs,
    #[command(flatten)]
    pub sizes: SizeArgs,
    #[command(flatten)]
    pub report: ReportArgs,
}

fn path_map(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(from, _)| !from.is_empty());
    parts.map(|(from, to)| (from.to_owned(), to.to_owned())).ok_or_else(|| "FROM=TO expected".to_owned())
}
