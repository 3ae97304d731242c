//! The licences of everything in the executables that is not of this project: the crates that the lock file chooses, with
//! the texts that come with their sources, and what the toolchain links.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::error::Error;

/// What is distributed.
const PROGRAMS: [&str; 2] = ["thunkgen", "thunkgen-task"];

/// What the executables are built for: a dependency of only one system is listed too.
const TARGETS: [&str; 7] = [
    "aarch64-apple-darwin",
    "aarch64-pc-windows-gnullvm",
    "aarch64-unknown-linux-musl",
    "wasm32-wasip1",
    "x86_64-apple-darwin",
    "x86_64-pc-windows-gnullvm",
    "x86_64-unknown-linux-musl",
];

/// Texts of crates whose sources have none: that of the repository that they are in.
const WITHOUT_TEXT: [(&str, &str); 1] = [("alloc-stdlib", include_str!("../notices/alloc-stdlib.txt"))];

/// What is linked and is not a crate.
const TOOLCHAIN: [(&str, &str); 4] = [
    ("Rust standard library (MIT OR Apache-2.0)", include_str!("../notices/rust.txt")),
    ("musl, on Linux (MIT)", include_str!("../notices/musl.txt")),
    ("wasi-libc, in the WebAssembly module (CC0-1.0, MIT, BSD-2-Clause)", include_str!("../notices/wasi-libc.txt")),
    ("mingw-w64 runtime, on Windows (ZPL-2.1)", include_str!("../notices/mingw-w64.txt")),
];

const HEAD: &str = "thunkgen contains the following software of third parties. Each text is that of the software above it. Where \
    the authors\noffer several licences, the text is the one under which it is used here.\n";

/// The file.
pub fn all() -> Result<String, Error> {
    let metadata = cargo(&["metadata", "--format-version=1"])?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| Error::Notices(error.to_string()))?;
    let used = used()?;
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    let mut by_text: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // Those of this project have no source.
    for package in packages.iter().filter(|package| !package["source"].is_null()) {
        let [name, version, license] =
            ["name", "version", "license"].map(|key| package[key].as_str().unwrap_or_default());
        if used.contains(&format!("{name} v{version}")) {
            by_text.entry(text_of(package)?).or_default().insert(format!("{name} {version} ({license})"));
        }
    }
    let mut sections: Vec<_> =
        by_text.into_iter().map(|(text, names)| (names.into_iter().collect::<Vec<_>>().join("\n"), text)).collect();
    sections.sort();
    sections.extend(TOOLCHAIN.map(|(name, text)| (name.to_owned(), text.trim().to_owned())));
    let mut file = HEAD.to_owned();
    for (names, text) in sections {
        let _ = write!(file, "\n{0}\n{names}\n{0}\n\n{text}\n", "-".repeat(80));
    }
    Ok(file)
}

/// `NAME vVERSION` of every crate that the programs are made of, on any target. The metadata do not say it: they have the
/// features of the whole workspace.
fn used() -> Result<BTreeSet<String>, Error> {
    let mut used = BTreeSet::new();
    for target in TARGETS {
        let programs = PROGRAMS.into_iter().flat_map(|name| ["--package", name]);
        let arguments = ["tree", "--edges=normal", "--prefix=none", "--format={p}", "--target", target];
        let tree = cargo(&arguments.into_iter().chain(programs).collect::<Vec<_>>())?;
        used.extend(tree.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")));
    }
    Ok(used)
}

/// What cargo prints about the lock file.
fn cargo(arguments: &[&str]) -> Result<String, Error> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments).args(["--locked", "--offline", "--manifest-path"]);
    cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"));
    let output = cargo.stderr(Stdio::inherit()).output().map_err(Error::file(Path::new("cargo")))?;
    if !output.status.success() {
        return Err(Error::Notices("cargo failed; `cargo fetch --locked` downloads the sources".to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The text of the licence: of several that are offered, that of the MIT licence.
fn text_of(package: &Value) -> Result<String, Error> {
    if let Some((_, text)) = WITHOUT_TEXT.iter().find(|(name, _)| package["name"] == *name) {
        return Ok(text.trim().to_owned());
    }
    let directory = Path::new(package["manifest_path"].as_str().unwrap_or_default()).parent().unwrap_or(Path::new(""));
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory).map_err(Error::file(directory))? {
        let path = entry.map_err(Error::file(directory))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if ["license", "licence", "copying", "notice"].iter().any(|start| name.starts_with(start)) {
            files.insert(name, path);
        }
    }
    if files.keys().any(|name| name.contains("mit")) {
        files.retain(|name, _| name.contains("mit") || name.contains("unicode") || name.starts_with("notice"));
    }
    let mut texts = Vec::new();
    for path in files.values() {
        let text = String::from_utf8_lossy(&crate::read(path)?).replace("\r\n", "\n");
        let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
        texts.push(lines.join("\n"));
    }
    let why = format!("{} has no licence text: add it to WITHOUT_TEXT", package["name"]);
    if texts.is_empty() { Err(Error::Notices(why)) } else { Ok(texts.join("\n\n")) }
}
