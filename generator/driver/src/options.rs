//! What a run is asked for, as plain data: built by the command line, a manifest, an MSBuild request or a build script.
//!
//! A value that a message can be about is [`Given`]: it knows where it came from, so that the message names the option
//! that the user wrote.

use std::fmt;
use std::ops::Deref;
use std::path::PathBuf;

use super::output_path::OutputPath;
use super::struct_sizes::SizeDeclaration;
use super::write::WriteOptions;
use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_core::RuntimeVersion;
use thunkgen_core::emit::Contract;
use thunkgen_core::emit::stubs::Language;
use thunkgen_diagnostics::Location;

/// Where an option was given, in the words of the front end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere: it is the default.
    #[default]
    Default,
    /// An option of the command line, with its dashes.
    CommandLine(&'static str),
    /// A key of a manifest.
    Manifest(&'static str, Box<Location>),
    /// A parameter of the MSBuild task.
    Request(&'static str, Box<Location>),
    /// A method of the builder for build scripts.
    BuildScript(&'static str),
}

impl Origin {
    /// Where in a file it is given; nowhere when it is in none.
    pub fn location(&self) -> Location {
        match self {
            Origin::Manifest(_, location) | Origin::Request(_, location) => (**location).clone(),
            _ => Location::default(),
        }
    }

    /// The place in a manifest.
    pub fn in_manifest(&self) -> Option<&Location> {
        match self {
            Origin::Manifest(_, location) => Some(location),
            _ => None,
        }
    }

    /// `on the command line` and the like.
    pub fn place(&self) -> &'static str {
        match self {
            Origin::Default => "by default",
            Origin::CommandLine(_) => "on the command line",
            Origin::Manifest(..) => "in the manifest",
            Origin::Request(..) => "in the request",
            Origin::BuildScript(_) => "in the build script",
        }
    }
}

impl fmt::Display for Origin {
    /// The name of the option, parameter, key or method.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Origin::Default => "the default",
            Origin::CommandLine(name)
            | Origin::Manifest(name, _)
            | Origin::Request(name, _)
            | Origin::BuildScript(name) => name,
        })
    }
}

/// A value, and where it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Given<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

impl<T> Given<T> {
    /// A value with its origin.
    pub fn new(value: T, origin: Origin) -> Given<T> {
        Given { value, origin }
    }

    /// A value of an option of the command line.
    pub fn on_command_line(option: &'static str, value: T) -> Given<T> {
        Given { value, origin: Origin::CommandLine(option) }
    }
}

impl<T> Deref for Given<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// An option that is one of some words.
pub trait Choice: Copy + Send + Sync + 'static {
    /// Every choice, in the order of the help.
    const CHOICES: &'static [Self];

    /// The word.
    fn word(self) -> &'static str;

    /// The choice with this word.
    fn from_word(word: &str) -> Option<Self> {
        Self::CHOICES.iter().copied().find(|choice| choice.word() == word)
    }
}

impl Choice for TargetOs {
    const CHOICES: &'static [TargetOs] = &TargetOs::ALL;

    fn word(self) -> &'static str {
        self.name()
    }
}

impl Choice for Contract {
    const CHOICES: &'static [Contract] = &Contract::ALL;

    fn word(self) -> &'static str {
        self.name()
    }
}

impl Choice for RuntimeVersion {
    const CHOICES: &'static [RuntimeVersion] = &RuntimeVersion::ALL;

    fn word(self) -> &'static str {
        self.facts().name
    }
}

impl Choice for TokenSet {
    const CHOICES: &'static [TokenSet] = &[TokenSet::Current, TokenSet::Pr127483];

    fn word(self) -> &'static str {
        match self {
            TokenSet::Current => "current",
            TokenSet::Pr127483 => "127483",
        }
    }
}

/// What is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emit {
    /// The C++ tables of thunks.
    Cpp,
    /// Stubs of the native libraries.
    Stubs(Language),
}

impl Choice for Emit {
    const CHOICES: &'static [Emit] = &[Emit::Cpp, Emit::Stubs(Language::Rust), Emit::Stubs(Language::CHeader)];

    fn word(self) -> &'static str {
        match self {
            Emit::Cpp => "cpp",
            Emit::Stubs(language) => language.name(),
        }
    }
}

/// Everything that a run can be asked for. What a verb does not need, it does not look at.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// The manifest that says all that is not about this run alone; inputs and what is made of them are empty then.
    pub manifest: Option<ManifestChoice>,
    /// Assemblies, directories of assemblies, or patterns.
    pub inputs: Vec<PathBuf>,
    /// The same, to look types up only.
    pub references: Vec<PathBuf>,
    /// Those of both that the caller found in a directory or by a pattern: nobody named them one by one.
    pub found: Vec<PathBuf>,
    /// Which of the inputs are the user's own.
    pub own: Own,
    /// The targets; the browser when there is none.
    pub targets: Vec<TargetOs>,
    /// The version of the runtime, which sets the defaults of `tokens` and `contract`.
    pub runtime: Option<Given<RuntimeVersion>>,
    /// The key format; the default depends on the version of the runtime.
    pub tokens: Option<Given<TokenSet>>,
    /// The interface between runtime and generated files; the default depends on the version of the runtime.
    pub contract: Option<Given<Contract>>,
    /// The native libraries that are linked.
    pub modules: Modules,
    /// Files of signatures that no assembly shows.
    pub extra_signatures: Vec<PathBuf>,
    /// Sizes that cannot be computed.
    pub struct_sizes: StructSizes,
    /// Files of native code that P/Invokes are compared with.
    pub native: Vec<PathBuf>,
    /// Nothing but the native files is linked: what is in none of them is missing.
    pub whole_link: bool,
    /// How paths of sources in debug information start, and the replacement.
    pub path_map: Vec<(String, String)>,
    /// Symbols to which the linker's option `--wrap` applies.
    pub wrap: Vec<String>,
    /// What is written, and where.
    pub outputs: Outputs,
    /// Files of tables that are compared with what would be generated, row by row, in place of the outputs.
    pub compare_with: Vec<PathBuf>,
    /// How files are written.
    pub write: WriteOptions,
    /// Generated files that no output is any more are removed.
    pub prune: bool,
    /// A manifest may name outputs outside of its directory.
    pub allow_outside: bool,
    /// Files for a build system.
    pub build: BuildFiles,
    /// How bad problems are.
    pub policy: PolicyOptions,
    /// The document of all problems that is written, in the format that its name means.
    pub problems: Option<PathBuf>,
}

impl Options {
    /// The version of the runtime, or the default one.
    pub fn runtime_version(&self) -> RuntimeVersion {
        self.runtime.as_ref().map(|runtime| runtime.value).unwrap_or_default()
    }

    /// The key format.
    pub fn token_set(&self) -> TokenSet {
        self.tokens.as_ref().map_or(self.runtime_version().facts().tokens, |tokens| tokens.value)
    }

    /// The requested interface, or that of the requested runtime version.
    pub fn asked_contract(&self) -> Option<Contract> {
        let of_runtime = self.runtime.as_ref().map(|runtime| runtime.facts().contract);
        self.contract.as_ref().map(|contract| contract.value).or(of_runtime)
    }
}

/// `FROM=TO`: the start of a path, and its replacement.
pub fn path_map(text: &str) -> Option<(String, String)> {
    let (from, to) = text.split_once('=').filter(|(from, _)| !from.is_empty())?;
    Some((from.to_owned(), to.to_owned()))
}

/// A manifest, and which of its outputs count.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ManifestChoice {
    /// The file.
    pub path: PathBuf,
    /// Only the output of this name.
    pub output: Option<Given<String>>,
    /// The profile that sets variables.
    pub profile: Option<Given<String>>,
    /// Variables by name, each with its value.
    pub defines: Vec<Given<(String, String)>>,
}

impl ManifestChoice {
    /// All outputs of a manifest.
    pub fn new(path: impl Into<PathBuf>) -> ManifestChoice {
        ManifestChoice { path: path.into(), ..ManifestChoice::default() }
    }
}

/// Which inputs are the user's own: see [`own_inputs`](super::own_inputs::own_inputs).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Own {
    /// Patterns that decide alone when there are some.
    pub patterns: Vec<Given<String>>,
    /// Inputs of which the caller knows that they are of a package or a framework.
    pub from_packages: Vec<PathBuf>,
}

/// The native libraries that are linked into the app. A name may be several, joined by commas or semicolons.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Modules {
    /// Those that are named one by one, besides the runtime's own; `*` is every library.
    pub named: Vec<Given<String>>,
    /// The same, without a warning if no P/Invoke uses them.
    pub optional: Vec<String>,
    /// Files that list libraries, `FILE` or `FILE:ITEM`.
    pub lists: Vec<PathBuf>,
    /// The runtime's own libraries are not linked.
    pub without_runtime: bool,
}

/// Sizes of structs that the user declares.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct StructSizes {
    /// One by one.
    pub declared: Vec<Given<SizeDeclaration>>,
    /// Files of them.
    pub files: Vec<PathBuf>,
}

/// What is written, and where.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Outputs {
    /// What is generated; the C++ tables by default.
    pub emit: Given<Vec<Emit>>,
    /// The directory of everything that has no place of its own.
    pub out: Option<Given<OutputPath>>,
    /// The file of the interpreter-to-native table.
    pub interp_to_native: Option<Given<OutputPath>>,
    /// The file of the P/Invoke table.
    pub pinvoke: Option<Given<OutputPath>>,
    /// The file of the callbacks from native code.
    pub reverse: Option<Given<OutputPath>>,
    /// What every file starts with, as a comment.
    pub header: Option<Given<FrameText>>,
    /// What every file ends with, as a comment.
    pub trailer: Option<Given<FrameText>>,
    /// The command to run in place of editing a file.
    pub regenerate: Option<Given<String>>,
}

/// A text that is put into every generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameText {
    /// The text.
    Text(String),
    /// The file that contains it.
    File(PathBuf),
}

/// Files and names that a build system wants.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct BuildFiles {
    /// A file whose time is set after every success.
    pub stamp: Option<PathBuf>,
    /// A Makefile rule that names every file that was read.
    pub depfile: Option<PathBuf>,
    /// The paths of the outputs, a line each.
    pub list_outputs: Option<PathBuf>,
    /// Who owns the directories that are written to.
    pub owner: Option<String>,
    /// Files that the caller writes besides the outputs: neither an output nor an input may be the same.
    pub also_written: Vec<PathBuf>,
    /// Files that the caller has read: no output may be the same.
    pub also_read: Vec<PathBuf>,
    /// Files that decided what the options are, as response files do: the rule in the depfile names them too.
    pub options_read: Vec<PathBuf>,
    /// The suppression file that the caller adds entries to: it may be read as one, but as nothing else.
    pub baseline: Option<BaselineFile>,
}

/// A suppression file to write.
#[derive(Clone, Debug)]
pub struct BaselineFile {
    /// The file.
    pub path: PathBuf,
    /// Whether the manifest chose it, so that it has to be in the manifest's directory.
    pub is_of_manifest: bool,
}

/// How bad problems are.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PolicyOptions {
    /// Every warning is an error.
    pub strict: bool,
    /// Lists of codes that are errors; an empty list is every warning.
    pub warnings_as_errors: Vec<Given<String>>,
    /// Lists of codes that stay warnings.
    pub warnings_not_as_errors: Vec<Given<String>>,
    /// Lists of codes that are not reported.
    pub no_warn: Vec<Given<String>>,
    /// The lists contain codes of other tools, which are ignored.
    pub shared_codes: bool,
    /// Files of suppressions with a reason each.
    pub suppressions: Vec<PathBuf>,
}
