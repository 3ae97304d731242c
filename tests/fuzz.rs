//! Every reader on thousands of changed inputs: no panic, no answer that contradicts itself, work and memory in
//! proportion to the input.
//!
//! `THUNKGEN_FUZZ_SECONDS` is a time that all targets share, `THUNKGEN_FUZZ_SEED` chooses other inputs.
//! `THUNKGEN_FUZZ_INPUT` names the file of a failing input, `target/fuzz-failures/TARGET.NUMBER.bin`, and runs it alone:
//!
//! ```text
//! THUNKGEN_FUZZ_SECONDS=30 cargo test --profile checked -p thunkgen-tests --test fuzz -- --nocapture
//! ```

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use thunkgen_tests::corrupt::alloc::Counting;
use thunkgen_tests::data::{crate_dir, number_from};
use thunkgen_tests::fuzz::{TARGETS, Target, driver};
use thunkgen_tests::hash::djb2_xor;

#[global_allocator]
static COUNTING: Counting = Counting;

/// The same on every machine, so that a red run can be repeated.
const SEED: u64 = 0x6675_7A7A;

fn folder() -> PathBuf {
    crate_dir().join("../target/fuzz-failures")
}

#[test]
fn no_input_breaks_a_reader() {
    if let Some(path) = std::env::var_os("THUNKGEN_FUZZ_INPUT") {
        return run_one(Path::new(&path));
    }
    let seed = number_from("THUNKGEN_FUZZ_SEED").unwrap_or(SEED);
    let seconds = number_from("THUNKGEN_FUZZ_SECONDS").unwrap_or(0);
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut failures, mut cases) = (Vec::new(), 0);
    for (index, target) in TARGETS.iter().enumerate() {
        // What a target leaves is for those after it.
        let left = end.saturating_duration_since(Instant::now()) / (TARGETS.len() - index) as u32;
        let start = Instant::now();
        let report = driver::run(target, seed, left, &folder());
        let (name, took) = (target.name, start.elapsed());
        println!(
            "{name:>14}: {:>7} cases, {:>6} accepted, {took:.1?}, dearest {}",
            report.cases, report.accepted, report.dearest
        );
        cases += report.cases;
        if report.failures.is_empty() {
            assert!(report.cases >= target.cases, "{name}: {} cases", report.cases);
            // Both answers, or what is behind the first checks was not met.
            // A PDB that cannot be read only makes places less exact, and doctor reports whatever it finds.
            let has_one_answer = matches!(name, "run-pdb" | "run-boot");
            let refused = if has_one_answer { report.cases } else { report.cases - report.accepted };
            assert!(report.accepted >= report.cases / 100, "{name}: hardly an input was accepted: {report:?}");
            assert!(refused >= report.cases / 100, "{name}: hardly an input was refused: {report:?}");
        }
        failures.extend(report.failures);
    }
    println!("{cases} cases of seed 0x{seed:x}");
    assert!(failures.is_empty(), "{} of {cases} cases\n  {}", failures.len(), failures.join("\n  "));
}

fn run_one(path: &Path) {
    let file = path.file_name().expect("a file").to_string_lossy();
    let name = file.split('.').next().unwrap_or_default();
    let target = TARGETS.iter().find(|target| target.name == name).unwrap_or_else(|| panic!("no target `{name}`"));
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    println!("{:?}", driver::attempt(target, &bytes).unwrap_or_else(|why| panic!("{name}: {why}")));
}

#[test]
fn some_input_of_every_corpus_is_accepted() {
    let refused = |target: &&Target| !(target.seeds)().iter().any(|bytes| (target.run)(bytes));
    let names: Vec<_> = TARGETS.iter().filter(refused).map(|target| target.name).collect();
    assert_eq!(names, [] as [&str; 0]);
}

/// A reader that panics at one byte is found, with the input in a file.
#[test]
fn what_goes_wrong_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let fragile = |bytes: &[u8]| {
        assert!(!bytes.contains(&b'!'), "an exclamation mark");
        bytes.is_empty()
    };
    let target =
        Target { name: "fragile", run: fragile, seeds: || vec![b"abc".to_vec()], tokens: &[b"!"], cases: 1_000 };
    let report = driver::run(&target, SEED, Duration::ZERO, folder.path());
    assert_eq!(report.failures.len(), 5, "{report:?}");
    let first = &report.failures[0];
    let path = first.split("its input: ").nth(1).and_then(|rest| rest.rsplit_once(" (")).expect("a file").0;
    assert!(first.contains("of seed 0x66757a7a: it panics: an exclamation mark"), "{first}");
    assert!(std::fs::read(path).expect("the input").contains(&b'!'));
    let greedy = Target { run: |bytes| vec![0u8; 64 << 20].len() == bytes.len(), ..target };
    let why = driver::attempt(&greedy, b"x").expect_err("too much memory");
    assert!(why.starts_with("it holds "), "{why}");
    let busy = |_: &[u8]| (0..1_000).all(|_| djb2_xor(&"x".repeat(1 << 20)) != 0);
    let why = driver::attempt(&Target { run: busy, ..target }, b"x").expect_err("too much work");
    assert!(why.starts_with("it costs "), "{why}");
}
