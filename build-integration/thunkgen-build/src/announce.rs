//! What Cargo is told: `cargo::KEY=VALUE` lines on a build script's standard output.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Error, Generated};

/// Tells when to run again, and the warnings. What cannot be written is lost: then nobody listens.
pub fn write(named: &[PathBuf], generated: &Result<Generated, Error>, out: &mut dyn Write) {
    let mut watched: BTreeSet<&Path> = named.iter().map(|path| watched(path)).collect();
    if let Ok(generated) = generated {
        watched.extend(generated.read.iter().map(PathBuf::as_path));
        generated.warnings.iter().for_each(|line| drop(writeln!(out, "cargo::warning={line}")));
    }
    // A path that is no text, or holds a line break, cannot be said.
    for path in watched.into_iter().filter_map(Path::to_str).filter(|path| !path.contains(['\n', '\r'])) {
        let _ = writeln!(out, "cargo::rerun-if-changed={path}");
    }
}

/// What Cargo can watch for a path that was named: of a pattern, the folder above the first part that varies.
fn watched(path: &Path) -> &Path {
    if path.exists() {
        return path;
    }
    let varies = |path: &Path| path.to_str().is_some_and(|text| text.contains(['*', '?', '[', '{']));
    let fixed = path.ancestors().find(|path| !varies(path)).unwrap_or(path);
    if fixed.as_os_str().is_empty() { Path::new(".") } else { fixed }
}
