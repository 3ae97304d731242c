//! What work costs, in units of this machine and this build: no test depends on how busy the machine is.

use std::sync::OnceLock;
use std::time::Duration;

use cpu_time::ThreadTime;

use crate::hash::djb2_xor;

/// A process or thread that is at work for so long does not end. Only a hang takes this long, on any machine.
pub const HANG: Duration = Duration::from_secs(600);

/// Does work and measures it: processor time of this thread, in units of hashing a megabyte.
pub fn measure<T>(work: impl FnOnce() -> T) -> (T, u32) {
    let start = ThreadTime::now();
    let result = work();
    (result, (start.elapsed().as_nanos() / unit().as_nanos().max(1)) as u32)
}

/// Fails when work costs more than `most` units.
#[track_caller]
pub fn at_most<T>(most: u32, what: &str, work: impl FnOnce() -> T) -> T {
    let (result, cost) = measure(work);
    assert!(cost <= most, "{what}: costs as much as hashing {cost} MB, more than {most} MB");
    result
}

/// The processor time of hashing a megabyte, by code that is optimised like the tests: the most of a few.
fn unit() -> Duration {
    static UNIT: OnceLock<Duration> = OnceLock::new();
    *UNIT.get_or_init(|| {
        let text = "0123456789abcdef".repeat(1 << 16);
        let once = || {
            let start = ThreadTime::now();
            std::hint::black_box(djb2_xor(std::hint::black_box(&text)));
            start.elapsed()
        };
        (0..5).map(|_| once()).max().unwrap_or_default()
    })
}
