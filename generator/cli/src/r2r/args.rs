//! The command line of `r2r`.

use std::path::PathBuf;

use clap::{Arg, Args, Subcommand, ValueEnum};

use crate::args::{ExtraArgs, InputArgs, ManifestArgs, ReportArgs, SizeArgs, TargetArgs, choices};
use thunkgen_core::emit::Contract;
use thunkgen_core::runtime_version::FormatVersion;
use thunkgen_r2r::emit::{AssemblyName, AssemblyVersion, Guid};

const EMIT_EXAMPLES: &str = "\
Examples:
  A thunk that the runtime misses (\"WASM calli missing for key: MviS8\"), to load into it:
    thunkgen r2r emit --key MviS8 --out App.Thunks.wasm

  Every thunk that the assemblies of an app need:
    thunkgen r2r emit app/ --out App.Thunks.wasm

  The same where a thunkgen.toml names the assemblies:
    thunkgen r2r emit --out App.Thunks.wasm

  The keys in a file, one to a line, and the calls into the interpreter of the managed ones:
    thunkgen r2r emit --keys keys.txt --to-interpreter --out App.Thunks.wasm

  For the runtime that a compiled image is made for, with the .dll that a project refers to:
    thunkgen r2r emit --keys keys.txt --like System.Runtime.wasm --il-twin App.Thunks.dll --out App.Thunks.wasm

  Thunks to link, in the place of the generated C++ file:
    thunkgen r2r emit --keys keys.txt --kind object --out thunks.o";

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
    /// Write thunks as a wasm module that the runtime loads like an assembly, or as an object to link.
    ///
    /// Nothing is compiled. The module contains an assembly whose ReadyToRun header hands its thunks to the runtime by
    /// their keys; those that the runtime has already are found first.
    #[command(after_long_help = EMIT_EXAMPLES, mut_arg("inputs", optional))]
    #[command(override_usage = "thunkgen r2r emit [OPTIONS] --out <FILE> [INPUT]...\n       \
                                thunkgen r2r emit [--manifest <FILE>] --out <FILE>")]
    Emit(Box<R2rEmitArgs>),
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

/// INPUT where keys can be named.
fn optional(input: Arg) -> Arg {
    input.required(false)
}

/// Arguments of `r2r emit`.
#[derive(Debug, Args)]
pub struct R2rEmitArgs {
    #[command(flatten)]
    pub inputs: InputArgs,
    #[command(flatten)]
    pub manifest: ManifestArgs,
    /// Make the thunk of this key: M or I, and a signature string. Repeat it for several.
    #[arg(short, long, value_name = "KEY", help_heading = "Inputs")]
    pub key: Vec<String>,
    /// Make the thunks of the keys in this file, one to a line; `#` starts a comment.
    #[arg(long, value_name = "FILE", help_heading = "Inputs")]
    pub keys: Vec<PathBuf>,
    /// For every key of managed code, make the thunk of the other direction too: from ReadyToRun code to the
    /// interpreter.
    #[arg(long, help_heading = "Inputs")]
    pub to_interpreter: bool,
    /// Write the thunks to this file.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub out: PathBuf,
    /// What to write.
    #[arg(long, value_name = "KIND", default_value = "image", help_heading = "Output")]
    pub kind: ImageForm,
    /// Simple name of the assembly in the image [default: that of the file, without its ending].
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    pub assembly_name: Option<AssemblyName>,
    /// Version of the assembly [default: 1.0.0.0].
    #[arg(long, value_name = "VERSION", help_heading = "Output")]
    pub assembly_version: Option<AssemblyVersion>,
    /// Identity of the assembly's module [default: made from the contents, so that equal images have equal ones].
    #[arg(long, value_name = "GUID", help_heading = "Output")]
    pub mvid: Option<Guid>,
    /// Version of the ReadyToRun format to state [default: that of the runtime's version].
    #[arg(long, value_name = "MAJOR.MINOR", help_heading = "Output")]
    pub r2r_version: Option<FormatVersion>,
    /// Take the ReadyToRun version, the flags, the wrapper and the import names from this compiled image.
    #[arg(long, value_name = "IMAGE", help_heading = "Output")]
    pub like: Option<PathBuf>,
    /// Also write the assembly of the image as a .dll of IL, for a project to refer to.
    ///
    /// It has the name, the version, the MVID and the public type of the image. The SDK publishes the image in its place
    /// where the item metadata R2RWebcilPath says so.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub il_twin: Option<PathBuf>,
    #[command(flatten)]
    pub contract: ObjectContractArgs,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub extra: ExtraArgs,
    #[command(flatten)]
    pub sizes: SizeArgs,
    #[command(flatten)]
    pub report: ReportArgs,
}

/// What `r2r emit` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImageForm {
    /// A wasm module with an assembly in it, for the runtime to load.
    Image,
    /// A relocatable wasm object with the table of a generated C++ file, for the linker of the native module.
    Object,
}

/// Which runtime an object is made for.
#[derive(Debug, Args)]
pub struct ObjectContractArgs {
    /// Name the table in an object as this interface between runtime and generated files does, if not as that of the
    /// runtime's version.
    ///
    /// wasm-thunks, that of 11.0, has the table `g_wasmThunks`, portable-callhelpers has `g_portableCallHelperThunks`.
    #[arg(long, value_name = "NAME", help_heading = "Output", value_parser = choices::choice::<Contract>())]
    pub contract: Option<Contract>,
}
