//! A baseline: entries in a suppression file for every problem that is there today, so that only new ones are reported.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use crate::error::reason;
use crate::files;
use crate::suppressions::ENTRIES;
use crate::write::{WriteOptions, write_all};
use thunkgen_diagnostics::{Diagnostic, catalogue};

/// The name of the file if none is given.
pub const FILE_NAME: &str = "thunkgen.suppressions.toml";

/// The comment at the start of a new file.
const HEAD: &str = "\
# Problems that existed when thunkgen was adopted. Each entry is a placeholder: fix the problem and remove the entry, or
# write why it is right. `thunkgen explain CODE` says what a code means.

";

/// The reason of every entry that is written.
const REASON: &str = "baseline: existed when thunkgen was adopted, not yet reviewed";

/// What became of a baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Baseline {
    /// Number of entries that were added.
    pub added: usize,
    /// Number of problems that the added entries and those that were there match.
    pub matched: usize,
    /// Codes of errors that cannot be suppressed, with their number.
    pub errors: BTreeMap<&'static str, usize>,
    /// Codes of problems that no entry can select, because they are not about a method, a library or an assembly.
    pub too_wide: BTreeMap<&'static str, usize>,
    /// Whether the file did not exist.
    pub is_new: bool,
}

/// What an entry matches: its code, and the key and text of one pattern.
type Entry = (String, &'static str, String);

/// Adds an entry for each problem that the file does not list yet. Comments and entries that are there stay; the file is
/// sorted if it was.
///
/// # Errors
/// Why the file cannot be read or written.
pub fn add(path: &Path, problems: &[Diagnostic], options: WriteOptions) -> Result<Baseline, String> {
    let old = match files::open(path) {
        Ok((bytes, _)) => Some(String::from_utf8(bytes.to_vec()).map_err(|_| "it is not UTF-8 text".to_owned())?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(reason(&error)),
    };
    let mut baseline = Baseline { is_new: old.is_none(), ..Baseline::default() };
    let wanted = baseline.entries(problems);
    let text = merged(old.as_deref().unwrap_or(HEAD), wanted, &mut baseline.added)?;
    if baseline.added > 0 {
        let files = BTreeMap::from([(path.to_owned(), text.into_bytes())]);
        write_all(&files, options).map_err(|error| error.reason)?;
    }
    Ok(baseline)
}

impl Baseline {
    fn entries(&mut self, problems: &[Diagnostic]) -> BTreeSet<Entry> {
        let mut entries = BTreeSet::new();
        for problem in problems {
            let code = problem.rule.code;
            let location = &problem.location;
            let pattern = match &location.member {
                Some((name, _)) => Some(("method", name)),
                None if !location.library.is_empty() => Some(("library", &location.library)),
                None if !location.assembly.is_empty() => Some(("assembly", &location.assembly)),
                None => None,
            };
            match pattern {
                _ if !problem.rule.is_suppressible() => *self.errors.entry(code).or_default() += 1,
                // An entry for a suppression would hide that another one is unused.
                None => *self.too_wide.entry(code).or_default() += 1,
                Some((key, text)) => {
                    self.matched += 1;
                    entries.insert((code.to_owned(), key, text.clone()));
                }
            }
        }
        entries
    }
}

/// The text of a file with the entries that it lacks, with the line endings of the file.
fn merged(old: &str, wanted: BTreeSet<Entry>, added: &mut usize) -> Result<String, String> {
    let has_crlf = old.split_inclusive('\n').next().is_some_and(|line| line.ends_with("\r\n"));
    let text = merged_lines(&old.replace("\r\n", "\n"), wanted, added)?;
    Ok(match (*added, has_crlf) {
        (0, _) => old.to_owned(),
        (_, true) => text.replace('\n', "\r\n"),
        _ => text,
    })
}

fn merged_lines(old: &str, wanted: BTreeSet<Entry>, added: &mut usize) -> Result<String, String> {
    let mut document: DocumentMut = old.parse().map_err(|error: toml_edit::TomlError| {
        let line = error.span().map_or(1, |span| old.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
        format!("line {line}: {}", error.message().lines().next().unwrap_or_default())
    })?;
    let is_empty = !document.contains_key(ENTRIES);
    let entries = document.entry(ENTRIES).or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(entries) = entries.as_array_of_tables_mut() else {
        return Err(format!("`{ENTRIES}` is not a list of [[{ENTRIES}]] tables"));
    };
    let mut tables: Vec<Table> = entries.iter().cloned().collect();
    let known: BTreeSet<Entry> = tables.iter().flat_map(covered).collect();
    let missing: Vec<Entry> = wanted.into_iter().filter(|entry| !known.contains(entry)).collect();
    *added = missing.len();
    if missing.is_empty() {
        return Ok(old.to_owned());
    }
    let is_sorted = tables.is_sorted_by_key(sort_key);
    tables.extend(missing.iter().map(table));
    if is_sorted {
        tables.sort_by_key(sort_key);
    }
    // A comment at the start of the file is about all entries: it stays there, whatever comes first.
    let first = entries.iter().next().cloned();
    if let Some(first) = first {
        move_head(&first, &mut tables);
    }
    let start = entries.iter().filter_map(Table::position).min();
    *entries = ArrayOfTables::new();
    for mut table in tables {
        if start.is_some() {
            table.set_position(start);
        }
        entries.push(table);
    }
    let mut text = document.to_string();
    if is_empty {
        // toml_edit takes comments without a table for the end of the file.
        let comments = document.trailing().as_str().unwrap_or_default().to_owned();
        document.set_trailing("");
        let body = document.to_string();
        let gap = if comments.trim().is_empty() || comments.ends_with("\n\n") { "" } else { "\n" };
        text = format!("{comments}{gap}{}", body.trim_start_matches('\n'));
    }
    Ok(text)
}

/// Moves the comment above the first table of the file to the table that is first now. It ends at the last empty line.
fn move_head(first: &Table, tables: &mut [Table]) {
    let prefix =
        |table: &Table| table.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default().to_owned();
    let old = prefix(first);
    let (head, own) = match old.rsplit_once("\n\n") {
        Some((head, own)) => (format!("{head}\n\n"), own),
        None => (String::new(), old.trim_start_matches('\n')),
    };
    let Some(at) = tables.iter().position(|table| table.position() == first.position() && prefix(table) == old) else {
        return;
    };
    if at > 0 {
        tables[at].decor_mut().set_prefix(format!("\n{own}"));
        tables[0].decor_mut().set_prefix(head);
    }
}

/// The entries that a table covers: one for each of its codes, if it has one pattern.
fn covered(table: &Table) -> Vec<Entry> {
    let text = |key: &str| table.get(key).and_then(Item::as_str);
    let patterns: Vec<(&'static str, &str)> =
        ["method", "library", "assembly", "package"].iter().filter_map(|key| Some((*key, text(key)?))).collect();
    let [(key, pattern)] = patterns[..] else { return Vec::new() };
    let codes = text("code").unwrap_or_default().split([',', ';']);
    let codes = codes.flat_map(|code| catalogue::find(code.trim())).map(|rule| rule.code.to_owned());
    codes.map(|code| (code, key, pattern.to_owned())).collect()
}

fn sort_key(table: &Table) -> (String, String) {
    let text = |key: &str| table.get(key).and_then(Item::as_str).unwrap_or_default().to_owned();
    let pattern = ["method", "library", "assembly", "package"].map(text);
    (text("code"), pattern.join("\n"))
}

fn table((code, key, pattern): &Entry) -> Table {
    let mut table = Table::new();
    table.insert("code", value(code));
    table.insert(key, value(pattern));
    table.insert("reason", value(REASON));
    table.decor_mut().set_prefix("\n");
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use thunkgen_diagnostics::{Diagnostics, Location};

    fn entry(code: &str, method: &str) -> Entry {
        (code.to_owned(), "method", method.to_owned())
    }

    fn text(code: &str, method: &str) -> String {
        format!("[[suppress]]\ncode = \"{code}\"\nmethod = \"{method}\"\nreason = \"{REASON}\"\n")
    }

    #[test]
    fn a_new_file_has_a_head_and_sorted_entries() {
        let mut added = 0;
        let wanted = [entry("TG0209", "B"), entry("TG0202", "A.<x>g|1")].into();
        let found = merged(HEAD, wanted, &mut added).unwrap();
        assert_eq!(found, format!("{HEAD}{}\n{}", text("TG0202", "A.<x>g|1"), text("TG0209", "B")));
        assert_eq!(added, 2);
        // Again, nothing is added.
        let again = merged(&found, [entry("TG0209", "B")].into(), &mut added).unwrap();
        assert_eq!((again, added), (found, 0));
    }

    #[test]
    fn comments_and_entries_stay() {
        let old =
            "# All.\n\n# Mine.\n[[suppress]] # why\ncode = \"TG0209; TG0202\"\nmethod = \"M\" # here\nreason = \"r\"\n";
        let mut added = 0;
        let wanted = [entry("TG0201", "A"), entry("TG0202", "M"), entry("TG0209", "M"), entry("TG0214", "Z")].into();
        let found = merged(old, wanted, &mut added).unwrap();
        let mine = old.strip_prefix("# All.\n\n").unwrap();
        let expected = format!("# All.\n\n{}\n{mine}\n{}", text("TG0201", "A"), text("TG0214", "Z"));
        assert_eq!((found, added), (expected, 2));
    }

    #[test]
    fn a_file_that_is_not_sorted_keeps_its_order() {
        let old = format!("{}\n{}", text("TG0209", "B"), text("TG0202", "A"));
        let found = merged(&old, [entry("TG0201", "C")].into(), &mut 0).unwrap();
        assert_eq!(found, format!("{old}\n{}", text("TG0201", "C")));
    }

    #[test]
    fn entries_come_before_the_first_one_without_a_head() {
        for old in [text("TG0209", "B"), format!("# Mine.\n{}", text("TG0209", "B"))] {
            let found = merged(&old, [entry("TG0201", "C")].into(), &mut 0).unwrap();
            assert_eq!(found, format!("{}\n{old}", text("TG0201", "C")));
        }
    }

    #[test]
    fn line_endings_stay() {
        let crlf = |text: &str| text.replace('\n', "\r\n");
        let old = format!("# All.\n\n# Mine.\n{}", text("TG0209", "B"));
        let wanted = || [entry("TG0201", "C"), entry("TG0214", "Z")].into();
        let found = merged(&old, wanted(), &mut 0).unwrap();
        assert!(found.starts_with("# All.\n\n[[suppress]]\n"), "{found}");
        assert_eq!(merged(&crlf(&old), wanted(), &mut 0).unwrap(), crlf(&found));
        assert_eq!(merged(&crlf(&found), wanted(), &mut 0).unwrap(), crlf(&found));
    }

    #[test]
    fn wrong_files_are_refused() {
        for (old, why) in
            [("a = \n", "line 1: "), ("suppress = 1\n", "`suppress` is not a list of [[suppress]] tables")]
        {
            let error = merged(old, [entry("TG0201", "C")].into(), &mut 0).unwrap_err();
            assert!(error.starts_with(why), "{error}");
        }
    }

    #[test]
    fn what_cannot_be_suppressed_is_counted() {
        let mut sink = Diagnostics::default();
        sink.report(&catalogue::EMPTY_STRUCT, Location::member("a.dll", "N.C.M", 1), "x");
        sink.report(&catalogue::BAD_IMAGE, Location::file("a.dll"), "x");
        sink.report(&catalogue::SKIPPED_INPUT, Location::file("b.dll"), "x");
        let mut baseline = Baseline::default();
        let entries = baseline.entries(&sink.into_sorted());
        assert_eq!(entries, [entry("TG0209", "N.C.M")].into());
        assert_eq!((baseline.errors, baseline.too_wide), ([("TG0002", 1)].into(), [("TG0015", 1)].into()));
    }
}
