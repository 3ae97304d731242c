//! Runs many cases on all cores and keeps track of what goes wrong: panics, hangs, memory.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::alloc;
use super::case::Case;
use super::corpus::Corpus;
use super::walk::{Walked, walk};
use crate::cost::{self, HANG};

/// What a case may cost: this much, and so much for each MB of its files.
const COST_BASE: u32 = 1_000;
const COST_PER_MB: u32 = 1_000;

/// Memory that a case may hold: this much, and so much for each byte of its files.
const MEMORY_BASE: usize = 2 << 20;
const MEMORY_PER_BYTE: usize = 8;

/// And so much for each byte of a stub file, whose text is laid out from a tree of tokens.
const MEMORY_PER_STUBS_BYTE: usize = 40;

/// How long that text may be: this much, and so much for each byte of the files. Names are in it several times.
const STUBS_BASE: usize = 1 << 20;
const STUBS_PER_BYTE: usize = 16;

/// What all cases did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Sum over the cases.
    pub walked: Walked,
    /// Cases that went wrong, and how.
    pub failures: Vec<String>,
    /// The case that costs most.
    pub dearest: (u32, String),
    /// The case that held the most memory in relation to what it may hold, in percent.
    pub largest: (usize, String),
}

thread_local! {
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What a worker is doing: case number plus one, 0 when it is between cases, and when it began, in milliseconds.
#[derive(Default)]
struct Worker {
    case: AtomicUsize,
    since: AtomicU64,
}

/// Runs case `0..count`, each made by `make`. Failures are also written to files in `folder`, those that end the process
/// (a hang, no memory, no stack) too: each worker's file names the case it began last.
pub fn run(corpus: &Corpus, folder: &Path, count: usize, make: &(dyn Fn(usize) -> Case + Sync)) -> Report {
    std::fs::create_dir_all(folder).expect("a folder for what goes wrong");
    keep_panics();
    let workers: Vec<Worker> =
        (0..thread::available_parallelism().map_or(2, usize::from)).map(|_| Worker::default()).collect();
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let report = Mutex::new(Report::default());
    let start = Instant::now();
    thread::scope(|scope| {
        for (index, worker) in workers.iter().enumerate() {
            let (next, done, report) = (&next, &done, &report);
            let work = move || {
                let current = folder.join(format!("current-{index}.txt"));
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    let case = make(number);
                    std::fs::write(&current, case.describe(corpus)).expect("a file for the current case");
                    worker.since.store(start.elapsed().as_millis() as u64, Ordering::Relaxed);
                    worker.case.store(number + 1, Ordering::Relaxed);
                    run_one(corpus, folder, &case, report);
                    worker.case.store(0, Ordering::Relaxed);
                }
                let _ = std::fs::remove_file(&current);
                done.fetch_add(1, Ordering::Relaxed);
            };
            // As much stack as a thread has without asking.
            thread::Builder::new().stack_size(2 << 20).spawn_scoped(scope, work).expect("a thread");
        }
        while done.load(Ordering::Relaxed) < workers.len() {
            thread::sleep(Duration::from_millis(20));
            for worker in &workers {
                let case = worker.case.load(Ordering::Relaxed);
                let since = Duration::from_millis(worker.since.load(Ordering::Relaxed));
                if case > 0 && start.elapsed().saturating_sub(since) > HANG {
                    // There is no way to stop a thread: the process ends here.
                    let what = format!("{}: took more than {HANG:?}", make(case - 1).describe(corpus));
                    keep(folder, case - 1, &what);
                    eprintln!("{what}");
                    std::process::exit(101);
                }
            }
        }
    });
    let _ = std::panic::take_hook();
    report.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Panics are told by [`run_one`], with the case, and not where they happen.
fn keep_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        let payload = panic.payload();
        let text = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
        let message = text.unwrap_or("panic").to_owned() + &place;
        LAST_PANIC.with(|last| last.replace(Some(message)));
    }));
}

fn run_one(corpus: &Corpus, folder: &Path, case: &Case, report: &Mutex<Report>) {
    let bytes = case.bytes(corpus);
    let references: Vec<_> = corpus.references(case.file).map(|file| (file.name.as_str(), &file.bytes[..])).collect();
    let size = bytes.len() + references.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    let ((result, peak), cost) =
        cost::measure(|| alloc::peak(|| catch_unwind(AssertUnwindSafe(|| walk(&bytes, &references)))));
    let stubs = result.as_ref().map_or(0, |walked| walked.stubs);
    let allowed = MEMORY_BASE + MEMORY_PER_BYTE * size + MEMORY_PER_STUBS_BYTE * stubs;
    let mut failure = None;
    let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
    match result {
        Ok(walked) => report.walked.add(&walked),
        Err(_) => failure = LAST_PANIC.with(RefCell::take).or(Some("panic".to_owned())),
    }
    if stubs > STUBS_BASE + STUBS_PER_BYTE * size {
        failure = Some(format!("stubs of {stubs} bytes for {size} bytes of input"));
    }
    if peak > allowed {
        failure = Some(format!("held {peak} bytes for {size} bytes of input"));
    }
    let most = COST_BASE + COST_PER_MB * (size >> 20) as u32;
    if cost > most {
        failure = Some(format!("costs as much as hashing {cost} MB, more than {most} MB"));
    }
    if cost > report.dearest.0 {
        report.dearest = (cost, case.describe(corpus));
    }
    if peak * 100 / allowed > report.largest.0 {
        report.largest = (peak * 100 / allowed, case.describe(corpus));
    }
    if let Some(failure) = failure {
        let what = format!("{}: {failure}", case.describe(corpus));
        keep(folder, case.number, &what);
        report.failures.push(what);
    }
}

fn keep(folder: &Path, number: usize, what: &str) -> PathBuf {
    let path = folder.join(format!("case-{number}.txt"));
    std::fs::write(&path, what).expect("a file for what went wrong");
    path
}
