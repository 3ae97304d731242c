//! The shape of manifests and suppression files, for the schemas that editors use. The reader itself does not need it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// A manifest: what a repository generates.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct ManifestFile {
    #[serde(flatten)]
    shared: SharedKeys,
    /// Treat every warning as an error.
    strict: Option<bool>,
    /// Treat these warnings as errors.
    warnaserror: Option<Texts>,
    /// Suppress these warnings.
    nowarn: Option<Texts>,
    /// Files of suppressions.
    suppressions: Option<Texts>,
    /// Variables, which replace `{NAME}` in texts.
    variables: Option<BTreeMap<String, Variable>>,
    /// The values of variables by the name of a profile.
    profile: Option<BTreeMap<String, BTreeMap<String, String>>>,
    /// Outputs, each made from its own inputs.
    output: Option<Vec<OutputKeys>>,
    /// Problems that are not reported, each with its reason.
    suppress: Option<Vec<SuppressEntry>>,
}

/// An output.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct OutputKeys {
    /// The name that the summary shows; the default is `out`.
    name: Option<String>,
    #[serde(flatten)]
    shared: SharedKeys,
}

/// Keys of an output, or of all outputs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its schema is used")]
struct SharedKeys {
    /// Assemblies, directories of assemblies, or patterns.
    inputs: Option<NotEmpty>,
    /// Assemblies in which types are only looked up.
    references: Option<Texts>,
    /// Patterns for the inputs that are your own code.
    own: Option<Texts>,
    /// The systems of the runtime.
    target_os: Option<OneOrMore<Target>>,
    /// Version of the .NET runtime; sets `contract` and `tokens`.
    runtime: Option<Runtime>,
    /// The key format.
    tokens: Option<Tokens>,
    /// The interface between the runtime and the generated files.
    contract: Option<Contract>,
    /// Native libraries that are linked, besides the runtime's own.
    modules: Option<Texts>,
    /// Files that list linked libraries: `FILE` or `FILE:ITEM`.
    module_lists: Option<Texts>,
    /// Objects, archives, linked modules and directories for `thunkgen check-native`.
    native: Option<Texts>,
    /// Nothing but the files in `native` is linked.
    whole_link: Option<bool>,
    /// `FROM=TO`: replace the start of source paths in debug information.
    path_map: Option<Texts>,
    /// `false`: do not count the runtime's own libraries.
    default_modules: Option<bool>,
    /// Files of signatures that are not in any assembly.
    extra_signatures: Option<Texts>,
    /// Sizes of structs whose assembly is not available, by full name.
    struct_sizes: Option<BTreeMap<String, StructSize>>,
    /// Files with lines of the form `Full.Name=SIZE:ALIGN`.
    struct_size_files: Option<Texts>,
    /// What is generated.
    emit: Option<OneOrMore<Emit>>,
    /// The output directory.
    out: Option<String>,
    /// The file for the interpreter-to-native table.
    interp_to_native: Option<String>,
    /// The file for the P/Invoke table.
    pinvoke: Option<String>,
    /// The file for the callbacks from native code.
    reverse: Option<String>,
    /// Text for the start of every file, such as a licence.
    header: Option<String>,
    /// The file with the text for the start of every file.
    header_file: Option<String>,
    /// Text for the end of every file.
    trailer: Option<String>,
    /// The file with the text for the end of every file.
    trailer_file: Option<String>,
    /// The command that the first generated line names.
    regenerate: Option<String>,
}

/// A string, or an array of strings.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum Texts {
    One(String),
    Several(Vec<String>),
}

/// A string, or an array of at least one.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum NotEmpty {
    One(String),
    Several(#[schemars(length(min = 1))] Vec<String>),
}

/// One value, or an array of at least one.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum OneOrMore<T> {
    One(T),
    Several(#[schemars(length(min = 1))] Vec<T>),
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Target {
    Browser,
    Wasi,
}

#[derive(Deserialize, JsonSchema)]
enum Runtime {
    #[serde(rename = "11.0")]
    Eleven,
    #[serde(rename = "12.0")]
    Twelve,
}

#[derive(Deserialize, JsonSchema)]
enum Tokens {
    #[serde(rename = "current")]
    Current,
    #[serde(rename = "127483")]
    Older,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Contract {
    WasmThunks,
    PortableCallhelpers,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Emit {
    Cpp,
    Rust,
    CHeader,
}

/// The value of a variable, or where it comes from.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum Variable {
    Value(String),
    Declared(DeclaredVariable),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct DeclaredVariable {
    /// Name of an environment variable.
    env: Option<String>,
    /// The value if nothing else sets it.
    default: Option<String>,
}

/// The size of a struct in bytes.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum StructSize {
    Size(#[schemars(range(min = 1))] u32),
    Aligned(AlignedSize),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct AlignedSize {
    /// Size in bytes.
    #[schemars(range(min = 1))]
    size: u32,
    /// Alignment in bytes: a power of two.
    align: Option<u32>,
}

/// A file of suppressions.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct SuppressionFile {
    /// Problems that are not reported, each with its reason.
    suppress: Option<Vec<SuppressEntry>>,
}

/// Problems that are not reported. All given patterns must match; `*` matches any characters and `?` one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct SuppressEntry {
    /// Codes or aliases, separated by commas: `TG0209`.
    #[schemars(pattern(r"^[\s,;]*(TG|WASM|tg|wasm)\d{4}"))]
    code: String,
    /// Pattern of the full name of the method or type.
    method: Option<String>,
    /// Pattern of the library that a P/Invoke names.
    library: Option<String>,
    /// Pattern of the assembly's simple name.
    assembly: Option<String>,
    /// Pattern of the id of the package that the assembly is in.
    package: Option<String>,
    /// Why it is right not to report them.
    #[schemars(pattern(r"\S"))]
    reason: String,
}
