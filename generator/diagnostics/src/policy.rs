//! How the user wants diagnostics to be treated: stricter, or suppressed with a reason.

use std::collections::{BTreeMap, BTreeSet};

use super::{Level, Location, Rule};

/// How the user wants diagnostics to be treated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Warnings are errors, as the catalogue says.
    pub strict: bool,
    /// Codes of warnings that are errors even without `strict`.
    pub errors: BTreeSet<&'static str>,
    /// Codes of warnings that stay warnings in any case.
    pub warnings: BTreeSet<&'static str>,
    /// Problems that are not reported.
    pub suppressions: Vec<Suppression>,
}

impl Policy {
    /// The level of a problem that may be right as it is, whatever its rule says.
    pub(super) fn soft_level(&self, rule: &Rule) -> Level {
        match self.level(rule) {
            Level::Error if !self.strict && !self.errors.contains(rule.code) => Level::Warning,
            level => level,
        }
    }

    /// The level of a problem that is known to fail at run time.
    pub(super) fn firm_level(&self, rule: &Rule) -> Level {
        if self.warnings.contains(rule.code) { self.level(rule) } else { Level::Error }
    }

    /// The level of a problem in code that the user cannot edit: `strict` does not make it an error.
    pub(super) fn level_of_others(&self, rule: &Rule) -> Level {
        match self.level(rule) {
            Level::Error if !self.errors.contains(rule.code) => rule.level,
            level => level,
        }
    }

    /// The level of a problem.
    pub(super) fn level(&self, rule: &Rule) -> Level {
        match self.strict {
            _ if self.warnings.contains(rule.code) => rule.level,
            true => rule.strict_level,
            false if self.errors.contains(rule.code) => Level::Error,
            false => rule.level,
        }
    }
}

/// Problems that are not reported, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// Their codes. Only a problem of a [suppressible](Rule::is_suppressible) code can be suppressed: the others would
    /// leave code that fails at run time.
    pub codes: BTreeSet<&'static str>,
    /// Pattern of the member's full name.
    pub member: Option<Pattern>,
    /// Pattern of the library that a P/Invoke names.
    pub library: Option<Pattern>,
    /// Pattern of the assembly's simple name.
    pub assembly: Option<Pattern>,
    /// Pattern of the id of the package that the assembly's file is in.
    pub package: Option<Pattern>,
    /// Why they are suppressed.
    pub reason: String,
    /// Where the suppression is written; an unused one is reported there.
    pub origin: Option<Location>,
}

impl Suppression {
    /// Whether it is compared with every problem: it has more than the name of one member.
    pub fn is_pattern(&self) -> bool {
        let is_name = |pattern: &Pattern| !pattern.0.contains(&'*') && !pattern.0.contains(&'?');
        [&self.library, &self.assembly, &self.package].into_iter().any(Option::is_some)
            || !self.member.as_ref().is_none_or(is_name)
    }

    pub(super) fn matches(&self, rule: &Rule, location: &Location) -> bool {
        let fits = |pattern: &Option<Pattern>, text: Option<&str>| {
            pattern.as_ref().is_none_or(|pattern| text.is_some_and(|text| pattern.matches(text)))
        };
        rule.is_suppressible()
            && self.codes.contains(rule.code)
            && fits(&self.member, location.member.as_ref().map(|(name, _)| name.as_str()))
            && fits(&self.library, Some(location.library.as_str()).filter(|name| !name.is_empty()))
            && fits(&self.assembly, Some(location.assembly.as_str()).filter(|name| !name.is_empty()))
            && fits(&self.package, package_of(&location.file))
    }
}

/// Largest number of suppressions with a wildcard, a library, an assembly or a package in a file: each is compared with
/// every problem of its codes.
pub const MAX_PATTERNS: usize = 1_000;

/// Finds the suppressions that match a problem: those with nothing but the name of a member, or nothing at all, by that.
#[derive(Clone, Debug, Default)]
pub(super) struct SuppressionIndex {
    groups: BTreeMap<(&'static str, Option<String>), Group>,
    others: BTreeMap<&'static str, Vec<usize>>,
}

/// Suppressions of one member, or of all, that match together.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub id: usize,
    /// Indices of the suppressions.
    pub numbers: Vec<usize>,
}

impl SuppressionIndex {
    pub fn new(suppressions: &[Suppression]) -> SuppressionIndex {
        let mut index = SuppressionIndex::default();
        for (number, suppression) in suppressions.iter().enumerate() {
            for &code in &suppression.codes {
                if suppression.is_pattern() {
                    index.others.entry(code).or_default().push(number);
                    continue;
                }
                let id = index.groups.len();
                let member = suppression.member.as_ref().map(Pattern::folded);
                let group = index.groups.entry((code, member)).or_insert(Group { id, numbers: Vec::new() });
                group.numbers.push(number);
            }
        }
        index
    }

    /// The groups that match a problem, and the suppressions that may match it.
    pub fn find(&self, rule: &Rule, location: &Location) -> (impl Iterator<Item = &Group>, &[usize]) {
        let code =
            Some(rule.code).filter(|_| rule.is_suppressible() && !(self.groups.is_empty() && self.others.is_empty()));
        let member = code.and(location.member.as_ref()).map(|(name, _)| name.to_ascii_lowercase());
        let keys = [code.map(|code| (code, None)), code.zip(member).map(|(code, member)| (code, Some(member)))];
        let others = code.and_then(|code| self.others.get(code)).map_or(&[][..], Vec::as_slice);
        (keys.into_iter().flatten().filter_map(|key| self.groups.get(&key)), others)
    }
}

/// A name with `*` for any characters and `?` for one. All other characters are literal, since names in metadata are
/// full of brackets and braces; the case of ASCII letters is ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<char>);

impl Pattern {
    /// The pattern with this text.
    pub fn new(text: &str) -> Pattern {
        Pattern(text.chars().collect())
    }

    /// Its text, with ASCII letters in lower case.
    fn folded(&self) -> String {
        self.0.iter().map(char::to_ascii_lowercase).collect()
    }

    /// Whether the pattern matches the whole of `text`.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut p, mut t) = (0, 0);
        // Where to continue if the rest after the last `*` does not match: that star then matches one more character.
        let mut retry = None;
        while t < text.len() {
            match self.0.get(p) {
                Some('*') => {
                    retry = Some((p, t));
                    p += 1;
                }
                Some(c) if *c == '?' || c.eq_ignore_ascii_case(&text[t]) => {
                    p += 1;
                    t += 1;
                }
                _ => match retry {
                    Some((star, taken)) => {
                        retry = Some((star, taken + 1));
                        p = star + 1;
                        t = taken + 1;
                    }
                    None => return false,
                },
            }
        }
        self.0.iter().skip(p).all(|c| *c == '*')
    }
}

/// The id of the package that an assembly is in, by the layout of package directories: `ID/VERSION/lib/...`.
fn package_of(file: &str) -> Option<&str> {
    let parts: Vec<&str> = file.split(['/', '\\']).collect();
    let found = parts.windows(3).rev().find(|window| {
        window[1].starts_with(|c: char| c.is_ascii_digit())
            && matches!(window[2], "lib" | "ref" | "runtimes" | "tools" | "build" | "buildTransitive" | "analyzers")
    });
    found.map(|window| window[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("N.C.M", "N.C.M", true),
            ("n.c.m", "N.C.M", true),
            ("N.C", "N.C.M", false),
            ("N.*", "N.C.M", true),
            ("*.M", "N.C.M", true),
            ("*C*M", "N.CMC.M", true),
            ("N.?.M", "N.C.M", true),
            ("N.?.M", "N.CC.M", false),
            ("N.[C].{M}", "N.[C].{M}", true),
            ("N.[C].M", "N.C.M", false),
            ("*", "", true),
            ("", "", true),
            ("?", "", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
        // No time lost on many stars.
        assert!(!Pattern::new(&"*a".repeat(50)).matches(&"ab".repeat(2000).replace("ab", "b")));
    }

    #[test]
    fn packages() {
        for (file, package) in [
            ("/home/u/.nuget/packages/skiasharp/2.88.8/lib/net6.0/SkiaSharp.dll", Some("skiasharp")),
            (r"C:\p\Avalonia\11.0.0-beta\runtimes\browser\lib\Avalonia.dll", Some("Avalonia")),
            ("bin/Release/net8.0/App.dll", None),
            ("App.dll", None),
        ] {
            assert_eq!(package_of(file), package);
        }
    }

    #[test]
    fn every_part_of_a_suppression_must_fit() {
        let pattern = |text| Some(Pattern::new(text));
        let suppression = Suppression {
            codes: [catalogue::VARIADIC.code, catalogue::BAD_IMAGE.code].into(),
            member: pattern("N.*"),
            library: None,
            assembly: pattern("Skia*"),
            package: pattern("skiasharp"),
            reason: "tested".to_owned(),
            origin: None,
        };
        let file = "skiasharp/2.88.8/lib/net6.0/SkiaSharp.dll";
        let location = Location::member(file, "N.C.M", 1).of_assembly("SkiaSharp");
        assert!(suppression.matches(&catalogue::VARIADIC, &location));
        assert!(!suppression.matches(&catalogue::BAD_IMAGE, &location), "an error cannot be suppressed");
        assert!(!suppression.matches(&catalogue::EMPTY_STRUCT, &location));
        let other = |location| suppression.matches(&catalogue::VARIADIC, &location);
        assert!(!other(Location::member(file, "C.M", 1).of_assembly("SkiaSharp")));
        assert!(!other(Location::member(file, "N.C.M", 1).of_assembly("Other")));
        assert!(!other(Location::member(file, "N.C.M", 1)));
        assert!(!other(Location::member("SkiaSharp.dll", "N.C.M", 1).of_assembly("SkiaSharp")));
    }
}
