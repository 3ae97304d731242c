//! Damaged files: whatever the bytes are, the tool answers in time, in bounds and with an error at worst.
//!
//! The many cases are ignored by default; they need the real sets and an optimised build with the checks on:
//!
//! ```text
//! THUNKGEN_SETS=... cargo test --profile checked -p thunkgen-tests --test bad_input -- --include-ignored
//! ```
//! `THUNKGEN_BAD_CASES=all` runs all, `THUNKGEN_BAD_SEED` chooses other cases, `THUNKGEN_BAD_CASE` runs a single one by its number.

#[path = "bad_input/apps.rs"]
mod apps;
#[cfg(unix)]
#[path = "bad_input/files.rs"]
mod files;
#[path = "bad_input/hostile.rs"]
mod hostile;
#[path = "bad_input/names.rs"]
mod names;

use std::path::{Path, PathBuf};
use std::time::Instant;

use thunkgen_tests::corrupt::alloc::Counting;
use thunkgen_tests::corrupt::case::Case;
use thunkgen_tests::corrupt::corpus::Corpus;
use thunkgen_tests::corrupt::process::{self, Ended};
use thunkgen_tests::corrupt::runner::run;
use thunkgen_tests::data::number_from;
use thunkgen_tests::executable;

#[global_allocator]
static COUNTING: Counting = Counting;

/// Files cut short and files with a byte changed: a sample, and with `THUNKGEN_BAD_CASES=all` as many as a long run takes.
const SAMPLE: (usize, usize) = (400, 4_000);
const ALL: (usize, usize) = (2_000, 20_000);

/// The same on every machine, so that a red run can be repeated.
const SEED: u64 = 0x7468_756E_6B67_656E;

#[test]
#[ignore = "minutes long, needs the real sets and `--profile checked`"]
fn real_files_cut_short_and_with_a_byte_changed() {
    refuse_unoptimised();
    let seed = number_from("THUNKGEN_BAD_SEED").unwrap_or(SEED);
    let single = number_from("THUNKGEN_BAD_CASE").map(|number| number as usize);
    let is_long = std::env::var("THUNKGEN_BAD_CASES").is_ok_and(|cases| cases == "all");
    let (cut, flipped) = if is_long { ALL } else { SAMPLE };
    let corpus = Corpus::all();
    println!("{} files, seed 0x{seed:x}", corpus.files.len());
    let make = |index: usize| Case::new(&corpus, seed, single.unwrap_or(index), cut);
    let count = if single.is_some() { 1 } else { cut + flipped };
    let start = Instant::now();
    let report = run(&corpus, &reports(), count, &make);
    println!("{count} cases in {:.0?}: {:?}", start.elapsed(), report.walked);
    println!("dearest: {}, {}", report.dearest.0, report.dearest.1);
    println!("most memory: {} % of what is allowed, {}", report.largest.0, report.largest.1);
    let shown = report.failures[..report.failures.len().min(40)].join("\n  ");
    assert!(report.failures.is_empty(), "seed 0x{seed:x}: {} failures\n  {shown}", report.failures.len());
    if single.is_none() {
        // The walk was no short one: damage in one place leaves most of a file readable.
        assert!(report.walked.layouts > 5 * count as u64, "hardly a layout: {:?}", report.walked);
        assert!(report.walked.collected > count as u64 / 4, "hardly a collection: {:?}", report.walked);
    }
}

/// Another 200 cases, run like users would.
#[test]
#[ignore = "needs the real sets and `--profile checked`"]
fn damaged_files_through_the_executable() {
    refuse_unoptimised();
    let seed = number_from("THUNKGEN_BAD_SEED").unwrap_or(SEED);
    let corpus = Corpus::all();
    let executable = executable::path();
    let mut ended = [0, 0];
    let mut failures = Vec::new();
    for number in 0..200 {
        // A tenth is cut short.
        let case = Case::new(&corpus, !seed, number, 20);
        match process::generate(executable, &corpus, &case) {
            Ok(Ended::Generated) => ended[0] += 1,
            Ok(Ended::Refused) => ended[1] += 1,
            Err(what) => failures.push(format!("{}: {what}", case.describe(&corpus))),
        }
    }
    println!("generated {}, refused {}", ended[0], ended[1]);
    assert!(failures.is_empty(), "seed 0x{seed:x}: {} failures\n  {}", failures.len(), failures.join("\n  "));
    assert!(ended.iter().all(|count| *count >= 20), "the cases are all alike: {ended:?}");
}

/// Unoptimised, the cases take an hour.
fn refuse_unoptimised() {
    let program = std::env::current_exe().expect("the test's own path");
    let is_dev = program.ancestors().nth(2).is_some_and(|folder| folder.ends_with("debug"));
    assert!(!is_dev, "run this with `cargo test --profile checked`");
}

/// Where the cases that went wrong are described.
fn reports() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("bad-input")
}
