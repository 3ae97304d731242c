//! The command line of `r2r`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::args::{ExtraArgs, InputArgs, ManifestArgs, ReportArgs, SizeArgs, TargetArgs, WriteArgs, choices, optional};
use thunkgen_core::emit::Contract;
use thunkgen_core::runtime_version::FormatVersion;
use thunkgen_r2r::emit::{AssemblyName, AssemblyVersion, Guid};

const EMIT_EXAMPLES: &str = "\
Examples:
  Create a missing thunk (\"WASM calli missing for key: MviS8\"):
    thunkgen r2r emit --key MviS8 --out App.Thunks.wasm

  Create every thunk that the assemblies of an app need:
    thunkgen r2r emit app/ --out App.Thunks.wasm

  The same, with the assemblies of thunkgen.toml:
    thunkgen r2r emit --out App.Thunks.wasm

  Create the thunks of the keys in a file, and for managed keys also the calls into the interpreter:
    thunkgen r2r emit --keys keys.txt --to-interpreter --out App.Thunks.wasm

  Create the thunks that a published app needs but its runtime lacks:
    thunkgen r2r emit --missing-from _framework/dotnet.native.wasm _framework/ --out App.Thunks.wasm

  Create thunks for the runtime that a compiled image is made for, and the .dll that a project refers to:
    thunkgen r2r emit --keys keys.txt --like System.Runtime.wasm --il-twin App.Thunks.dll --out App.Thunks.wasm

  Create an object to link instead of the generated C++ file:
    thunkgen r2r emit --keys keys.txt --kind object --out thunks.o";

const DUMP_EXAMPLES: &str = "\
Examples:
  Which thunks does an image provide, and which functions are they?
    thunkgen r2r dump thunks.wasm

  Which files of an app contain ReadyToRun code, and of which version?
    thunkgen r2r dump app/_framework

  Print every fixup of an image, as text or as JSON:
    thunkgen r2r dump System.Private.CoreLib.dll --fixups
    thunkgen r2r dump System.Private.CoreLib.dll --json

The JSON document is an object with `format` (1, raised when a member changes its meaning or goes away) and `files`. \
Addresses are relative to the start of the loaded image, offsets to the start of the file.";

/// The verbs of `r2r`.
#[derive(Debug, Subcommand)]
pub enum R2rVerb {
    /// Write thunks as a wasm module that the runtime loads like an assembly, or as an object to link.
    ///
    /// No compiler is needed. The module contains an assembly whose ReadyToRun header gives the runtime a thunk for each
    /// key. Thunks that are linked into the runtime take precedence.
    #[command(after_long_help = EMIT_EXAMPLES, mut_arg("inputs", optional))]
    #[command(override_usage = "thunkgen r2r emit [OPTIONS] --out <FILE> [INPUT]...\n       \
                                thunkgen r2r emit [--manifest <FILE>] --out <FILE>")]
    Emit(Box<R2rEmitArgs>),
    /// Show the contents of images: container, ReadyToRun header, imports, and thunks by key.
    ///
    /// Reads PE files, Webcil images, and wasm modules that wrap them. For an image without ReadyToRun code, or another
    /// file, one line is printed.
    #[command(after_long_help = DUMP_EXAMPLES)]
    Dump(DumpArgs),
}

#[derive(Debug, Args)]
pub struct DumpArgs {
    /// Images, directories of images, or patterns such as 'app/**/*.wasm'.
    ///
    /// In a directory, the files with the extension .dll, .exe, .wasm or .webcil are read, but not subdirectories.
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,
    /// List every fixup, not only the number of each kind.
    #[arg(long)]
    pub fixups: bool,
    #[command(flatten)]
    pub report: ReportArgs,
}

#[derive(Debug, Args)]
pub struct R2rEmitArgs {
    #[command(flatten)]
    pub inputs: InputArgs,
    #[command(flatten)]
    pub manifest: ManifestArgs,
    /// Create the thunk of this key: M or I, and a signature string. Repeat the option for several keys.
    #[arg(short, long, value_name = "KEY", help_heading = "Inputs")]
    pub key: Vec<String>,
    /// Create the thunks of the keys in this file, one per line; `#` starts a comment.
    #[arg(long, value_name = "FILE", help_heading = "Inputs")]
    pub keys: Vec<PathBuf>,
    /// Create only the thunks that this linked runtime lacks, for example dotnet.native.wasm of a published app.
    ///
    /// The file may be compressed (.br, .gz). Its tables show which keys and native functions it has, and the runtime
    /// version. Native functions and callbacks that it lacks are reported: an image cannot add them.
    #[arg(long, value_name = "MODULE", help_heading = "Inputs")]
    pub missing_from: Option<PathBuf>,
    /// For every managed key, also create the thunk of the other direction, from ReadyToRun code to the interpreter.
    #[arg(long, help_heading = "Inputs")]
    pub to_interpreter: bool,
    /// Write the thunks to this file.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub out: PathBuf,
    /// What to write.
    #[arg(long, value_name = "KIND", default_value = "image", help_heading = "Output")]
    pub kind: ImageForm,
    /// Simple name of the assembly in the image [default: the name of the file, without its extension].
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    pub assembly_name: Option<AssemblyName>,
    /// Version of the assembly [default: 1.0.0.0].
    #[arg(long, value_name = "VERSION", help_heading = "Output")]
    pub assembly_version: Option<AssemblyVersion>,
    /// MVID of the assembly [default: a hash of the contents, so that equal images have equal MVIDs].
    #[arg(long, value_name = "GUID", help_heading = "Output")]
    pub mvid: Option<Guid>,
    /// Version of the ReadyToRun format [default: that of the runtime version].
    #[arg(long, value_name = "MAJOR.MINOR", help_heading = "Output")]
    pub r2r_version: Option<FormatVersion>,
    /// Use the ReadyToRun version, flags, wrapper version and import names of this compiled image.
    #[arg(long, value_name = "IMAGE", help_heading = "Output")]
    pub like: Option<PathBuf>,
    /// Also write the assembly of the image as a .dll of IL, for a project to refer to.
    ///
    /// It has the same name, version, MVID and public type as the image. The SDK publishes the image instead of it if the
    /// item metadata R2RWebcilPath of the .dll names the image.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub il_twin: Option<PathBuf>,
    #[command(flatten)]
    pub write: WriteArgs,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImageForm {
    /// A wasm module with an assembly, for the runtime to load
    Image,
    /// A relocatable wasm object with the table of a generated C++ file, to link into the native module
    Object,
}

#[derive(Debug, Args)]
pub struct ObjectContractArgs {
    /// Use the table name of this interface between runtime and generated files in an object [default: that of the
    /// runtime version].
    ///
    /// wasm-thunks, used by 11.0, has the table `g_wasmThunks`; portable-callhelpers has `g_portableCallHelperThunks`.
    #[arg(long, value_name = "NAME", help_heading = "Output", value_parser = choices::choice::<Contract>())]
    pub contract: Option<Contract>,
}
