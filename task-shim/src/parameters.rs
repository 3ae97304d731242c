//! The parameters of the task: those of the runtime's own ManagedToNativeGenerator, and a few more.
//!
//! Names, meaning and which are required come from the task's versions for CoreCLR between dotnet/runtime's pull
//! requests 123090 and 131877.

use thunkgen::diagnostics::nearest_name::NearestName;

/// What a parameter's value is, and what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A list of assemblies to generate for.
    Inputs,
    /// A list of files that are read, each the value of this option.
    Files(&'static str),
    /// A list of files that may be followed by `:ITEM`, each the value of this option.
    ItemFiles(&'static str),
    /// A list, each entry the value of this option.
    List(&'static str),
    /// A list of diagnostic codes for this option; codes of other tools do not count.
    Codes(&'static str),
    /// A file that is written, the value of this option.
    Output(&'static str),
    /// One of some words, in any case, the value of this option.
    Choice(&'static str, &'static [&'static str]),
    /// True or false; this option when true.
    Flag(&'static str),
    /// True or false, and either way the same is generated.
    FlagWithoutEffect,
    /// A value without effect.
    WithoutEffect,
    /// The file that remembers what the outputs were made from.
    Cache,
}

/// A parameter of the task.
#[derive(Debug, PartialEq, Eq)]
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

impl Parameter {
    /// The option of `thunkgen generate` that it becomes.
    pub fn option(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Files(option)
            | Kind::ItemFiles(option)
            | Kind::List(option)
            | Kind::Codes(option)
            | Kind::Output(option)
            | Kind::Choice(option, _)
            | Kind::Flag(option) => Some(option),
            Kind::Inputs | Kind::FlagWithoutEffect | Kind::WithoutEffect | Kind::Cache => None,
        }
    }
}

const fn required(name: &'static str, kind: Kind, help: &'static str) -> Parameter {
    Parameter { name, kind, required: true, help }
}

const fn optional(name: &'static str, kind: Kind, help: &'static str) -> Parameter {
    Parameter { name, kind, required: false, help }
}

/// Every parameter, in the order of the help.
pub const ALL: &[Parameter] = &[
    required("Assemblies", Kind::Inputs, "list of the app's assemblies; files without managed code are skipped"),
    required(
        "PInvokeModules",
        Kind::List("--optional-module"),
        "list of the native libraries that are linked into the app",
    ),
    required("PInvokeOutputPath", Kind::Output("--pinvoke"), "file to write the P/Invoke table to"),
    required("ReversePInvokeOutputPath", Kind::Output("--reverse"), "file to write the callbacks from native code to"),
    required(
        "InterpToNativeOutputPath",
        Kind::Output("--interp-to-native"),
        "file to write the interpreter-to-native table to",
    ),
    optional("CacheFilePath", Kind::Cache, "file that remembers what the outputs were made from, to skip equal work"),
    optional("TargetOS", Kind::Choice("--target-os", &["browser", "wasi"]), "browser (the default) or wasi"),
    optional("IsLibraryMode", Kind::FlagWithoutEffect, "accepted; exported callbacks always get a C function"),
    optional("IgnoredPInvokeModules", Kind::WithoutEffect, "accepted; a library that is not linked is no warning"),
    optional("WarnOnUnresolvedPInvokeModules", Kind::FlagWithoutEffect, "accepted, for the same reason"),
    optional("SignatureResolverPath", Kind::WithoutEffect, "accepted; struct sizes need no other tool"),
    optional("Crossgen2Path", Kind::WithoutEffect, "accepted, for the same reason"),
    optional("DotNetHostPath", Kind::WithoutEffect, "accepted, for the same reason"),
    optional("References", Kind::Files("--reference"), "list of assemblies to look types up in only"),
    optional(
        "Contract",
        Kind::Choice("--contract", &["wasm-thunks", "portable-callhelpers"]),
        "wasm-thunks (the default) or portable-callhelpers",
    ),
    optional(
        "ModuleLists",
        Kind::ItemFiles("--module-list"),
        "list of files that name linked libraries, FILE or FILE:ITEM",
    ),
    optional("ExtraSignatures", Kind::Files("--extra-signatures"), "list of files of extra signatures"),
    optional("StructSizes", Kind::List("--struct-size"), "list of declared sizes, TYPE=SIZE or TYPE=SIZE:ALIGN"),
    optional("StructSizeFiles", Kind::Files("--struct-size-file"), "list of files that declare sizes"),
    optional("Suppressions", Kind::Files("--suppressions"), "list of TOML files that suppress warnings with a reason"),
    optional("NoWarn", Kind::Codes("--nowarn"), "list of codes not to warn about; those of other tools do not count"),
    optional("WarningsAsErrors", Kind::Codes("--warnaserror"), "list of codes that are errors; likewise"),
    optional("TreatWarningsAsErrors", Kind::Flag("--strict"), "true makes every warning an error"),
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

/// The parameter that became an option which a message of the generator names.
pub fn named_in(message: &str) -> Option<&'static Parameter> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let names = |option: &str| {
        let mut found = message.match_indices(option);
        found.any(|(at, _)| !message[at + option.len()..].starts_with(is_part))
    };
    ALL.iter().find(|parameter| parameter.option().is_some_and(names))
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
        assert_eq!(find("Target"), None);
        assert_eq!(nearest("PInvokeModule"), Some("PInvokeModules"));
        assert_eq!(nearest("AssemblyPaths"), None);
        assert_eq!(nearest("ReversePinvokeOutput"), Some("ReversePInvokeOutputPath"));
        assert_eq!(nearest("IcallOutputPath"), None);
    }

    #[test]
    fn messages_about_options_are_about_parameters() {
        let name = |message| named_in(message).map(|parameter| parameter.name);
        assert_eq!(name("invalid value 'x' for '--struct-size <TYPE=SIZE>'"), Some("StructSizes"));
        assert_eq!(name("--struct-size-file: x"), Some("StructSizeFiles"));
        assert_eq!(name("outputs a and b are one file"), None);
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<String> = ALL.iter().map(|parameter| parameter.name.to_ascii_lowercase()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }
}
