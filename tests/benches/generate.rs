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

use clr_wasm_abi::TargetOs;
use clr_wasm_abi::types::{Input, Role, TypeSystem};
use clr_wasm_file::WasmModule;
use thunkgen_core::collect::{LibraryName, Options, collect};
use thunkgen_core::emit::{self, Contract, render};
use thunkgen_diagnostics::Diagnostics;
use thunkgen_r2r::lookup::LinkedTables;
use thunkgen_tests::executable;
use wait4::Wait4;

/// Counted runs of each process.
const RUNS: usize = 20;

/// Argument that turns this program into the baseline.
const READ_ONLY: &str = "--read-only";

/// Argument that turns this program into a reader of the tables in the native module of a directory.
const TABLES: &str = "--tables";

/// Argument that turns this program into one run through the library, which prints the time of each stage.
const STAGES: &str = "--stages";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == READ_ONLY) {
        read_everything(Path::new(&arguments[at + 1]));
        return;
    }
    if let Some(at) = arguments.iter().position(|argument| argument == TABLES) {
        let bytes = std::fs::read(native_module(Path::new(&arguments[at + 1]))).expect("a readable file");
        let module = WasmModule::open(&bytes).expect("readable").expect("a module");
        assert!(!LinkedTables::of(&module).is_empty(), "a runtime has tables");
        return;
    }
    if let Some(at) = arguments.iter().position(|argument| argument == STAGES) {
        print_stages(Path::new(&arguments[at + 1]));
        return;
    }
    let sets = std::env::var_os("THUNKGEN_SETS").map_or_else(default_sets, PathBuf::from);
    let tool = executable::path();
    println!("{RUNS} runs each in a fresh process, after one warm-up; files in the page cache");
    println!(
        "| set | files | MB | generate: best | median | peak | million instructions | read only: median | ratio |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for set in ["net10", "framework8", "net8", "net7"] {
        bench_set(tool, set, &sets.join(set));
    }
    bench_native(tool, &sets.join("net10"));
    bench_doctor(tool, &sets.join("net10"));
    println!("\nmedian of each stage, through the library in fresh processes");
    println!("| set | read files | open, resolve names | collect, lay out, lower | render |");
    println!("|---|---|---|---|---|");
    for set in ["net10", "framework8", "net8", "net7"] {
        bench_stages(set, &sets.join(set));
    }
}

fn default_sets() -> PathBuf {
    workspace().join("target/sets")
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
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
        "| {name} | {files} | {:.0} | {:.1} ms | {:.1} ms | {:.0} MB | {} | {:.1} ms | {:.1} |",
        bytes as f64 / 1e6,
        ms(generate[0]),
        ms(median),
        peak as f64 / 1e6,
        instructions(tool, folder).map_or("no valgrind".to_owned(), |count| format!("{:.1}", count as f64 / 1e6)),
        ms(baseline),
        ms(median) / ms(baseline)
    );
}

/// The instructions of one run as valgrind counts them; they do not depend on what else the machine does.
fn instructions(tool: &Path, folder: &Path) -> Option<u64> {
    let out = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(tool).arg("generate");
    let output = command.arg("--out").arg(out.path()).arg(folder).output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok())
}

/// `check-native` beside `generate` on the same assemblies: what the comparison adds.
fn bench_native(tool: &Path, folder: &Path) {
    let out = tempfile::tempdir().expect("a temporary folder");
    let runtime = native_module(folder);
    // Its functions have no names; a file of symbols gives them those of its P/Invoke tables.
    let module = std::fs::read(&runtime).expect("a module");
    let table = thunkgen_tests::native_wasm::pinvoke_tables(&module);
    let text: String = table.iter().map(|import| format!("{}:{}\n", import.function, import.name)).collect();
    let copy = out.path().join("dotnet.native.wasm");
    std::fs::write(&copy, &module).expect("a copy");
    std::fs::write(out.path().join("dotnet.native.js.symbols"), text).expect("a file of symbols");
    let (mut generate, mut check) = (Vec::new(), Vec::new());
    for run in 0..=RUNS {
        let target = out.path().join(run.to_string());
        let (time, _) = run_once(Command::new(tool).arg("generate").arg("--out").arg(&target).arg(folder));
        let (compared, _) = run_once(Command::new(tool).arg("check-native").arg(folder).arg("--native").arg(&copy));
        if run > 0 {
            generate.push(time);
            check.push(compared);
        }
    }
    generate.sort();
    check.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!("\n`check-native` of net10 against its runtime ({:.1} MB)", module.len() as f64 / 1e6);
    println!("| generate: median | check-native: best | median | difference of medians |");
    println!("|---|---|---|---|");
    let (one, other) = (ms(generate[RUNS / 2]), ms(check[RUNS / 2]));
    println!("| {one:.1} ms | {:.1} ms | {other:.1} ms | {:+.1} ms |", ms(check[0]), other - one);
}

fn native_module(folder: &Path) -> PathBuf {
    let mut entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path());
    let is_module = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("dotnet.native.") && name.ends_with(".wasm")
    };
    entries.find(is_module).expect("the shipped runtime")
}

/// `doctor` beside `generate` on the same files, and a process that only reads the tables of the native module.
fn bench_doctor(tool: &Path, folder: &Path) {
    let out = tempfile::tempdir().expect("a temporary folder");
    let this = std::env::current_exe().expect("this program's path");
    let (mut generate, mut tables, mut doctor) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..=RUNS {
        let target = out.path().join(run.to_string());
        let (generated, _) = run_once(Command::new(tool).arg("generate").arg("--out").arg(&target).arg(folder));
        let (read, _) = run_once(Command::new(&this).arg(TABLES).arg(folder));
        let (examined, _) = run_once(Command::new(tool).arg("doctor").arg(folder));
        if run > 0 {
            generate.push(generated);
            tables.push(read);
            doctor.push(examined);
        }
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[RUNS / 2].as_secs_f64() * 1000.0
    };
    let [generate, tables, doctor] = [&mut generate, &mut tables, &mut doctor].map(median);
    println!("\n`doctor` of net10; the goal is a ratio of at most 1.5");
    println!("| generate: median | reading the module | doctor: median | ratio to the sum |");
    println!("|---|---|---|---|");
    println!("| {generate:.1} ms | {tables:.1} ms | {doctor:.1} ms | {:.2} |", doctor / (generate + tables));
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

fn bench_stages(name: &str, folder: &Path) {
    let this = std::env::current_exe().expect("this program's path");
    let mut runs: Vec<Vec<f64>> = Vec::new();
    for _ in 0..RUNS {
        let output = Command::new(&this).arg(STAGES).arg(folder).output().expect("the program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("numbers");
        runs.push(text.split_whitespace().map(|number| number.parse().expect("a number")).collect());
    }
    let median = |stage: usize| {
        let mut times: Vec<f64> = runs.iter().map(|run| run[stage]).collect();
        times.sort_by(f64::total_cmp);
        times[RUNS / 2]
    };
    let [read, open, collect, render] = [0, 1, 2, 3].map(median);
    println!("| {name} | {read:.1} ms | {open:.1} ms | {collect:.1} ms | {render:.1} ms |");
}

/// Prints the milliseconds of reading, opening, collecting and rendering. Files are read, not mapped.
fn print_stages(folder: &Path) {
    let mut clock = Instant::now();
    let mut lap = || {
        let time = clock.elapsed();
        clock = Instant::now();
        print!("{} ", time.as_secs_f64() * 1000.0);
    };
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    let files: Vec<(String, Vec<u8>)> =
        paths.iter().map(|path| (path.display().to_string(), std::fs::read(path).expect("a readable file"))).collect();
    lap();
    let inputs: Vec<Input<'_>> = files.iter().map(|(path, bytes)| Input { path, bytes, role: Role::Input }).collect();
    let mut diagnostics = Diagnostics::default();
    let type_system = TypeSystem::load(&inputs, &mut diagnostics);
    lap();
    let mut options = Options::new(TargetOs::Browser);
    options.modules.insert(LibraryName::ANY.into());
    let ir = collect(&type_system, &options, &mut diagnostics);
    lap();
    let files = render(&ir, &emit::Options { contract: Contract::default(), target_os: TargetOs::Browser });
    lap();
    assert!(!diagnostics.has_errors() && files.len() == 3, "a real set has no errors");
}

fn read_everything(folder: &Path) {
    let mut total = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        total += std::fs::read(entry.expect("a file").path()).expect("a readable file").len();
    }
    std::hint::black_box(total);
}
