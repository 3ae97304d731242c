//! The sink for diagnostics.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::policy::SuppressionIndex;
use super::{Diagnostic, Level, Location, Message, Policy, Rule, Suppressed, catalogue};

/// What the message of an error ends with if it can be suppressed.
const HOW_TO_SUPPRESS: &str = "or suppress it with a reason (--suppressions)";

/// Most problems with one code that are listed: more are counted, since nobody reads them.
const MAX_OF_CODE: usize = 10_000;

/// The sink that stages report to.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    policy: Arc<Policy>,
    index: Arc<SuppressionIndex>,
    list: Vec<Diagnostic>,
    suppressed: Vec<Suppressed>,
    /// The policy's suppressions that matched something, and the groups of the index.
    used: BTreeSet<usize>,
    used_groups: BTreeSet<usize>,
    /// Number of listed problems by code, and whether they are suppressed.
    listed: BTreeMap<(&'static str, bool), usize>,
    /// The first problem of each code that is not listed, and how many are not.
    unlisted: BTreeMap<&'static str, (Diagnostic, usize)>,
}

/// Everything that was reported, in order.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Problems to show.
    pub diagnostics: Vec<Diagnostic>,
    /// Problems that the user suppressed.
    pub suppressed: Vec<Suppressed>,
}

impl Diagnostics {
    /// An empty sink.
    pub fn new(policy: Policy) -> Diagnostics {
        let index = Arc::new(SuppressionIndex::new(&policy.suppressions));
        Diagnostics { policy: Arc::new(policy), index, ..Diagnostics::default() }
    }

    /// An empty sink with the same policy.
    pub fn empty(&self) -> Diagnostics {
        Diagnostics { policy: Arc::clone(&self.policy), index: Arc::clone(&self.index), ..Diagnostics::default() }
    }

    /// Reports a problem at the level that the policy gives its rule, unless a suppression matches it.
    pub fn report(&mut self, rule: &'static Rule, location: Location, message: impl Into<Message>) {
        self.report_at(self.policy.level(rule), rule, location, message.into());
    }

    /// The same of a problem that may be right as it is, or that is not the user's to fix: an error only if that is what
    /// the user asked warnings to be.
    pub fn report_softly(&mut self, rule: &'static Rule, location: Location, message: impl Into<Message>) {
        self.report_at(self.policy.soft_level(rule), rule, location, message.into());
    }

    /// The same of a problem that is known to fail at run time: an error, unless the policy keeps its code a warning.
    pub fn report_firmly(&mut self, rule: &'static Rule, location: Location, message: impl Into<Message>) {
        self.report_at(self.policy.firm_level(rule), rule, location, message.into());
    }

    /// The same of a problem in code that the user cannot edit: `strict` does not make it an error.
    pub fn report_of_others(&mut self, rule: &'static Rule, location: Location, message: impl Into<Message>) {
        self.report_at(self.policy.level_of_others(rule), rule, location, message.into());
    }

    fn report_at(&mut self, level: Level, rule: &'static Rule, location: Location, mut message: Message) {
        if level == Level::Error && rule.level == Level::Error && rule.is_suppressible() {
            message = message.help(HOW_TO_SUPPRESS).shown_as(HOW_TO_SUPPRESS.trim_start_matches("or "));
        }
        let justification = self.justification(rule, &location);
        let (message, parts) = message.into_parts();
        let diagnostic = Diagnostic { rule, level, location, message, parts };
        let listed = self.listed.entry((rule.code, justification.is_some())).or_default();
        let is_listed = *listed < MAX_OF_CODE;
        *listed += usize::from(is_listed);
        match justification {
            Some(justification) if is_listed => self.suppressed.push(Suppressed { diagnostic, justification }),
            Some(_) => {}
            None if is_listed => self.list.push(diagnostic),
            None => self.leave_out(diagnostic, 1),
        }
    }

    /// The reason of the first suppression that matches a problem. All that match are used.
    fn justification(&mut self, rule: &Rule, location: &Location) -> Option<String> {
        let (groups, others) = self.index.find(rule, location);
        let mut first = usize::MAX;
        for group in groups {
            first = group.numbers.first().map_or(first, |number| first.min(*number));
            if self.used_groups.insert(group.id) {
                self.used.extend(&group.numbers);
            }
        }
        for &number in others {
            if self.policy.suppressions[number].matches(rule, location) {
                first = first.min(number);
                self.used.insert(number);
            }
        }
        self.policy.suppressions.get(first).map(|suppression| suppression.reason.clone())
    }

    fn leave_out(&mut self, diagnostic: Diagnostic, count: usize) {
        let level = diagnostic.level;
        let (first, left_out) = self.unlisted.entry(diagnostic.rule.code).or_insert((diagnostic, 0));
        first.level = first.level.min(level);
        *left_out += count;
    }

    /// Whether a suppression matches a problem.
    pub fn is_suppressed(&self, rule: &Rule, location: &Location) -> bool {
        let (mut groups, others) = self.index.find(rule, location);
        groups.next().is_some() || others.iter().any(|number| self.policy.suppressions[*number].matches(rule, location))
    }

    /// Reports every suppression that matched nothing and has an origin. Call this at the end of a successful run: a
    /// problem that was not looked for may still exist.
    ///
    /// Only suppressions of codes that this run looks for, since other verbs use the same suppressions.
    pub fn report_unused_suppressions(&mut self, looked_at: impl Fn(&str) -> bool) {
        let all = self.policy.suppressions.iter().enumerate();
        let unused = all.filter(|(number, _)| !self.used.contains(number)).map(|(_, suppression)| suppression);
        let unused = unused.filter(|suppression| suppression.codes.iter().any(|code| looked_at(code)));
        let origins: Vec<Location> = unused.filter_map(|suppression| suppression.origin.clone()).collect();
        for origin in origins {
            self.report(&catalogue::UNUSED_SUPPRESSION, origin, "nothing matches this suppression; remove it");
        }
    }

    /// True when an error was reported.
    pub fn has_errors(&self) -> bool {
        let unlisted = self.unlisted.values().map(|(first, _)| first);
        self.list.iter().chain(unlisted).any(|d| d.level == Level::Error)
    }

    /// Adds all problems of another sink with the same policy.
    pub fn extend(&mut self, other: Diagnostics) {
        self.list.extend(other.list);
        self.suppressed.extend(other.suppressed);
        self.used.extend(other.used);
        self.used_groups.extend(other.used_groups);
        for (first, count) in other.unlisted.into_values() {
            self.leave_out(first, count);
        }
    }

    /// Every problem that is not suppressed, once, by location, then code, then text.
    pub fn into_sorted(self) -> Vec<Diagnostic> {
        self.into_findings().diagnostics
    }

    /// Every problem and every suppressed problem, in the same order.
    pub fn into_findings(mut self) -> Findings {
        for (first, count) in std::mem::take(&mut self.unlisted).into_values() {
            let message = format!("{count} more problems with this code are not listed; solve those that are listed");
            self.list.push(Diagnostic { message, parts: Vec::new(), ..first });
        }
        self.list.sort_by(|a, b| key(a).cmp(&key(b)));
        self.list.dedup();
        self.suppressed.sort_by(|a, b| key(&a.diagnostic).cmp(&key(&b.diagnostic)));
        self.suppressed.dedup();
        Findings { diagnostics: self.list, suppressed: self.suppressed }
    }
}

fn key(d: &Diagnostic) -> impl Ord + '_ {
    (&d.location, d.rule.code, d.level, &d.message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Pattern, Suppression};

    fn suppression(member: &str, line: Option<u32>) -> Suppression {
        Suppression {
            codes: [catalogue::EMPTY_STRUCT.code].into(),
            member: Some(Pattern::new(member)),
            library: None,
            assembly: None,
            package: None,
            reason: format!("because of {member}"),
            origin: line.map(|line| Location::position("s.toml", line, 1)),
        }
    }

    #[test]
    fn suppressed_problems_are_separate() {
        let suppressions = vec![suppression("A.*", Some(1)), suppression("B", Some(5)), suppression("C", None)];
        let mut sink = Diagnostics::new(Policy { strict: true, suppressions, ..Policy::default() });
        sink.report(&catalogue::EMPTY_STRUCT, Location::member("x.dll", "A.M", 1), "one");
        assert!(!sink.has_errors());
        sink.report(&catalogue::EMPTY_STRUCT, Location::member("x.dll", "M", 1), "two");
        assert!(sink.has_errors());
        sink.report_unused_suppressions(|_| true);
        let findings = sink.into_findings();
        let lines: Vec<String> = findings.diagnostics.iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "s.toml(5,1): error TG0009: nothing matches this suppression; remove it",
                "x.dll: error TG0209: M (0x00000001): two"
            ]
        );
        let [suppressed] = &findings.suppressed[..] else { panic!("{findings:?}") };
        assert_eq!((&*suppressed.diagnostic.message, &*suppressed.justification), ("one", "because of A.*"));
    }

    #[test]
    fn strict_is_about_code_that_can_be_edited() {
        let mut sink = Diagnostics::new(Policy { strict: true, ..Policy::default() });
        sink.report_of_others(&catalogue::SYMBOL_TYPES, Location::default(), "");
        assert!(!sink.has_errors());
        sink.report(&catalogue::SYMBOL_TYPES, Location::default(), "");
        assert!(sink.has_errors());
        let errors = [catalogue::SYMBOL_TYPES.code].into();
        let mut asked = Diagnostics::new(Policy { errors, ..Policy::default() });
        asked.report_of_others(&catalogue::SYMBOL_TYPES, Location::default(), "");
        assert!(asked.has_errors(), "the user named the code");
        let mut errors = Diagnostics::default();
        errors.report_of_others(&catalogue::BAD_IMAGE, Location::default(), "");
        assert!(errors.has_errors());
    }

    #[test]
    fn problems_without_end_are_counted() {
        let mut sink = Diagnostics::default();
        for line in 0..MAX_OF_CODE as u32 + 5 {
            sink.report(&catalogue::EMPTY_STRUCT, Location::position("a", line, 1), "x");
        }
        sink.report(&catalogue::VARIADIC, Location::default(), "y");
        let mut other = sink.empty();
        other.extend(sink);
        let all = other.into_sorted();
        assert_eq!(all.len(), MAX_OF_CODE + 2);
        assert_eq!(
            all.last().unwrap().to_string(),
            "a(10000,1): warning TG0209: 5 more problems with this code are not listed; solve those that are listed"
        );
    }

    /// Any number of suppressions of single members costs what one does.
    #[test]
    fn many_suppressions() {
        let count = 20_000;
        let each = (0..count).map(|number| suppression(&format!("M{number}"), Some(number)));
        let suppressions = each.chain((0..count).map(|number| suppression("same", Some(number)))).collect();
        let mut sink = Diagnostics::new(Policy { suppressions, ..Policy::default() });
        for number in 0..count {
            sink.report(&catalogue::EMPTY_STRUCT, Location::member("x.dll", format!("m{number}"), 1), "");
            sink.report(&catalogue::EMPTY_STRUCT, Location::member("x.dll", "Same", number), "");
        }
        sink.report_unused_suppressions(|_| true);
        assert_eq!((sink.list.len(), sink.suppressed.len(), sink.used.len()), (0, MAX_OF_CODE, 2 * count as usize));
    }

    #[test]
    fn single_warnings_can_be_errors() {
        let errors = [catalogue::EMPTY_STRUCT.code].into();
        let mut sink = Diagnostics::new(Policy { errors, ..Policy::default() });
        sink.report(&catalogue::VARIADIC, Location::default(), "");
        assert!(!sink.has_errors());
        sink.report(&catalogue::EMPTY_STRUCT, Location::default(), "");
        assert!(sink.has_errors());
    }
}
