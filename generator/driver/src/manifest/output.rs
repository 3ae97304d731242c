//! One set of outputs: from the keys of its table to options.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::NAME;
use super::variables::{TARGET, Variables, names_target};
use crate::error::OptionError;
use crate::inputs;
use crate::modules::list_file;
use crate::options::{Choice, FrameText, Given, Options, Origin, path_map};
use crate::output_path::{OutputPath, Places, places};
use crate::struct_sizes::{DeclarationError, SizeDeclaration};
use crate::toml_file::{Text, TomlTable, Value, nearest};
use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_core::RuntimeVersion;
use thunkgen_core::emit::Contract;
use thunkgen_diagnostics::{Location, catalogue};

/// One set of outputs, and what it is made from.
#[derive(Debug)]
pub struct OutputSet {
    /// Its name, or the directory it is written to.
    pub label: String,
    /// What it is made from and where it goes; paths are relative to the current directory, and inputs are files.
    pub options: Options,
    /// Whether it counts in this run. The inputs of others are not looked for.
    pub is_chosen: bool,
}

/// The manifest's directory, and the one output that counts.
#[derive(Clone, Copy)]
pub struct Chosen<'c> {
    pub base: &'c Path,
    pub output: Option<&'c Given<String>>,
}

/// The keys of texts that are read, in which `{target}` gives each target inputs of its own.
const READ: [&str; 11] = [
    "inputs",
    "references",
    "own",
    "modules",
    "module-lists",
    "native",
    "path-map",
    "extra-signatures",
    "struct-size-files",
    "header-file",
    "trailer-file",
];

impl OutputSet {
    /// The sets that these keys describe: one, or one for each target if what is read depends on the target. Mistakes are
    /// reported. Without a choice, only values are judged: nothing on the disk is looked at, and keys may be missing.
    pub fn all(keys: Keys<'_>, chosen: Option<Chosen<'_>>) -> Vec<OutputSet> {
        let targets = keys.choices("target-os").map_or(vec![TargetOs::Browser], |targets| targets.value);
        let mut each: Vec<TargetOs> = targets.clone();
        each.sort_unstable();
        each.dedup();
        let depends_on_target =
            READ.iter().any(|key| keys.table(key).is_some_and(|table| table.mentions(key, names_target)));
        match each[..] {
            [_, _, ..] if depends_on_target => each
                .iter()
                .filter_map(|target| OutputSet::new(keys.of_one_of_several(*target), vec![*target], chosen))
                .collect(),
            [target] => OutputSet::new(Keys { target: Some(target), ..keys }, targets, chosen).into_iter().collect(),
            _ => OutputSet::new(keys, targets, chosen).into_iter().collect(),
        }
    }

    /// Where its files go.
    pub fn places(&self) -> Result<Places, OptionError> {
        places(&self.options.outputs, &self.options.target_list())
    }

    /// The set that these keys describe for targets; `None` when it has no places.
    fn new(keys: Keys<'_>, targets: Vec<TargetOs>, chosen: Option<Chosen<'_>>) -> Option<OutputSet> {
        let name = keys.name(&targets);
        let label = if keys.is_one_of_several { keys.with_target(&name) } else { name.clone() };
        let is_chosen = chosen.is_some_and(|chosen| {
            chosen.output.is_none_or(|wanted| [&label, &name].into_iter().any(|name| *name == wanted.value))
        });
        let base = chosen.map(|chosen| chosen.base);
        let report = |rule, at: Location, message: &str| keys.own.report(rule, at, message);
        let files = |key| -> Vec<PathBuf> {
            let texts = keys.texts(key).unwrap_or_default();
            let base = base.filter(|_| is_chosen);
            texts.iter().flat_map(|text| base.map_or(Vec::new(), |base| expand(&keys, text, base))).collect()
        };
        let lists = |key| -> Vec<PathBuf> {
            let texts = keys.texts(key).unwrap_or_default();
            let base = base.filter(|_| is_chosen);
            texts.iter().filter_map(|text| Some(listed(&keys, text, base?))).collect()
        };
        let place = |key| {
            let Given { value, origin } = keys.written(key)?;
            let value = if keys.is_one_of_several && key == "out" && !names_target(&value) {
                format!("{value}/{{{TARGET}}}")
            } else {
                value
            };
            Some(Given::new(OutputPath::from(value).below(base.unwrap_or(Path::new(""))), origin))
        };
        let mut options = Options { references: files("references"), ..Options::default() };
        let named =
            |key| keys.texts(key).into_iter().flatten().map(|text| base.unwrap_or(Path::new("")).join(&text.value));
        let named: BTreeSet<PathBuf> = named("inputs").chain(named("references")).collect();
        if keys.not_empty("inputs").is_some() {
            options.inputs = files("inputs");
            let arguments = options.inputs.iter().chain(&options.references);
            options.found = arguments.filter(|file| !named.contains(*file)).cloned().collect();
        } else if base.is_some() && keys.table("inputs").is_none() {
            let message =
                "`inputs` is missing: name the assemblies, their directories, or patterns such as 'bin/**/*.dll'";
            report(&catalogue::MANIFEST_MISSING_KEY, keys.own.location(), message);
        }
        options.own.patterns = keys.texts("own").unwrap_or_default();
        options.targets = targets;
        // Outputs of a manifest do not depend on the existing files, so defaults are set here.
        let runtime: Given<RuntimeVersion> = keys.choice("runtime").unwrap_or_default();
        let of_runtime = || Given::new(runtime.facts().contract, runtime.origin.clone());
        let contract: Given<Contract> = keys.choice("contract").unwrap_or_else(of_runtime);
        options.tokens = keys.choice("tokens");
        if *contract == Contract::PortableCallhelpers
            && let Some(tokens) = options.tokens.as_ref().filter(|tokens| ***tokens != TokenSet::Current)
        {
            let message = "a runtime of the contract portable-callhelpers knows tokens = \"current\" only";
            report(&catalogue::MANIFEST_VALUE, tokens.origin.location(), message);
        }
        options.contract = Some(contract);
        options.runtime = Some(runtime);
        options.modules.named = keys.texts("modules").unwrap_or_default();
        options.modules.lists = lists("module-lists");
        options.modules.without_runtime =
            keys.table("default-modules").and_then(|table| table.flag("default-modules")) == Some(false);
        let native_files = keys.texts("native").into_iter().flatten();
        options.native = native_files.map(|text| native(base.unwrap_or(Path::new("")), &text)).collect();
        options.whole_link = keys.table("whole-link").and_then(|table| table.flag("whole-link")) == Some(true);
        for text in keys.texts("path-map").into_iter().flatten() {
            match path_map(&text) {
                Some((from, to)) => {
                    let to = base.unwrap_or(Path::new("")).join(to).display().to_string();
                    options.path_map.push((from, to));
                }
                None => {
                    let message = format!("`path-map` has the form \"FROM=TO\", not \"{}\"", text.value);
                    report(&catalogue::MANIFEST_VALUE, text.origin.location(), &message);
                }
            }
        }
        options.extra_signatures = lists("extra-signatures");
        let sizes = keys.table("struct-sizes").and_then(|table| table.table("struct-sizes"));
        options.struct_sizes.declared = sizes.iter().flat_map(TomlTable::values).filter_map(struct_size).collect();
        options.struct_sizes.files = lists("struct-size-files");
        options.outputs.emit = keys.choices("emit").unwrap_or_default();
        options.outputs.out = place("out");
        options.outputs.interp_to_native = place("interp-to-native");
        options.outputs.pinvoke = place("pinvoke");
        options.outputs.reverse = place("reverse");
        options.outputs.header = keys.frame_text("header", "header-file", base);
        options.outputs.trailer = keys.frame_text("trailer", "trailer-file", base);
        let by_default = || Given::new("thunkgen generate".to_owned(), Origin::Default);
        options.outputs.regenerate = Some(keys.text("regenerate").unwrap_or_else(by_default));
        base?;
        if ["out", "interp-to-native", "pinvoke", "reverse"].iter().all(|key| keys.table(key).is_none()) {
            let message = "`out` is missing: name the directory to write to, or files with `interp-to-native`, \
                           `pinvoke` and `reverse`";
            report(&catalogue::MANIFEST_MISSING_KEY, keys.own.location(), message);
        }
        // That was reported, as a key that is missing or has no usable value.
        if options.outputs.is_none() {
            return None;
        }
        let targets = options.target_list();
        if let Err(OptionError { origin, message }) = places(&options.outputs, &targets) {
            report(&catalogue::MANIFEST_VALUE, origin.location(), &message);
            return None;
        }
        Some(OutputSet { label, options, is_chosen })
    }
}

/// The keys of an output.
#[derive(Clone, Copy)]
pub struct Keys<'t> {
    /// Its table, or the whole file.
    own: TomlTable<'t>,
    /// The file, for keys that the table does not have.
    all: Option<TomlTable<'t>>,
    variables: &'t Variables,
    /// The target, when there is one.
    target: Option<TargetOs>,
    /// The table describes a set for each of several targets, and this is one of them.
    is_one_of_several: bool,
}

impl<'t> Keys<'t> {
    /// The keys of a table, and of the file around it.
    pub fn new(own: TomlTable<'t>, all: Option<TomlTable<'t>>, variables: &'t Variables) -> Keys<'t> {
        Keys { own, all, variables, target: None, is_one_of_several: false }
    }

    fn of_one_of_several(self, target: TargetOs) -> Keys<'t> {
        Keys { target: Some(target), is_one_of_several: true, ..self }
    }

    /// What the output is called: its name, its directory as it is written, or its first file.
    fn name(&self, targets: &[TargetOs]) -> String {
        let file = || {
            let path = ["interp-to-native", "pinvoke", "reverse"].into_iter().find_map(|key| self.written(key))?;
            Some(OutputPath::from(path.value).text_for(*targets.first()?))
        };
        let name = self.text(NAME).or_else(|| self.written("out")).map(|name| name.value);
        name.or_else(file).unwrap_or_default()
    }

    /// `NAME for TARGET`
    fn with_target(&self, name: &str) -> String {
        match self.target {
            Some(target) => format!("{name} for {}", target.name()),
            None => name.to_owned(),
        }
    }

    /// The table that has a key.
    fn table(&self, key: &str) -> Option<TomlTable<'t>> {
        [Some(self.own), self.all].into_iter().flatten().find(|table| table.value(key).is_some())
    }

    /// A text with the values of its variables.
    fn text(&self, key: &'static str) -> Option<Given<String>> {
        Some(self.replaced(given(key, self.table(key)?.text(key)?), self.target))
    }

    /// A path of an output, in which `{target}` stays: the name of the set shows it.
    fn written(&self, key: &'static str) -> Option<Given<String>> {
        Some(self.replaced(given(key, self.table(key)?.text(key)?), None))
    }

    fn texts(&self, key: &'static str) -> Option<Vec<Given<String>>> {
        let texts = self.table(key)?.texts(key)?;
        Some(texts.into_iter().map(|text| self.replaced(given(key, text), self.target)).collect())
    }

    fn replaced(&self, text: Given<String>, target: Option<TargetOs>) -> Given<String> {
        match self.variables.replace(&text.value, target) {
            Ok(value) => Given::new(value, text.origin),
            Err(problem) => {
                self.own.report(problem.rule(), text.origin.location(), problem.message);
                text
            }
        }
    }

    /// The text around the files: itself, or the file that contains it.
    fn frame_text(&self, key: &'static str, file: &'static str, base: Option<&Path>) -> Option<Given<FrameText>> {
        let text = self.table(key).and_then(|table| Some(given(key, table.text(key)?)));
        let path = self.text(file);
        match (text, path) {
            (Some(text), Some(_)) => {
                let message = format!("`{key}` and `{file}` both give the text: remove one of them");
                self.own.report(&catalogue::MANIFEST_VALUE, text.origin.location(), message);
                None
            }
            (Some(text), None) => Some(Given::new(FrameText::Text(text.value), text.origin)),
            (None, Some(path)) => {
                let file = base.map_or_else(|| PathBuf::from(&path.value), |base| listed(self, &path, base));
                Some(Given::new(FrameText::File(file), path.origin))
            }
            (None, None) => None,
        }
    }

    /// Strings of which there must be one.
    fn not_empty(&self, key: &'static str) -> Option<Vec<Given<String>>> {
        let texts = self.texts(key)?;
        if texts.is_empty() {
            self.table(key)?.value(key)?.report(format!("`{key}` is empty"));
        }
        Some(texts)
    }

    fn choice<T: Choice>(&self, key: &'static str) -> Option<Given<T>> {
        let text = self.text(key)?;
        Some(Given::new(self.chosen(&text)?, text.origin))
    }

    /// The values of all words, at the place of the first.
    fn choices<T: Choice>(&self, key: &'static str) -> Option<Given<Vec<T>>> {
        let texts = self.not_empty(key)?;
        let origin = texts.first()?.origin.clone();
        Some(Given::new(texts.iter().filter_map(|text| self.chosen(text)).collect(), origin))
    }

    /// The value of a word, as on the command line.
    fn chosen<T: Choice>(&self, text: &Given<String>) -> Option<T> {
        let found = T::from_word(text);
        if found.is_none() {
            let names: Vec<&str> = T::CHOICES.iter().map(|choice| choice.word()).collect();
            let hint = nearest(text, names.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
            let (key, names, hint) = (&text.origin, names.join(" or "), hint.unwrap_or_default());
            let message = format!("`{key}` can be {names}, not `{}`{hint}", text.value);
            self.own.report(&catalogue::MANIFEST_VALUE, text.origin.location(), message);
        }
        found
    }
}

fn given(key: &'static str, text: Text) -> Given<String> {
    Given::new(text.value, Origin::Manifest(key, text.location.into()))
}

/// `"Full.Name" = 16`, or `{ size = 16, align = 8 }`.
fn struct_size(value: Value<'_>) -> Option<Given<SizeDeclaration>> {
    let declared = match (value.digits(), value.table()) {
        (Some(size), _) => size.to_owned(),
        (_, Some(table)) => {
            table.only(&["size", "align"], |_| None);
            let number = |key: &str| {
                let value = table.value(key)?;
                value.digits().or_else(|| value.wrong_type("a number of bytes"))
            };
            if table.value("size").is_none() {
                value.report("`size` is missing: write { size = 16, align = 8 }");
            }
            match (number("size")?, number("align")) {
                (size, Some(align)) => format!("{size}:{align}"),
                (size, None) => size.to_owned(),
            }
        }
        (None, None) => return value.wrong_type("a number of bytes, or { size = 16, align = 8 }"),
    };
    let declaration = format!("{}={declared}", value.key()).parse();
    let declaration = declaration.map_err(|why: DeclarationError| value.report(why.to_string()));
    Some(Given::new(declaration.ok()?, Origin::Manifest("struct-sizes", value.location().into())))
}

/// A file of native code, `PATH` or `NAME=PATH`.
fn native(base: &Path, text: &str) -> PathBuf {
    let path = base.join(text);
    match text.split_once('=') {
        Some((name, file)) if !name.contains(['/', '\\']) && !path.exists() => {
            PathBuf::from(format!("{name}={}", base.join(file).display()))
        }
        _ => path,
    }
}

/// The files that an input means.
fn expand(keys: &Keys<'_>, text: &Given<String>, base: &Path) -> Vec<PathBuf> {
    let bad = |why: String| {
        keys.own.report(&catalogue::MANIFEST_PATH, text.origin.location(), why);
        Vec::new()
    };
    if text.is_empty() {
        return bad("the path is empty; write \".\" for the manifest's directory".to_owned());
    }
    match inputs::expand_one(base, Path::new(&text.value)) {
        // A link in a directory to a missing file is reported when it is opened.
        Ok(files) => match files.iter().find(|file| **file == base.join(&text.value) && !file.exists()) {
            Some(file) => bad(unusable(file, text, "no such file or directory")),
            None => files,
        },
        Err(why) => bad(format!("{why}; build the assemblies first, or correct the path")),
    }
}

/// A path that cannot be used, as it is `written` in the manifest, and where it was looked for.
pub fn unusable(path: &Path, written: &str, why: &str) -> String {
    let relative = if Path::new(written).has_root() { "" } else { "; paths are relative to the manifest's directory" };
    format!("{}: {why}{relative}", path.display())
}

/// The path of a file that is read besides the inputs.
fn listed(keys: &Keys<'_>, text: &Given<String>, base: &Path) -> PathBuf {
    let path = base.join(&text.value);
    let file = list_file(&path).0;
    if !file.exists() {
        let why = unusable(&file, text, "no such file or directory");
        keys.own.report(&catalogue::MANIFEST_PATH, text.origin.location(), why);
    }
    path
}
