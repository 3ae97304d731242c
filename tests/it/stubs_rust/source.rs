//! `check-native` on the sources of a crate with a stub file: it reads the exported functions where they stand.

use std::path::{Path, PathBuf};

use thunkgen_tests::data::crate_dir;
use thunkgen_tests::executable::{self, Run};
use thunkgen_tests::rust_stubs::{StubFile, write};

/// A crate with these stubs.
fn write_crate(folder: &Path, stubs: &[StubFile]) {
    let source = folder.join("src");
    std::fs::create_dir_all(&source).expect("a folder");
    let root = write(&source, stubs);
    std::fs::rename(root, source.join("lib.rs")).expect("a writable folder");
    let manifest = "[package]\nname = \"native\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    std::fs::write(folder.join("Cargo.toml"), manifest).expect("a writable folder");
}

/// What the executable says of the P/Invokes of a fixture for a crate.
fn check(fixture: &str, modules: &[&str], native: &Path) -> Run {
    let fixtures = crate_dir().join("fixtures");
    let folder = fixture.split('/').next().expect("a folder");
    let inputs = ["corlib", "facade", folder].map(|name| fixtures.join(name).display().to_string());
    let mut arguments = vec!["check-native".to_owned()];
    arguments.extend(inputs);
    for module in modules {
        arguments.extend(["--module".to_owned(), (*module).to_owned()]);
    }
    arguments.extend(["--native".to_owned(), native.display().to_string()]);
    executable::run(native, arguments)
}

/// Fixtures, the module of each whose functions are in its crate, and how many these are.
const CRATES: [(&str, &str, usize); 6] = [
    ("documented/Documented.dll", "documented", 7),
    ("layouts/Layouts.dll", "layouts", 548),
    ("marshalling/Marshalling.dll", "native", 94),
    ("marshalling-disabled/MarshallingDisabled.dll", "native", 15),
    ("native-corpus/NativeCorpus.dll", "corpus", 300),
    ("prototypes/Prototypes.dll", "native", 17),
];

/// The lines about native code.
fn problems(run: &Run) -> Vec<&str> {
    run.stdout.lines().chain(run.stderr.lines()).filter(|line| line.contains(" TG06")).collect()
}

/// A crate with the stubs of one module.
fn crate_of(folder: &Path, fixture: &str, module: &str, change: impl Fn(String) -> String) -> PathBuf {
    let mut declared = super::declarations(fixture);
    declared.functions.retain(|function| function.module == module);
    let mut stubs = super::stubs(&declared, &super::Documentation::default());
    for stub_file in &mut stubs {
        stub_file.text = change(std::mem::take(&mut stub_file.text));
    }
    let native = folder.join(module);
    write_crate(&native, &stubs);
    native
}

#[test]
fn an_implementation_agrees_as_source() {
    for (fixture, module, count) in CRATES {
        let folder = tempfile::tempdir().expect("a folder");
        let native = crate_of(folder.path(), fixture, module, |text| text);
        let run = check(fixture, &[module], &native);
        assert_eq!((run.code, problems(&run)), (Some(0), vec![]), "{fixture}");
        assert!(run.stderr.contains(&format!("compared {count} P/Invokes")), "{fixture}: {}", run.stderr);
    }
}

/// What is exported is read, not what the trait says.
#[test]
fn another_type_in_the_source_is_found() {
    let fixture = "native-corpus/NativeCorpus.dll";
    let folder = tempfile::tempdir().expect("a folder");
    let changed = std::cell::Cell::new(0);
    let native = crate_of(folder.path(), fixture, "corpus", |text| {
        let (head, exports) = text.split_once("#[unsafe(export_name").expect("exports");
        changed.set(exports.split("#[unsafe(export_name").filter(|export| export.contains(": i32")).count());
        format!("{head}#[unsafe(export_name{}", exports.replace(": i32", ": f32"))
    });
    let run = check(fixture, &["corpus"], &native);
    let found = problems(&run);
    assert_eq!(run.code, Some(1));
    assert!(found.len() == changed.get() && found.len() > 10, "{} {found:#?}", changed.get());
    assert!(found.iter().all(|line| line.contains(" TG0602: ")), "{found:#?}");
}
