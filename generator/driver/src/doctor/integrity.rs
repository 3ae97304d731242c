//! Compares files with the hashes in the boot configuration: a browser refuses a file with another hash.

use std::thread;

use super::app_files::{AppAssembly, AppFile, AppFiles};
use super::boot_config::{self, Asset};
use super::locate::Boot;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// The algorithm of all hashes that the SDK writes.
const PREFIX: &str = "sha256-";

/// Reports files that differ from their hash.
pub(super) fn check(files: &AppFiles, boot: &Boot, diagnostics: &mut Diagnostics) {
    let all = files.assemblies.iter().chain(&files.others);
    let all = all.filter_map(|AppAssembly { file, asset }| Some((file, asset.as_ref()?)));
    let native = files.native.as_ref().zip(files.native_asset.as_ref());
    let mut hashed: Vec<(&AppFile, &Asset, &str)> = all
        .chain(native)
        .filter_map(|(file, asset)| Some((file, asset, asset.hash.as_deref()?.strip_prefix(PREFIX)?)))
        .collect();
    // Large files first, so that all threads end at about the same time.
    hashed.sort_by_key(|(file, ..)| std::cmp::Reverse(file.bytes.len()));
    let threads = thread::available_parallelism().map_or(1, usize::from).min(hashed.len().max(1));
    let hashed = &hashed;
    let differing = |start: usize| {
        let mine = hashed.iter().skip(start).step_by(threads);
        mine.filter(|(file, _, hash)| STANDARD.encode(Sha256::digest(&*file.bytes)) != *hash).collect::<Vec<_>>()
    };
    let wrong: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|start| scope.spawn(move || differing(start))).collect();
        // A panic of a thread goes on here.
        running
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    for (file, asset, _) in wrong {
        let at = boot_config::position_of(&boot.text, asset.name.rsplit('/').next().unwrap_or_default());
        let place = at.map(|at| format!("({},{})", at.line, at.column)).unwrap_or_default();
        let message = format!(
            "its contents differ from the hash in {}{place}: browsers refuse to load it; publish the app again, and copy all \
             files",
            boot.path.display()
        );
        diagnostics.report(&catalogue::OTHER_HASH, Location::file(&file.display), message);
    }
}
