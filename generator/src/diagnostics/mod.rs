//! Problems in the input: what can be reported, where it was found, and how a line of it reads.
//!
//! Stages report into a [`Diagnostics`] sink and go on, so that one run names every problem of a stage.

pub mod catalogue;
mod text;

pub use catalogue::Rule;
pub use text::escape_controls;

use std::fmt;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing is written.
    Error,
    /// Costs only what it names.
    Warning,
}

impl Level {
    /// The word in a diagnostic line.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
        }
    }
}

/// Where a problem is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file as the user named it; empty when the problem is in no file.
    pub file: String,
    /// 1-based line and column, for text files.
    pub position: Option<(u32, u32)>,
    /// Full name and metadata token of the method or type, for assemblies.
    pub member: Option<(String, u32)>,
}

impl Location {
    /// A whole file.
    pub fn file(file: impl Into<String>) -> Location {
        Location { file: file.into(), ..Location::default() }
    }

    /// A place in a text file; `line` and `column` are 1-based.
    pub fn position(file: impl Into<String>, line: u32, column: u32) -> Location {
        Location { file: file.into(), position: Some((line, column)), member: None }
    }

    /// A member of an assembly, by full name and metadata token.
    pub fn member(file: impl Into<String>, member: impl Into<String>, token: u32) -> Location {
        Location { file: file.into(), position: None, member: Some((member.into(), token)) }
    }
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of problem.
    pub rule: &'static Rule,
    /// Its level after the policy was applied.
    pub level: Level,
    /// Where it is.
    pub location: Location,
    /// The problem and what to do, in one sentence or two.
    pub message: String,
}

/// Longest line in characters; MSBuild reads no more of a line than this as a diagnostic.
const MAX_LINE: usize = 400;

impl fmt::Display for Diagnostic {
    /// `origin(line,column): error TG0001: text`, one line of at most 400 characters without control characters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = if self.location.file.is_empty() { "thunkgen" } else { &self.location.file };
        let mut line = text::escape_controls(origin);
        if let Some((row, column)) = self.location.position {
            line += &format!("({row},{column})");
        }
        line += &format!(": {} {}: ", self.level.name(), self.rule.code);
        if let Some((member, token)) = &self.location.member {
            line += &text::shorten(&text::escape_controls(member), MAX_LINE / 3);
            line += &format!(" (0x{token:08X}): ");
        }
        line += &text::escape_controls(&self.message);
        f.write_str(&text::shorten(&line, MAX_LINE))
    }
}

/// What the user asked diagnostics to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Problems that cost only themselves are errors too.
    pub strict: bool,
}

/// Where stages report to.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    policy: Policy,
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// An empty sink.
    pub fn new(policy: Policy) -> Diagnostics {
        Diagnostics { policy, list: Vec::new() }
    }

    /// Reports a problem at its rule's level.
    pub fn report(&mut self, rule: &'static Rule, location: Location, message: impl Into<String>) {
        let level = if self.policy.strict { rule.strict_level } else { rule.level };
        self.list.push(Diagnostic { rule, level, location, message: message.into() });
    }

    /// True when an error was reported.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.level == Level::Error)
    }

    /// The policy in force, for making another sink like this one.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Takes over all problems of another sink.
    pub fn extend(&mut self, other: Diagnostics) {
        self.list.extend(other.list);
    }

    /// Every problem once, by location, then code, then text.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|a, b| {
            (&a.location, a.rule.code, a.level, &a.message).cmp(&(&b.location, b.rule.code, b.level, &b.message))
        });
        self.list.dedup();
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_short_line() {
        let mut sink = Diagnostics::default();
        let location = Location::member("a\n.dll", format!("N.{}", "x".repeat(900)), 0x0600_0001);
        sink.report(&catalogue::DAMAGED, location, "evil\r\nerror\u{1b}[31m\u{202e}");
        let line = sink.into_sorted()[0].to_string();
        assert!(line.starts_with("a\\n.dll: error TG0002: N.xxx"), "{line}");
        assert!(line.ends_with("(0x06000001): evil\\r\\nerror\\u{1b}[31m\\u{202e}"), "{line}");
        assert!(line.chars().count() <= MAX_LINE && !line.chars().any(char::is_control));
    }
}
