//! The output for Cargo: `cargo::KEY=VALUE` lines on a build script's standard output.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Error, Generated};

/// Writes when to run again, and the warnings. Errors of standard output are ignored.
pub fn write(named: &[PathBuf], generated: &Result<Generated, Error>, out: &mut dyn Write) {
    let mut watched: BTreeSet<&Path> = named.iter().map(|path| watched(path)).collect();
    if let Ok(generated) = generated {
        watched.extend(generated.read.iter().map(PathBuf::as_path));
        generated.warnings.iter().for_each(|line| drop(writeln!(out, "cargo::warning={line}")));
    }
    // Cargo cannot watch a path that is not UTF-8 or contains a line break.
    for path in watched.into_iter().filter_map(Path::to_str).filter(|path| !path.contains(['\n', '\r'])) {
        let _ = writeln!(out, "cargo::rerun-if-changed={path}");
    }
}

/// The path that Cargo watches for an input: for a pattern, the directory before its first wildcard.
fn watched(path: &Path) -> &Path {
    if path.exists() {
        return path;
    }
    let varies = |path: &Path| path.to_str().is_some_and(|text| text.contains(['*', '?', '[', '{']));
    let fixed = path.ancestors().find(|path| !varies(path)).unwrap_or(path);
    if fixed.as_os_str().is_empty() { Path::new(".") } else { fixed }
}
