//! Inputs that grow: memory and work stay in proportion to them, whatever they contain.
//!
//! Each verb runs on three sizes of each input. Its instructions are counted by valgrind, so the answer is the same on
//! every machine, and the memory that it holds by the allocator. Many runs share a process, since valgrind takes longer
//! to start than most runs take. Then memory alone is counted on much larger inputs. What a limit refuses is refused with
//! a located error, never by an abort.
//!
//! `THUNKGEN_GROWTH_CASE` selects the cases with a part of a name.
//!
//! ```text
//! cargo test --profile checked -p thunkgen-tests --test growth -- --include-ignored --nocapture
//! ```

#[path = "growth/inputs.rs"]
mod inputs;
#[path = "growth/worker.rs"]
mod worker;

use std::path::Path;

use inputs::CASES;
use worker::{Counting, Measured};

#[global_allocator]
static COUNTING: Counting = Counting;

/// What a run may hold: this, and so many bytes for each byte of its inputs.
const BASE_MEMORY: u64 = 64 << 20;
const MEMORY_OF_A_BYTE: u64 = 40;

/// Sizes, in units of a case's own, at which only memory is measured: the base does not hide there what grows.
const LARGE: [usize; 2] = [64, 256];

/// How much more work twice the input may be.
const TWICE: f64 = 2.2;

/// How much more work the second doubling may cost than the first one, so that what all runs do does not count; twice is
/// linear, 2.2 times sorting, four times quadratic.
const DOUBLING: f64 = 2.5;

/// Instructions below which the difference of two runs is chance, as where hash tables happen to grow.
const NOISE: u64 = 3_000_000;

/// Processes at a time; what is counted does not depend on the others.
const PROCESSES: usize = 2;

#[test]
#[ignore = "needs valgrind and `--profile checked`"]
fn memory_and_work_grow_with_the_input() {
    if let Some(directory) = std::env::var_os(worker::DIRECTORY) {
        return worker::run(Path::new(&directory));
    }
    let wanted = std::env::var("THUNKGEN_GROWTH_CASE").unwrap_or_default();
    let cases: Vec<usize> = (0..CASES.len()).filter(|index| CASES[*index].name.contains(&wanted)).collect();
    assert!(!cases.is_empty(), "no case's name contains `{wanted}`");
    // Neighbours cost about the same, so that each process gets its part of them.
    let shares = (0..PROCESSES).map(|first| cases.iter().copied().skip(first).step_by(PROCESSES).collect());
    let shares: Vec<Vec<usize>> = shares.collect();
    let found = std::thread::scope(|scope| {
        let running: Vec<_> = shares.iter().map(|share| scope.spawn(|| worker::measure(share))).collect();
        running.into_iter().flat_map(|thread| thread.join().expect("a worker")).collect::<Vec<_>>()
    });
    println!("| case | bytes | million instructions | second doubling / first | held MB | allowed | exit |");
    println!("|---|---|---|---|---|---|---|");
    found.iter().for_each(|(case, sizes)| println!("{}", row(CASES[*case].name, sizes)));
    let mut failures: Vec<String> = found.iter().flat_map(|(case, sizes)| problems(*case, sizes)).collect();
    println!("\n| case | bytes | held MB | allowed | bytes of memory for another byte | exit |");
    println!("|---|---|---|---|---|---|");
    for case in cases.iter().map(|case| &CASES[*case]) {
        let sizes = LARGE.map(|size| worker::run_once(case, size));
        println!("{}", memory_row(case.name, &sizes));
        // The smaller sizes may be below a limit of the command line or of inputs.
        failures.extend(sizes.iter().flat_map(|measured| memory_problems(case.name, measured, &[case.exit, 2, 3])));
    }
    assert!(failures.is_empty(), "{} failures\n  {}", failures.len(), failures.join("\n  "));
    assert_eq!(found.len(), cases.len(), "cases that were measured");
}

fn row(name: &str, [small, middle, large]: &[Measured; 3]) -> String {
    let million = |of: &Measured| format!("{:.1}", of.instructions as f64 / 1e6);
    format!(
        "| {name} | {} | {}, {}, {} | {:.2} | {:.1} | {:.0} | {} {} |",
        large.input,
        million(small),
        million(middle),
        million(large),
        doubling(small, middle, large),
        large.held as f64 / 1e6,
        allowed(large) as f64 / 1e6,
        large.exit,
        large.says,
    )
}

fn memory_row(name: &str, [small, large]: &[Measured; 2]) -> String {
    let slope = large.held.saturating_sub(small.held) as f64 / (large.input - small.input) as f64;
    format!(
        "| {name} | {} | {:.1} | {:.0} | {slope:.0} | {} {} |",
        large.input,
        large.held as f64 / 1e6,
        allowed(large) as f64 / 1e6,
        large.exit,
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

fn memory_problems(name: &str, measured: &Measured, expected: &[i32]) -> Vec<String> {
    let Measured { exit, says, input, held, .. } = measured;
    let mut found = Vec::new();
    if !expected.contains(exit) {
        found.push(format!("{name}: {input} bytes: exit {exit}, not {expected:?}: {says}"));
    }
    if *held > allowed(measured) {
        found.push(format!("{name}: {input} bytes: {held} bytes of memory, more than {}", allowed(measured)));
    }
    found
}

fn problems(case: usize, sizes: &[Measured; 3]) -> Vec<String> {
    let name = CASES[case].name;
    let of_memory = |measured| memory_problems(name, measured, &[CASES[case].exit]);
    let mut found: Vec<String> = sizes.iter().flat_map(of_memory).collect();
    let [small, middle, large] = sizes;
    for (less, more) in [(small, middle), (middle, large)] {
        let times = more.instructions as f64 / less.instructions as f64;
        if times > TWICE {
            found.push(format!("{name}: twice the input is {times:.2} times the work, more than {TWICE}"));
        }
    }
    let doubling = doubling(small, middle, large);
    if doubling > DOUBLING {
        found.push(format!("{name}: the second doubling costs {doubling:.2} times the first, more than {DOUBLING}"));
    }
    found
}
