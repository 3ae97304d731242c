//! INPUT after an option that takes several files: `--in TABLE.cpp app/`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use thunkgen_driver::glob;

/// The files of an option, and the arguments after them that are for the verb.
///
/// The first value after each option is a file of it. Those after that are too, unless they are directories or patterns,
/// or unless `is_word` says that they are not files.
pub fn split(matches: &ArgMatches, option: &str, is_word: impl Fn(&Path) -> bool) -> (Vec<PathBuf>, Vec<OsString>) {
    let (mut files, mut words) = (Vec::new(), Vec::new());
    let Some((_, matches)) = matches.subcommand() else { return (files, words) };
    for mut values in matches.get_occurrences::<PathBuf>(option).into_iter().flatten() {
        files.extend(values.next().cloned());
        for value in values {
            match is_word(value) || is_input(value) {
                true => words.push(value.clone().into_os_string()),
                false => files.push(value.clone()),
            }
        }
    }
    (files, words)
}

/// Whether a path can only be an input with assemblies.
fn is_input(path: &Path) -> bool {
    path.is_dir() || (!path.exists() && path.to_str().is_some_and(glob::is_pattern))
}
