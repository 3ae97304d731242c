//! Where each file of each target goes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::error::OptionError;
use super::options::{Emit, Given, Origin, Outputs};
use clr_wasm_abi::TargetOs;
use thunkgen_core::emit::Output;
use thunkgen_core::emit::stubs::Language;

/// A path in which `{target}` stands for the name of the target.
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
pub struct Places {
    /// The files made for each target.
    pub files: BTreeMap<(TargetOs, Output), PathBuf>,
    /// The folder of the stubs of each target in each language. The names of the files depend on what is collected.
    pub stubs: BTreeMap<(TargetOs, Language), PathBuf>,
    /// The folders that belong to the tool: a generated file in one of them that is no output is left over.
    pub folders: Vec<PathBuf>,
}

/// Why the options give no places, with the option that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceError {
    /// None of them is given.
    Nowhere,
    /// This one is empty.
    Empty(Origin),
    /// Stubs are asked for, by this one, but no folder.
    NoFolder(Origin),
    /// This one is the place of a C++ table, and none is asked for.
    WithoutCpp(Origin),
    /// This one would give files of several targets this one path.
    OnePath(Origin, String),
}

impl From<PlaceError> for OptionError {
    fn from(error: PlaceError) -> OptionError {
        let (origin, message) = match error {
            PlaceError::Nowhere => (
                Origin::Default,
                "nowhere to write to: add --out DIR, or one or more of --interp-to-native FILE, --pinvoke FILE, \
                 --reverse FILE"
                    .to_owned(),
            ),
            PlaceError::Empty(option) => {
                let message = match option {
                    Origin::Manifest(key, _) => {
                        format!("`{key}` is empty; write \".\" for the manifest's folder")
                    }
                    _ => format!("{option} needs a path that is not empty"),
                };
                (option, message)
            }
            PlaceError::NoFolder(option) => {
                let message = match option {
                    Origin::Manifest(..) => "stubs are named after libraries: name their folder with `out`",
                    _ => "nowhere to write stubs to: add --out DIR; their names are those of the libraries",
                };
                (option, message.to_owned())
            }
            PlaceError::WithoutCpp(option) => {
                let message = match option {
                    Origin::Manifest(key, _) => {
                        format!("`{key}` is the place of a C++ table: add \"cpp\" to `emit`, or leave it out")
                    }
                    _ => format!("{option} is the place of a C++ table: add cpp to --emit, or leave the option out"),
                };
                (option, message)
            }
            PlaceError::OnePath(option, path) => {
                let message = match option {
                    Origin::Manifest(key, _) => {
                        format!("`{key}` is {path} for every target; put {PLACEHOLDER} into the path")
                    }
                    _ => format!("{option} {path}: several targets need a file each: put {PLACEHOLDER} into the path"),
                };
                (option, message)
            }
        };
        OptionError { origin, message }
    }
}

impl Outputs {
    /// Whether the C++ tables are asked for, as when nothing is said.
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

    /// Whether nothing says where files go.
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

    /// Refuses options that give no places.
    fn refuse(&self, targets: &[TargetOs]) -> Result<(), PlaceError> {
        if self.is_none() {
            return Err(PlaceError::Nowhere);
        }
        if self.out.is_none() && !self.stubs().is_empty() {
            return Err(PlaceError::NoFolder(self.emit.origin.clone()));
        }
        let tables = || self.tables().into_iter().filter_map(|(_, path)| path);
        if let Some(table) = tables().next().filter(|_| !self.emits_cpp()) {
            return Err(PlaceError::WithoutCpp(table.origin.clone()));
        }
        for (path, is_folder) in tables().map(|table| (table, false)).chain(self.out.iter().map(|out| (out, true))) {
            if path.text.is_empty() {
                return Err(PlaceError::Empty(path.origin.clone()));
            }
            if !is_folder && targets.len() > 1 && !path.depends_on_target() {
                return Err(PlaceError::OnePath(path.origin.clone(), path.text.clone()));
            }
        }
        Ok(())
    }
}

/// Decides the places from the options.
///
/// With several targets `out` means `OUT/{target}`; an option for one file must then hold `{target}` itself.
pub fn places(outputs: &Outputs, targets: &[TargetOs]) -> Result<Places, PlaceError> {
    outputs.refuse(targets)?;
    let mut places = Places::default();
    for &target in targets {
        let folder = outputs.out.as_ref().map(|out| match targets.len() {
            1 => out.for_target(target),
            _ if out.depends_on_target() => out.for_target(target),
            _ => out.for_target(target).join(target.name()),
        });
        for (output, path) in outputs.tables().into_iter().filter(|_| outputs.emits_cpp()) {
            let by_default = folder.as_ref().map(|folder| folder.join(output.file_name()));
            if let Some(path) = path.map(|path| path.for_target(target)).or(by_default) {
                places.files.insert((target, output), path);
            }
        }
        let stubs = outputs.stubs().into_iter().filter_map(|language| Some(((target, language), folder.clone()?)));
        places.stubs.extend(stubs);
        places.folders.extend(folder);
    }
    if let (Some(out), true) = (&outputs.out, targets.len() > 1)
        && !out.depends_on_target()
    {
        places.folders.push(out.base.join(&out.text));
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
        assert_eq!((found.files.len(), found.folders.len()), (0, 3));
        let found = places(&with(&[Emit::Cpp, RUST], "gen", "p.cpp"), &[Wasi]).unwrap();
        assert_eq!((files(&found).len(), found.stubs.len()), (3, 1));
        for (out, error) in [
            ("", PlaceError::NoFolder(Origin::CommandLine("--emit"))),
            ("gen", PlaceError::WithoutCpp(Origin::CommandLine("--pinvoke"))),
        ] {
            assert_eq!(places(&with(&[RUST], out, "p.cpp"), &[Browser]).unwrap_err(), error);
        }
    }
}
