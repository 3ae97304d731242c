//! The command line as clap reads it, and how it becomes the options of a run.

pub mod choices;
mod examples;
pub mod last_inputs;
mod options;
mod refused;

pub use choices::Format;
pub use options::options;
pub use refused::refused_with_manifest;

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Parser, Subcommand};

use super::baseline::BaselineArgs;
use super::check_native::{self, CheckNativeArgs};
use super::codes::{self, CodesArgs};
use super::doctor::{self, DoctorArgs};
use super::init::{self, InitArgs};
use super::lookup::args::{self as lookup, LookupArgs};
use super::r2r::args::R2rVerb;
use super::terminal::{self, Color};
use super::version;
use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_core::RuntimeVersion;
use thunkgen_core::emit::Contract;
use thunkgen_driver::options::Emit;
use thunkgen_driver::struct_sizes::SizeDeclaration;

/// Generates the C++ thunks through which .NET code on the CoreCLR WebAssembly interpreter calls native code and is
/// called back, and checks that both sides agree.
///
/// It finds the thunks that an app needs by reading its assemblies. No .NET SDK is needed.
#[derive(Debug, Parser)]
#[command(
    name = "thunkgen",
    version = version::SHORT,
    long_version = version::long(),
    arg_required_else_help = true,
    subcommand_required = true,
    max_term_width = 100,
    styles = terminal::STYLES,
    after_help = examples::AFTER_HELP,
)]
pub struct Cli {
    #[command(subcommand)]
    pub verb: Verb,
    /// Use colours, also in help.
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        global = true,
        display_order = 100,
        help_heading = "Reporting"
    )]
    pub color: Color,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Write the C++ files for the given assemblies.
    ///
    /// Only files whose contents change are written. After an error, no file is changed.
    #[command(after_long_help = examples::GENERATE, override_usage = usage("generate"), mut_arg("inputs", optional))]
    Generate(GenerateArgs),
    /// Report generated files that are out of date, edited, missing or obsolete; verify thunk images.
    ///
    /// Nothing is written. Each file is listed with the reason, and the command that brings the files up to date is
    /// printed.
    #[command(after_long_help = examples::CHECK, override_usage = usage("check"), mut_arg("inputs", optional))]
    Check(CheckArgs),
    /// List every required thunk key and what requires it.
    ///
    /// Each line contains one key and one method or type that requires it.
    #[command(after_long_help = examples::SIGNATURES, override_usage = usage("signatures"), mut_arg("inputs", optional))]
    Signatures(SignaturesArgs),
    /// Explain a message, a thunk key, the keys of a method, or a diagnostic code.
    ///
    /// Messages of the runtime, of browsers, linkers and builds are recognised in any text: what they mean, and which
    /// command comes next. A key is decoded into its codes, C and wasm types and stack slots. With assemblies, its callers
    /// are listed, and who declares the functions that a message names.
    #[command(after_long_help = examples::EXPLAIN)]
    Explain(ExplainArgs),
    /// Show the size of a value type, the offsets of its fields, and how it is passed.
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
    /// Examine a published app: what fails at run time, and what to do.
    ///
    /// It needs no sources: it reads the boot configuration, the assemblies, the native module and the images.
    #[command(after_long_help = doctor::EXAMPLES)]
    Doctor(DoctorArgs),
    /// Create and inspect ReadyToRun images, which add thunks at run time.
    #[command(subcommand)]
    R2r(R2rVerb),
    /// List every diagnostic code with its level and title.
    #[command(after_long_help = codes::EXAMPLES)]
    Codes(CodesArgs),
    /// Write a thunkgen.toml for what a directory contains.
    ///
    /// It finds a published app or another directory of assemblies, native code, and files that thunkgen generated before.
    #[command(after_long_help = init::EXAMPLES)]
    Init(InitArgs),
    /// Print the completion script of a shell.
    ///
    #[command(after_long_help = examples::COMPLETIONS)]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write the pages of all verbs.
    #[command(after_long_help = examples::MAN)]
    Man {
        /// Write a page for thunkgen and one for each verb into this directory.
        #[arg(short, long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

fn usage(verb: &str) -> String {
    format!("thunkgen {verb} [OPTIONS] <INPUT>...\n       thunkgen {verb} [--manifest <FILE>]")
}

/// Makes INPUT optional where a manifest or keys can replace it.
pub fn optional(input: Arg) -> Arg {
    input.required(false)
}

#[derive(Debug, Args)]
pub struct GenerateArgs {
    #[command(flatten)]
    pub inputs: InputArgs,
    #[command(flatten)]
    pub manifest: ManifestArgs,
    /// Let the manifest name outputs outside of its own directory.
    ///
    /// Without it, a manifest from somebody else cannot overwrite your files.
    #[arg(long, help_heading = "Inputs")]
    pub allow_outside: bool,
    #[command(flatten)]
    pub outputs: OutputArgs,
    #[command(flatten)]
    pub write: WriteArgs,
    /// Remove generated files in the output directories that no output is any more (`check` ignores it).
    ///
    /// These are the files that `check` reports as TG0303. Files that thunkgen did not generate are never removed.
    #[arg(long, help_heading = "Outputs")]
    pub prune: bool,
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
    #[command(flatten)]
    pub baseline: BaselineArgs,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub made: GenerateArgs,
    /// Also verify these thunk images: the function of every key, the sizes, and that an assembly needs each thunk.
    ///
    /// The type of every function is checked, and its body too if `r2r emit` made the image. Without --out or another
    /// option that names files, only the images are checked. After the first FILE, directories and patterns are INPUT.
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Images")]
    pub image: Vec<PathBuf>,
    /// Compare the rows of this C++ file with those that would be generated, instead of the generated files.
    ///
    /// The file can be by the task of the .NET SDK, by crossgen2, checked in by dotnet/runtime, or by another version of
    /// thunkgen. Names, order and style are ignored; keys, types, slots, libraries, entry points and hashes are compared.
    #[arg(long, value_name = "FILE", help_heading = "Comparison")]
    pub compare_with: Vec<PathBuf>,
}

impl CheckArgs {
    /// Moves the inputs after --image to the others.
    pub fn sort_inputs(&mut self, matches: &ArgMatches) {
        let (images, inputs) = last_inputs::split(matches, "image", |_| false);
        self.image = images;
        self.made.inputs.inputs.extend(inputs.into_iter().map(PathBuf::from));
    }
}

/// Replaces INPUT.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Inputs")]
pub struct ManifestArgs {
    /// Use this manifest; without INPUT, the default is the nearest thunkgen.toml in this directory or its parents.
    ///
    /// A manifest names inputs, targets, contracts and outputs, so that `thunkgen generate` and `thunkgen check` need
    /// no arguments. Only options of the run, such as those for reporting, can be combined with it.
    #[arg(long, value_name = "FILE")]
    pub manifest: Option<PathBuf>,
    /// Use only this output of the manifest.
    #[arg(long, value_name = "NAME", alias = "manifest-output")]
    pub output: Option<String>,
    /// Set a variable of the manifest; it replaces `{NAME}` in texts.
    #[arg(long, value_name = "NAME=VALUE", value_parser = define)]
    pub define: Vec<(String, String)>,
    /// Set the variables of the manifest as its table [profile.NAME] does.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
}

fn define(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

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
    /// List instead the signatures left open because no instantiation of their generic parameters was found.
    #[arg(long, help_heading = "Reporting", conflicts_with = "json")]
    pub unresolved: bool,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Any text: a message, a key such as MviS8, a code such as TG0101, or a name; `-` is standard input.
    ///
    /// A name is that of a method or of the end of one, of a LibraryImport method, a native function or a library, a part
    /// of these names, or a metadata token such as 0x06000009.
    #[arg(value_name = "TEXT")]
    pub subject: String,
    /// Assemblies, directories or patterns in which to look for what needs it [default: the inputs of the manifest].
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Name the functions of a stack with this linked module, such as dotnet.native.wasm.
    #[arg(short, long, value_name = "FILE", help_heading = "Inputs")]
    pub native: Option<PathBuf>,
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
    /// Also show the body of a key's thunk in the text format of WebAssembly.
    #[arg(long, help_heading = "Reporting")]
    pub wat: bool,
}

#[derive(Debug, Args)]
pub struct LayoutArgs {
    /// Full name of the type (nested types as Outer+Inner), and then assemblies, directories or patterns.
    #[arg(value_name = "TYPE> <INPUT")]
    pub words: Vec<PathBuf>,
    /// Show every value type of the inputs that is not generic, instead of TYPE.
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
}

#[derive(Debug, Args)]
pub struct InputArgs {
    /// Assemblies, directories of assemblies, or patterns such as 'bin/**/*.dll'.
    ///
    /// In a directory, the files with the extension .dll, .exe, .wasm or .webcil are read, but not subdirectories.
    /// Native libraries and satellite assemblies in it are skipped.
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Also look up types in this assembly, directory or pattern, but generate nothing for it.
    #[arg(short, long, value_name = "PATH", help_heading = "Inputs")]
    pub reference: Vec<PathBuf>,
    /// Treat only the inputs that match this pattern as your own code; a pattern without `/` matches file names.
    ///
    /// The default is every input that does not come from a NuGet package, shared framework or targeting pack.
    #[arg(long, value_name = "PATTERN", help_heading = "Inputs")]
    pub own: Vec<String>,
}

#[derive(Debug, Args)]
pub struct ReferenceArgs {
    /// Also look up types in this assembly, directory or pattern.
    #[arg(short, long, value_name = "PATH", help_heading = "Inputs")]
    pub reference: Vec<PathBuf>,
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Outputs")]
pub struct OutputArgs {
    /// What to generate: thunk tables, or stubs for the authors of native libraries.
    ///
    /// Separate several with commas. Stubs are one file for each library that --module or --module-list names. It
    /// contains the library's P/Invokes, and is written to the directory of --out under the library's name.
    #[arg(long, value_name = "KIND,...", default_value = "cpp", value_delimiter = ',', value_parser = choices::emit())]
    pub emit: Vec<Emit>,
    /// Write the files into this directory, under their default names; with several targets, into one directory each.
    ///
    /// These directories are DIR/browser and DIR/wasi. To choose other names, write `{target}` in this path or in one of
    /// the following: it is replaced with the name of the target.
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
    /// Without --out, only the files that are named by an option are written.
    #[arg(long, value_name = "FILE")]
    pub reverse: Option<String>,
    /// Start every file with the text in this file, such as a licence, as a comment.
    #[arg(long, value_name = "FILE")]
    pub header_file: Option<PathBuf>,
    /// End every file with the text in this file, as a comment.
    #[arg(long, value_name = "FILE")]
    pub trailer_file: Option<PathBuf>,
}

impl OutputArgs {
    /// Whether no option says where files go.
    pub fn is_none(&self) -> bool {
        let OutputArgs { out, interp_to_native, pinvoke, reverse, .. } = self;
        [out, interp_to_native, pinvoke, reverse].into_iter().all(Option::is_none)
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Outputs")]
pub struct WriteArgs {
    /// Replace files at output paths that thunkgen did not write (`check` ignores it).
    ///
    /// A file that is read is never replaced.
    #[arg(long)]
    pub force: bool,
    /// Do not wait until changed files are on the disk (`check` ignores it).
    ///
    /// A power cut can then leave an output empty. It is faster, for outputs that can be generated again.
    #[arg(long)]
    pub no_sync: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Outputs")]
pub struct BuildArgs {
    /// Touch this file after every successful run, for build systems (`check` ignores it).
    #[arg(long, value_name = "FILE")]
    pub stamp: Option<PathBuf>,
    /// Fail if another build owns an output directory, for build systems (`check` ignores it).
    ///
    /// Two builds that share a directory by mistake would link each other's code. The first build writes its NAME to the
    /// file thunkgen.owner in each output directory, so the second build fails.
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    /// Write a Makefile rule with every file that was read, for build systems (`check` ignores it).
    #[arg(long, value_name = "FILE")]
    pub depfile: Option<PathBuf>,
    /// Write the path of every generated file to this file, one per line, for build systems (`check` ignores it).
    #[arg(long, value_name = "FILE")]
    pub list_outputs: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Target")]
pub struct TargetArgs {
    /// Generate for the runtime of this operating system; repeat it to generate for several.
    #[arg(long, value_name = "OS", default_value = "browser", value_parser = choices::choice::<TargetOs>())]
    pub target_os: Vec<TargetOs>,
    /// Generate for this version of the .NET runtime [default: 11.0].
    ///
    /// This sets the key format, the contract, and the format of images. 12.0 is not released: its values are those of
    /// September 2026.
    #[arg(long, value_name = "VERSION", value_parser = choices::choice::<RuntimeVersion>())]
    pub runtime: Option<RuntimeVersion>,
    /// Key format: `current`, or `127483` for runtimes built around dotnet/runtime#127483 [default: that of the runtime
    /// version].
    #[arg(long, value_name = "SET", value_parser = choices::choice::<TokenSet>())]
    pub tokens: Option<TokenSet>,
}

#[derive(Debug, Args)]
pub struct ContractArgs {
    /// Generate for this interface between runtime and generated files [default: that of the runtime version].
    ///
    /// wasm-thunks, used by 11.0, has the table `g_wasmThunks`; portable-callhelpers, used by 12.0, has
    /// `g_portableCallHelperThunks`. Without --runtime, `check` uses the interface of the existing files.
    #[arg(long, value_name = "NAME", help_heading = "Target", value_parser = choices::choice::<Contract>())]
    pub contract: Option<Contract>,
}

#[derive(Debug, Args)]
pub struct NativeArgs {
    /// Compare with the functions in this object, archive or linked module, or in a directory of such files (.o, .a, .wasm).
    ///
    /// An object or archive provides the library of its name (libdraw.a: `libdraw` and `draw`). Objects in a directory
    /// also provide the library with the directory's name. NAME=FILE gives a file another name. A linked module
    /// provides every library. Without --module, a P/Invoke is compared if a file has its library's name or defines its
    /// function; with --module, only the P/Invokes of those libraries are compared.
    #[arg(short, long, value_name = "PATH", help_heading = "Inputs")]
    pub native: Vec<PathBuf>,
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "P/Invoke modules")]
pub struct ModuleArgs {
    /// Treat this native library as linked into the app, like the runtime's own; `*` means every library.
    ///
    /// Only P/Invokes of linked libraries get an entry in the P/Invoke table. Separate several names with commas or
    /// semicolons. The runtime's own libraries are libSystem.Native, libSystem.Globalization.Native and
    /// libSystem.IO.Compression.Native, for browser also libSystem.Native.Browser and
    /// libSystem.Runtime.InteropServices.JavaScript.Native.
    #[arg(short, long, value_name = "NAME")]
    pub module: Vec<String>,
    /// Like --module, but do not warn if no P/Invoke uses the library; for lists of all native files of a build.
    #[arg(long, value_name = "NAME")]
    pub optional_module: Vec<String>,
    /// Treat the libraries in this file as linked: MSBuild items, or plain text with one name per line.
    ///
    /// In an MSBuild file, every item is a library, unless ITEM names one kind of item. An item with the metadata Browser
    /// or Wasi counts only for the targets where these are true; other items count for all targets.
    #[arg(long, value_name = "FILE[:ITEM]")]
    pub module_list: Vec<PathBuf>,
    /// Do not treat the runtime's own libraries as linked.
    #[arg(long)]
    pub no_default_modules: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Extra signatures")]
pub struct ExtraArgs {
    /// Also generate thunks for the signatures in this file, one per line, each with its reason after `#`.
    ///
    /// A line is a key such as MviS8, or a C# declaration: `int (float, System.Guid, byte*) # why`, or
    /// `delegate* unmanaged<int, void> # why`. A comment line is the reason for all lines below it, up to an empty line.
    /// `managed` before a declaration selects the managed convention, `managed instance` adds a `this`.
    #[arg(long, value_name = "FILE")]
    pub extra_signatures: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Struct sizes")]
pub struct SizeArgs {
    /// Declare the size in bytes of a struct with several fields whose assembly is not available; a nested type is Outer+Inner.
    ///
    /// Such a struct is passed by address. An enum or a struct with one field is passed as the value it contains, so
    /// these need the assembly itself (--reference).
    #[arg(long, value_name = "TYPE=SIZE[:ALIGN]")]
    pub struct_size: Vec<SizeDeclaration>,
    /// Declare the sizes in this file, one per line; `#` starts a comment.
    #[arg(long, value_name = "FILE")]
    pub struct_size_file: Vec<PathBuf>,
}

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
    /// Suppress these warnings (for errors, use --suppressions).
    #[arg(long, value_name = "CODE,...")]
    pub nowarn: Vec<String>,
    /// Ignore unknown codes in these lists (for NoWarn lists shared by several tools).
    #[arg(long)]
    pub shared_codes: bool,
    /// Suppress the problems that this TOML file lists, each with a reason.
    ///
    /// An entry is [[suppress]] with `code` and `reason`. To match fewer problems, add `method`, `library`,
    /// `assembly` or `package`.
    #[arg(long, value_name = "FILE")]
    pub suppressions: Vec<PathBuf>,
    /// Format of diagnostics.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    /// Print the result as one JSON document on standard output; diagnostics and remarks are on standard error.
    ///
    /// docs/reference/json.md describes the documents, and has their schemas.
    #[arg(long)]
    pub json: bool,
    /// Also write the diagnostics to this file: SARIF if its extension is .sarif, Code Quality of GitLab if its name starts
    /// with gl- or contains gitlab, else JSON.
    #[arg(long, value_name = "FILE")]
    pub diagnostics: Option<PathBuf>,
    /// Show counts per target, the status of every file, and an explanation of each diagnostic.
    #[arg(short, long)]
    pub verbose: bool,
    /// Print only errors: no warnings and no summary.
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// After the diagnostics, print how often each code was reported.
    #[arg(long)]
    pub statistics: bool,
}
