//! The command line as clap reads it, and how it becomes the options of a run.

pub mod choices;
mod examples;
mod options;
mod refused;

pub use choices::Format;
pub use options::{OptionGroup, options};
pub use refused::refused_with_manifest;

use std::path::PathBuf;

use clap::builder::styling::Styles;
use clap::{Arg, Args, Parser, Subcommand};

use super::check_native::args::{self as check_native, CheckNativeArgs};
use super::lookup::args::{self as lookup, LookupArgs};
use super::r2r::args::R2rArgs;
use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_core::emit::Contract;
use thunkgen_driver::options::Emit;
use thunkgen_driver::struct_sizes::SizeDeclaration;

/// Generates and checks the C++ call thunks that let the CoreCLR interpreter on WebAssembly cross between managed
/// and native code.
///
/// The thunks a program needs are found by reading its assemblies; no .NET SDK is needed.
#[derive(Debug, Parser)]
#[command(
    name = "thunkgen",
    version,
    arg_required_else_help = true,
    subcommand_required = true,
    max_term_width = 100,
    styles = Styles::plain(),
    after_help = examples::AFTER_HELP,
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Write the C++ files for the given assemblies.
    ///
    /// Only files that change are touched, and all of them change or none: after an error, everything is as it was.
    #[command(after_long_help = examples::GENERATE, override_usage = usage("generate"), mut_arg("inputs", optional))]
    Generate(GenerateArgs),
    /// Report generated files that are out of date, edited, missing or obsolete; verify thunk images.
    ///
    /// Nothing is written. Each file is listed with the reason, and the command that brings the files up to date is
    /// printed.
    #[command(after_long_help = examples::CHECK, override_usage = usage("check"), mut_arg("inputs", optional))]
    Check(CheckArgs),
    /// List every thunk key that is needed, and what needs it.
    ///
    /// Each line of the text holds one key and one method or type that needs it.
    #[command(after_long_help = examples::SIGNATURES, override_usage = usage("signatures"), mut_arg("inputs", optional))]
    Signatures(SignaturesArgs),
    /// Explain a thunk key, the keys of a method, or a diagnostic code.
    ///
    /// A key is decoded into its codes, C and wasm types and stack slots. With assemblies, its callers are listed.
    #[command(after_long_help = examples::EXPLAIN)]
    Explain(ExplainArgs),
    /// Show where the fields of a value type are, its size, and how it is passed.
    #[command(after_long_help = examples::LAYOUT)]
    #[command(
        override_usage = "thunkgen layout [OPTIONS] <TYPE> <INPUT>...\n       thunkgen layout [OPTIONS] --all <INPUT>...\n       \
                          thunkgen layout [--manifest <FILE>] <TYPE>|--all"
    )]
    Layout(LayoutArgs),
    /// Show which thunk the runtime would use for a key, and which keys have none.
    #[command(after_long_help = lookup::EXAMPLES, override_usage = lookup::USAGE)]
    Lookup(LookupArgs),
    /// Compare every P/Invoke with the compiled function it names.
    ///
    /// Mismatches trap at run time; this finds them at build time. Nothing is written.
    #[command(after_long_help = check_native::EXAMPLES, override_usage = check_native::USAGE, mut_arg("inputs", optional))]
    CheckNative(CheckNativeArgs),
    /// Create and inspect ReadyToRun images, which add thunks at run time.
    R2r(R2rArgs),
    /// Print the completions of a shell.
    ///
    #[command(after_long_help = examples::COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Print the manual page, or write the pages of all verbs.
    #[command(after_long_help = examples::MAN)]
    Man(ManArgs),
}

fn usage(verb: &str) -> String {
    format!("thunkgen {verb} [OPTIONS] <INPUT>...\n       thunkgen {verb} [--manifest <FILE>]")
}

/// INPUT where a manifest can stand for it.
fn optional(input: Arg) -> Arg {
    input.required(false)
}

/// Arguments of `generate` and `check`.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    #[command(flatten)]
    pub inputs: InputArgs,
    /// Use this manifest; without INPUT, the thunkgen.toml of this directory or the nearest one above it.
    ///
    /// A manifest names inputs, targets, contracts and outputs, so that `thunkgen generate` and `thunkgen check` need
    /// no arguments. Of the options, those about reporting, --stamp and --depfile can be added to it.
    #[arg(long, value_name = "FILE", help_heading = "Inputs")]
    pub manifest: Option<PathBuf>,
    #[command(flatten)]
    pub outputs: OutputArgs,
    #[command(flatten)]
    pub build: BuildArgs,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub contract: ContractArgs,
    #[command(flatten)]
    pub modules: ModuleArgs,
    #[command(flatten)]
    pub extra: ExtraArgs,
    #[command(flatten)]
    pub sizes: SizeArgs,
    #[command(flatten)]
    pub report: ReportArgs,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub made: GenerateArgs,
    /// Check these images of thunks too: that each key leads to a function of the type and, in images that
    /// `r2r emit` made, with the body that it demands; that the sizes are right; that an assembly needs it.
    ///
    /// Without an option that says where files are, only the images are checked.
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Images")]
    pub image: Vec<PathBuf>,
}

/// What stands for INPUT in a verb that makes no outputs.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Inputs")]
pub struct ManifestArgs {
    /// Read the inputs of this manifest; without INPUT, the thunkgen.toml of this directory or the nearest one above it.
    #[arg(long, value_name = "FILE")]
    pub manifest: Option<PathBuf>,
    /// Use only the inputs of this manifest output.
    #[arg(long, value_name = "NAME")]
    pub manifest_output: Option<String>,
}

/// Arguments of `signatures`.
#[derive(Debug, Args)]
pub struct SignaturesArgs {
    #[command(flatten)]
    pub inputs: InputArgs,
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
    /// Print one JSON document instead, with P/Invokes, callbacks and totals.
    #[arg(long, help_heading = "Reporting")]
    pub json: bool,
    /// List instead the signatures left open because no instantiation of their generic parameters was found.
    #[arg(long, help_heading = "Reporting", conflicts_with = "json")]
    pub unresolved: bool,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A key such as MviS8, a method by its full name or the end of it, or a code such as TG0101.
    #[arg(value_name = "SUBJECT")]
    pub subject: String,
    /// Assemblies, folders of assemblies, or patterns, in which to look for what needs it; without, what a manifest names.
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub references: ReferenceArgs,
    #[command(flatten)]
    pub manifest: ManifestArgs,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub modules: ModuleArgs,
    #[command(flatten)]
    pub sizes: SizeArgs,
    #[command(flatten)]
    pub report: ReportArgs,
}

/// Arguments of `layout`.
#[derive(Debug, Args)]
pub struct LayoutArgs {
    /// Full name of the type, nested types as Outer+Inner, and then assemblies, folders of assemblies, or patterns.
    #[arg(value_name = "TYPE> <INPUT")]
    pub words: Vec<PathBuf>,
    /// Every value type of the inputs that is not generic; no TYPE is given then.
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub references: ReferenceArgs,
    #[command(flatten)]
    pub manifest: ManifestArgs,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub sizes: SizeArgs,
    #[command(flatten)]
    pub report: ReportArgs,
    /// Print one JSON document instead, with the reason for each type that has no layout.
    #[arg(long, help_heading = "Reporting")]
    pub json: bool,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write a page for the tool and one for each verb into this folder.
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// What is read.
#[derive(Debug, Args)]
pub struct InputArgs {
    /// Assemblies, folders of assemblies, or patterns such as 'bin/**/*.dll'.
    ///
    /// Of a folder, the files directly in it that end in .dll, .exe, .wasm or .webcil are taken. Files
    /// that turn out to hold no managed code are skipped.
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Look types up in this assembly, folder or pattern too, but generate nothing for it.
    #[arg(short, long, value_name = "PATH", help_heading = "Inputs")]
    pub reference: Vec<PathBuf>,
    /// Count only the inputs that this pattern matches as your own code; without a `/` it is about the file's name.
    ///
    /// Without the option, these are the inputs that come from no NuGet package, shared framework or pack.
    #[arg(long, value_name = "PATTERN", help_heading = "Inputs")]
    pub own: Vec<String>,
}

/// What is read beside the inputs.
#[derive(Debug, Args)]
pub struct ReferenceArgs {
    /// Look types up in this assembly, folder or pattern too.
    #[arg(short, long, value_name = "PATH", help_heading = "Inputs")]
    pub reference: Vec<PathBuf>,
}

/// What is written.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Outputs")]
pub struct OutputArgs {
    /// What to generate: the C++ tables, or stubs of native libraries for the people who write them.
    ///
    /// Several are joined by commas. A stub file is made of the P/Invokes of each library that --module or --module-list
    /// names, into the folder of --out, under the library's name.
    #[arg(long, value_name = "KIND,...", default_value = "cpp", value_delimiter = ',', value_parser = choices::emit())]
    pub emit: Vec<Emit>,
    /// Write the files into this folder, under their default names; with several targets, into one folder for each.
    ///
    /// Those folders are DIR/browser and DIR/wasi. To name them otherwise, write `{target}` in this or one of the
    /// following paths: the name of the target replaces it.
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<String>,
    /// Write the interpreter-to-native table to this file [default name: callhelpers-interp-to-managed.cpp].
    #[arg(long, value_name = "FILE")]
    pub interp_to_native: Option<String>,
    /// Write the P/Invoke table to this file [default name: callhelpers-pinvoke.cpp].
    #[arg(long, value_name = "FILE")]
    pub pinvoke: Option<String>,
    /// Write the callbacks from native code to this file [default name: callhelpers-reverse.cpp].
    ///
    /// Without --out, only the files that have an option of their own are made.
    #[arg(long, value_name = "FILE")]
    pub reverse: Option<String>,
}

impl OutputArgs {
    /// Whether nothing says where files go.
    pub fn is_none(&self) -> bool {
        let OutputArgs { out, interp_to_native, pinvoke, reverse, .. } = self;
        [out, interp_to_native, pinvoke, reverse].into_iter().all(Option::is_none)
    }
}

/// What a build system wants beside that.
#[derive(Debug, Args)]
#[command(next_help_heading = "Outputs")]
pub struct BuildArgs {
    /// Touch this file after every successful run, for build systems (`check` ignores it).
    #[arg(long, value_name = "FILE")]
    pub stamp: Option<PathBuf>,
    /// Write only into folders that no other owner has written into, for build systems (`check` ignores it).
    ///
    /// Two builds that share a folder by mistake would link each other's code. The first puts its NAME into the file
    /// thunkgen.owner in each folder it writes to, and the second fails.
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    /// Write a Makefile rule that names every file that was read, for build systems (`check` ignores it).
    #[arg(long, value_name = "FILE")]
    pub depfile: Option<PathBuf>,
    /// Write the path of every generated file to this one, a line each, for build systems (`check` ignores it).
    #[arg(long, value_name = "FILE")]
    pub list_outputs: Option<PathBuf>,
}

/// What it is made for.
#[derive(Debug, Args)]
#[command(next_help_heading = "Target")]
pub struct TargetArgs {
    /// Generate for the runtime of this operating system; repeat it to generate for several.
    #[arg(long, value_name = "OS", default_value = "browser", value_parser = choices::choice::<TargetOs>())]
    pub target_os: Vec<TargetOs>,
    /// Key format: `current`, or `127483` for runtimes built around dotnet/runtime#127483.
    #[arg(long, value_name = "SET", default_value = "current", value_parser = choices::choice::<TokenSet>())]
    pub tokens: TokenSet,
}

/// Which runtime it is made for.
#[derive(Debug, Args)]
pub struct ContractArgs {
    /// Generate for this interface between runtime and generated files.
    ///
    /// wasm-thunks is the one with the table `g_wasmThunks`, portable-callhelpers the later one with
    /// `g_portableCallHelperThunks`. The default is wasm-thunks; `check` goes by the files that are there.
    #[arg(long, value_name = "NAME", help_heading = "Target", value_parser = choices::choice::<Contract>())]
    pub contract: Option<Contract>,
}

/// The native side.
#[derive(Debug, Args)]
pub struct NativeArgs {
    /// Compare with the functions in this object, archive or linked module, or in those of a folder (.o, .a, .wasm).
    ///
    /// The name of an object or archive is that of a library (libdraw.a is `libdraw` and `draw`); objects in a folder
    /// count as the library of the folder's name too. NAME=FILE gives a file one more
    /// name. Without --module, P/Invokes are compared whose library or function a file has; with it, those of the named
    /// libraries. A linked module is every library.
    #[arg(short, long, value_name = "PATH", help_heading = "Inputs")]
    pub native: Vec<PathBuf>,
}

/// Which native libraries are linked.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "P/Invoke modules")]
pub struct ModuleArgs {
    /// Count this native library as linked into the app, besides the runtime's own; `*` means every library.
    ///
    /// Only P/Invokes of linked libraries get an entry in the P/Invoke table. Several names may be joined by commas
    /// or semicolons. The runtime's own libraries are libSystem.Native, libSystem.Globalization.Native and
    /// libSystem.IO.Compression.Native, for browser also libSystem.Native.Browser and
    /// libSystem.Runtime.InteropServices.JavaScript.Native.
    #[arg(short, long, value_name = "NAME")]
    pub module: Vec<String>,
    /// Like --module, but do not warn if no P/Invoke uses the library; for lists of all native files of a build.
    #[arg(long, value_name = "NAME")]
    pub optional_module: Vec<String>,
    /// Count the libraries in this file as linked: MSBuild items, or plain text with one name per line.
    ///
    /// Of an MSBuild file, every item is taken unless ITEM names one kind. An item with metadata named Browser or Wasi
    /// counts only for the targets that are set to true there, one without for all.
    #[arg(long, value_name = "FILE[:ITEM]")]
    pub module_list: Vec<PathBuf>,
    /// Do not count the runtime's own libraries as linked.
    #[arg(long)]
    pub no_default_modules: bool,
}

/// Signatures that no assembly shows.
#[derive(Debug, Args)]
#[command(next_help_heading = "Extra signatures")]
pub struct ExtraArgs {
    /// Make thunks for the signatures in this file too, one per line, each with its reason behind `#`.
    ///
    /// A line is a key such as MviS8, or what C# declares: `int (float, System.Guid, byte*) # why`, or
    /// `delegate* unmanaged<int, void> # why`. A comment above gives the reason of the lines below it, up to an empty
    /// line. `managed` before a declaration asks for the managed convention, `managed instance` for a `this` as well.
    #[arg(long, value_name = "FILE")]
    pub extra_signatures: Vec<PathBuf>,
}

/// Sizes that cannot be computed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Struct sizes")]
pub struct SizeArgs {
    /// Declare the size in bytes of a struct with several fields whose assembly is not available; a nested type is Outer+Inner.
    ///
    /// Such a struct is passed by address. An enum or a struct with one field is passed as what is in it, so for those
    /// the assembly itself is needed (--reference).
    #[arg(long, value_name = "TYPE=SIZE[:ALIGN]")]
    pub struct_size: Vec<SizeDeclaration>,
    /// Declare the sizes in this file, one per line; `#` starts a comment.
    #[arg(long, value_name = "FILE")]
    pub struct_size_file: Vec<PathBuf>,
}

/// How problems are told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reporting")]
pub struct ReportArgs {
    /// Treat every warning as an error.
    #[arg(long)]
    pub strict: bool,
    /// Treat these warnings as errors; without codes, every warning, like --strict.
    #[arg(long, value_name = "CODE,...", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub warnaserror: Option<Vec<String>>,
    /// Keep these as warnings even with --strict or --warnaserror.
    #[arg(long, value_name = "CODE,...")]
    pub warnnotaserror: Vec<String>,
    /// Suppress these warnings (errors cannot be suppressed).
    #[arg(long, value_name = "CODE,...")]
    pub nowarn: Vec<String>,
    /// Ignore unknown codes in these lists (for NoWarn lists shared by several tools).
    #[arg(long)]
    pub shared_codes: bool,
    /// Suppress the warnings that this TOML file lists, each with a reason.
    ///
    /// An entry is [[suppress]] with `code` and `reason`, and any of `method`, `library`, `assembly` and `package` to match fewer.
    #[arg(long, value_name = "FILE")]
    pub suppressions: Vec<PathBuf>,
    /// Format of diagnostics.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    /// Also write the problems to this file: SARIF if its name ends in .sarif, else JSON.
    #[arg(long, value_name = "FILE")]
    pub diagnostics: Option<PathBuf>,
    /// Show counts per target, the status of every file, and an explanation of each diagnostic.
    #[arg(short, long)]
    pub verbose: bool,
}
