//! Problems in the input: what can be reported, where it was found, and how it is printed.
//!
//! Stages report to a [`Diagnostics`] sink and continue, so that one run reports every problem of a stage.

pub mod azure;
pub mod catalogue;
mod examples;
pub mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod json;
mod location;
mod message;
pub mod nearest_name;
pub mod page;
mod policy;
pub mod position;
pub mod sarif;
mod sink;
mod text;
#[cfg(feature = "xml")]
pub mod xml;

pub use catalogue::Rule;
pub use examples::example;
pub use location::{Checksum, Location, SourceLine};
pub use message::{Mention, Message, Part, PartKind, ShownPart};
pub use policy::{MAX_PATTERNS, Pattern, Policy, Suppression};
pub use sink::{Diagnostics, Findings};
pub use text::{escape_controls, escape_lines, shorten, shorten_quoted, unquote, without_bom, without_bom_bytes};

use std::fmt;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing is written.
    Error,
    /// Affects only the item it names.
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
    /// Its parts, for terminals; empty if it was reported as one text.
    pub parts: Vec<Part>,
}

/// A problem that the user suppressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    /// The problem.
    pub diagnostic: Diagnostic,
    /// The reason the user gave.
    pub justification: String,
}

impl Diagnostic {
    /// The parts of the message, as a terminal shows them.
    pub fn shown_parts(&self) -> Vec<ShownPart<'_>> {
        message::shown(&self.message, &self.parts)
    }

    /// The text of a line after the code: member and message, of any length, without control characters.
    pub fn text(&self) -> String {
        escape_controls(&self.location.describe(&self.message, MAX_LINE / 3))
    }
}

/// Maximum length of a line in characters; MSBuild does not recognize a longer line as a diagnostic.
const MAX_LINE: usize = 400;

/// `origin(line,column): error TG0001: text`, one line of at most 400 characters without control characters.
pub fn line(file: &str, position: Option<(u32, u32)>, level: Level, code: &str, text: &str) -> String {
    let mut line = escape_controls(if file.is_empty() { "thunkgen" } else { file });
    if let Some((row, column)) = position {
        line += &format!("({row},{column})");
    }
    line += &format!(": {} {code}: ", level.name());
    let text = escape_controls(text);
    // Types and options at the end are worth more than paths.
    let text = match line.chars().count() + text.chars().count() {
        0..=MAX_LINE => text,
        _ => text::shorten_paths(&text),
    };
    text::shorten_quotations(&(line + &text), MAX_LINE)
}

impl fmt::Display for Diagnostic {
    /// One line, see [`line()`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, position) = self.location.origin();
        f.write_str(&line(file, position, self.level, self.rule.code, &self.text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_short_line() {
        let mut sink = Diagnostics::default();
        let location = Location::member("a\n.dll", format!("N.{}", "x".repeat(900)), 0x0600_0001);
        sink.report(&catalogue::BAD_IMAGE, location, "evil\r\nerror\u{1b}[31m\u{202e}");
        let line = sink.into_sorted()[0].to_string();
        assert!(line.starts_with("a\\n.dll: error TG0002: N.xxx"), "{line}");
        assert!(line.ends_with("(0x06000001): evil\\r\\nerror\\u{1b}[31m\\u{202e}"), "{line}");
        assert!(line.chars().count() <= MAX_LINE && !line.chars().any(char::is_control));
    }

    #[test]
    fn paths_are_shortened_first() {
        let path = format!("/home/somebody/{}/draw.c:12", "deep/".repeat(80));
        let text = format!("`draw` at {path}: use `a/b`");
        assert_eq!(
            line("a.dll", None, Level::Error, "TG0602", &text),
            "a.dll: error TG0602: `draw` at .../draw.c:12: use `a/b`"
        );
        let short = "`draw` at /home/draw.c:12";
        assert_eq!(line("a.dll", None, Level::Error, "TG0602", short), format!("a.dll: error TG0602: {short}"));
    }

    #[test]
    fn text_after_a_long_key_stays() {
        let line = |text: &str| super::line("a.wasm", None, Level::Error, "TG0445", text);
        let key = format!("Mv{}", "i".repeat(1200));
        let found = line(&format!("`{key}` demands a function of 1200 parameters, and engines allow `1000`"));
        let start = format!("a.wasm: error TG0445: `Mv{}...` demands ", "i".repeat(75));
        assert_eq!(found, format!("{start}a function of 1200 parameters, and engines allow `1000`"));
        let found = line(&"x".repeat(500));
        assert!(found.ends_with("xxx...") && found.chars().count() == MAX_LINE);
        let odd = line(&format!("no end of `{key}"));
        assert!(odd.ends_with("i..."), "{odd}");
    }
}
