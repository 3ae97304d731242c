//! Patterns in input arguments, for shells that do not expand them and for build systems.
//!
//! `*` and `?` stay inside one path component, `**` crosses them, `[...]` and `{a,b}` choose. Links to directories are
//! followed, except below `**`: they can lead back up. On Windows, a backslash separates components too.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf, is_separator};

use super::error::reason;
use super::inputs;

#[cfg(feature = "patterns")]
use globset::{GlobBuilder, GlobMatcher};

/// What there is never one of.
#[cfg(not(feature = "patterns"))]
pub(super) enum GlobMatcher {}

#[cfg(not(feature = "patterns"))]
impl GlobMatcher {
    pub(super) fn is_match(&self, _: impl AsRef<Path>) -> bool {
        match *self {}
    }
}

/// Deepest directory below a pattern's fixed part; a limit against endless trees.
const MAX_DEPTH: usize = 64;

/// Most files and directories that are compared with a pattern: more are a whole disk, and take minutes.
const MAX_ENTRIES: usize = 1_000_000;

/// True when the argument has a character with a meaning in patterns.
pub fn is_pattern(text: &str) -> bool {
    first_special(text).is_some()
}

/// Where the first character with a meaning in patterns is. The one in the prefix `\\?\` of Windows paths has none.
fn first_special(text: &str) -> Option<usize> {
    let prefix = if cfg!(windows) && text.starts_with(r"\\?\") { r"\\?\".len() } else { 0 };
    text[prefix..].find(['*', '?', '[', '{']).map(|at| prefix + at)
}

/// A matcher of the paths of a pattern; the error says why there is none.
#[cfg(not(feature = "patterns"))]
pub(super) fn matcher(_: &str) -> Result<GlobMatcher, String> {
    Err("this build of thunkgen lacks the feature `patterns`".to_owned())
}

/// A matcher of the paths of a pattern; the error says why there is none.
#[cfg(feature = "patterns")]
pub(super) fn matcher(pattern: &str) -> Result<GlobMatcher, String> {
    let pattern = if cfg!(windows) { pattern.replace('\\', "/") } else { pattern.to_owned() };
    let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
    Ok(glob.map_err(|error| error.kind().to_string())?.compile_matcher())
}

/// Everything but directories that matches a pattern relative to `base`, in no particular order. What turns out not to
/// be a file is reported when it is opened. A directory that cannot be listed is an error.
pub fn matches(base: &Path, pattern: &str) -> Result<Vec<PathBuf>, String> {
    // The fixed part is walked from, and kept as it was written.
    let fixed = match first_special(pattern).and_then(|first| pattern[..first].rfind(is_separator)) {
        Some(separator) => &pattern[..=separator],
        None => "",
    };
    let varying = &pattern[fixed.len()..];
    let matcher = matcher(varying)?;
    let endless = crosses_directories(varying);
    let depth = if endless { MAX_DEPTH } else { varying.matches(is_separator).count() + 1 };
    let fixed = base.join(fixed);
    let mut found = Vec::new();
    let mut pending = vec![(PathBuf::new(), depth)];
    let mut compared = 0;
    while let Some((below, depth)) = pending.pop() {
        let directory = fixed.join(&below);
        let listed = if directory.as_os_str().is_empty() { Path::new(".") } else { &directory };
        let unreadable = |error: io::Error| format!("directory {}: {}", listed.display(), reason(&error));
        let entries = match fs::read_dir(listed) {
            // Another program removed it.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => continue,
            entries => entries.map_err(unreadable)?,
        };
        for entry in entries {
            let entry = entry.map_err(unreadable)?;
            compared += 1;
            if compared > MAX_ENTRIES {
                return Err(format!("more than {MAX_ENTRIES} files and directories are below {}", fixed.display()));
            }
            let path = below.join(entry.file_name());
            let full = fixed.join(&path);
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            if inputs::is_directory(&entry) {
                if depth > 1 && !(endless && is_link) {
                    pending.push((path, depth - 1));
                }
            } else if matcher.is_match(&path) {
                found.push(full);
            }
        }
    }
    Ok(found)
}

/// Whether a pattern has a `**` that crosses directories: one that is a whole component. Any other means the same as `*`.
fn crosses_directories(pattern: &str) -> bool {
    pattern.match_indices("**").any(|(at, stars)| {
        let (before, after) = (&pattern[..at], &pattern[at + stars.len()..]);
        let starts = before.is_empty() || before.ends_with(|c: char| is_separator(c) || matches!(c, '{' | ','));
        starts && (after.is_empty() || after.starts_with(|c: char| is_separator(c) || matches!(c, '}' | ',')))
    })
}

#[cfg(test)]
mod tests {
    use super::crosses_directories;

    #[test]
    fn only_whole_components_cross_directories() {
        for pattern in ["**", "**/a", "a/**", "a/**/b", "{a,**}/b", "x*/**/*.dll"] {
            assert!(crosses_directories(pattern), "{pattern}");
        }
        for pattern in ["w**k", "a**", "**a", "*/*", "a/**b", "{a**,b}"] {
            assert!(!crosses_directories(pattern), "{pattern}");
        }
    }
}
