//! Inputs that grow: memory and work stay in proportion to them, whatever they contain.
//!
//! For each input and verb, the executable runs on three sizes. Its instructions are counted by valgrind, so the answer is
//! the same on every machine, and its peak memory is that of a plain run. What a limit refuses is refused with a located
//! error, never by an abort.
//!
//! A third of the cases runs; `THUNKGEN_GROWTH=all` runs all, and `THUNKGEN_GROWTH_CASE` those with a part of a name.
//!
//! ```text
//! THUNKGEN_GROWTH=all cargo test --profile checked -p thunkgen-tests --test growth -- --include-ignored --nocapture
//! ```

#[path = "growth/inputs.rs"]
mod inputs;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use inputs::{CASES, Case};
use thunkgen_tests::executable;
use wait4::Wait4;

/// What a run may hold: this, and so many bytes for each byte of its inputs.
const BASE_MEMORY: u64 = 64 << 20;
const MEMORY_OF_A_BYTE: u64 = 40;

/// How much more work the second doubling may cost than the first one; twice is linear, four times quadratic.
const DOUBLING: f64 = 2.2;

/// Instructions below which the difference of two runs is chance, as where hash tables happen to grow.
const NOISE: u64 = 3_000_000;

/// The sizes, in units of a case's own.
const SIZES: [usize; 3] = [4, 8, 16];

/// One size of a case.
struct Measured {
    input: u64,
    instructions: u64,
    peak: u64,
    exit: Option<i32>,
    says: String,
}

#[test]
#[ignore = "needs valgrind and `--profile checked`"]
fn memory_and_work_grow_with_the_input() {
    let (next, failures, rows) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let wanted = std::env::var("THUNKGEN_GROWTH_CASE").ok();
    let is_all = wanted.is_some() || std::env::var("THUNKGEN_GROWTH").is_ok_and(|cases| cases == "all");
    let cases = CASES.iter().filter(|case| wanted.as_ref().is_none_or(|wanted| case.name.contains(wanted)));
    let cases: Vec<&Case> = cases.step_by(if is_all { 1 } else { 3 }).collect();
    // Two processes at a time; what is counted does not depend on the other one.
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let sizes = SIZES.map(|size| measure(case, size));
                    let lock = |list: &Mutex<Vec<String>>, text: Vec<String>| {
                        list.lock().unwrap_or_else(PoisonError::into_inner).extend(text);
                    };
                    lock(&rows, vec![row(case, &sizes)]);
                    lock(&failures, problems(case, &sizes));
                }
            });
        }
    });
    let (mut rows, failures) = (rows.into_inner().expect("rows"), failures.into_inner().expect("failures"));
    rows.sort();
    println!("| case | bytes | million instructions | second doubling / first | peak MB | allowed | exit |");
    println!("|---|---|---|---|---|---|---|\n{}", rows.join("\n"));
    assert!(failures.is_empty(), "{} failures\n  {}", failures.len(), failures.join("\n  "));
}

fn row(case: &Case, [small, middle, large]: &[Measured; 3]) -> String {
    let million = |of: &Measured| format!("{:.1}", of.instructions as f64 / 1e6);
    format!(
        "| {} | {} | {}, {}, {} | {:.2} | {:.0} | {:.0} | {:?} {} |",
        case.name,
        large.input,
        million(small),
        million(middle),
        million(large),
        doubling(small, middle, large),
        large.peak as f64 / 1e6,
        allowed(large) as f64 / 1e6,
        large.exit.unwrap_or(-1),
        large.says,
    )
}

fn doubling(small: &Measured, middle: &Measured, large: &Measured) -> f64 {
    let difference = |less: &Measured, more: &Measured| more.instructions.saturating_sub(less.instructions);
    let (first, second) = (difference(small, middle), difference(middle, large));
    if second < NOISE { 0.0 } else { second as f64 / first.max(NOISE / 2) as f64 }
}

fn allowed(of: &Measured) -> u64 {
    BASE_MEMORY + MEMORY_OF_A_BYTE * of.input
}

fn problems(case: &Case, sizes: &[Measured; 3]) -> Vec<String> {
    let mut found = Vec::new();
    let [small, middle, large] = sizes;
    for measured in sizes {
        if measured.exit != Some(case.exit) {
            let Measured { exit, says, input, .. } = measured;
            found.push(format!("{}: {input} bytes: exit {exit:?}, not {}: {says}", case.name, case.exit));
        }
        if measured.peak > allowed(measured) {
            let Measured { input, peak, .. } = measured;
            found.push(format!(
                "{}: {input} bytes: {peak} bytes of memory, more than {}",
                case.name,
                allowed(measured)
            ));
        }
    }
    let doubling = doubling(small, middle, large);
    if doubling > DOUBLING {
        found.push(format!("{}: twice the input is {doubling:.2} times the work, more than {DOUBLING}", case.name));
    }
    found
}

/// Makes the input in a directory of its own, and runs the verb on it.
fn measure(case: &Case, size: usize) -> Measured {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path();
    let arguments = (case.make)(path, size * case.unit);
    let input = total_size(path);
    let output = Command::new(executable::path()).args(&arguments).current_dir(path).output().expect("a run");
    let text = String::from_utf8_lossy(&output.stderr);
    let says = text.lines().next().unwrap_or_default().chars().take(110).collect();
    let peak = peak_memory(path, &arguments);
    let instructions = instructions(path, &arguments);
    Measured { input, instructions, peak, exit: output.status.code(), says }
}

fn total_size(directory: &Path) -> u64 {
    let entries = fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").metadata());
    entries.map(|entry| entry.expect("a file").len()).sum()
}

fn peak_memory(directory: &Path, arguments: &[String]) -> u64 {
    let mut command = Command::new(executable::path());
    command.args(arguments).current_dir(directory).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().and_then(|mut child| child.wait4()).expect("a run").rusage.maxrss
}

/// Instructions of a run, as valgrind counts them.
fn instructions(directory: &Path, arguments: &[String]) -> u64 {
    let log = directory.join("valgrind.log");
    let status = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(format!("--log-file={}", log.display()))
        .arg(executable::path())
        .args(arguments)
        .current_dir(directory)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap_or_else(|error| panic!("valgrind: {error}; tests/run.sh installs it"));
    assert!(status.code().is_some(), "{arguments:?}: {status}");
    let text = fs::read_to_string(&log).expect("valgrind's log");
    let count = text.lines().find_map(|line| line.split_once("refs:")).map(|(_, count)| count.trim().replace(',', ""));
    count.and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("no count in: {text}"))
}
