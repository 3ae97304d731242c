use std::collections::BTreeMap;

use super::*;
use crate::options::{Emit, FrameText, Given, Options};
use crate::output_path::places;
use clr_wasm_abi::TargetOs;
use thunkgen_core::RuntimeVersion;
use thunkgen_core::emit::stubs::Language;
use thunkgen_core::emit::{Contract, Output};

/// A directory with these files, each as long as its name.
fn directory_with(files: &[&str]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for file in files {
        let path = directory.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    directory
}

/// A text as the manifest of a directory.
fn parse_in(base: &Path, text: &str) -> (Manifest, Vec<Report>) {
    parse("m", text, &ManifestChoice::new(base.join(FILE_NAME))).unwrap()
}

const EVERYTHING: &str = r#"
strict = true
warnaserror = ["TG0201", "WASM0060"]
nowarn = "TG0202"
suppressions = ["s.toml"]

inputs = ["app", "plugins/**/*.dll"]
references = "ref/r.dll"
own = "App*"
modules = ["native", "other"]

[struct-sizes]
"A.B" = 16
"A.C" = { size = 8, align = 4 }

[[suppress]]
code = "TG0220"
reason = "never called"

[[output]]
name = "browser"
out = "gen"
emit = ["cpp", "c-header"]
native = "obj/libnative.a"
whole-link = true
path-map = "/build=src"
module-lists = ["m.props:PInvokeModule"]
extra-signatures = "extra.txt"

[[output]]
name = "both"
target-os = ["wasi", "browser"]
runtime = "12.0"
contract = "portable-callhelpers"
tokens = "current"
default-modules = false
inputs = ["app/a.dll"]
references = []
modules = []
struct-sizes = {}
struct-size-files = ["sizes.txt"]
interp-to-native = "{target}/i.cpp"
pinvoke = "{target}/p.cpp"
reverse = "{target}/r.cpp"
header = "licence"
trailer-file = "sizes.txt"

[[output]]
name = "framed"
out = "framed/{place}"
header-file = "sizes.txt"
trailer = "end"
regenerate = "make thunks"

[variables]
place = "here"
[profile.other]
place = "there"
"#;

#[test]
fn every_key_is_understood() {
    let files = ["app/a.dll", "app/b.dll", "plugins/x/p.dll", "ref/r.dll", "s.toml", "m.props", "extra.txt"];
    let directory = directory_with(&[&files[..], &["sizes.txt"]].concat());
    let (Manifest { outputs, policy, suppression_files, .. }, reports) = parse_in(directory.path(), EVERYTHING);
    assert_eq!(reports.len(), 0, "{reports:?}");
    assert!(policy.strict && policy.errors.len() == 2 && policy.suppressions.len() == 2);
    assert_eq!(suppression_files, [directory.path().join("s.toml")]);
    let [browser, both, framed] = &outputs[..] else { panic!("{outputs:?}") };
    assert_eq!((browser.label.as_str(), both.label.as_str()), ("browser", "both"));
    let framed = &framed.options.outputs;
    assert_eq!(framed.out.as_ref().unwrap().as_str(), "framed/here");
    assert_eq!(framed.header.as_ref().unwrap().value, FrameText::File(directory.path().join("sizes.txt")));
    assert_eq!(framed.trailer.as_ref().unwrap().value, FrameText::Text("end".to_owned()));
    assert_eq!(framed.regenerate.as_ref().unwrap().value, "make thunks");
    let (browser, both) = (&browser.options, &both.options);
    assert_eq!((browser.inputs.len(), browser.references.len()), (3, 1));
    assert_eq!((both.inputs.len(), both.references.len()), (1, 0));
    let contracts = [browser, both].map(|options| options.contract.as_ref().unwrap().value);
    assert_eq!(contracts, [Contract::WasmThunks, Contract::PortableCallhelpers]);
    assert_eq!([browser, both].map(Options::runtime_version), [RuntimeVersion::V11_0, RuntimeVersion::V12_0]);
    assert_eq!((browser.struct_sizes.declared.len(), both.struct_sizes.declared.len()), (2, 0));
    let modules: Vec<&str> = browser.modules.named.iter().map(|given| given.value.as_str()).collect();
    assert_eq!((&modules[..], both.modules.named.len()), (&["native", "other"][..], 0));
    assert_eq!(browser.modules.named[1].origin.in_manifest().unwrap().position, Some((10, 22)));
    assert_eq!((browser.own.patterns[0].value.as_str(), both.own.patterns.len()), ("App*", 1));
    assert!(!browser.modules.without_runtime && both.modules.without_runtime);
    let at = |path: &str| directory.path().join(path);
    assert_eq!(browser.modules.lists, [at("m.props:PInvokeModule")]);
    assert_eq!((&browser.native[..], both.native.len()), (&[at("obj/libnative.a")][..], 0));
    assert!(browser.whole_link && !both.whole_link && both.path_map.is_empty());
    assert_eq!(browser.path_map, [("/build".to_owned(), at("src").display().to_string())]);
    assert_eq!(browser.extra_signatures, [at("extra.txt")]);
    assert_eq!(both.struct_sizes.files, [at("sizes.txt")]);
    assert_eq!(browser.outputs.emit.value, [Emit::Cpp, Emit::Stubs(Language::CHeader)]);
    assert_eq!(browser.outputs.emit.origin.in_manifest().unwrap().position, Some((23, 9)));
    assert_eq!(both.outputs.reverse.as_ref().unwrap().origin.in_manifest().unwrap().position, Some((44, 11)));
    let [browser, both] = [browser, both].map(|options| places(&options.outputs, &options.target_list()).unwrap());
    let stubs = [((TargetOs::Browser, Language::CHeader), at("gen"))];
    assert_eq!((browser.stubs, both.stubs.len()), (BTreeMap::from(stubs), 0));
    assert_eq!((browser.directories, both.directories.len()), (vec![at("gen")], 0));
    assert_eq!(both.files[&(TargetOs::Wasi, Output::PInvoke)], at("wasi/p.cpp"));
}

#[test]
fn every_key_is_known_and_tested() {
    for key in known_keys() {
        assert!(EVERYTHING.lines().any(|line| line.starts_with(key) || line.starts_with(&format!("[{key}"))), "{key}");
    }
}

#[test]
fn the_nearest_manifest_is_taken() {
    let root = tempfile::tempdir().unwrap();
    let deep = root.path().join("a/b/c");
    std::fs::create_dir_all(&deep).unwrap();
    // A directory of that name is none.
    std::fs::create_dir(deep.join(FILE_NAME)).unwrap();
    std::fs::write(root.path().join(FILE_NAME), "").unwrap();
    assert_eq!(find_from(&deep), Some(["..", "..", "..", FILE_NAME].iter().collect()));
    std::fs::write(root.path().join("a").join(FILE_NAME), "").unwrap();
    assert_eq!(find_from(&deep), Some(["..", "..", FILE_NAME].iter().collect()));
    assert_eq!(find_from(&root.path().join("a")), Some(FILE_NAME.into()));
}

#[test]
fn patterns_are_relative_to_a_folder_of_any_name() {
    let folder = directory_with(&["[x]{target}/app/a.dll"]);
    let base = folder.path().join("[x]{target}");
    let (manifest, reports) = parse_in(&base, "inputs = 'app/*.dll'\nout = '{target}'\n");
    assert_eq!((reports.len(), manifest.outputs[0].options.inputs.len()), (0, 1), "{reports:?}");
    let options = &manifest.outputs[0].options;
    let places = places(&options.outputs, &options.target_list()).unwrap();
    assert_eq!(places.directories, [base.join("browser")]);
}

/// dotnet/runtime: two targets, each with inputs of its own in each of two configurations.
const TWO_BY_TWO: &str = r#"
target-os = ["browser", "wasi"]
inputs = "artifacts/net11.0-{target}-{configuration}-wasm/*.dll"
out = "vm/wasm"

[variables]
configuration = "Release"

[profile.debug]
configuration = "Debug"
"#;

#[test]
fn two_targets_by_two_configurations() {
    let targets = ["browser-Release", "wasi-Release", "browser-Debug"];
    let files = targets.map(|part| format!("artifacts/net11.0-{part}-wasm/{part}.dll"));
    let directory = directory_with(&files.each_ref().map(String::as_str));
    let load = |change: &dyn Fn(&mut ManifestChoice)| {
        let mut choice = ManifestChoice::new(directory.path().join(FILE_NAME));
        change(&mut choice);
        parse("m", TWO_BY_TWO, &choice).map_err(|error| error.message)
    };
    let inputs = |manifest: &Manifest| -> Vec<String> {
        let inputs = manifest.outputs.iter().flat_map(|set| &set.options.inputs);
        inputs.map(|path| path.file_stem().unwrap().display().to_string()).collect()
    };
    let (manifest, reports) = load(&|_| {}).unwrap();
    assert_eq!((inputs(&manifest), reports.len()), (vec!["browser-Release".into(), "wasi-Release".into()], 0));
    let labels: Vec<&str> = manifest.outputs.iter().map(|set| set.label.as_str()).collect();
    assert_eq!(labels, ["vm/wasm for browser", "vm/wasm for wasi"]);
    // The directories are those of one set for both targets.
    let places: Vec<_> = manifest.outputs.iter().flat_map(|set| set.places().unwrap().files.into_values()).collect();
    let at =
        |target: &str| Output::ALL.map(|output| directory.path().join("vm/wasm").join(target).join(output.file_name()));
    assert_eq!(places, [at("browser"), at("wasi")].concat());

    // Only one target of the other configuration is there.
    let debug = |choice: &mut ManifestChoice| {
        choice.profile = Some(Given::on_command_line("--profile", "debug".to_owned()));
    };
    let (_, reports) = load(&debug).unwrap();
    let found: Vec<_> = reports.iter().map(|(rule, _, why)| format!("{} {why}", rule.code)).collect();
    let missing = "TG0505 pattern artifacts/net11.0-wasi-Debug-wasm/*.dll matches no file; ";
    assert!(found.len() == 1 && found[0].starts_with(missing), "{found:?}");
    let of_browser = |choice: &mut ManifestChoice| {
        debug(choice);
        choice.output = Some(Given::on_command_line("--output", "vm/wasm for browser".to_owned()));
    };
    let (manifest, reports) = load(&of_browser).unwrap();
    assert_eq!((inputs(&manifest), reports.len(), manifest.others.len()), (vec!["browser-Debug".into()], 0, 1));
    let defined = |choice: &mut ManifestChoice| {
        debug(choice);
        let define = ("configuration".to_owned(), "Release".to_owned());
        choice.defines = vec![Given::on_command_line("--define", define)];
    };
    assert_eq!(inputs(&load(&defined).unwrap().0).len(), 2, "--define wins");
    let other = |choice: &mut ManifestChoice| {
        choice.output = Some(Given::on_command_line("--output", "vm".to_owned()));
    };
    let error = load(&other).unwrap_err();
    assert_eq!(
        error,
        "--output vm: the manifest has no output of that name; it has vm/wasm for browser, vm/wasm for wasi"
    );
}

#[test]
fn outputs_have_limits() {
    let names: Vec<String> = (0..51).map(|number| format!("in/{number}.dll")).collect();
    let directory = directory_with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let text = |outputs: usize, inputs: &str| {
        let outputs: String = (0..outputs).map(|number| format!("[[output]]\nout = \"o{number}\"\n")).collect();
        format!("inputs = \"{inputs}\"\n{outputs}")
    };
    let found = |text: &str| {
        let (manifest, reports) = parse_in(directory.path(), text);
        (manifest.outputs.len(), reports.into_iter().map(|(_, at, why)| (at.origin().1, why)).collect::<Vec<_>>())
    };
    assert_eq!(found(&text(MAX_OUTPUTS, "in/1*.dll")), (MAX_OUTPUTS, Vec::new()));
    let too_many = "there are more than 500 outputs; make two manifests of this one";
    assert_eq!(found(&text(MAX_OUTPUTS + 1, "in/1*.dll")), (0, vec![(Some((1002, 1)), too_many.to_owned())]));
    let too_large = "the outputs have more than 25000 inputs and references; make two manifests of this one";
    assert_eq!(found(&text(MAX_OUTPUTS, "in")), (0, vec![(Some((982, 1)), too_large.to_owned())]));
}
