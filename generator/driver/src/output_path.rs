//! Where each file of each target goes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::error::OptionError;
use super::options::{Emit, Given, Origin, Outputs};
use clr_wasm_abi::TargetOs;
use thunkgen_core::emit::Output;
use thunkgen_core::emit::stubs::Language;
use thunkgen_diagnostics::Location;

/// A path in which `{target}` is replaced with the name of the target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutputPath {
    /// Where the path starts; nothing is replaced in it.
    base: PathBuf,
    text: String,
}

const PLACEHOLDER: &str = "{target}";

impl From<String> for OutputPath {
    fn from(text: String) -> OutputPath {
        OutputPath { base: PathBuf::new(), text }
    }
}

impl OutputPath {
    /// The same path from `base` on.
    pub fn below(self, base: impl Into<PathBuf>) -> OutputPath {
        OutputPath { base: base.into(), ..self }
    }

    /// As the user wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn depends_on_target(&self) -> bool {
        self.text.contains(PLACEHOLDER)
    }

    fn for_target(&self, target: TargetOs) -> PathBuf {
        self.base.join(self.text_for(target))
    }

    /// What the user wrote, with the name of the target in it.
    pub fn text_for(&self, target: TargetOs) -> String {
        self.text.replace(PLACEHOLDER, target.name())
    }
}

/// The places of all outputs of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Places {
    /// The files made for each target.
    pub files: BTreeMap<(TargetOs, Output), PathBuf>,
    /// The directory of the stubs of each target in each language. The names of the files depend on what is collected.
    pub stubs: BTreeMap<(TargetOs, Language), PathBuf>,
    /// The directories that belong to the tool: a generated file in one of them that is not an output is obsolete.
    pub directories: Vec<PathBuf>,
}

/// An error about an option, in the words of a manifest or of the command line.
fn error(origin: &Origin, in_manifest: impl FnOnce(&str) -> String, elsewhere: String) -> OptionError {
    match origin {
        Origin::Manifest(key, _) => OptionError::of(origin, in_manifest(key)),
        _ => OptionError::of(origin, elsewhere),
    }
}

impl Outputs {
    /// Whether the C++ tables are asked for, as by default.
    pub fn emits_cpp(&self) -> bool {
        self.emit.is_empty() || self.emit.contains(&Emit::Cpp)
    }

    /// The languages of the stubs that are asked for, each once.
    pub fn stubs(&self) -> BTreeSet<Language> {
        let language = |emit: &Emit| match emit {
            Emit::Cpp => None,
            Emit::Stubs(language) => Some(*language),
        };
        self.emit.iter().filter_map(language).collect()
    }

    /// Whether no option says where files go.
    pub fn is_none(&self) -> bool {
        self.out.is_none() && self.tables().iter().all(|(_, path)| path.is_none())
    }

    /// The places of the C++ tables.
    pub fn tables(&self) -> [(Output, Option<&Given<OutputPath>>); 3] {
        [
            (Output::InterpToNative, self.interp_to_native.as_ref()),
            (Output::PInvoke, self.pinvoke.as_ref()),
            (Output::Reverse, self.reverse.as_ref()),
        ]
    }

    /// Where a manifest says the path of a table, itself or with the directory of all.
    pub(super) fn place_of(&self, output: Output) -> Option<&Location> {
        let (_, path) = self.tables().into_iter().find(|(table, _)| *table == output)?;
        path.or(self.out.as_ref())?.origin.in_manifest()
    }

    /// Refuses options that give no places.
    fn refuse(&self, targets: &[TargetOs]) -> Result<(), OptionError> {
        if self.is_none() {
            return Err(OptionError::new(
                "no output is specified: add --out DIR, or one or more of --interp-to-native FILE, --pinvoke FILE, \
                 --reverse FILE",
            ));
        }
        if self.out.is_none() && !self.stubs().is_empty() {
            let in_manifest = |_: &str| "stubs are named after libraries: name their directory with `out`".to_owned();
            let message = "no directory for stubs is specified: add --out DIR; stubs are named after libraries";
            return Err(error(&self.emit.origin, in_manifest, message.to_owned()));
        }
        let tables = || self.tables().into_iter().filter_map(|(_, path)| path);
        if let Some(Given { origin, .. }) = tables().next().filter(|_| !self.emits_cpp()) {
            let in_manifest =
                |key: &str| format!("`{key}` is the path of a C++ table: add \"cpp\" to `emit`, or leave it out");
            let message = format!("{origin} is the path of a C++ table: add cpp to --emit, or leave the option out");
            return Err(error(origin, in_manifest, message));
        }
        for (path, is_directory) in tables().map(|table| (table, false)).chain(self.out.iter().map(|out| (out, true))) {
            let (text, origin) = (&path.text, &path.origin);
            if text.is_empty() {
                let in_manifest = |key: &str| format!("`{key}` is empty; write \".\" for the manifest's directory");
                return Err(error(origin, in_manifest, format!("{origin} needs a path that is not empty")));
            }
            if !is_directory && targets.len() > 1 && !path.depends_on_target() {
                let in_manifest =
                    |key: &str| format!("`{key}` is {text} for every target; put {PLACEHOLDER} into the path");
                let message =
                    format!("{origin} {text}: several targets need a file each: put {PLACEHOLDER} into the path");
                return Err(error(origin, in_manifest, message));
            }
        }
        Ok(())
    }
}

/// Decides the places from the options.
///
/// With several targets `out` means `OUT/{target}`; an option for one file must then contain `{target}` itself.
pub fn places(outputs: &Outputs, targets: &[TargetOs]) -> Result<Places, OptionError> {
    outputs.refuse(targets)?;
    let mut places = Places::default();
    for &target in targets {
        let directory = outputs.out.as_ref().map(|out| match targets.len() {
            1 => out.for_target(target),
            _ if out.depends_on_target() => out.for_target(target),
            _ => out.for_target(target).join(target.name()),
        });
        for (output, path) in outputs.tables().into_iter().filter(|_| outputs.emits_cpp()) {
            let by_default = directory.as_ref().map(|directory| directory.join(output.file_name()));
            if let Some(path) = path.map(|path| path.for_target(target)).or(by_default) {
                places.files.insert((target, output), path);
            }
        }
        let stubs = outputs.stubs().into_iter().filter_map(|language| Some(((target, language), directory.clone()?)));
        places.stubs.extend(stubs);
        places.directories.extend(directory);
    }
    if let (Some(out), true) = (&outputs.out, targets.len() > 1)
        && !out.depends_on_target()
    {
        places.directories.push(out.base.join(&out.text));
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use TargetOs::{Browser, Wasi};

    const RUST: Emit = Emit::Stubs(Language::Rust);
    const C_HEADER: Emit = Emit::Stubs(Language::CHeader);

    fn outputs(out: &str, pinvoke: &str) -> Outputs {
        let path = |option, text: &str| {
            (!text.is_empty()).then(|| Given::on_command_line(option, OutputPath::from(text.to_owned())))
        };
        Outputs { out: path("--out", out), pinvoke: path("--pinvoke", pinvoke), ..Outputs::default() }
    }

    fn files(places: &Places) -> Vec<String> {
        places.files.values().map(|p| p.display().to_string().replace('\\', "/")).collect()
    }

    #[test]
    fn stubs_have_a_folder() {
        let with = |emit: &[Emit], out, pinvoke| Outputs {
            emit: Given::on_command_line("--emit", emit.to_vec()),
            ..outputs(out, pinvoke)
        };
        let found = places(&with(&[RUST, C_HEADER, RUST], "gen", ""), &[Browser, Wasi]).unwrap();
        let stubs: Vec<_> =
            found.stubs.iter().map(|((_, l), path)| format!("{} {}", l.name(), path.display())).collect();
        assert_eq!(stubs, ["rust gen/browser", "c-header gen/browser", "rust gen/wasi", "c-header gen/wasi"]);
        assert_eq!((found.files.len(), found.directories.len()), (0, 3));
        let found = places(&with(&[Emit::Cpp, RUST], "gen", "p.cpp"), &[Wasi]).unwrap();
        assert_eq!((files(&found).len(), found.stubs.len()), (3, 1));
        for (out, error) in
            [("", "no directory for stubs is specified: "), ("gen", "--pinvoke is the path of a C++ table: ")]
        {
            let found = places(&with(&[RUST], out, "p.cpp"), &[Browser]).unwrap_err().message;
            assert!(found.starts_with(error), "{found}");
        }
    }
}
