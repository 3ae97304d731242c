//! Compares files with the hashes in the boot configuration, since a browser refuses a file with another hash; and with
//! their compressed copies, which servers send instead.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::thread;

use super::app_files::{AppAssembly, AppFile, AppFiles};
use super::boot_config::{Asset, AssetPositions};
use super::locate::{Boot, with_extension};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// The algorithm of all hashes that the SDK writes.
const PREFIX: &str = "sha256-";

/// Reports files that differ from their hash.
pub(super) fn check(files: &AppFiles, boot: &Boot, positions: &AssetPositions<'_>, diagnostics: &mut Diagnostics) {
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
        // This thread does its part too: WebAssembly has no other.
        let running: Vec<_> = (1..threads).map(|start| scope.spawn(move || differing(start))).collect();
        let mut wrong = differing(0);
        // A panic of a thread goes on here.
        wrong.extend(
            running
                .into_iter()
                .flat_map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))),
        );
        wrong
    });
    for (file, asset, _) in wrong {
        let at = positions.of(asset);
        let place = at.map(|at| format!("({},{})", at.line, at.column)).unwrap_or_default();
        let message = format!(
            "its contents differ from the hash in {}{place}: browsers refuse to load it; publish the app again, and copy all \
             files",
            boot.path.display()
        );
        diagnostics.report(&catalogue::OTHER_HASH, Location::file(&file.display), message);
    }
}

/// Reports copies compressed with gzip whose contents have another size than the file.
pub(super) fn check_copies(files: &AppFiles, diagnostics: &mut Diagnostics) {
    let all = files.assemblies.iter().chain(&files.others).map(|of| &of.file).chain(&files.native);
    for file in all.filter(|file| file.compression.is_none()) {
        let copy = with_extension(&file.path, Some("gz"));
        // A copy that cannot be read is not sent either.
        let Ok(size) = contents_size(&copy) else { continue };
        if size != file.bytes.len() as u32 {
            let message = format!(
                "its contents have {size} bytes, and those of {} have {}: servers send the copy; compress the file again, or \
                 delete the copy",
                file.display,
                file.bytes.len()
            );
            diagnostics.report(&catalogue::STALE_COPY, Location::file(copy.display().to_string()), message);
        }
    }
}

/// The size of the contents, modulo 2^32: the last four bytes (RFC 1952, "ISIZE").
fn contents_size(path: &Path) -> io::Result<u32> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::End(-4))?;
    let mut size = [0; 4];
    file.read_exact(&mut size)?;
    Ok(u32::from_le_bytes(size))
}
