use std::collections::BTreeMap;

use super::*;
use crate::options::{Emit, Options};
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
"#;

#[test]
fn every_key_is_understood() {
    let files = ["app/a.dll", "app/b.dll", "plugins/x/p.dll", "ref/r.dll", "s.toml", "m.props", "extra.txt"];
    let directory = directory_with(&[&files[..], &["sizes.txt"]].concat());
    let (Manifest { outputs, policy, suppression_files }, reports) = parse("m", EVERYTHING, directory.path());
    assert_eq!(reports.len(), 0, "{reports:?}");
    assert!(policy.strict && policy.errors.len() == 2 && policy.suppressions.len() == 2);
    assert_eq!(suppression_files, [directory.path().join("s.toml")]);
    let [browser, both] = &outputs[..] else { panic!("{outputs:?}") };
    assert_eq!((browser.label.as_str(), both.label.as_str()), ("browser", "both"));
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
    for key in [SHARED, REPORTING, OUTPUT].concat() {
        assert!(EVERYTHING.lines().any(|line| line.starts_with(key) || line == format!("[{key}]")), "{key}");
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
    let (manifest, reports) = parse("m", "inputs = 'app/*.dll'\nout = '{target}'\n", &base);
    assert_eq!((reports.len(), manifest.outputs[0].options.inputs.len()), (0, 1), "{reports:?}");
    let options = &manifest.outputs[0].options;
    let places = places(&options.outputs, &options.target_list()).unwrap();
    assert_eq!(places.directories, [base.join("browser")]);
}
