//! What `--strict`, `--nowarn`, `--warnaserror` and `--suppressions` ask for.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::args::ReportArgs;
use super::error::{UsageError, reason};
use super::files;
use crate::diagnostics::{Diagnostics, Level, Location, Pattern, Policy, Rule, Suppression, catalogue};

/// A sink with the policy that the arguments ask for. Problems with a suppression file are in it.
pub fn sink(report: &ReportArgs) -> Result<Diagnostics, UsageError> {
    let mut policy = Policy { strict: report.strict, ..Policy::default() };
    for codes in report.warnaserror.iter().flatten() {
        match codes.trim() {
            "" => policy.strict = true,
            codes => {
                let rules = lookup(codes).map_err(|why| UsageError::new(format_args!("--warnaserror: {why}")))?;
                policy.errors.extend(rules.iter().map(|rule| rule.code));
            }
        }
    }
    for codes in &report.nowarn {
        let codes = suppressible(codes).map_err(|why| UsageError::new(format_args!("--nowarn: {why}")))?;
        let reason = "--nowarn on the command line".to_owned();
        policy.suppressions.push(Suppression {
            codes,
            member: None,
            assembly: None,
            package: None,
            reason,
            origin: None,
        });
    }
    let mut problems = Vec::new();
    for path in &report.suppressions {
        match read(path) {
            Ok((suppressions, bad)) => {
                policy.suppressions.extend(suppressions);
                problems.extend(bad.into_iter().map(|(location, why)| (&catalogue::BAD_SUPPRESSION, location, why)));
            }
            Err(why) => problems.push((&catalogue::UNREADABLE, Location::file(path.display().to_string()), why)),
        }
    }
    let mut diagnostics = Diagnostics::new(policy);
    problems.into_iter().for_each(|(rule, location, why)| diagnostics.report(rule, location, why));
    Ok(diagnostics)
}

/// The rules with the given codes or aliases, joined by commas or semicolons.
fn lookup(codes: &str) -> Result<Vec<&'static Rule>, String> {
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

/// Those of the codes that can be suppressed; an error when one of them stands for none.
fn suppressible(codes: &str) -> Result<BTreeSet<&'static str>, String> {
    lookup(codes)?;
    let mut found = BTreeSet::new();
    for code in codes.split([',', ';']).map(str::trim) {
        let (warnings, errors): (Vec<_>, Vec<_>) = catalogue::find(code).partition(|rule| rule.level == Level::Warning);
        if let ([], [error, ..]) = (&warnings[..], &errors[..]) {
            return Err(format!(
                "{code} is always an error ({}) and cannot be suppressed: what it is about would fail at run time",
                error.title
            ));
        }
        found.extend(warnings.iter().map(|rule| rule.code));
    }
    Ok(found)
}

/// A suppression file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    suppress: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: Spanned<String>,
    method: Option<String>,
    assembly: Option<String>,
    package: Option<String>,
    reason: Spanned<String>,
}

/// Places in a file, and what is wrong there.
type Problems = Vec<(Location, String)>;

/// The suppressions in a file, and what is wrong with the others; an error when the file cannot be read.
fn read(path: &Path) -> Result<(Vec<Suppression>, Problems), String> {
    let (bytes, _) = files::open(path).map_err(|error| reason(&error))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
    Ok(parse(&path.display().to_string(), text.strip_prefix('\u{feff}').unwrap_or(text)))
}

fn parse(path: &str, text: &str) -> (Vec<Suppression>, Problems) {
    let at = |offset: usize| {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() as u32 + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() as u32 + 1;
        Location::position(path, line, column)
    };
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let place = at(error.span().map_or(0, |span| span.start));
            return (Vec::new(), vec![(place, error.message().to_owned())]);
        }
    };
    let (mut suppressions, mut problems) = (Vec::new(), Vec::new());
    for entry in file.suppress {
        let origin = at(entry.span().start);
        let entry = entry.into_inner();
        if entry.reason.get_ref().trim().is_empty() {
            problems.push((at(entry.reason.span().start), "a reason in words expected".to_owned()));
        }
        let pattern = |text: Option<String>| text.map(|text| Pattern::new(&text));
        match suppressible(entry.code.get_ref()) {
            Ok(codes) => suppressions.push(Suppression {
                codes,
                member: pattern(entry.method),
                assembly: pattern(entry.assembly),
                package: pattern(entry.package),
                reason: entry.reason.into_inner(),
                origin: Some(origin),
            }),
            Err(why) => problems.push((at(entry.code.span().start), why)),
        }
    }
    (suppressions, problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let (_, problems) = parse("s.toml", text);
        problems.into_iter().map(|(place, why)| format!("{:?} {why}", place.position.unwrap())).collect()
    }

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
    fn every_mistake_has_a_place() {
        let entry = |lines: &str| problems(&format!("[[suppress]]\n{lines}\n"));
        assert_eq!(entry("code = \"TG0209\""), ["(1, 1) missing field `reason`"]);
        assert_eq!(entry("code = \"TG0209\"\nreason = \" \""), ["(3, 10) a reason in words expected"]);
        assert_eq!(
            entry("code = \"TG0229\"\nreason = \"r\""),
            ["(2, 8) there is no code `TG0229`; did you mean TG0209?"]
        );
        assert_eq!(
            entry("code = \"TG0203\"\nreason = \"r\""),
            ["(2, 8) TG0203 is always an error (one native symbol is declared with different types) and cannot be \
              suppressed: what it is about would fail at run time"]
        );
        assert_eq!(entry("code = \",\"\nreason = \"r\""), ["(2, 8) a code such as TG0202 expected"]);
        assert_eq!(
            entry("code = \"TG0209\"\nreason = \"r\"\nmethods = \"x\""),
            ["(4, 1) unknown field `methods`, expected one of `code`, `method`, `assembly`, `package`, `reason`"]
        );
        assert_eq!(problems("[[suppress]"), ["(1, 12) unclosed array table, expected `]`"]);
        assert_eq!(problems("[supress]"), ["(1, 2) unknown field `supress`, expected `suppress`"]);
    }
}
