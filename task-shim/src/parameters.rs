//! The parameters of the task: those of the runtime's own ManagedToNativeGenerator, and a few more.
//!
//! Names, meaning and which are required come from the task's versions for CoreCLR between dotnet/runtime's pull
//! requests 123090 and 131877.

use std::path::PathBuf;

use thunkgen_diagnostics::nearest_name::NearestName;
use thunkgen_driver::output_path::OutputPath;
use thunkgen_driver::{Choice, Given, Options};

/// What a parameter's value is, and which option of a run it becomes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A list of assemblies to generate for.
    Inputs,
    /// A list of files that are read.
    Files(fn(&mut Options) -> &mut Vec<PathBuf>),
    /// A list of files that may be followed by `:ITEM`.
    ItemFiles(fn(&mut Options) -> &mut Vec<PathBuf>),
    /// A list of anything else; an entry that cannot be used is refused for a reason.
    List(fn(&mut Options, Given<String>) -> Result<(), String>),
    /// A list of diagnostic codes; codes of other tools do not count.
    Codes(fn(&mut Options) -> &mut Vec<Given<String>>),
    /// A file that is written.
    Output(fn(&mut Options) -> &mut Option<Given<OutputPath>>),
    /// One of some words, in any case; any other is refused with those that can be used.
    Choice(fn(&mut Options, Given<&str>) -> Result<(), Vec<&'static str>>),
    /// True or false.
    Flag(fn(&mut Options) -> &mut bool),
    /// True or false, and either way the same is generated.
    FlagWithoutEffect,
    /// A value without effect.
    WithoutEffect,
    /// Whether a library that is not linked is a warning.
    WarnUnresolved,
    /// A list of libraries that are none.
    IgnoredModules,
    /// The file that remembers what the outputs were made from.
    Cache,
}

/// A parameter of the task.
#[derive(Debug)]
pub struct Parameter {
    /// The name of a property or an item in a request.
    pub name: &'static str,
    /// Its value.
    pub kind: Kind,
    /// Whether a request without it is refused.
    pub required: bool,
    /// What it is for.
    pub help: &'static str,
}

const fn required(name: &'static str, kind: Kind, help: &'static str) -> Parameter {
    Parameter { name, kind, required: true, help }
}

const fn optional(name: &'static str, kind: Kind, help: &'static str) -> Parameter {
    Parameter { name, kind, required: false, help }
}

fn add_module(options: &mut Options, given: Given<String>) -> Result<(), String> {
    options.modules.optional.push(given.value);
    Ok(())
}

fn add_size(options: &mut Options, given: Given<String>) -> Result<(), String> {
    let size = given.parse().map_err(|why| format!("invalid value '{}': {why}", given.value))?;
    options.struct_sizes.declared.push(Given::new(size, given.origin));
    Ok(())
}

fn set_target(options: &mut Options, given: Given<&str>) -> Result<(), Vec<&'static str>> {
    options.targets = vec![chosen(given.value)?];
    Ok(())
}

fn set_contract(options: &mut Options, given: Given<&str>) -> Result<(), Vec<&'static str>> {
    options.contract = Some(Given::new(chosen(given.value)?, given.origin));
    Ok(())
}

fn set_runtime(options: &mut Options, given: Given<&str>) -> Result<(), Vec<&'static str>> {
    options.runtime = Some(Given::new(chosen(given.value)?, given.origin));
    Ok(())
}

fn chosen<T: Choice>(word: &str) -> Result<T, Vec<&'static str>> {
    T::from_word(word).ok_or_else(|| T::CHOICES.iter().map(|choice| choice.word()).collect())
}

/// Every parameter, in the order of the help.
pub const ALL: &[Parameter] = &[
    required("Assemblies", Kind::Inputs, "list of the app's assemblies; files without managed code are skipped"),
    required("PInvokeModules", Kind::List(add_module), "list of the native libraries that are linked into the app"),
    required(
        "PInvokeOutputPath",
        Kind::Output(|options| &mut options.outputs.pinvoke),
        "file to write the P/Invoke table to",
    ),
    required(
        "ReversePInvokeOutputPath",
        Kind::Output(|options| &mut options.outputs.reverse),
        "file to write the callbacks from native code to",
    ),
    required(
        "InterpToNativeOutputPath",
        Kind::Output(|options| &mut options.outputs.interp_to_native),
        "file to write the interpreter-to-native table to",
    ),
    optional("CacheFilePath", Kind::Cache, "file that remembers what the outputs were made from, to skip equal work"),
    optional("TargetOS", Kind::Choice(set_target), "browser (the default) or wasi"),
    optional("IsLibraryMode", Kind::FlagWithoutEffect, "accepted; exported callbacks always get a C function"),
    optional("IgnoredPInvokeModules", Kind::IgnoredModules, "list of native libraries that need not be linked"),
    optional(
        "WarnOnUnresolvedPInvokeModules",
        Kind::WarnUnresolved,
        "true warns (TG0216) of P/Invokes into other libraries that are not linked",
    ),
    optional("SignatureResolverPath", Kind::WithoutEffect, "accepted; struct sizes need no other tool"),
    optional("Crossgen2Path", Kind::WithoutEffect, "accepted, for the same reason"),
    optional("DotNetHostPath", Kind::WithoutEffect, "accepted, for the same reason"),
    optional(
        "References",
        Kind::Files(|options| &mut options.references),
        "list of assemblies to look types up in only",
    ),
    optional("Runtime", Kind::Choice(set_runtime), "version of the .NET runtime, 11.0 (the default) or 12.0"),
    optional("Contract", Kind::Choice(set_contract), "wasm-thunks or portable-callhelpers, if not that of Runtime"),
    optional(
        "ModuleLists",
        Kind::ItemFiles(|options| &mut options.modules.lists),
        "list of files that name linked libraries, FILE or FILE:ITEM",
    ),
    optional(
        "ExtraSignatures",
        Kind::Files(|options| &mut options.extra_signatures),
        "list of files of extra signatures",
    ),
    optional("StructSizes", Kind::List(add_size), "list of declared sizes, TYPE=SIZE or TYPE=SIZE:ALIGN"),
    optional(
        "StructSizeFiles",
        Kind::Files(|options| &mut options.struct_sizes.files),
        "list of files that declare sizes",
    ),
    optional(
        "Suppressions",
        Kind::Files(|options| &mut options.policy.suppressions),
        "list of TOML files that suppress warnings with a reason",
    ),
    optional(
        "NoWarn",
        Kind::Codes(|options| &mut options.policy.no_warn),
        "list of codes not to warn about; those of other tools do not count",
    ),
    optional(
        "WarningsAsErrors",
        Kind::Codes(|options| &mut options.policy.warnings_as_errors),
        "list of codes that are errors; likewise",
    ),
    optional(
        "WarningsNotAsErrors",
        Kind::Codes(|options| &mut options.policy.warnings_not_as_errors),
        "list of codes that stay warnings; likewise",
    ),
    optional(
        "TreatWarningsAsErrors",
        Kind::Flag(|options| &mut options.policy.strict),
        "true makes every warning an error",
    ),
];

/// The parameter with this name, in any case, as MSBuild compares names.
pub fn find(name: &str) -> Option<&'static Parameter> {
    ALL.iter().find(|parameter| parameter.name.eq_ignore_ascii_case(name))
}

/// The name that is spelled most like `name`, when one is so similar that it can be meant.
pub fn nearest(name: &str) -> Option<&'static str> {
    let names = ALL.iter().map(|parameter| parameter.name);
    NearestName::spelled(names, str::to_ascii_lowercase).find(&name.to_ascii_lowercase())
}

/// The parameters as lines of a help text.
pub fn help() -> String {
    let line = |parameter: &Parameter| {
        let required = if parameter.required { " (required)" } else { "" };
        format!("  {}{required}\n          {}\n", parameter.name, parameter.help)
    };
    ALL.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_when_misspelled() {
        assert_eq!(find("targetos").map(|parameter| parameter.name), Some("TargetOS"));
        assert!(find("Target").is_none());
        assert_eq!(nearest("PInvokeModule"), Some("PInvokeModules"));
        assert_eq!(nearest("AssemblyPaths"), None);
        assert_eq!(nearest("ReversePinvokeOutput"), Some("ReversePInvokeOutputPath"));
        assert_eq!(nearest("IcallOutputPath"), None);
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<String> = ALL.iter().map(|parameter| parameter.name.to_ascii_lowercase()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }
}
