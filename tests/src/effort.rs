//! Bounds on work that hold on every machine: no clock decides a test.
//!
//! What a thread works is compared with what reading a fixture takes the same processor in the same run, so that neither
//! a slow machine nor a busy one nor a build without optimisation fails a test. Only what does not end at all is ended by
//! the clock, after minutes.

use std::sync::OnceLock;
use std::sync::mpsc::channel;
use std::time::Duration;

use cpu_time::ThreadTime;

use crate::corrupt::walk::walk;
use crate::fixtures::assembly;

/// What takes this long does not end.
pub const HANG: Duration = Duration::from_secs(600);

/// Readings of a fixture that any input may cost, and those for each kilobyte of it. Much more than any takes; what grows
/// faster than the input does not stay below.
const READINGS: f64 = 500.0;
const READINGS_PER_KILOBYTE: f64 = 10.0;

/// Processor time of reading the fixture `corlib` once.
fn reading() -> f64 {
    static READING: OnceLock<f64> = OnceLock::new();
    *READING.get_or_init(|| {
        let file = std::fs::read(assembly("corlib")).expect("a fixture");
        let once = |_| {
            let start = ThreadTime::now();
            walk(&file, &[]);
            start.elapsed().as_secs_f64()
        };
        // The first one also fills caches.
        (0..5).map(once).fold(f64::INFINITY, f64::min).max(1e-4)
    })
}

/// How many readings an input of so many bytes may cost.
pub fn allowed(bytes: usize) -> f64 {
    READINGS + READINGS_PER_KILOBYTE * bytes as f64 / 1024.0
}

/// The result of some work, and how many readings it cost.
pub fn of<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let (unit, start) = (reading(), ThreadTime::now());
    let result = work();
    (result, start.elapsed().as_secs_f64() / unit)
}

/// Works as long as so many readings take.
pub fn spend(readings: f64) {
    let (unit, start) = (reading(), ThreadTime::now());
    while start.elapsed().as_secs_f64() < readings * unit {
        std::hint::spin_loop();
    }
}

/// Does some work on an input of so many bytes. Panics when it costs more than is allowed, and ends the process when it
/// does not end.
#[track_caller]
pub fn bounded<T>(what: &str, bytes: usize, work: impl FnOnce() -> T) -> T {
    let (done, watched) = channel::<()>();
    let name = what.to_owned();
    std::thread::spawn(move || {
        if watched.recv_timeout(HANG) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            // There is no way to stop a thread, and it may be about to take all memory.
            eprintln!("{name}: {bytes} bytes of input take more than {HANG:?}");
            std::process::abort();
        }
    });
    let (result, readings) = of(work);
    drop(done);
    let allowed = allowed(bytes);
    assert!(readings <= allowed, "{what}: {bytes} bytes cost as much as {readings:.0} readings, not {allowed:.0}");
    println!("{what}: {bytes} bytes cost {:.0} % of what is allowed", 100.0 * readings / allowed);
    result
}
