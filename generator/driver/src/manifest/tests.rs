use std::collections::BTreeMap;

use super::*;
use crate::options::Emit;
use crate::output_path::places;
use clr_wasm_abi::TargetOs;
use thunkgen_core::RuntimeVersion;
use thunkgen_core::emit::stubs::Language;
use thunkgen_core::emit::{Contract, Output};

/// A folder with these files, each as long as its name.
fn folder_with(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    folder
}

fn problems(text: &str, folder: &Path) -> Vec<String> {
    let (_, reports) = parse("m", text, folder);
    let prefix = format!("{}/", folder.display());
    let line = |(rule, place, why): Report| {
        format!("{:?} {} {}", place.position.unwrap(), rule.code, why.replace(&prefix, "").replace('\\', "/"))
    };
    reports.into_iter().map(line).collect()
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
    let folder = folder_with(&[&files[..], &["sizes.txt"]].concat());
    let (Manifest { outputs, policy, suppression_files }, reports) = parse("m", EVERYTHING, folder.path());
    assert_eq!(reports.len(), 0, "{reports:?}");
    assert!(policy.strict && policy.errors.len() == 2 && policy.suppressions.len() == 2);
    assert_eq!(suppression_files, [folder.path().join("s.toml")]);
    let [browser, both] = &outputs[..] else { panic!("{outputs:?}") };
    assert_eq!((browser.label.as_str(), both.label.as_str()), ("browser", "both"));
    let (browser, both) = (&browser.options, &both.options);
    assert_eq!((browser.inputs.len(), browser.references.len()), (3, 1));
    assert_eq!((both.inputs.len(), both.references.len()), (1, 0));
    let contracts = [browser, both].map(|options| options.contract.as_ref().unwrap().value);
    assert_eq!(contracts, [Contract::WasmThunks, Contract::PortableCallhelpers]);
    let runtimes = [browser, both].map(|options| options.runtime_version());
    assert_eq!(runtimes, [RuntimeVersion::V11_0, RuntimeVersion::V12_0]);
    assert_eq!((browser.struct_sizes.declared.len(), both.struct_sizes.declared.len()), (2, 0));
    let modules: Vec<&str> = browser.modules.named.iter().map(|given| given.value.as_str()).collect();
    assert_eq!((&modules[..], both.modules.named.len()), (&["native", "other"][..], 0));
    assert_eq!(browser.modules.named[1].origin.in_manifest().unwrap().position, Some((10, 22)));
    assert_eq!((browser.own.patterns[0].value.as_str(), both.own.patterns.len()), ("App*", 1));
    assert!(!browser.modules.without_runtime && both.modules.without_runtime);
    let at = |path: &str| folder.path().join(path);
    assert_eq!(browser.modules.lists, [at("m.props:PInvokeModule")]);
    assert_eq!((&browser.native[..], both.native.len()), (&[at("obj/libnative.a")][..], 0));
    assert_eq!(browser.extra_signatures, [at("extra.txt")]);
    assert_eq!(both.struct_sizes.files, [at("sizes.txt")]);
    assert_eq!(browser.outputs.emit.value, [Emit::Cpp, Emit::Stubs(Language::CHeader)]);
    assert_eq!(browser.outputs.emit.origin.in_manifest().unwrap().position, Some((23, 9)));
    assert_eq!(both.outputs.reverse.as_ref().unwrap().origin.in_manifest().unwrap().position, Some((42, 11)));
    let [browser, both] = [browser, both].map(|options| places(&options.outputs, &options.target_list()).unwrap());
    let stubs = [((TargetOs::Browser, Language::CHeader), at("gen"))];
    assert_eq!((browser.stubs, both.stubs.len()), (BTreeMap::from(stubs), 0));
    assert_eq!((browser.folders, both.folders.len()), (vec![at("gen")], 0));
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
    // A folder of that name is none.
    std::fs::create_dir(deep.join(FILE_NAME)).unwrap();
    std::fs::write(root.path().join(FILE_NAME), "").unwrap();
    assert_eq!(find_from(&deep), Some(["..", "..", "..", FILE_NAME].iter().collect()));
    std::fs::write(root.path().join("a").join(FILE_NAME), "").unwrap();
    assert_eq!(find_from(&deep), Some(["..", "..", FILE_NAME].iter().collect()));
    assert_eq!(find_from(&root.path().join("a")), Some(FILE_NAME.into()));
}

#[test]
fn one_output_needs_no_table() {
    let folder = folder_with(&["a.dll"]);
    let (manifest, reports) = parse("m", "inputs = \".\"\nout = \"o\"\n", folder.path());
    assert_eq!((manifest.outputs.len(), reports.len()), (1, 0));
    assert_eq!(manifest.outputs[0].label, "o");
}

#[test]
fn every_mistake_is_told_in_one_run() {
    let folder = folder_with(&["a.dll", "text/x.txt"]);
    let text = r#"
strict = "no"
nowarn = ["TG0101", "TG0222"]
suppressions = "none.toml"
inptus = ["."]
name = "x"
references = ["none.dll", "*.exe", "text", ""]
tokens = "127483"
[struct-sizes]
"A.B" = "7"
"A.C" = { size = 0 }
"A.D" = { algin = 4 }
[[output]]
name = "one"
target-os = ["browser", "wsi"]
contract = "portable-callhelpers"
out = 1
[[output]]
name = "one"
inputs = []
struct-sizes = 1
strict = true
pinvoke = "p.cpp"
target-os = ["browser", "wasi"]
module-lists = ["none.props:X"]
[[output]]
inputs = "a.dll"
out = ""
"#;
    assert_eq!(
        problems(text, folder.path()),
        [
            "(2, 10) TG0503 `strict` takes true or false; this is a string",
            "(3, 11) TG0503 TG0101 is always an error (size of a struct is not known) and cannot be suppressed: what it is about would fail at run time",
            "(3, 21) TG0503 there is no code `TG0222`; did you mean TG0202?",
            "(4, 16) TG0505 none.toml: no such file or folder; paths are relative to the manifest's folder",
            "(5, 1) TG0502 there is no key `inptus` here; did you mean `inputs`?",
            "(6, 1) TG0502 there is no key `name` here; it belongs into an [[output]]",
            "(7, 15) TG0505 none.dll: no such file or folder; paths are relative to the manifest's folder",
            "(7, 15) TG0505 none.dll: no such file or folder; paths are relative to the manifest's folder",
            "(7, 15) TG0505 none.dll: no such file or folder; paths are relative to the manifest's folder",
            "(7, 27) TG0505 pattern *.exe matches no file; build the assemblies first, or correct the path",
            "(7, 27) TG0505 pattern *.exe matches no file; build the assemblies first, or correct the path",
            "(7, 27) TG0505 pattern *.exe matches no file; build the assemblies first, or correct the path",
            "(7, 36) TG0505 folder text holds no file that ends in .dll, .exe, .wasm, .webcil; build the assemblies first, or correct the path",
            "(7, 36) TG0505 folder text holds no file that ends in .dll, .exe, .wasm, .webcil; build the assemblies first, or correct the path",
            "(7, 36) TG0505 folder text holds no file that ends in .dll, .exe, .wasm, .webcil; build the assemblies first, or correct the path",
            "(7, 44) TG0505 the path is empty; write \".\" for the manifest's folder",
            "(7, 44) TG0505 the path is empty; write \".\" for the manifest's folder",
            "(7, 44) TG0505 the path is empty; write \".\" for the manifest's folder",
            "(8, 10) TG0503 a runtime of the contract portable-callhelpers knows tokens = \"current\" only",
            "(10, 9) TG0503 `A.B` takes a number of bytes, or { size = 16, align = 8 }; this is a string",
            "(11, 9) TG0503 `0` is no size: expected a number of bytes, at least 1",
            "(12, 9) TG0503 `size` is missing: write { size = 16, align = 8 }",
            "(12, 11) TG0502 there is no key `algin` here; did you mean `align`?",
            "(13, 1) TG0504 `inputs` is missing: name the assemblies, their folders, or patterns such as 'bin/**/*.dll'",
            "(15, 25) TG0503 `target-os` can be browser or wasi, not `wsi`; did you mean `wasi`?",
            "(17, 7) TG0503 `out` takes a string; this is an integer",
            "(19, 8) TG0503 another output is named `one`; give each a name of its own",
            "(20, 10) TG0503 `inputs` is empty",
            "(21, 16) TG0503 `struct-sizes` takes a table: [struct-sizes]; this is an integer",
            "(22, 1) TG0502 there is no key `strict` here; it holds for the whole file and belongs above the first [[output]]",
            "(23, 11) TG0503 `pinvoke` is p.cpp for every target; put {target} into the path",
            "(25, 17) TG0505 none.props: no such file or folder; paths are relative to the manifest's folder",
            "(28, 7) TG0503 `out` is empty; write \".\" for the manifest's folder",
        ]
    );
}

#[test]
fn mistakes_about_stubs_have_their_places() {
    let folder = folder_with(&["a.dll"]);
    let text = "inputs = 'a.dll'\n[[output]]\nout = 'o'\nemit = ['rust', 'c_header']\n\
                [[output]]\nname = 'b'\nemit = 'rust'\npinvoke = 'p.cpp'\n\
                [[output]]\nname = 'c'\nemit = 'rust'\npinvoke = 'p.cpp'\nout = 'o'\n";
    assert_eq!(
        problems(text, folder.path()),
        [
            "(4, 17) TG0503 `emit` can be cpp or rust or c-header, not `c_header`; did you mean `c-header`?",
            "(7, 8) TG0503 stubs are named after libraries: name their folder with `out`",
            "(12, 11) TG0503 `pinvoke` is the place of a C++ table: add \"cpp\" to `emit`, or leave it out",
        ]
    );
}

#[test]
fn an_absolute_path_is_relative_to_nothing() {
    let folder = folder_with(&["a.dll"]);
    let at = |name: &str| folder.path().join(name).display().to_string();
    let text = format!(
        "suppressions = '{}'\ninputs = ['a.dll', '{}']\nout = 'o'\nmodule-lists = '{}'\n",
        at("s.toml"),
        at("none.dll"),
        at("m.props:X")
    );
    let found = problems(&text, folder.path());
    assert_eq!(found.len(), 3, "{found:?}");
    for (line, name) in found.iter().zip(["s.toml", "none.dll", "m.props"]) {
        assert!(line.ends_with(&format!(" TG0505 {name}: no such file or folder")), "{line}");
    }
}

#[test]
fn what_is_no_manifest_is_said_once() {
    let folder = folder_with(&[]);
    assert_eq!(problems("inputs = [\n", folder.path()), ["(1, 11) TG0501 unclosed array, expected `]`"]);
    assert_eq!(
        problems("[output]\nout = 1", folder.path())[0],
        "(1, 1) TG0503 `output` takes an array of tables: [[output]]; this is a table"
    );
    let (_, reports) = load(&folder.path().join("none.toml"));
    assert_eq!((reports[0].0.code, reports[0].2.as_str()), ("TG0001", "no such file or folder"));
}

#[test]
fn patterns_are_relative_to_a_folder_of_any_name() {
    let folder = folder_with(&["[x]{target}/app/a.dll"]);
    let base = folder.path().join("[x]{target}");
    let (manifest, reports) = parse("m", "inputs = 'app/*.dll'\nout = '{target}'\n", &base);
    assert_eq!((reports.len(), manifest.outputs[0].options.inputs.len()), (0, 1), "{reports:?}");
    let options = &manifest.outputs[0].options;
    let places = places(&options.outputs, &options.target_list()).unwrap();
    assert_eq!(places.folders, [base.join("browser")]);
}

#[test]
fn damaged_manifests_have_mistakes_with_places() {
    let folder = folder_with(&["app/a.dll"]);
    let replacements = ["", "\0", "[", "]", "\"", "=", "{", "[[output]]", "\u{feff}", "\n", "1"];
    let ends = (0..EVERYTHING.len()).step_by(7).filter(|at| EVERYTHING.is_char_boundary(*at));
    let mut mistakes = 0;
    for (at, with) in ends.flat_map(|at| replacements.map(|with| (at, with))) {
        let text = format!("{}{with}{}", &EVERYTHING[..at], &EVERYTHING[(at + 1).min(EVERYTHING.len())..]);
        for text in [text.as_str(), &text[..at]] {
            let (_, reports) = parse("m", text, folder.path());
            mistakes += reports.len();
            let lines = text.lines().count().max(1) as u32 + 1;
            assert!(reports.iter().all(|(_, place, _)| place.position.is_some_and(|(line, _)| line <= lines)));
        }
    }
    assert!(mistakes > 1000, "{mistakes}");
    let deep = format!("inputs = {}", "[".repeat(100_000));
    assert_eq!(parse("m", &deep, folder.path()).1.len(), 1);
}
