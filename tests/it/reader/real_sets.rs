//! Every file of the real sets is read without an error, in the containers they are known to be in.

use std::collections::BTreeMap;

use clr_metadata::Container;
use thunkgen_tests::corrupt::corpus::Corpus;
use thunkgen_tests::corrupt::walk::read_errors;

#[test]
#[ignore = "needs the real sets"]
fn nothing_in_real_files_is_unreadable() {
    let corpus = Corpus::all();
    let mut containers: BTreeMap<String, usize> = BTreeMap::new();
    for (index, file) in corpus.files.iter().enumerate() {
        let set = file.name.split('/').next().expect("a set");
        let references: Vec<_> = corpus.sets[file.set].files.iter().filter(|other| **other != index).collect();
        let module = clr_metadata::open(&file.bytes).unwrap_or_else(|error| panic!("{}: {error}", file.name));
        let container = module.as_ref().map(|module| (module.container(), module.is_ready_to_run()));
        if set != "fixtures" {
            *containers.entry(format!("{set} {container:?}")).or_default() += 1;
        }
        if module.is_some() {
            let name = |index: &usize| (corpus.files[*index].name.as_str(), &corpus.files[*index].bytes[..]);
            let references: Vec<_> = references.into_iter().map(name).collect();
            assert_eq!(read_errors(&file.bytes, &references), [""; 0], "{}", file.name);
        }
    }
    let fixtures = corpus.files.iter().filter(|file| file.name.starts_with("fixtures/")).count();
    assert!(fixtures > 15, "only {fixtures} fixtures");
    let known = [
        ("net10", Some((Container::WasmWebcil(0), false)), 202),
        ("net10", None, 1),
        ("net8", Some((Container::WasmWebcil(0), false)), 196),
        ("net8", None, 1),
        ("net7", Some((Container::Pe32, false)), 196),
        // Facades have no code to compile ahead.
        ("framework8", Some((Container::Pe32, false)), 79),
        ("framework8", Some((Container::Pe32Plus, true)), 89),
    ];
    let known: BTreeMap<_, _> = known.into_iter().map(|(set, what, n)| (format!("{set} {what:?}"), n)).collect();
    assert_eq!(containers, known);
}
