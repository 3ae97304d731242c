//! What the outputs were made from, in the file that `CacheFilePath` names: by content, never by time.
//!
//! Lines of fields between tabs, the first with the hash of all others. Any other file is ignored.
//! Problems are remembered too: a run that is skipped reports the same warnings again.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use thunkgen_diagnostics::{Diagnostic, Level, Location, catalogue};
use thunkgen_driver::{files, reason};
use xxhash_rust::xxh3::xxh3_128;

use crate::escapes::{escape, unescape};

/// Raised when a field changes its meaning.
const FIRST_FIELD: &str = "thunkgen-task cache 1";

/// Hash of some content.
pub type Hash = u128;

/// Everything that decides the outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    /// The executable: any other build may generate something else.
    pub tool: Hash,
    /// The parameters that have an effect.
    pub options: Hash,
    /// Each file that is read.
    pub inputs: BTreeMap<String, Hash>,
}

/// What a run that succeeded leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    /// What it was made from.
    pub sources: Sources,
    /// Each file that was written.
    pub outputs: BTreeMap<String, Hash>,
    /// The warnings.
    pub problems: Vec<Diagnostic>,
}

/// The hash of a file's content.
pub fn hash_file(path: &Path) -> io::Result<Hash> {
    files::open(path).map(|(bytes, _)| hash(&bytes))
}

/// The hash of some bytes.
pub fn hash(bytes: &[u8]) -> Hash {
    xxh3_128(bytes)
}

/// The hash of a list of texts.
pub fn hash_all<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> Hash {
    let hashes: Vec<u8> = texts.into_iter().flat_map(|text| hash(text).to_le_bytes()).collect();
    hash(&hashes)
}

impl Cache {
    /// Reads a file that [`render`](Self::render) wrote.
    pub fn parse(bytes: &[u8]) -> Option<Cache> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (first, rest) = text.split_once('\n')?;
        let expected = first.strip_prefix(FIRST_FIELD)?.strip_prefix('\t')?;
        if expected != hex(hash(rest.as_bytes())) {
            return None;
        }
        let (mut tool, mut options, mut problems) = (None, None, Vec::new());
        let (mut inputs, mut outputs) = (BTreeMap::new(), BTreeMap::new());
        for line in rest.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            match fields[..] {
                ["tool", hash] => tool = Some(unhex(hash)?),
                ["options", hash] => options = Some(unhex(hash)?),
                ["input", hash, path] => _ = inputs.insert(unescape(path), unhex(hash)?),
                ["output", hash, path] => _ = outputs.insert(unescape(path), unhex(hash)?),
                ["problem", level, code, line, column, file, text] => {
                    let level = [Level::Error, Level::Warning].into_iter().find(|known| known.name() == level)?;
                    let position = Some((line.parse().ok()?, column.parse().ok()?)).filter(|found| *found != (0, 0));
                    let location = Location { position, ..Location::file(unescape(file)) };
                    let rule = catalogue::find(code).next()?;
                    problems.push(Diagnostic { rule, level, location, message: unescape(text), parts: Vec::new() });
                }
                _ => return None,
            }
        }
        Some(Cache { sources: Sources { tool: tool?, options: options?, inputs }, outputs, problems })
    }

    /// The file.
    pub fn render(&self) -> Vec<u8> {
        let Sources { tool, options, inputs } = &self.sources;
        let mut rest = format!("tool\t{}\noptions\t{}\n", hex(*tool), hex(*options));
        for (kind, files) in [("input", inputs), ("output", &self.outputs)] {
            for (path, hash) in files {
                rest += &format!("{kind}\t{}\t{}\n", hex(*hash), escape(path));
            }
        }
        for problem in &self.problems {
            let (file, position) = problem.location.origin();
            let (line, column) = position.unwrap_or_default();
            let (level, code) = (problem.level.name(), problem.rule.code);
            let (file, text) = (escape(file), escape(&problem.text()));
            rest += &format!("problem\t{level}\t{code}\t{line}\t{column}\t{file}\t{text}\n");
        }
        format!("{FIRST_FIELD}\t{}\n{rest}", hex(hash(rest.as_bytes()))).into_bytes()
    }

    /// Why the outputs are not what `now` would make; `None` when they are.
    pub fn difference(&self, now: &Sources) -> Option<String> {
        let before = &self.sources;
        if before.tool != now.tool {
            return Some("this is another build of thunkgen-task".to_owned());
        }
        let changed = now.inputs.iter().find_map(|(path, hash)| match before.inputs.get(path) {
            None => Some(format!("{path} is a new input")),
            Some(before) => (before != hash).then(|| format!("{path} changed")),
        });
        let gone = || before.inputs.keys().find(|path| !now.inputs.contains_key(*path));
        if let Some(why) = changed.or_else(|| Some(format!("{} is not an input any more", gone()?))) {
            return Some(why);
        }
        if before.options != now.options {
            return Some("the parameters changed".to_owned());
        }
        self.outputs.iter().find_map(|(path, hash)| match hash_file(Path::new(path)) {
            Ok(found) if found == *hash => None,
            Ok(_) => Some(format!("output {path} was changed")),
            Err(error) => Some(format!("output {path} cannot be read: {}", reason(&error))),
        })
    }
}

fn hex(hash: Hash) -> String {
    format!("{hash:032x}")
}

fn unhex(text: &str) -> Option<Hash> {
    let hash = Hash::from_str_radix(text, 16).ok()?;
    (hex(hash) == text).then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> Cache {
        let inputs = BTreeMap::from([("a;b\t%.dll".to_owned(), 1), ("ü\n".to_owned(), Hash::MAX)]);
        let problem = |position| Diagnostic {
            rule: &catalogue::UNKNOWN_PARAMETER,
            level: Level::Warning,
            location: Location { position, ..Location::file("x\\y.cs") },
            message: "N.M: \"text\"".into(),
            parts: Vec::new(),
        };
        Cache {
            sources: Sources { tool: 7, options: 8, inputs },
            outputs: BTreeMap::from([("no-such-file.cpp".into(), 9)]),
            problems: vec![problem(Some((3, 4))), problem(None)],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(Cache::parse(&cache().render()), Some(cache()));
    }

    #[test]
    fn a_damaged_file_is_ignored() {
        let whole = cache().render();
        for at in 0..whole.len() {
            assert_eq!(Cache::parse(&whole[..at]), None, "cut at {at}");
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                assert_eq!(Cache::parse(&bytes), None, "bit {bit} of byte {at}");
            }
        }
        assert_eq!(Cache::parse(&[whole, b"\n".to_vec()].concat()), None);
        assert_eq!(Cache::parse(b"module:libSystem.Native\n"), None);
    }

    #[test]
    fn every_difference_has_a_reason() {
        let before = cache();
        let reason = |change: fn(&mut Sources)| {
            let mut now = before.sources.clone();
            change(&mut now);
            before.difference(&now).unwrap()
        };
        assert_eq!(reason(|now| now.tool = 1), "this is another build of thunkgen-task");
        assert_eq!(reason(|now| now.options = 1), "the parameters changed");
        assert_eq!(reason(|now| *now.inputs.get_mut("a;b\t%.dll").unwrap() = 2), "a;b\t%.dll changed");
        assert_eq!(reason(|now| _ = now.inputs.insert("c".into(), 2)), "c is a new input");
        assert_eq!(reason(|now| drop(now.inputs.pop_last())), "ü\n is not an input any more");
        assert_eq!(reason(|_| ()), "output no-such-file.cpp cannot be read: no such file or directory");
    }

    #[test]
    fn a_list_is_more_than_its_text() {
        let hash = |texts: &[&str]| hash_all(texts.iter().map(|text| text.as_bytes()));
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
        assert_ne!(hash(&["a"]), hash(&["a", ""]));
    }
}
