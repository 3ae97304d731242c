//! TOML files that people write, read so that one run names every mistake with its place.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashSet};

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_parser::Source;

use thunkgen_diagnostics::nearest_name::NearestName;
use thunkgen_diagnostics::position::PositionIndex;
use thunkgen_diagnostics::{Location, Rule, catalogue, without_bom};

/// A rule, the place where it is broken, and how. The rules are those of manifests.
pub type Report = (&'static Rule, Location, String);

/// Most mistakes of a file that are reported.
const MAX_PROBLEMS: usize = 100;

/// Most tokens of a file, spaces and ends of lines included: its parser needs 80 bytes of memory for one. A suppression has
/// about 25.
const MAX_TOKENS: usize = 1_000_000;

/// A file that is being read.
pub struct TomlFile<'i> {
    path: &'i str,
    positions: PositionIndex<'i>,
    /// Every mistake once, in order: outputs share values, and with them their mistakes.
    problems: RefCell<BTreeMap<(Location, String), &'static Rule>>,
    /// Whether there are others.
    has_more: Cell<bool>,
}

/// A string of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// What it says.
    pub value: String,
    /// Where it is.
    pub location: Location,
}

/// A table of the file.
#[derive(Clone, Copy)]
pub struct TomlTable<'t> {
    file: &'t TomlFile<'t>,
    map: &'t DeTable<'t>,
    start: usize,
}

/// A value of the file, with the key it belongs to.
#[derive(Clone, Copy)]
pub struct Value<'t> {
    file: &'t TomlFile<'t>,
    key: &'t str,
    value: &'t Spanned<DeValue<'t>>,
}

/// What `use_it` makes of the file, and every mistake in order; `None` when the file is not TOML.
pub fn read<T>(path: &str, text: &str, use_it: impl FnOnce(TomlTable<'_>) -> T) -> (Option<T>, Vec<Report>) {
    let text = without_bom(text);
    let positions = PositionIndex::new(text.as_bytes());
    let file = TomlFile { path, positions, problems: RefCell::default(), has_more: Cell::default() };
    if let Some(token) = Source::new(text).lex().nth(MAX_TOKENS) {
        let message = "the file has 1,000,000 tokens or more; split it into several".to_owned();
        return (None, vec![(&catalogue::MANIFEST_SYNTAX, file.place(token.span().start()), message)]);
    }
    let made = match DeTable::parse(text) {
        Ok(root) => Some(use_it(TomlTable { file: &file, map: root.get_ref(), start: 0 })),
        Err(error) => {
            let location = file.place(error.span().map_or(0, |span| span.start));
            file.report(&catalogue::MANIFEST_SYNTAX, location, error.message().to_owned());
            None
        }
    };
    let problems = file.problems.into_inner().into_iter();
    let mut problems: Vec<Report> = problems.map(|((at, why), rule)| (rule, at, why)).collect();
    if let (true, Some((rule, at, _))) = (file.has_more.get(), problems.last()) {
        problems.push((rule, at.clone(), "the file has more mistakes; these are the first".to_owned()));
    }
    (made, problems)
}

impl TomlFile<'_> {
    fn place(&self, offset: usize) -> Location {
        Location::at(self.path, self.positions.position(offset))
    }

    fn report(&self, rule: &'static Rule, location: Location, message: String) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() < MAX_PROBLEMS || problems.contains_key(&(location.clone(), message.clone())) {
            problems.insert((location, message), rule);
        } else {
            self.has_more.set(true);
        }
    }
}

/// The keys of a table, to search for many of them.
pub struct KnownKeys<'k> {
    /// In the order of messages.
    names: Vec<&'k str>,
    set: HashSet<&'k str>,
    nearest: OnceCell<NearestName<'k>>,
}

impl<'k> KnownKeys<'k> {
    /// These keys.
    pub fn new(names: Vec<&'k str>) -> KnownKeys<'k> {
        KnownKeys { set: names.iter().copied().collect(), names, nearest: OnceCell::new() }
    }
}

impl<'t> TomlTable<'t> {
    /// Where the table starts: its header, or the beginning of the file.
    pub fn location(&self) -> Location {
        self.file.place(self.start)
    }

    /// Reports a mistake.
    pub fn report(&self, rule: &'static Rule, location: Location, message: impl Into<String>) {
        self.file.report(rule, location, message.into());
    }

    /// Reports every key that is not among `known`, with the one that can be meant; `elsewhere` says where a key that
    /// is known in another table belongs.
    pub fn only(&self, known: &[&str], elsewhere: impl Fn(&str) -> Option<String>) {
        self.only_known(&KnownKeys::new(known.to_vec()), elsewhere);
    }

    /// The same for keys that many tables share.
    pub fn only_known(&self, known: &KnownKeys<'_>, elsewhere: impl Fn(&str) -> Option<String>) {
        let unknown = self.map.keys().filter(|key| !known.set.contains(key.get_ref().as_ref()));
        for key in unknown {
            let name = key.get_ref().as_ref();
            if self.file.has_more.get() {
                break;
            }
            let names = known.nearest.get_or_init(|| NearestName::new(known.names.iter().copied()));
            let advice = elsewhere(name).unwrap_or_else(|| match names.find(&spelled(name)) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.names.len() <= 6 => format!("the keys here are {}", known.names.join(", ")),
                None => "remove it".to_owned(),
            });
            let message = format!("there is no key `{name}` here; {advice}");
            self.report(&catalogue::MANIFEST_KEY, self.file.place(key.span().start), message);
        }
    }

    /// Every key with its value.
    pub fn values(&self) -> impl Iterator<Item = Value<'t>> {
        let file = self.file;
        self.map.iter().map(move |(key, value)| Value { file, key: key.get_ref(), value })
    }

    /// The value of a key.
    pub fn value(&self, key: &str) -> Option<Value<'t>> {
        let (key, value) = self.map.get_key_value(key)?;
        Some(Value { file: self.file, key: key.get_ref(), value })
    }

    /// The string of a key. Another type is reported, here and in the following.
    pub fn text(&self, key: &str) -> Option<Text> {
        self.value(key)?.text_or("a string")
    }

    /// The string of a key that must not be missing.
    pub fn required_text(&self, key: &str, example: &str) -> Option<Text> {
        if self.value(key).is_none() {
            self.report(
                &catalogue::MANIFEST_MISSING_KEY,
                self.location(),
                format!("`{key}` is missing: add {key} = \"{example}\""),
            );
        }
        self.text(key)
    }

    /// The strings of a key: an array of them, or one.
    pub fn texts(&self, key: &str) -> Option<Vec<Text>> {
        let value = self.value(key)?;
        match value.value.get_ref() {
            DeValue::String(_) => value.text_or("a string").map(|text| vec![text]),
            DeValue::Array(elements) => {
                let elements = elements.iter().map(|element| Value { value: element, ..value });
                elements.map(|element| element.text_or("an array of strings")).collect()
            }
            _ => value.wrong_type("a string, or an array of strings"),
        }
    }

    /// Whether one of the strings of a key has a property. Another type is not reported.
    pub fn mentions(&self, key: &str, has_property: impl Fn(&str) -> bool) -> bool {
        self.value(key).is_some_and(|value| match value.value.get_ref() {
            DeValue::Array(elements) => {
                elements.iter().any(|element| element.get_ref().as_str().is_some_and(&has_property))
            }
            value => value.as_str().is_some_and(has_property),
        })
    }

    /// The truth of a key.
    pub fn flag(&self, key: &str) -> Option<bool> {
        let value = self.value(key)?;
        match value.value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => value.wrong_type("true or false"),
        }
    }

    /// The table of a key.
    pub fn table(&self, key: &str) -> Option<TomlTable<'t>> {
        let value = self.value(key)?;
        value.table().or_else(|| value.wrong_type(&format!("a table: [{key}]")))
    }

    /// The tables of a key that can be there any number of times.
    pub fn tables(&self, key: &str) -> Vec<TomlTable<'t>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let elements = value.value.get_ref().as_array().into_iter().flatten();
        let tables: Vec<_> = elements.map(|element| Value { value: element, ..value }.table()).collect();
        if value.value.get_ref().as_array().is_none() || tables.iter().any(Option::is_none) {
            value.wrong_type::<()>(&format!("an array of tables: [[{key}]]"));
        }
        tables.into_iter().flatten().collect()
    }
}

impl<'t> Value<'t> {
    /// The key.
    pub fn key(&self) -> &'t str {
        self.key
    }

    /// Where the value is.
    pub fn location(&self) -> Location {
        self.file.place(self.value.span().start)
    }

    /// Its length in the file, in bytes.
    pub fn length(&self) -> usize {
        self.value.span().len()
    }

    /// Reports that the value cannot be used.
    pub fn report(&self, message: impl Into<String>) {
        self.file.report(&catalogue::MANIFEST_VALUE, self.location(), message.into());
    }

    /// The value as a string.
    pub fn as_str(&self) -> Option<&'t str> {
        self.value.get_ref().as_str()
    }

    /// The value as digits, when it is a decimal integer.
    pub fn digits(&self) -> Option<&'t str> {
        let integer = self.value.get_ref().as_integer()?;
        (integer.radix() == 10).then(|| integer.as_str())
    }

    /// The value as a table.
    pub fn table(&self) -> Option<TomlTable<'t>> {
        let map = self.value.get_ref().as_table()?;
        Some(TomlTable { file: self.file, map, start: self.value.span().start })
    }

    /// Reports that the key takes something else. Returns `None`.
    pub fn wrong_type<T>(&self, expected: &str) -> Option<T> {
        self.report(format!("`{}` takes {expected}; this is {}", self.key, type_name(self.value.get_ref())));
        None
    }

    fn text_or(&self, expected: &str) -> Option<Text> {
        let text = self.as_str().or_else(|| self.wrong_type(expected))?;
        Some(Text { value: text.to_owned(), location: self.location() })
    }
}

/// The known word that is spelled most like `word`, when one is so similar that it can be meant.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    NearestName::new(known).find(&spelled(word))
}

/// A word as keys are spelled.
fn spelled(word: &str) -> String {
    word.to_ascii_lowercase().replace('_', "-")
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems<T>(text: &str, use_it: impl FnOnce(TomlTable<'_>) -> T) -> Vec<String> {
        let (_, problems) = read("f.toml", text, use_it);
        let line = |(rule, at, why): &Report| format!("{:?} {} {why}", at.position.unwrap(), rule.code);
        problems.iter().map(line).collect()
    }

    #[test]
    fn values_are_read_with_their_places() {
        let text = "\u{feff}a = \"ä\" # why\nb = [\"x\",\n  \"y\"]\nc = true\n[[d]]\n[[d]]\ne = { f = 16 }\n";
        let (made, problems) = read("f.toml", text, |root| {
            let a = root.text("a").unwrap();
            assert_eq!((a.value.as_str(), a.location), ("ä", Location::position("f.toml", 1, 5)));
            let b = root.texts("b").unwrap();
            assert_eq!((b[1].value.as_str(), &b[1].location), ("y", &Location::position("f.toml", 3, 3)));
            assert_eq!((root.texts("a").unwrap().len(), root.flag("c"), root.flag("none")), (1, Some(true), None));
            let d = root.tables("d");
            assert_eq!((d.len(), d[1].location()), (2, Location::position("f.toml", 6, 1)));
            let sizes = d[1].table("e").unwrap();
            let [size] = &sizes.values().collect::<Vec<_>>()[..] else { panic!() };
            assert_eq!((size.key(), size.digits()), ("f", Some("16")));
        });
        assert_eq!((made, problems), (Some(()), Vec::new()));
    }

    #[test]
    fn every_mistake_is_named_once() {
        let text = "a = 1\nb = [\"x\", 2, {}]\nc = \"yes\"\ntabel = 1\nzzz = 2\n[d]\n";
        let found = problems(text, |root| {
            root.only(&["a", "b", "c", "d", "table"], |_| None);
            assert!(root.text("a").is_none() && root.texts("b").is_none() && root.flag("c").is_none());
            assert!(root.tables("d").is_empty() && root.table("a").is_none());
            root.required_text("reason", "why");
        });
        assert_eq!(
            found,
            [
                "(1, 1) TG0504 `reason` is missing: add reason = \"why\"",
                "(1, 5) TG0503 `a` takes a string; this is an integer",
                "(1, 5) TG0503 `a` takes a table: [a]; this is an integer",
                "(2, 11) TG0503 `b` takes an array of strings; this is an integer",
                "(3, 5) TG0503 `c` takes true or false; this is a string",
                "(4, 1) TG0502 there is no key `tabel` here; did you mean `table`?",
                "(5, 1) TG0502 there is no key `zzz` here; the keys here are a, b, c, d, table",
                "(6, 1) TG0503 `d` takes an array of tables: [[d]]; this is a table",
            ]
        );
    }

    #[test]
    fn many_mistakes_are_not_all_reported() {
        let text: String = (0..5000).map(|number| format!("key{number} = {number}\n")).collect();
        let found = problems(&text, |root| root.only(&["a"], |_| None));
        assert_eq!(found.len(), MAX_PROBLEMS + 1);
        assert!(found[MAX_PROBLEMS].ends_with("TG0502 the file has more mistakes; these are the first"), "{found:?}");
    }

    #[test]
    fn a_file_with_too_many_tokens_is_not_parsed() {
        // The last token is the end of the file.
        let most = "a=1\n".repeat(MAX_TOKENS / 4 - 1) + "a=1";
        assert_eq!(problems(&most, |_| ()), ["(2, 1) TG0501 duplicate key"]);
        let why = "TG0501 the file has 1,000,000 tokens or more; split it into several";
        assert_eq!(problems(&(most + "."), |_| ()), [format!("(250000, 5) {why}")]);
        assert_eq!(problems(&"a ".repeat(MAX_TOKENS), |_| ()), [format!("(1, 1000001) {why}")]);
    }

    #[test]
    fn what_is_no_toml_has_a_place_too() {
        assert_eq!(problems("a = 1\nb = [", |_| ()), ["(2, 6) TG0501 unclosed array, expected `]`"]);
        assert_eq!(problems("a = 1\na = 2", |_| ()), ["(2, 1) TG0501 duplicate key"]);
    }
}
