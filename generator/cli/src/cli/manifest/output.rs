//! One set of outputs: from the values of its table to what a run takes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::values::Values;
use crate::cli::args::{EmitArg, ExtraArgs, ModuleArgs, OutputArgs, SizeArgs, TargetArgs, TargetOsArg, TokensArg};
use crate::cli::inputs;
use crate::cli::modules::list_file;
use crate::cli::output_path::{OutputPath, PlaceError, Places, option_name, places};
use crate::cli::request::target_list;
use crate::cli::toml_file::{Mistake, Table, Text};
use crate::cli::unused::Named;
use crate::diagnostics::Location;
use crate::emit::{Contract, Output};
use crate::types::Role;

/// One set of outputs, and what it is made from.
#[derive(Debug)]
pub struct OutputSet {
    /// Its name, or the folder it is written to.
    pub label: String,
    /// Every file to read.
    pub files: BTreeMap<PathBuf, Role>,
    /// Where the outputs go.
    pub places: Places,
    /// Where in the manifest the place of each output is given.
    pub written_at: BTreeMap<Output, Location>,
    /// Where it is said that skeletons are made.
    pub skeletons_at: Option<Location>,
    /// The options, their paths relative to the current folder.
    pub target: TargetArgs,
    /// The interface between runtime and generated files.
    pub contract: Contract,
    /// What is named one by one.
    pub named: Named,
    /// Native libraries.
    pub modules: ModuleArgs,
    /// The files of native code that P/Invokes are compared with. They may not be built yet.
    pub native: Vec<PathBuf>,
    /// Files of extra signatures.
    pub extra: ExtraArgs,
    /// Declared sizes.
    pub sizes: SizeArgs,
}

impl OutputSet {
    /// The set that `table` describes with these values; `None` when it has no places. Mistakes are reported.
    pub fn new(table: Table<'_>, values: Values, base: &Path) -> Option<OutputSet> {
        if !values.given.contains("inputs") {
            let message = "`inputs` is missing: name the assemblies, their folders, or patterns such as 'bin/**/*.dll'";
            table.report(Mistake::MissingKey, table.location(), message);
        }
        let mut files = BTreeMap::new();
        for (texts, role) in [(&values.inputs, Role::Input), (&values.references, Role::Reference)] {
            for file in texts.iter().flatten().flat_map(|text| expand(table, text, base)) {
                files.entry(file).or_insert(role);
            }
        }
        let (tokens, tokens_at) = values.tokens.unwrap_or((TokensArg::Current, Location::default()));
        let contract = values.contract.map(Contract::from).unwrap_or_default();
        if contract == Contract::PortableCallhelpers && !matches!(tokens, TokensArg::Current) {
            let message = "a runtime of the contract portable-callhelpers knows tokens = \"current\" only";
            table.report(Mistake::Value, tokens_at, message);
        }
        let target = TargetArgs { target_os: values.target_os.unwrap_or(vec![TargetOsArg::Browser]), tokens };
        let lists = |texts: Option<Vec<Text>>| -> Vec<PathBuf> {
            texts.into_iter().flatten().map(|text| listed(table, text, base)).collect()
        };
        let named = Named {
            modules: values.modules.iter().flatten().map(|text| (text.value.clone(), text.location.clone())).collect(),
            types: values.struct_sizes.iter().flatten().map(|(of, at)| (of.name().to_owned(), at.clone())).collect(),
        };
        let modules = ModuleArgs {
            module: values.modules.into_iter().flatten().map(|text| text.value).collect(),
            module_list: lists(values.module_lists),
            no_default_modules: values.default_modules == Some(false),
            ..ModuleArgs::default()
        };
        let native = values.native.into_iter().flatten().map(|text| base.join(text.value)).collect();
        let extra = ExtraArgs { extra_signatures: lists(values.extra_signatures) };
        let sizes = SizeArgs {
            struct_size: values.struct_sizes.into_iter().flatten().map(|(declaration, _)| declaration).collect(),
            struct_size_file: lists(values.struct_size_files),
        };
        let own = [values.interp_to_native, values.pinvoke, values.reverse];
        if ["out", "interp-to-native", "pinvoke", "reverse"].iter().all(|key| !values.given.contains(*key)) {
            let message = "`out` is missing: name the folder to write to, or files with `interp-to-native`, \
                           `pinvoke` and `reverse`";
            table.report(Mistake::MissingKey, table.location(), message);
        }
        let (places, written_at) = decide_places(table, &target, values.emit.as_ref(), values.out.as_ref(), &own)?;
        let first = || places.files.values().next().map(|path| path.display().to_string());
        let label = values.name.or(values.out).map(|text| text.value).or_else(first).unwrap_or_default();
        let places = places.below(base);
        let skeletons_at = values.emit.map(|(_, location)| location);
        Some(OutputSet {
            label,
            files,
            places,
            written_at,
            skeletons_at,
            target,
            contract,
            named,
            modules,
            native,
            extra,
            sizes,
        })
    }
}

/// The files that an input stands for.
fn expand(table: Table<'_>, text: &Text, base: &Path) -> Vec<PathBuf> {
    let bad = |why: String| {
        table.report(Mistake::Path, text.location.clone(), why);
        Vec::new()
    };
    if text.value.is_empty() {
        return bad("the path is empty; write \".\" for the manifest's folder".to_owned());
    }
    match inputs::expand_one(base, Path::new(&text.value)) {
        Ok(files) => match files.iter().find(|file| !file.exists()) {
            Some(file) => bad(unusable(file, &text.value, "no such file or folder")),
            None => files,
        },
        Err(why) => bad(format!("{}; build the assemblies first, or correct the path", why.0)),
    }
}

/// A path that cannot be used, as it is `written` in the manifest, and where it was looked for.
pub fn unusable(path: &Path, written: &str, why: &str) -> String {
    let relative = if Path::new(written).has_root() { "" } else { "; paths are relative to the manifest's folder" };
    format!("{}: {why}{relative}", path.display())
}

/// The path of a file that is read beside the inputs.
fn listed(table: Table<'_>, text: Text, base: &Path) -> PathBuf {
    let path = base.join(&text.value);
    let file = list_file(&path).0;
    if !file.exists() {
        table.report(Mistake::Path, text.location, unusable(&file, &text.value, "no such file or folder"));
    }
    path
}

fn decide_places(
    table: Table<'_>,
    target: &TargetArgs,
    emit: Option<&(Vec<EmitArg>, Location)>,
    out: Option<&Text>,
    own: &[Option<Text>; 3],
) -> Option<(Places, BTreeMap<Output, Location>)> {
    let path = |text: Option<&Text>| text.map(|text| text.value.parse::<OutputPath>().unwrap_or_else(|e| match e {}));
    let [interp_to_native, pinvoke, reverse] = own.each_ref().map(|text| path(text.as_ref()));
    let kinds = emit.map(|(kinds, _)| kinds.clone()).unwrap_or_default();
    let args = OutputArgs { emit: kinds, out: path(out), interp_to_native, pinvoke, reverse, ..OutputArgs::default() };
    let texts: BTreeMap<Output, &Text> =
        Output::ALL.into_iter().zip(own).filter_map(|(output, own)| Some((output, own.as_ref().or(out)?))).collect();
    let place = |option: &str| {
        let named = texts.iter().find(|(output, _)| option_name(**output) == option).map(|(_, text)| *text);
        named.filter(|_| option != "out").or(out).map_or_else(|| table.location(), |text| text.location.clone())
    };
    match places(&args, &target_list(target)) {
        Ok(places) => {
            let written_at = texts.into_iter().map(|(output, text)| (output, text.location.clone())).collect();
            return Some((places, written_at));
        }
        // That was reported, as a key that is missing or has no usable value.
        Err(PlaceError::Nowhere) => {}
        Err(PlaceError::Empty(key)) => {
            table.report(
                Mistake::Value,
                place(key),
                format!("`{key}` is empty; write \".\" for the manifest's folder"),
            );
        }
        Err(PlaceError::NoFolder) => {
            let location = emit.map_or_else(|| table.location(), |(_, location)| location.clone());
            table.report(Mistake::Value, location, "skeletons are named after libraries: name their folder with `out`");
        }
        Err(PlaceError::WithoutCpp(key)) => {
            let message = format!("`{key}` is the place of a C++ table: add \"cpp\" to `emit`, or leave it out");
            table.report(Mistake::Value, place(key), message);
        }
        Err(PlaceError::OnePath(key, path)) => {
            let message = format!("`{key}` is {path} for every target; put {{target}} into the path");
            table.report(Mistake::Value, place(key), message);
        }
    }
    None
}
