//! The text of a diagnostic in parts: a line joins them, a terminal shows each on lines of its own.

use std::ops::Range;

/// What a part of a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// What is wrong.
    Problem,
    /// What helps to understand it.
    Note,
    /// What to do.
    Help,
}

/// A line of a source that a message is about, by a name that is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The file.
    pub file: String,
    /// 1-based line.
    pub line: u32,
    /// The name; a line without it belongs to another version of the file.
    pub name: String,
    /// What the name is.
    pub what: String,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    kind: PartKind,
    /// Where it is in the message; empty if only a terminal shows it.
    range: Range<usize>,
    /// What a terminal shows in its place, perhaps several lines.
    shown: Option<String>,
    mention: Option<Mention>,
}

/// A part of a message, as a terminal shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownPart<'m> {
    /// What it is for.
    pub kind: PartKind,
    /// The text; lines are separated by `\n`.
    pub text: &'m str,
    /// Whether the text is divided into lines already.
    pub is_formatted: bool,
    /// The line of a source that it is about.
    pub mention: Option<&'m Mention>,
}

/// The text of a diagnostic. In a text without notes, what comes after the first `; ` says what to do.
///
/// ```
/// use thunkgen_diagnostics::Message;
/// let message = Message::new("`f` takes an int").note("C# `void ()`").help("declare it");
/// assert_eq!(message.text(), "`f` takes an int; C# `void ()`; declare it");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    text: String,
    parts: Vec<Part>,
}

/// Between the parts in a line.
const JOINT: &str = "; ";

impl Message {
    /// A message that only says what is wrong, and perhaps after `; ` what to do.
    pub fn new(problem: impl Into<String>) -> Message {
        Message { text: problem.into(), parts: Vec::new() }
    }

    /// Adds what helps to understand it.
    pub fn note(self, text: impl AsRef<str>) -> Message {
        self.with(PartKind::Note, text.as_ref())
    }

    /// Adds what to do.
    pub fn help(self, text: impl AsRef<str>) -> Message {
        self.with(PartKind::Help, text.as_ref())
    }

    /// Lets a terminal show another text for the last part.
    pub fn shown_as(mut self, text: impl Into<String>) -> Message {
        self.divide();
        if let Some(last) = self.parts.last_mut() {
            last.shown = Some(text.into());
        }
        self
    }

    /// Adds a note that only a terminal shows.
    pub fn note_on_terminal(mut self, text: impl Into<String>, mention: Option<Mention>) -> Message {
        self.divide();
        let end = self.text.len();
        self.parts.push(Part { kind: PartKind::Note, range: end..end, shown: Some(text.into()), mention });
        self
    }

    /// Starts the line with a text that a terminal shows elsewhere.
    pub fn after(mut self, prefix: &str) -> Message {
        self.divide();
        self.text.insert_str(0, prefix);
        for part in &mut self.parts {
            part.range = part.range.start + prefix.len()..part.range.end + prefix.len();
        }
        self
    }

    /// All parts in a line.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn into_parts(self) -> (String, Vec<Part>) {
        (self.text, self.parts)
    }

    fn with(mut self, kind: PartKind, text: &str) -> Message {
        self.divide();
        let start = self.text.len() + JOINT.len();
        self.text += JOINT;
        self.text += text;
        self.parts.push(Part { kind, range: start..self.text.len(), shown: None, mention: None });
        self
    }

    /// Makes what is there the first part.
    fn divide(&mut self) {
        if self.parts.is_empty() {
            let range = 0..self.text.len();
            self.parts.push(Part { kind: PartKind::Problem, range, shown: None, mention: None });
        }
    }
}

impl<T: Into<String>> From<T> for Message {
    fn from(text: T) -> Message {
        Message::new(text)
    }
}

/// The parts of a text as a terminal shows them.
pub(super) fn shown<'m>(text: &'m str, parts: &'m [Part]) -> Vec<ShownPart<'m>> {
    let plain = |kind, text| ShownPart { kind, text, is_formatted: false, mention: None };
    let divided = |text: &'m str| {
        let mut sentences = sentences(text).into_iter();
        let problem = sentences.next().map(|text| plain(PartKind::Problem, text));
        problem.into_iter().chain(sentences.map(|text| plain(PartKind::Help, text))).collect::<Vec<_>>()
    };
    if parts.is_empty() {
        return divided(text);
    }
    let shown = parts.iter().flat_map(|part| {
        let own = text.get(part.range.clone()).unwrap_or_default();
        match &part.shown {
            Some(shown) => vec![ShownPart {
                kind: part.kind,
                text: shown,
                is_formatted: shown.contains('\n'),
                mention: part.mention.as_ref(),
            }],
            None if part.kind == PartKind::Problem => divided(own),
            None => vec![plain(part.kind, own)],
        }
    });
    shown.collect()
}

/// A text divided at each `; ` that is not quoted or in parentheses.
fn sentences(text: &str) -> Vec<&str> {
    let (mut found, mut start) = (Vec::new(), 0);
    let (mut is_quoted, mut depth) = (false, 0_usize);
    for (at, c) in text.char_indices() {
        match c {
            '`' => is_quoted = !is_quoted,
            '(' if !is_quoted => depth += 1,
            ')' if !is_quoted => depth = depth.saturating_sub(1),
            ';' if !is_quoted && depth == 0 && text[at..].starts_with(JOINT) => {
                found.push(&text[start..at]);
                start = at + JOINT.len();
            }
            _ => {}
        }
    }
    found.push(&text[start..]);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(message: Message) -> Vec<(PartKind, String)> {
        let (text, parts) = message.into_parts();
        shown(&text, &parts).into_iter().map(|part| (part.kind, part.text.to_owned())).collect()
    }

    #[test]
    fn what_follows_the_problem_says_what_to_do() {
        let message = Message::from("no `a; b` (c; d) here; did you mean `e`?; or leave it");
        let expected = [(PartKind::Problem, "no `a; b` (c; d) here"), (PartKind::Help, "did you mean `e`?")];
        let found = lines(message);
        assert_eq!(found[..2], expected.map(|(kind, text)| (kind, text.to_owned())));
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn a_terminal_shows_other_texts() {
        let message = Message::new("it is wrong; or not").shown_as("it is wrong; or not");
        let message = message.note("A, B").shown_as("A\nB").after("`f` of a.o: ").help("stop");
        let message = message.note_on_terminal("more", None);
        assert_eq!(message.text(), "`f` of a.o: it is wrong; or not; A, B; stop");
        let kinds = [PartKind::Problem, PartKind::Note, PartKind::Help, PartKind::Note];
        let texts = ["it is wrong; or not", "A\nB", "stop", "more"].map(str::to_owned);
        assert_eq!(lines(message), kinds.into_iter().zip(texts).collect::<Vec<_>>());
    }
}
