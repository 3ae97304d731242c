//! The sink for diagnostics.

use super::{Diagnostic, Level, Location, Policy, Rule, Suppressed, catalogue};

/// What the message of an error ends with if it can be suppressed.
const HOW_TO_SUPPRESS: &str = "; or suppress it with a reason (--suppressions)";

/// The sink that stages report to.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    policy: Policy,
    list: Vec<Diagnostic>,
    suppressed: Vec<Suppressed>,
    /// Which of the policy's suppressions matched something.
    used: Vec<bool>,
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
        let used = vec![false; policy.suppressions.len()];
        Diagnostics { policy, list: Vec::new(), suppressed: Vec::new(), used }
    }

    /// Reports a problem at the level that the policy gives its rule, unless a suppression matches it.
    pub fn report(&mut self, rule: &'static Rule, location: Location, message: impl Into<String>) {
        self.report_at(self.policy.level(rule), rule, location, message.into());
    }

    /// The same of a problem that may be right as it is, or that is not the user's to fix: an error only if that is what
    /// the user asked warnings to be.
    pub fn report_softly(&mut self, rule: &'static Rule, location: Location, message: impl Into<String>) {
        self.report_at(self.policy.soft_level(rule), rule, location, message.into());
    }

    /// The same of a problem that is known to fail at run time: an error, unless the policy keeps its code a warning.
    pub fn report_firmly(&mut self, rule: &'static Rule, location: Location, message: impl Into<String>) {
        self.report_at(self.policy.firm_level(rule), rule, location, message.into());
    }

    /// The same of a problem in code that the user cannot edit: `strict` does not make it an error.
    pub fn report_of_others(&mut self, rule: &'static Rule, location: Location, message: impl Into<String>) {
        self.report_at(self.policy.level_of_others(rule), rule, location, message.into());
    }

    fn report_at(&mut self, level: Level, rule: &'static Rule, location: Location, mut message: String) {
        if level == Level::Error && rule.level == Level::Error && rule.is_suppressible() {
            message += HOW_TO_SUPPRESS;
        }
        let mut justification = None;
        for (suppression, used) in self.policy.suppressions.iter().zip(&mut self.used) {
            if suppression.matches(rule, &location) {
                *used = true;
                justification.get_or_insert(&suppression.reason);
            }
        }
        let diagnostic = Diagnostic { rule, level, location, message };
        match justification {
            Some(reason) => self.suppressed.push(Suppressed { diagnostic, justification: reason.clone() }),
            None => self.list.push(diagnostic),
        }
    }

    /// Whether a suppression matches a problem.
    pub fn is_suppressed(&self, rule: &Rule, location: &Location) -> bool {
        self.policy.suppressions.iter().any(|suppression| suppression.matches(rule, location))
    }

    /// Reports every suppression that matched nothing and has an origin. Call this at the end of a successful run: a
    /// problem that was not looked for may still exist.
    ///
    /// Only suppressions of codes that this run looks for, since other verbs use the same suppressions.
    pub fn report_unused_suppressions(&mut self, looked_at: impl Fn(&str) -> bool) {
        let unused = self.policy.suppressions.iter().zip(&self.used).filter(|(_, used)| !**used);
        let unused = unused.filter(|(suppression, _)| suppression.codes.iter().any(|code| looked_at(code)));
        let origins: Vec<Location> = unused.filter_map(|(suppression, _)| suppression.origin.clone()).collect();
        for origin in origins {
            self.report(&catalogue::UNUSED_SUPPRESSION, origin, "nothing matches this suppression; remove it");
        }
    }

    /// True when an error was reported.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.level == Level::Error)
    }

    /// The policy, for creating another sink like this one.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Adds all problems of another sink with the same policy.
    pub fn extend(&mut self, other: Diagnostics) {
        self.list.extend(other.list);
        self.suppressed.extend(other.suppressed);
        for (ours, theirs) in self.used.iter_mut().zip(other.used) {
            *ours |= theirs;
        }
    }

    /// Every problem that is not suppressed, once, by location, then code, then text.
    pub fn into_sorted(self) -> Vec<Diagnostic> {
        self.into_findings().diagnostics
    }

    /// Every problem and every suppressed problem, in the same order.
    pub fn into_findings(mut self) -> Findings {
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
    fn single_warnings_can_be_errors() {
        let errors = [catalogue::EMPTY_STRUCT.code].into();
        let mut sink = Diagnostics::new(Policy { errors, ..Policy::default() });
        sink.report(&catalogue::VARIADIC, Location::default(), "");
        assert!(!sink.has_errors());
        sink.report(&catalogue::EMPTY_STRUCT, Location::default(), "");
        assert!(sink.has_errors());
    }
}
