//! A process under valgrind that runs cases one after the other, and what it measures.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::inputs::{CASES, Case};

/// The variable that makes this program a worker: the directory with its cases and results.
pub const DIRECTORY: &str = "THUNKGEN_GROWTH_WORKER";

/// Where valgrind writes a profile of what was executed since the one before: where a run begins, and where it ended.
const PLACES: [&str; 2] = ["growth::worker::counted_run", "growth::worker::run_ended"];

/// The sizes, in units of a case's own. The first is not compared: what a process makes once, such as tables for
/// searching text, is made then.
const SIZES: [usize; 4] = [1, 4, 8, 16];

/// One size of a case.
#[derive(Clone, Debug)]
pub struct Measured {
    pub input: u64,
    pub instructions: u64,
    pub held: u64,
    pub exit: i32,
    pub says: String,
}

/// Runs these cases in a process of their own.
pub fn measure(cases: &[usize]) -> Vec<(usize, [Measured; 3])> {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path();
    let numbers: Vec<String> = cases.iter().map(usize::to_string).collect();
    fs::write(path.join("cases"), numbers.join("\n")).expect("the cases");
    let program = std::env::current_exe().expect("the test's own path");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--dump-line=no"])
        .args(PLACES.map(|place| format!("--dump-before={place}")))
        .arg(format!("--callgrind-out-file={}/profile", path.display()))
        .arg(program)
        .args(["--exact", "memory_and_work_grow_with_the_input", "--include-ignored", "--nocapture"])
        .env(DIRECTORY, path)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("valgrind: {error}; tests/run.sh installs it"));
    let text = fs::read_to_string(path.join("results")).unwrap_or_default();
    let mut results: Vec<Measured> = text.lines().map(parsed).collect();
    if !output.status.success() || results.len() != cases.len() * SIZES.len() {
        let case = cases.get(results.len() / SIZES.len()).map_or("none", |case| CASES[*case].name);
        panic!("{}, in the case `{case}`:\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    for (index, result) in results.iter_mut().enumerate() {
        let profile = path.join(format!("profile.{}", PLACES.len() * (index + 1)));
        result.instructions = instructions(&profile);
    }
    let of_case = |index: usize| std::array::from_fn(|size| results[index * SIZES.len() + 1 + size].clone());
    cases.iter().enumerate().map(|(index, case)| (*case, of_case(index))).collect()
}

/// The total of a profile.
fn instructions(profile: &Path) -> u64 {
    let text = fs::read_to_string(profile).unwrap_or_else(|error| panic!("{}: {error}", profile.display()));
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")).and_then(|total| total.parse().ok());
    total.unwrap_or_else(|| panic!("no total in {}", profile.display()))
}

fn parsed(line: &str) -> Measured {
    let mut fields = line.splitn(4, ' ');
    let mut number = || fields.next().and_then(|field| field.parse::<u64>().ok()).expect("a number");
    let (input, held, exit) = (number(), number(), number() as i32);
    Measured { input, instructions: 0, held, exit, says: fields.next().unwrap_or_default().to_owned() }
}

/// The worker: runs the cases that its directory names, and writes a line for each size.
pub fn run(directory: &Path) {
    let cases = fs::read_to_string(directory.join("cases")).expect("the cases");
    let mut results = fs::File::create(directory.join("results")).expect("a file for the results");
    for case in cases.lines() {
        let case = &CASES[case.parse::<usize>().expect("a number")];
        for size in SIZES {
            let Measured { input, held, exit, says, .. } = run_once(case, size);
            writeln!(results, "{input} {held} {exit} {says}").expect("a result");
        }
    }
}

/// Makes the input in a directory of its own, and runs the verb on it, with the stack of a main thread.
pub fn run_once(case: &Case, size: usize) -> Measured {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path();
    let words = (case.make)(path, size * case.unit);
    let input = total_size(path);
    std::env::set_current_dir(path).expect("the directory");
    let arguments: Vec<OsString> = ["thunkgen".to_owned()].into_iter().chain(words).map(OsString::from).collect();
    let mut says = Start(Vec::new());
    let before = HELD.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    let exit = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(8 << 20);
        let run = thread.spawn_scoped(scope, || counted_run(&arguments, &mut io::sink(), &mut says)).expect("a thread");
        run.join().expect("an exit code")
    });
    let held = (MOST.load(Ordering::Relaxed) - before) as u64;
    let says = String::from_utf8_lossy(&says.0).lines().next().unwrap_or_default().to_owned();
    Measured { input, instructions: 0, held, exit: exit.into(), says }
}

/// What valgrind counts.
#[inline(never)]
fn counted_run(arguments: &[OsString], out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let exit = thunkgen::run_in_process(arguments, out, err);
    std::hint::black_box(run_ended(exit))
}

#[inline(never)]
fn run_ended(exit: u8) -> u8 {
    std::hint::black_box(exit)
}

fn total_size(directory: &Path) -> u64 {
    let entries = fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").metadata());
    entries.map(|entry| entry.expect("a file").len()).sum()
}

/// Keeps the start of what is written.
struct Start(Vec<u8>);

impl Write for Start {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = 110usize.saturating_sub(self.0.len());
        self.0.extend(&bytes[..bytes.len().min(left)]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes that all threads hold now, and at most.
static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counted.
pub struct Counting;

impl Counting {
    fn add(bytes: usize) {
        let now = HELD.fetch_add(bytes, Ordering::Relaxed) + bytes;
        MOST.fetch_max(now, Ordering::Relaxed);
    }
}

// SAFETY: every request goes to the system's allocator as it is; counting neither allocates nor unwinds.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Counting::add(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Counting::add(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // A large block is moved page by page: no page of it is held twice.
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        Counting::add(new_size);
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}
