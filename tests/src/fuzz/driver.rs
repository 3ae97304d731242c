//! Runs a target on many inputs and notes what goes wrong: panics, too much work, too much memory.
//!
//! An input follows from a seed and its number. It is in a file while it runs, so that what ends the process (no stack,
//! no end) has a name too.

use std::fs::{self, File};
use std::io::{Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Target;
use super::mutate::mutate;
use crate::corrupt::alloc;
use crate::corrupt::prng::Prng;
use crate::cost::{self, HANG};

/// What an input may cost: this much, and so much for each KiB. Much more than any costs; what grows faster than the
/// input does not stay below.
const COST_BASE: u32 = 500;
const COST_PER_KIB: u32 = 50;

/// Memory that an input may hold. A deflated PDB may be a thousand times as long as its bytes.
const MEMORY_BASE: usize = 8 << 20;
const MEMORY_PER_BYTE: usize = 4 << 10;

/// Failures of a target that are told; more say no more.
const MOST_FAILURES: usize = 5;

/// What a run of a target met.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Inputs that were run.
    pub cases: usize,
    /// Those that the reader accepted.
    pub accepted: usize,
    /// What went wrong, each with the file of its input.
    pub failures: Vec<String>,
    /// The cost of the dearest input.
    pub dearest: u32,
}

/// Input `number` of a seed; the first are those of the corpus as they are.
pub fn input(target: &Target, corpus: &[Vec<u8>], seed: u64, number: usize) -> Vec<u8> {
    match corpus.get(number) {
        Some(bytes) => bytes.clone(),
        None => mutate(corpus, target.tokens, &mut Prng::new(seed, number as u64)),
    }
}

/// Runs at least `target.cases` inputs, and as many as fit into `time`; failing ones are written to `folder`.
pub fn run(target: &Target, seed: u64, time: Duration, folder: &Path) -> Report {
    fs::create_dir_all(folder).expect("a folder for failing inputs");
    let running = folder.join(format!("{}.running", target.name));
    let mut file = File::create(&running).expect("a file for the input that runs");
    let (corpus, start, mut report) = ((target.seeds)(), Instant::now(), Report::default());
    let watched = Watched::default();
    std::thread::scope(|scope| {
        scope.spawn(|| watched.watch(&running));
        while report.cases < target.cases || start.elapsed() < time {
            let number = report.cases;
            let bytes = input(target, &corpus, seed, number);
            file.set_len(0)
                .and_then(|()| file.rewind())
                .and_then(|()| file.write_all(&bytes))
                .expect("the input's file");
            watched.begin();
            match attempt(target, &bytes) {
                Ok((accepted, cost)) => {
                    report.accepted += usize::from(accepted);
                    report.dearest = report.dearest.max(cost);
                }
                Err(why) => {
                    let path = folder.join(format!("{}.{number}.bin", target.name));
                    fs::write(&path, &bytes).expect("a failing input's file");
                    report.failures.push(format!(
                        "{}, case {number} of seed 0x{seed:x}: {why}; its input: {} ({} bytes)",
                        target.name,
                        path.display(),
                        bytes.len()
                    ));
                }
            }
            watched.end();
            report.cases += 1;
            if report.failures.len() == MOST_FAILURES {
                break;
            }
        }
        watched.done.store(true, Ordering::Relaxed);
    });
    fs::remove_file(&running).expect("the input's file");
    report
}

/// Runs one input: whether it was accepted, and what it cost; or what went wrong.
pub fn attempt(target: &Target, bytes: &[u8]) -> Result<(bool, u32), String> {
    let ((answer, held), cost) =
        cost::measure(|| alloc::peak(|| catch_unwind(AssertUnwindSafe(|| (target.run)(bytes)))));
    let accepted = answer.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        format!("it panics: {}", text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("?"))
    })?;
    let allowed = MEMORY_BASE + MEMORY_PER_BYTE * bytes.len();
    if held > allowed {
        return Err(format!("it holds {held} bytes, more than {allowed}"));
    }
    let most = COST_BASE + COST_PER_KIB * (bytes.len() >> 10) as u32;
    if cost > most {
        return Err(format!("it costs as much as hashing {cost} MB, more than {most} MB"));
    }
    Ok((accepted, cost))
}

/// When the input that runs began.
#[derive(Default)]
struct Watched {
    since: Mutex<Option<Instant>>,
    done: AtomicBool,
}

impl Watched {
    fn begin(&self) {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn end(&self) {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Ends the process when an input does not end.
    fn watch(&self, running: &Path) {
        while !self.done.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(5));
            let since = *self.since.lock().unwrap_or_else(PoisonError::into_inner);
            if since.is_some_and(|since| since.elapsed() > HANG) {
                eprintln!("an input does not end: {}", running.display());
                std::process::abort();
            }
        }
    }
}
