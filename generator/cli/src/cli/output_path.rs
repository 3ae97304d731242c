//! Where each file of each target goes.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::args::OutputArgs;
use super::error::UsageError;
use crate::abi::TargetOs;
use crate::emit::Output;
use crate::emit::skeleton::Language;

/// A path in which `{target}` stands for the name of the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputPath(String);

const PLACEHOLDER: &str = "{target}";

impl FromStr for OutputPath {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<OutputPath, Infallible> {
        Ok(OutputPath(text.to_owned()))
    }
}

impl OutputPath {
    /// As the user wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn depends_on_target(&self) -> bool {
        self.0.contains(PLACEHOLDER)
    }

    fn for_target(&self, target: TargetOs) -> PathBuf {
        PathBuf::from(self.0.replace(PLACEHOLDER, target.name()))
    }
}

/// The places of all outputs of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The files made for each target.
    pub files: BTreeMap<(TargetOs, Output), PathBuf>,
    /// The folder of the skeletons of each target in each language. The names of the files depend on what is collected.
    pub skeletons: BTreeMap<(TargetOs, Language), PathBuf>,
    /// The folders that belong to the tool: a generated file in one of them that is no output is left over.
    pub folders: Vec<PathBuf>,
}

impl Places {
    /// The same places as paths that start at `base`.
    pub fn below(mut self, base: &Path) -> Places {
        let skeletons = self.skeletons.values_mut();
        self.files.values_mut().chain(skeletons).chain(&mut self.folders).for_each(|path| *path = base.join(&path));
        self
    }
}

/// Why the options give no places. The option is named without its dashes, as a manifest has it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceError {
    /// None of them is given.
    Nowhere,
    /// This one is empty.
    Empty(&'static str),
    /// Skeletons are asked for, but no folder.
    NoFolder,
    /// This one is the place of a C++ table, and none is asked for.
    WithoutCpp(&'static str),
    /// This one would give files of several targets this one path.
    OnePath(&'static str, String),
}

impl From<PlaceError> for UsageError {
    fn from(error: PlaceError) -> UsageError {
        match error {
            PlaceError::Nowhere => UsageError::new(
                "nowhere to write to: add --out DIR, or one or more of --interp-to-native FILE, --pinvoke FILE, \
                 --reverse FILE",
            ),
            PlaceError::Empty(option) => UsageError::new(format_args!("--{option} needs a path that is not empty")),
            PlaceError::NoFolder => {
                UsageError::new("nowhere to write skeletons to: add --out DIR; their names are those of the libraries")
            }
            PlaceError::WithoutCpp(option) => UsageError::new(format_args!(
                "--{option} is the place of a C++ table: add cpp to --emit, or leave the option out"
            )),
            PlaceError::OnePath(option, path) => UsageError::new(format_args!(
                "--{option} {path}: several targets need a file each: put {PLACEHOLDER} into the path"
            )),
        }
    }
}

/// The option, or key of a manifest, that names the file of an output.
pub fn option_name(output: Output) -> &'static str {
    match output {
        Output::InterpToNative => "interp-to-native",
        Output::PInvoke => "pinvoke",
        Output::Reverse => "reverse",
    }
}

/// The options of the C++ tables.
fn own_options(args: &OutputArgs) -> [(Output, &Option<OutputPath>); 3] {
    [
        (Output::InterpToNative, &args.interp_to_native),
        (Output::PInvoke, &args.pinvoke),
        (Output::Reverse, &args.reverse),
    ]
}

/// Refuses options that give no places.
fn refuse(
    args: &OutputArgs,
    options: &[(Output, &Option<OutputPath>)],
    targets: &[TargetOs],
) -> Result<(), PlaceError> {
    if args.out.is_none() && options.iter().all(|(_, path)| path.is_none()) {
        return Err(PlaceError::Nowhere);
    }
    if args.out.is_none() && !args.skeletons().is_empty() {
        return Err(PlaceError::NoFolder);
    }
    if let Some((output, _)) = options.iter().find(|(_, path)| path.is_some() && !args.emits_cpp()) {
        return Err(PlaceError::WithoutCpp(option_name(*output)));
    }
    let named = options.iter().map(|(output, path)| (option_name(*output), *path)).chain([("out", &args.out)]);
    for (option, path) in named {
        match path {
            Some(path) if path.0.is_empty() => return Err(PlaceError::Empty(option)),
            Some(path) if option != "out" && targets.len() > 1 && !path.depends_on_target() => {
                return Err(PlaceError::OnePath(option, path.0.clone()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Decides the places from the options.
///
/// With several targets `--out DIR` means `DIR/{target}`; an option for one file must then hold `{target}` itself.
pub fn places(args: &OutputArgs, targets: &[TargetOs]) -> Result<Places, PlaceError> {
    let options = own_options(args);
    refuse(args, &options, targets)?;
    let mut places = Places::default();
    for &target in targets {
        let folder = args.out.as_ref().map(|out| match targets.len() {
            1 => out.for_target(target),
            _ if out.depends_on_target() => out.for_target(target),
            _ => out.for_target(target).join(target.name()),
        });
        for (output, path) in options.into_iter().filter(|_| args.emits_cpp()) {
            let by_default = folder.as_ref().map(|folder| folder.join(output.file_name()));
            if let Some(path) = path.as_ref().map(|path| path.for_target(target)).or(by_default) {
                places.files.insert((target, output), path);
            }
        }
        let skeletons = args.skeletons().into_iter().filter_map(|language| Some(((target, language), folder.clone()?)));
        places.skeletons.extend(skeletons);
        places.folders.extend(folder);
    }
    if let (Some(out), true) = (&args.out, targets.len() > 1)
        && !out.depends_on_target()
    {
        places.folders.push(PathBuf::from(&out.0));
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::EmitArg;
    use TargetOs::{Browser, Wasi};

    fn args(out: &str, pinvoke: &str, reverse: &str) -> OutputArgs {
        let path = |text: &str| (!text.is_empty()).then(|| OutputPath(text.to_owned()));
        OutputArgs { out: path(out), pinvoke: path(pinvoke), reverse: path(reverse), ..OutputArgs::default() }
    }

    fn files(places: &Places) -> Vec<String> {
        places.files.values().map(|p| p.display().to_string().replace('\\', "/")).collect()
    }

    #[test]
    fn a_folder_has_all_files_and_an_option_moves_one() {
        let found = places(&args("gen", "p.cpp", ""), &[Browser]).unwrap();
        assert_eq!(files(&found), ["gen/callhelpers-interp-to-managed.cpp", "p.cpp", "gen/callhelpers-reverse.cpp"]);
        assert_eq!(found.folders, [PathBuf::from("gen")]);
    }

    #[test]
    fn without_a_folder_only_what_is_named() {
        let found = places(&args("", "p-{target}.cpp", ""), &[Wasi]).unwrap();
        assert_eq!((files(&found), found.folders.len()), (vec!["p-wasi.cpp".to_owned()], 0));
    }

    #[test]
    fn each_target_has_its_folder() {
        let found = places(&args("gen", "{target}/p.cpp", ""), &[Browser, Wasi]).unwrap();
        assert_eq!(
            files(&found)[1..4],
            ["browser/p.cpp", "gen/browser/callhelpers-reverse.cpp", "gen/wasi/callhelpers-interp-to-managed.cpp"]
        );
        assert_eq!(found.folders, ["gen/browser", "gen/wasi", "gen"].map(PathBuf::from));
        let found = places(&args("{target}/gen", "", ""), &[Browser, Wasi]).unwrap();
        assert_eq!(found.folders, ["browser/gen", "wasi/gen"].map(PathBuf::from));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (args, targets, error) in [
            (args("", "", ""), &[Browser][..], "nowhere to write to: "),
            (args("", "p.cpp", ""), &[Browser, Wasi], "--pinvoke p.cpp: several targets need a file each"),
        ] {
            let found = UsageError::from(places(&args, targets).unwrap_err()).0;
            assert!(found.starts_with(error), "{found}");
        }
    }

    #[test]
    fn skeletons_have_a_folder() {
        let with = |emit: &[EmitArg], out, pinvoke| OutputArgs { emit: emit.to_vec(), ..args(out, pinvoke, "") };
        let found =
            places(&with(&[EmitArg::Rust, EmitArg::CHeader, EmitArg::Rust], "gen", ""), &[Browser, Wasi]).unwrap();
        let skeletons: Vec<_> =
            found.skeletons.iter().map(|((_, l), path)| format!("{} {}", l.name(), path.display())).collect();
        assert_eq!(skeletons, ["rust gen/browser", "c-header gen/browser", "rust gen/wasi", "c-header gen/wasi"]);
        assert_eq!((found.files.len(), found.folders.len()), (0, 3));
        let found = places(&with(&[EmitArg::Cpp, EmitArg::Rust], "gen", "p.cpp"), &[Wasi]).unwrap();
        assert_eq!((files(&found).len(), found.skeletons.len()), (3, 1));
        for (emit, out, pinvoke, error) in [
            (EmitArg::Rust, "", "p.cpp", PlaceError::NoFolder),
            (EmitArg::Rust, "gen", "p.cpp", PlaceError::WithoutCpp("pinvoke")),
        ] {
            assert_eq!(places(&with(&[emit], out, pinvoke), &[Browser]).unwrap_err(), error);
        }
    }
}
