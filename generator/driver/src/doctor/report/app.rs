//! The parts of an app: files, runtime, settings.

use serde::Serialize;

/// The boot configuration: what the host loads, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BootConfiguration {
    /// Path of the file.
    pub path: String,
    /// Its form: `blazor.boot.json`, `dotnet.js`, `dotnet.boot.js`, `mono-config.json`.
    pub form: &'static str,
    /// Simple name of the assembly with the entry point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_assembly: Option<String>,
    /// Number of files that it names.
    #[serde(rename = "assetCount")]
    pub assets: usize,
}

/// A kind of runtime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Flavor {
    /// CoreCLR: its interpreter uses thunks.
    CoreClr,
    /// Mono: it has no thunk tables.
    Mono,
    /// Neither the core library nor the native module is there.
    #[default]
    Unknown,
}

impl Flavor {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Flavor::CoreClr => "CoreCLR",
            Flavor::Mono => "Mono",
            Flavor::Unknown => "unknown",
        }
    }
}

/// The runtime of an app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RuntimeFound {
    /// The kind of runtime.
    pub flavor: Flavor,
    /// Its version: `11.0.0`, with the build if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The version whose formats count: `11.0`. `None` for Mono.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formats_of: Option<String>,
    /// The interface between runtime and generated files: `wasm-thunks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// The key format: `current`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "keyFormat")]
    pub tokens: Option<String>,
    /// How the runtime was recognized, one sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

/// A setting of the runtime.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Setting {
    /// Its name: `DOTNET_ReadyToRun`.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The file that sets it.
    pub file: String,
    /// What it does to thunks; `None` if nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<&'static str>,
}

/// A file of an app.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AppPart {
    /// Path of the file that was read; a compressed one if only that is there.
    pub path: String,
    /// Name in the boot configuration or on disk.
    #[serde(rename = "fileName")]
    pub name: String,
    /// What it is for: `native module`, `script`, `globalization data`, ...
    pub role: &'static str,
    /// Size in bytes, uncompressed.
    pub size: u64,
    /// `br` or `gz` if only a compressed file is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression: Option<&'static str>,
    /// The boot configuration names it.
    pub is_listed: bool,
}

/// An assembly of an app.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AssemblyPart {
    /// Simple name.
    pub name: String,
    /// Version: `11.0.0.0`.
    pub version: String,
    /// The file.
    #[serde(flatten)]
    pub part: AppPart,
    /// `PE`, `Webcil 0`, `Webcil 1 in wasm`, ...
    pub container: String,
    /// It belongs to the framework, not to the app or its packages.
    pub is_framework: bool,
    /// It is loaded only on request.
    pub is_lazy: bool,
    /// Number of P/Invokes, after the platform filter.
    #[serde(rename = "pinvokeCount")]
    pub pinvokes: usize,
    /// Number of methods that native code can call.
    #[serde(rename = "callbackCount")]
    pub callbacks: usize,
}

/// The linked module of the runtime.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NativeModule {
    /// Path of the file.
    pub path: String,
    /// Number of functions.
    #[serde(rename = "functionCount")]
    pub functions: usize,
    /// Number of functions with a name.
    #[serde(rename = "namedFunctionCount")]
    pub named_functions: usize,
    /// The file of symbols next to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbols: Option<String>,
    /// Libraries with a table of P/Invokes, and its number of rows, in the order of the module.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pinvoke_tables: Vec<(String, usize)>,
    /// Rows of the table of thunks; `None` if no table was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "thunkCount")]
    pub thunks: Option<usize>,
    /// Rows of the table of callbacks; `None` if no table was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "callbackCount")]
    pub callbacks: Option<usize>,
    /// Compilers and their versions, from the section `producers`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub compilers: Vec<String>,
    /// Features, from the section `target_features`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// Forms of exceptions in its code: `legacy`, `standard`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<&'static str>,
    /// Functions of `setjmp` and of exceptions in JavaScript that it imports or names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub setjmp: Vec<String>,
    /// Its memory is shared between threads.
    pub has_shared_memory: bool,
    /// The tools of the runtime's version, if they are known: `emscripten 6.0.3, clang 23.1.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_tools: Option<String>,
}

/// An image with compiled code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImagePart {
    /// Path of the file.
    pub path: String,
    /// Simple name of its assembly.
    pub assembly: String,
    /// Version of the ReadyToRun format: `26.1`.
    #[serde(rename = "readyToRunVersion")]
    pub ready_to_run: String,
    /// Version of the wasm module around it; `None` without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrapper_version: Option<u32>,
    /// What compiled it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compiler: Option<String>,
    /// Number of thunks that it injects.
    #[serde(rename = "thunkCount")]
    pub thunks: usize,
    /// Why the host or the runtime does not use it, one sentence each; empty if it is used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<String>,
}
