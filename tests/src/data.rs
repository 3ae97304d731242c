//! The keys of the tables dotnet/runtime has checked in, read from `tests/data`.

use std::io::Read;
use std::path::{Path, PathBuf};

/// Keys of one target's checked-in tables.
#[derive(Clone, Debug)]
pub struct CheckedInKeys {
    /// `M` keys of the interp-to-native table, in the file's order.
    pub interp: Vec<String>,
    /// Hash and key of every reverse thunk.
    pub reverse: Vec<(u32, String)>,
    /// Module and number of entries of every P/Invoke table.
    pub pinvoke_tables: Vec<(String, usize)>,
}

impl CheckedInKeys {
    /// The browser tables.
    pub fn browser() -> CheckedInKeys {
        read("keys-browser.txt")
    }

    /// The wasi tables.
    pub fn wasi() -> CheckedInKeys {
        read("keys-wasi.txt")
    }
}

/// The folder of the test crate.
pub fn crate_dir() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The recorded sessions with a program, in the order of their names.
pub fn sessions(program: &str) -> Vec<PathBuf> {
    let directory = std::fs::read_dir(crate_dir().join("sessions").join(program)).expect("the sessions");
    let mut found: Vec<PathBuf> = directory.map(|entry| entry.expect("a readable entry").path()).collect();
    found.retain(|path| path.extension().is_some_and(|ending| ending == "session"));
    found.sort();
    found
}

/// The real assemblies: the directory that `THUNKGEN_SETS` names. Panics with how to fetch them when it is not set.
pub fn sets() -> PathBuf {
    let directory = std::env::var_os("THUNKGEN_SETS").map(PathBuf::from);
    directory.expect("THUNKGEN_SETS is not set: run `tests/tools/fetch-sets.sh DEST` and set it to DEST")
}

/// The number that an environment variable holds, decimal or hexadecimal with `0x`, if it is set.
pub fn number_from(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    let number = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    Some(number.unwrap_or_else(|_| panic!("{variable}: a number is expected, not `{text}`")))
}

/// A file below the test crate's folder, as text.
pub fn crate_file(relative: &str) -> String {
    let path: PathBuf = crate_dir().join(relative);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
}

/// The bytes of a gzip file below the directory of the test crate.
pub fn unpacked(relative: &str) -> Vec<u8> {
    let path: PathBuf = crate_dir().join(relative);
    let packed = std::fs::read(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    let mut bytes = Vec::new();
    let read = flate2::read::GzDecoder::new(&*packed).read_to_end(&mut bytes);
    read.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    bytes
}

// Each section starts with a `#` line that names the generated file; its announced entry count is checked.
fn read(file: &str) -> CheckedInKeys {
    let mut keys = CheckedInKeys { interp: Vec::new(), reverse: Vec::new(), pinvoke_tables: Vec::new() };
    let mut section = String::new();
    for line in crate_file(&format!("data/{file}")).lines() {
        if let Some(header) = line.strip_prefix('#') {
            section = header.to_owned();
        } else if line.is_empty() {
            continue;
        } else if section.contains("callhelpers-interp-to-managed.cpp") {
            keys.interp.push(line.to_owned());
        } else if section.contains("callhelpers-reverse.cpp") {
            let (hash, key) = line.split_once(' ').expect("a `hash key` line");
            keys.reverse.push((hash.parse().expect("a decimal hash"), key.to_owned()));
        } else if section.contains("callhelpers-pinvoke.cpp") {
            let (module, count) = line.rsplit_once(' ').expect("a `module count` line");
            keys.pinvoke_tables.push((module.to_owned(), count.parse().expect("a decimal count")));
        } else {
            assert!(section.contains("portable-entrypoints"), "{file}: line outside a known section: {line}");
        }
    }
    keys
}
