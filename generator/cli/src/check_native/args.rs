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
