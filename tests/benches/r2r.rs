//! Time of `thunkgen r2r emit` in fresh processes, beside one that only reads the file of keys and one of the tool that
//! does nothing, in turns; and the size of its thunks beside those that clang makes of the generated C++. Processor time
//! is told beside the time that passed, which is longer on a machine that has other things to do.
//!
//! ```text
//! cargo bench -p thunkgen-tests --bench r2r
//! ```
//! needs clang.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clr_wasm_abi::ThunkKey;
use thunkgen_core::emit::Contract;
use thunkgen_r2r::emit::{Identity, Thunk, image, object, thunk};
use thunkgen_tests::data::CheckedInKeys;
use thunkgen_tests::executable;
use thunkgen_tests::generated::interp_to_native;
use thunkgen_tests::wasm::random_keys::{random_keys, to_interp_keys};
use thunkgen_tests::wasm::toolchain::{Flags, Toolchain};
use wait4::Wait4;
use wasmparser::{Parser, Payload};

/// Counted runs of each process.
const RUNS: usize = 40;

/// Argument that turns this program into the baseline.
const READ_ONLY: &str = "--read-only";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == READ_ONLY) {
        std::hint::black_box(std::fs::read(&arguments[at + 1]).expect("a readable file").len());
        return;
    }
    let checked_in: BTreeSet<String> =
        [CheckedInKeys::browser(), CheckedInKeys::wasi()].into_iter().flat_map(|table| table.interp).collect();
    let random = random_keys("benchmark", 1000);
    let managed: BTreeSet<String> =
        random_keys("both directions", 1000).into_iter().filter(|key| key.ends_with('p')).take(500).collect();
    let both: BTreeSet<String> = managed.iter().cloned().chain(to_interp_keys(&managed)).collect();
    let sets = [
        ("the keys of the checked-in tables", checked_in),
        ("random `M` keys", random),
        ("random managed keys, in both directions", both),
    ];
    times(&sets);
    println!();
    sizes(&sets[..2]);
}

fn times(sets: &[(&str, BTreeSet<String>)]) {
    let tool = executable::path();
    println!(
        "{RUNS} runs each in a fresh process, after one warm-up; in memory: the median of as many, from parsed keys"
    );
    println!(
        "| keys | thunks | image | emit: best | median | processor | in memory | tool that does nothing: median | processor | file only read: median | ratio of medians |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for (name, keys) in sets {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("keys.txt");
        std::fs::write(&file, keys.iter().map(|key| format!("{key}\n")).collect::<String>()).expect("a written file");
        let this = std::env::current_exe().expect("this program's path");
        let (mut emit, mut nothing, mut read_only) = (Vec::new(), Vec::new(), Vec::new());
        for run in 0..=RUNS {
            // A fresh file, so that it is written every time.
            let out = folder.path().join(format!("Thunks{run}.wasm"));
            let made = run_once(Command::new(tool).args(["r2r", "emit", "--keys"]).arg(&file).arg("--out").arg(&out));
            let started = run_once(Command::new(tool).arg("--version"));
            let read = run_once(Command::new(&this).arg(READ_ONLY).arg(&file));
            if run > 0 {
                emit.push(made);
                nothing.push(started);
                read_only.push(read);
            }
        }
        let in_memory = (0..RUNS).map(|_| time_in_memory(keys)).collect();
        let best = emit.iter().map(|(time, _)| *time).min().expect("a run");
        let (emit, emit_processor) = medians(emit);
        let (nothing, nothing_processor) = medians(nothing);
        let (read_only, _) = medians(read_only);
        let in_memory = median(in_memory);
        println!(
            "| {name} | {} | {} bytes | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} |",
            keys.len(),
            image_of(&thunks(keys)).len(),
            ms(best),
            ms(emit),
            ms(emit_processor),
            ms(in_memory),
            ms(nothing),
            ms(nothing_processor),
            ms(read_only),
            ms(emit) / ms(read_only)
        );
    }
}

/// The median of each of two columns.
fn medians(rows: Vec<(Duration, Duration)>) -> (Duration, Duration) {
    let (first, second) = rows.into_iter().unzip();
    (median(first), median(second))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Wall and processor time of one process, which must succeed.
fn run_once(command: &mut Command) -> (Duration, Duration) {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    let used = child.wait4().expect("the program ends");
    let time = start.elapsed();
    assert!(used.status.success(), "{command:?} failed");
    (time, used.rusage.utime + used.rusage.stime)
}

fn time_in_memory(keys: &BTreeSet<String>) -> Duration {
    let keys: Vec<ThunkKey> = keys.iter().map(|key| key.parse().expect("a key")).collect();
    let start = Instant::now();
    let thunks: Vec<Thunk> = keys.iter().map(|key| thunk(key).expect("a thunk")).collect();
    std::hint::black_box(image_of(&thunks));
    start.elapsed()
}

fn thunks(keys: &BTreeSet<String>) -> Vec<Thunk> {
    keys.iter().map(|key| thunk(&key.parse().expect("a key")).expect("a thunk")).collect()
}

fn image_of(thunks: &[Thunk]) -> Vec<u8> {
    image(thunks, &Identity::new("Thunks".parse().expect("a name"))).expect("an image")
}

fn sizes(sets: &[(&str, BTreeSet<String>)]) {
    println!("bytes per thunk: the whole file, and its code section alone");
    println!("| keys | thunks | image | its code | object | its code | object by clang -Oz | its code |");
    println!("|---|---|---|---|---|---|---|---|");
    for (name, keys) in sets {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let flags = Flags::SIMD.at("z");
        let compiled = Toolchain::find().compile(folder.path(), "table", &interp_to_native(keys), flags);
        let compiled = std::fs::read(compiled.expect("the C++ compiles")).expect("an object");
        let thunks = thunks(keys);
        let ours = object(&thunks, Contract::WasmThunks).expect("an object");
        let each = |bytes: usize| bytes as f64 / keys.len() as f64;
        let columns = [image_of(&thunks), ours, compiled]
            .map(|file| format!("{:.1} | {:.1}", each(file.len()), each(code_size(&file))));
        println!("| {name} | {} | {} |", keys.len(), columns.join(" | "));
    }
}

/// Size of the code section.
fn code_size(wasm: &[u8]) -> usize {
    let sections = Parser::new(0).parse_all(wasm).filter_map(|payload| match payload.expect("a section") {
        Payload::CodeSectionStart { range, .. } => Some(range.len()),
        _ => None,
    });
    sections.sum()
}
