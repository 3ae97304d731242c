//! Time and peak memory of `thunkgen generate` on the real sets, in fresh processes, beside a process that only reads
//! the same bytes. The two alternate, so that a change of the machine's speed meets both.
//!
//! ```text
//! cargo bench -p thunkgen-tests --bench generate
//! ```
//! needs `THUNKGEN_SETS` (default `target/sets`, where `tests/run.sh` puts them).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

/// Counted runs of each process.
const RUNS: usize = 20;

/// Argument that turns this program into the baseline.
const READ_ONLY: &str = "--read-only";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == READ_ONLY) {
        read_everything(Path::new(&arguments[at + 1]));
        return;
    }
    let sets = std::env::var_os("THUNKGEN_SETS").map_or_else(default_sets, PathBuf::from);
    let tool = build_tool();
    println!("{RUNS} runs each in a fresh process, after one warm-up; files in the page cache");
    println!("| set | files | MB | generate: best | median | peak | read only: median | ratio of medians |");
    println!("|---|---|---|---|---|---|---|---|");
    for set in ["net10", "framework8", "net8", "net7"] {
        bench_set(&tool, set, &sets.join(set));
    }
}

fn default_sets() -> PathBuf {
    workspace().join("target/sets")
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Builds the release executable and returns where cargo says it is.
fn build_tool() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--release", "-p", "thunkgen", "--message-format=json"])
        .current_dir(workspace())
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "the release build failed");
    let messages = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let executable = messages.split("\"executable\":\"").nth(1).and_then(|rest| rest.split('"').next());
    executable.expect("cargo names the executable").into()
}

fn bench_set(tool: &Path, name: &str, folder: &Path) {
    let (files, bytes) = measure_set(folder);
    let out = tempfile::tempdir().expect("a temporary folder");
    let this = std::env::current_exe().expect("this program's path");
    let mut generate = Vec::new();
    let mut read_only = Vec::new();
    let mut peak = 0;
    for run in 0..=RUNS {
        let target = out.path().join(run.to_string()); // a fresh folder, so that the outputs are written every time
        let (time, memory) = run_once(Command::new(tool).arg("generate").arg("--out").arg(&target).arg(folder));
        let (baseline, _) = run_once(Command::new(&this).arg(READ_ONLY).arg(folder));
        if run > 0 {
            generate.push(time);
            read_only.push(baseline);
            peak = peak.max(memory);
        }
    }
    generate.sort();
    read_only.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let (median, baseline) = (generate[RUNS / 2], read_only[RUNS / 2]);
    println!(
        "| {name} | {files} | {:.0} | {:.1} ms | {:.1} ms | {:.0} MB | {:.1} ms | {:.1} |",
        bytes as f64 / 1e6,
        ms(generate[0]),
        ms(median),
        peak as f64 / 1e6,
        ms(baseline),
        ms(median) / ms(baseline)
    );
}

fn measure_set(folder: &Path) -> (usize, u64) {
    let entries = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}; fetch the sets with tests/tools/fetch-sets.sh", folder.display()));
    let sizes: Vec<u64> = entries.map(|entry| entry.and_then(|e| e.metadata()).expect("a file").len()).collect();
    assert!(sizes.len() > 100, "{}: a real set has more files", folder.display());
    (sizes.len(), sizes.iter().sum())
}

/// Wall time and peak resident memory in bytes of one process, which must succeed.
fn run_once(command: &mut Command) -> (Duration, u64) {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    let used = child.wait4().expect("the program ends");
    let time = start.elapsed();
    assert!(used.status.success(), "{command:?} failed");
    (time, used.rusage.maxrss)
}

fn read_everything(folder: &Path) {
    let mut total = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        total += std::fs::read(entry.expect("a file").path()).expect("a readable file").len();
    }
    std::hint::black_box(total);
}
