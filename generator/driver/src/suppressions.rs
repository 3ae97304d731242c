//! Files that list problems not to be reported, each with its reason: `[[suppress]]` entries, in a file of their own or
//! in a manifest.

use std::collections::BTreeSet;
use std::path::Path;

use super::error::reason;
use super::files;
use super::toml_file::{self, KnownKeys, Report, TomlTable};
use thunkgen_diagnostics::{Level, Location, MAX_PATTERNS, Pattern, Rule, Suppression, catalogue};

/// The key of the entries.
pub const ENTRIES: &str = "suppress";

const KEYS: [&str; 6] = ["code", "method", "library", "assembly", "package", "reason"];

/// The suppressions in a file, and what is wrong with the others; an error when the file cannot be read.
pub fn read(path: &Path) -> Result<(Vec<Suppression>, Vec<Report>), String> {
    let (bytes, _) = files::open(path).map_err(|error| reason(&error))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
    Ok(parse(&path.display().to_string(), text))
}

fn parse(path: &str, text: &str) -> (Vec<Suppression>, Vec<Report>) {
    let (found, problems) = toml_file::read(path, text, |root| {
        root.only(&[ENTRIES], |_| None);
        entries(root)
    });
    let problems = problems.into_iter().map(|(_, at, why)| (&catalogue::BAD_SUPPRESSION, at, why));
    (found.unwrap_or_default(), problems.collect())
}

/// The `[[suppress]]` entries of a file.
pub fn entries(root: TomlTable<'_>) -> Vec<Suppression> {
    let (mut found, mut patterns) = (Vec::new(), 0);
    let known = KnownKeys::new(KEYS.to_vec());
    for table in root.tables(ENTRIES) {
        let Some(suppression) = entry(table, &known) else { continue };
        patterns += usize::from(suppression.is_pattern());
        if patterns > MAX_PATTERNS {
            let message = format!(
                "at most {MAX_PATTERNS} suppressions can have a wildcard, `library`, `assembly` or `package`; use fewer and \
                 wider patterns"
            );
            table.report(&catalogue::MANIFEST_VALUE, table.location(), message);
            break;
        }
        found.push(suppression);
    }
    found
}

fn entry(table: TomlTable<'_>, known: &KnownKeys<'_>) -> Option<Suppression> {
    table.only_known(known, |_| None);
    let code = table.required_text("code", "TG0202");
    let reason = table.required_text("reason", "why it is right not to report it");
    let pattern = |key: &str| table.text(key).map(|text| Pattern::new(&text.value));
    let (member, library) = (pattern("method"), pattern("library"));
    let (assembly, package) = (pattern("assembly"), pattern("package"));
    let (code, reason) = (code?, reason?);
    if reason.value.trim().is_empty() {
        table.report(&catalogue::MANIFEST_VALUE, reason.location, "a reason in words expected");
    }
    match suppressible(&code.value) {
        Ok(codes) => {
            let origin = Some(table.location());
            Some(Suppression { codes, member, library, assembly, package, reason: reason.value, origin })
        }
        Err(why) => {
            table.report(&catalogue::MANIFEST_VALUE, code.location, why);
            None
        }
    }
}

/// A suppression of these codes everywhere.
pub fn everywhere(codes: BTreeSet<&'static str>, reason: String, origin: Option<Location>) -> Suppression {
    Suppression { codes, member: None, library: None, assembly: None, package: None, reason, origin }
}

/// The rules with the given codes or aliases, joined by commas or semicolons.
pub fn lookup(codes: &str) -> Result<Vec<&'static Rule>, String> {
    let mut rules = Vec::new();
    let mut codes = codes.split([',', ';']).map(str::trim).filter(|code| !code.is_empty()).peekable();
    if codes.peek().is_none() {
        return Err("a code such as TG0202 expected".to_owned());
    }
    for code in codes {
        let before = rules.len();
        rules.extend(catalogue::find(code));
        let is_upstreams = catalogue::WITHOUT_COUNTERPART.iter().any(|known| known.eq_ignore_ascii_case(code));
        if rules.len() == before && !is_upstreams {
            let hint = catalogue::nearest(code).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            return Err(format!("there is no code `{code}`{hint}"));
        }
    }
    Ok(rules)
}

/// Those of the codes that are warnings, which need no reason; an error when one of them has none.
pub fn warnings(codes: &str) -> Result<BTreeSet<&'static str>, String> {
    among(codes, |rule| rule.level == Level::Warning)
}

/// Those of the codes that can be suppressed with a reason; an error when one of them has none.
fn suppressible(codes: &str) -> Result<BTreeSet<&'static str>, String> {
    among(codes, Rule::is_suppressible)
}

fn among(codes: &str, is_meant: impl Fn(&Rule) -> bool) -> Result<BTreeSet<&'static str>, String> {
    lookup(codes)?;
    let mut found = BTreeSet::new();
    for code in codes.split([',', ';']).map(str::trim) {
        let (warnings, errors): (Vec<_>, Vec<_>) = catalogue::find(code).partition(|rule| is_meant(rule));
        if let ([], [error, ..]) = (&warnings[..], &errors[..])
            && error.is_suppressible()
        {
            return Err(format!(
                "{code} is an error ({}): suppress it in a [[suppress]] entry, with a reason",
                error.title
            ));
        } else if let ([], [error, ..]) = (&warnings[..], &errors[..]) {
            return Err(format!("{code} is always an error ({}) and cannot be suppressed", error.title));
        }
        found.extend(warnings.iter().map(|rule| rule.code));
    }
    Ok(found)
}

/// The codes of warnings among any words.
pub fn warnings_among(words: &str) -> BTreeSet<&'static str> {
    let words = words.split(|c: char| c == ',' || c == ';' || c.is_whitespace());
    let rules = words.flat_map(catalogue::find);
    rules.filter(|rule| rule.level == Level::Warning).map(|rule| rule.code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_with_their_places() {
        let text = "# why\n[[suppress]]\ncode = \"wasm0001, TG0209\"\nmethod = \"N.*\"\nreason = \"r\"\n\n[[suppress]]\n\
                    code = \"TG0220\"\nassembly = \"A\"\npackage = \"p*\"\nreason = \"s\"\n";
        let (found, problems) = parse("s.toml", text);
        assert_eq!(problems, []);
        let [first, second] = &found[..] else { panic!("{found:?}") };
        assert_eq!(first.codes, BTreeSet::from(["TG0202", "TG0204", "TG0209", "TG0210", "TG0211"]));
        assert_eq!((&first.member, &first.assembly), (&Some(Pattern::new("N.*")), &None));
        assert_eq!(first.origin, Some(Location::position("s.toml", 2, 1)));
        assert_eq!((&*second.reason, &second.package), ("s", &Some(Pattern::new("p*"))));
        assert_eq!(second.origin, Some(Location::position("s.toml", 7, 1)));
        assert_eq!(parse("s.toml", ""), (Vec::new(), Vec::new()));
    }

    #[test]
    fn warnings_are_found_among_other_words() {
        let found = warnings_among(" 1701;CS1591, nullable;TG0209\n WASM0067 TG0101;TG0999;;");
        assert_eq!(found, BTreeSet::from(["TG0102", "TG0209"]));
    }
}
