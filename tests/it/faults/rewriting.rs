//! Inputs that another program writes in place, as `cp` does: a run uses the whole file, or is an error.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use thunkgen_tests::corrupt::prng::Prng;
use thunkgen_tests::executable;

use super::{fixture_dir, is_whole};

const CORE_LIBRARY: &str = "System.Private.CoreLib.dll";

/// How the other program leaves the file.
#[derive(Clone, Copy)]
struct Writer {
    /// Bytes after the image, which make the file so long that it is mapped.
    padding: usize,
    /// The file gets an old time afterwards, as by `cp -p`.
    keeps_time: bool,
}

fn tables(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder.join("out")).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.file_name().unwrap().to_string_lossy().into(), fs::read(&path).unwrap())).collect()
}

/// Writes the file until `is_done`. The pauses are such that most runs meet a change.
fn write_again_and_again(path: &Path, bytes: &[u8], writer: Writer, is_done: &AtomicBool) {
    let mut prng = Prng::new(7, bytes.len() as u64);
    while !is_done.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_micros(prng.below(40_000) as u64));
        let file = File::create(path).unwrap();
        let (first, second) = bytes.split_at(prng.below(bytes.len()));
        for part in [first, second] {
            std::os::unix::fs::FileExt::write_all_at(
                &file,
                part,
                (part.as_ptr() as usize - bytes.as_ptr() as usize) as u64,
            )
            .unwrap();
            std::thread::sleep(Duration::from_micros(prng.below(3_000) as u64));
        }
        if writer.keeps_time {
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)).unwrap();
        }
    }
}

fn check(writer: Writer, runs: usize) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let path = folder.join(CORE_LIBRARY);
    let mut bytes = fs::read(fixture_dir("corlib").join(CORE_LIBRARY)).unwrap();
    bytes.resize(bytes.len() + writer.padding, 0);
    fs::write(&path, &bytes).unwrap();
    let (interop, facade) = (fixture_dir("interop-il").join("InteropIl.dll"), fixture_dir("facade"));
    let (interop, facade) = (interop.to_str().unwrap(), facade.to_str().unwrap());
    let arguments = || ["generate", ".", interop, "--reference", facade, "--module", "*", "--out", "out"];
    assert_eq!(executable::run(folder, arguments()).code, Some(0));
    let expected = tables(folder);
    let is_done = AtomicBool::new(false);
    let (mut right, mut refused) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| write_again_and_again(&path, &bytes, writer, &is_done));
        for number in 0..runs {
            fs::remove_dir_all(folder.join("out")).unwrap();
            let run = executable::run(folder, arguments());
            let wrong = match run.code {
                Some(0) if tables(folder) == expected => {
                    right += 1;
                    None
                }
                Some(3) if !folder.join("out").exists() && run.stderr.contains(CORE_LIBRARY) => {
                    fs::create_dir(folder.join("out")).unwrap();
                    refused += 1;
                    None
                }
                _ => Some(format!("run {number}: {run:?}")),
            };
            if wrong.is_some() {
                is_done.store(true, Ordering::Relaxed);
                panic!("{}", wrong.unwrap_or_default());
            }
        }
        is_done.store(true, Ordering::Relaxed);
    });
    println!("{} bytes: {right} right, {refused} refused", bytes.len());
}

#[test]
fn a_file_that_is_written_in_place_is_read_whole_or_refused() {
    let runs = if is_whole() { 1_000 } else { 12 };
    for padding in [0, 200_000] {
        for keeps_time in [false, true] {
            check(Writer { padding, keeps_time }, runs);
        }
    }
}
