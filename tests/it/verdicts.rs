//! What .NET 11.0.0 answers to 55,000 declarations, measured by a call of each: whether it marshals them or throws, and
//! how many bytes a struct has in native code. The generator refuses exactly what the runtime refuses, and what it refuses
//! has no key.
//!
//! What the runtime says of calls in the reverse direction, from native code to a delegate, is not compared: on WebAssembly
//! native code gets no delegates, and nothing is generated for them. `UnmanagedCallersOnly` has suites of its own.
//!
//! A third of the rows is compiled; `THUNKGEN_VERDICTS=all` compiles all. `fixtures/verdicts/README.md` describes the rows.

mod answers;
mod csharp;
mod exceptions;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use answers::Answers;
use clr_wasm_abi::types::{Input, Role};
use csharp::Source;
use rows::{Row, Suite};
use thunkgen_tests::data::{crate_dir, crate_file};
use thunkgen_tests::runtime_layouts::lab::Lab;

/// The assemblies with the types of the rows.
const FRAMEWORK: [&str; 9] = [
    "System.Collections",
    "System.Memory",
    "System.Numerics.Vectors",
    "System.Private.CoreLib",
    "System.Private.Uri",
    "System.Runtime",
    "System.Runtime.InteropServices",
    "System.Runtime.Intrinsics",
    "System.Runtime.Numerics",
];

fn fixture(name: &str) -> Vec<u8> {
    let path = crate_dir().join("fixtures/verdicts").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn suites() -> Vec<Suite> {
    let suites = rows::suites(&fixture("verdicts.tsv.gz"));
    assert_eq!(suites.iter().map(|suite| suite.rows.len()).sum::<usize>(), 55_725);
    suites
}

/// Runs the generator on assemblies and references.
fn answers(inputs: Vec<(String, Vec<u8>)>, references: Vec<(String, Vec<u8>)>) -> Answers {
    let with_role =
        |files, role| Vec::into_iter(files).map(move |(path, bytes): (String, Vec<u8>)| (path, bytes, role));
    let files: Vec<_> = with_role(inputs, Role::Input).chain(with_role(references, Role::Reference)).collect();
    Answers::of(&files.iter().map(|(path, bytes, role)| Input { path, bytes, role: *role }).collect::<Vec<_>>())
}

/// What the comparison found.
#[derive(Default)]
struct Tally {
    /// Rows that agree, and all rows, by suite.
    counts: BTreeMap<String, (usize, usize)>,
    differences: Vec<String>,
    /// The exceptions that were needed.
    used: BTreeSet<&'static str>,
    excepted: usize,
}

impl Tally {
    fn add(&mut self, suite: &Suite, row: &Row, name: &str, answers: &Answers) {
        if row.verdict() == "crash" {
            return;
        }
        let (agreed, all) = self.counts.entry(suite.name.clone()).or_default();
        *all += 1;
        match answers.difference(suite.kind(), name, row) {
            None => *agreed += 1,
            Some(difference) => match exceptions::reason(suite, row) {
                Some(reason) => {
                    self.used.insert(reason);
                    self.excepted += 1;
                }
                None => self.differences.push(format!("{}: {}: {difference}", suite.name, row.shape())),
            },
        }
    }

    /// Prints the counts; panics with the first differences.
    fn finish(&self) {
        for (suite, (agreed, all)) in &self.counts {
            println!("{suite}: {agreed} of {all} rows agree");
        }
        let (agreed, all) = self.counts.values().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
        println!("{agreed} of {all} rows agree, {} are exceptions", self.excepted);
        let first: Vec<&str> = self.differences.iter().take(40).map(String::as_str).collect();
        assert!(first.is_empty(), "{} rows differ:\n{}", self.differences.len(), first.join("\n"));
    }
}

/// Compares the compiled suites, with this core library.
fn compare_compiled(core: Vec<u8>) -> Tally {
    let suites = suites();
    let is_compiled = |suite: &&Suite| suite.rows.iter().all(|row| row.get("member").is_some());
    let compiled: Vec<&Suite> = suites.iter().filter(is_compiled).collect();
    let inputs = compiled.iter().map(|suite| {
        let name = format!("{}.dll", suite.name);
        (name.clone(), fixture(&format!("compiled/{name}")))
    });
    let answers = answers(inputs.collect(), vec![("System.Private.CoreLib.dll".to_owned(), core)]);
    let mut tally = Tally::default();
    for suite in compiled {
        for row in &suite.rows {
            tally.add(suite, row, row.get("member").expect("a compiled row"), &answers);
        }
    }
    tally
}

/// Types that only .NET 11 has, and the sizes of random structs.
#[test]
fn the_compiled_rows_have_the_runtime_s_answers() {
    let tally = compare_compiled(fixture("core/System.Private.CoreLib.dll"));
    tally.finish();
    assert!(tally.counts["sizes"].1 > 1_500 && tally.counts["new"].1 > 400);
}

/// Without `IntrinsicAttribute` the marshaller does not know 128-bit integers and decimal floating-point numbers, and
/// passes them by value.
#[test]
fn a_rule_that_does_not_apply_is_noticed() {
    let mut core = fixture("core/System.Private.CoreLib.dll");
    let name = b"\0IntrinsicAttribute\0";
    let at = core.windows(name.len()).position(|window| window == name).expect("the name of the attribute");
    core[at + 1] = b'_';
    let differences = compare_compiled(core).differences;
    let of_decimals = differences.iter().filter(|difference| difference.contains("Decimal32")).count();
    assert!(of_decimals > 10, "{}", differences.join("\n"));
}

#[test]
#[ignore = "needs the C# compiler"]
fn the_rows_have_the_runtime_s_answers() {
    let step = if std::env::var("THUNKGEN_VERDICTS").is_ok_and(|rows| rows == "all") { 1 } else { 3 };
    let suites = suites();
    let mut sources = [Source::default(), Source::default()];
    let mut compiled: Vec<(&Suite, &Row, String)> = Vec::new();
    for suite in suites.iter().filter(|suite| suite.rows[0].get("member").is_none()) {
        for row in suite.rows.iter().step_by(step).filter(|row| csharp::is_known(row)) {
            let name = format!("r{}", compiled.len());
            sources[usize::from(suite.is_disabled())].add(suite.kind(), &name, row);
            compiled.push((suite, row, name));
        }
    }
    let lab = Lab::find();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let types = crate_file("fixtures/verdicts/Types.cs");
    let mut assemblies = Vec::new();
    for (name, source) in ["Enabled", "Disabled"].into_iter().zip(sources) {
        let text = source.finish(&types, name == "Disabled");
        assemblies.push((format!("{name}.dll"), compile(&lab, folder.path(), name, &text)));
    }
    let read = |name: &&str| {
        let path = lab.framework().join(format!("{name}.dll"));
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (format!("{name}.dll"), bytes)
    };
    let answers = answers(assemblies, FRAMEWORK.iter().map(read).collect());
    let mut tally = Tally::default();
    for (suite, row, name) in &compiled {
        tally.add(suite, row, name, &answers);
    }
    tally.finish();
    assert!(tally.excepted <= 200);
    // An exception that is no longer needed must leave the list.
    if step == 1 {
        assert_eq!(tally.used, exceptions::REASONS.into());
    }
}

fn compile(lab: &Lab, folder: &Path, name: &str, text: &str) -> Vec<u8> {
    let source = folder.join(format!("{name}.cs"));
    std::fs::write(&source, text).expect("a writable folder");
    let output = folder.join(format!("{name}.dll"));
    let references = FRAMEWORK.map(|name| format!("-r:{}", lab.framework().join(format!("{name}.dll")).display()));
    let switches = ["-warnaserror-".to_owned(), "-warn:0".to_owned(), "-langversion:12".to_owned()];
    lab.compile_library(&[source], &[references.as_slice(), &switches].concat(), &output);
    std::fs::read(&output).expect("a compiled assembly")
}
