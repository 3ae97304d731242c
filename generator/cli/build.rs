//! Finds the commit of the sources, for `--version`: `THUNKGEN_SOURCES` is ` (4d0def6 2026-11-29)`, or empty.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// Digits shown of a commit.
const DIGITS: usize = 7;

fn main() {
    for name in ["THUNKGEN_COMMIT", "SOURCE_DATE_EPOCH"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    let directory = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let is_debug = env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    let sources = sources(
        Path::new(&directory),
        is_debug,
        env::var("THUNKGEN_COMMIT").ok().as_deref(),
        env::var("SOURCE_DATE_EPOCH").ok().as_deref(),
    );
    println!("cargo::rustc-env=THUNKGEN_SOURCES={sources}");
}

/// What is known of the sources: from the environment, from the published package, or from git.
///
/// A debug build does not ask git: every commit would compile the crate and all of its tests again.
pub fn sources(directory: &Path, is_debug: bool, commit: Option<&str>, epoch: Option<&str>) -> String {
    let found = match commit {
        Some(commit) => Some((digits(commit), None)),
        None => published(directory).map(|commit| (digits(&commit), None)),
    };
    let found = found.or_else(|| if is_debug { None } else { committed(directory) });
    let is_plain_debug = found.is_none() && is_debug;
    let (commit, date) = found.unwrap_or_default();
    let date = epoch.and_then(|seconds| day(seconds.trim().parse().ok()?)).or(date);
    let known: Vec<String> = [Some(commit).filter(|commit| !commit.is_empty()), date].into_iter().flatten().collect();
    match known.is_empty() {
        true if is_plain_debug => " (debug build)".to_owned(),
        true => String::new(),
        false => format!(" ({})", known.join(" ")),
    }
}

/// The start of a commit; nothing if it is something else, which could end the line.
fn digits(commit: &str) -> String {
    let commit = commit.trim();
    let is_commit = commit.bytes().all(|digit| digit.is_ascii_hexdigit());
    if is_commit { commit.chars().take(DIGITS).collect() } else { String::new() }
}

/// The commit that `cargo package` wrote.
fn published(directory: &Path) -> Option<String> {
    let text = fs::read_to_string(directory.join(".cargo_vcs_info.json")).ok()?;
    let (_, rest) = text.split_once("\"sha1\"")?;
    rest.split('"').nth(1).map(str::to_owned)
}

/// The commit of a checkout and its date. The sources may also be a copy inside of another repository.
fn committed(directory: &Path) -> Option<(String, Option<String>)> {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        let output = command.arg("-C").arg(directory).args(arguments).env("TZ", "UTC").output().ok()?;
        let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
        Some(text.trim().to_owned())
    };
    git(&["ls-files", "--error-unmatch", "Cargo.toml"])?;
    // The first changes with the branch, the second with every commit.
    for name in ["HEAD", "logs/HEAD"] {
        if let Some(path) = git(&["rev-parse", "--git-path", name]) {
            println!("cargo::rerun-if-changed={}", directory.join(path).display());
        }
    }
    let line = git(&["log", "-1", "--format=%H %cd", "--date=format-local:%Y-%m-%d"])?;
    let (commit, date) = line.split_once(' ')?;
    Some((digits(commit), Some(date.to_owned())))
}

/// The day of a time in seconds since 1970, as `2026-11-29` (the algorithm `civil_from_days` of Howard Hinnant).
fn day(seconds: i64) -> Option<String> {
    let days = seconds.checked_div_euclid(86_400)?.checked_add(719_468)?;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (0..=9999).contains(&year).then(|| format!("{year:04}-{month:02}-{day:02}"))
}
