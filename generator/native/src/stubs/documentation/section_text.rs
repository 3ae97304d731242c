//! The text of a section: its elements become paragraphs, lines and words.

/// Deeper lists are not indented more, so that the text does not become much longer than the file.
const DEEPEST_INDENT: usize = 4;

/// A section that is being read.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// Finished paragraphs.
    paragraphs: Vec<String>,
    /// The current paragraph.
    current: String,
    /// Whether white space precedes the next word.
    space: bool,
    /// The open elements.
    open: Vec<Element>,
    /// The number of items of each open list so far; `None` for lists without numbers.
    lists: Vec<Option<usize>>,
    /// The text of the open code element.
    code: Option<String>,
}

/// An open element.
#[derive(Debug)]
struct Element {
    kind: ElementKind,
    /// Its text if it is empty, and the length of the text before it.
    said: Option<(String, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ElementKind {
    Paragraph,
    Code,
    List,
    Item,
    Term,
    /// Its content is ignored.
    Dropped,
    /// Its content is treated as part of the enclosing element.
    Inline,
}

impl Text {
    /// Starts an element: a list of type `list`, or an element with the text `said` if it is empty.
    pub(super) fn open(&mut self, name: &str, list: Option<&str>, said: Option<String>) {
        let kind = match name {
            _ if self.is_dropped() => ElementKind::Dropped,
            "inheritdoc" | "include" => ElementKind::Dropped,
            _ if self.code.is_some() => ElementKind::Inline,
            "para" | "p" | "br" => ElementKind::Paragraph,
            "code" => ElementKind::Code,
            "list" => ElementKind::List,
            "item" | "listheader" if !self.lists.is_empty() => ElementKind::Item,
            "term" if !self.lists.is_empty() => ElementKind::Term,
            _ => ElementKind::Inline,
        };
        match kind {
            ElementKind::Paragraph | ElementKind::Code => self.end_paragraph(),
            ElementKind::List => {
                self.end_paragraph();
                self.lists.push((list == Some("number")).then_some(0));
            }
            ElementKind::Item => self.begin_item(name == "listheader"),
            ElementKind::Term | ElementKind::Dropped | ElementKind::Inline => {}
        }
        if kind == ElementKind::Code {
            self.code = Some(String::new());
        }
        let before = self.written();
        self.open.push(Element { kind, said: said.map(|said| (said, before)) });
    }

    /// Ends the innermost element.
    pub(super) fn close(&mut self) {
        let Some(Element { kind, said }) = self.open.pop() else { return };
        if let Some((said, before)) = said
            && self.written() == before
            && kind != ElementKind::Dropped
        {
            self.add(&said);
        }
        match kind {
            ElementKind::Paragraph => self.end_paragraph(),
            ElementKind::Code => {
                let code = self.code.take().and_then(|code| dedented(&code)).unwrap_or_default();
                self.current.push_str(&code);
                self.end_paragraph();
            }
            ElementKind::List => {
                self.lists.pop();
                self.end_paragraph();
            }
            ElementKind::Item => self.end_line(),
            ElementKind::Term => self.end_term(),
            ElementKind::Dropped | ElementKind::Inline => {}
        }
    }

    /// Characters between elements.
    pub(super) fn add(&mut self, characters: &str) {
        if self.is_dropped() {
            return;
        }
        if let Some(code) = &mut self.code {
            code.push_str(characters);
            return;
        }
        for character in characters.chars() {
            if character.is_whitespace() {
                self.space = true;
            } else if is_visible(character) {
                if std::mem::take(&mut self.space) && !self.current.is_empty() && !self.current.ends_with([' ', '\n']) {
                    self.current.push(' ');
                }
                self.current.push(character);
            }
        }
    }

    /// The paragraphs.
    pub(super) fn finish(mut self) -> String {
        self.lists.clear();
        self.end_paragraph();
        self.paragraphs.join("\n\n")
    }

    fn is_dropped(&self) -> bool {
        self.open.last().is_some_and(|element| element.kind == ElementKind::Dropped)
    }

    /// The length of the text so far.
    fn written(&self) -> usize {
        self.current.len() + self.code.as_ref().map_or(0, String::len) + self.paragraphs.len()
    }

    /// Inside a list, a paragraph becomes a line: the list is one paragraph.
    fn end_paragraph(&mut self) {
        if !self.lists.is_empty() {
            return self.end_line();
        }
        self.space = false;
        let paragraph = std::mem::take(&mut self.current);
        let paragraph = paragraph.trim_end();
        if !paragraph.is_empty() {
            self.paragraphs.push(paragraph.to_owned());
        }
    }

    fn end_line(&mut self) {
        self.space = false;
        self.current.truncate(self.current.trim_end().len());
        if !self.current.is_empty() {
            self.current.push('\n');
        }
    }

    fn begin_item(&mut self, is_header: bool) {
        self.end_line();
        let level = self.lists.len().saturating_sub(1).min(DEEPEST_INDENT);
        if !self.current.is_empty() {
            self.current.push_str(&"  ".repeat(level));
        }
        match self.lists.last_mut() {
            _ if is_header => {}
            Some(Some(number)) => {
                *number += 1;
                self.current.push_str(&format!("{number}. "));
            }
            _ => self.current.push_str("- "),
        }
    }

    /// Ends a term, which precedes its description.
    fn end_term(&mut self) {
        if !self.current.ends_with([' ', '\n', ':', '.']) && !self.current.is_empty() {
            self.current.push(':');
        }
        self.space = true;
    }
}

/// Code as lines without common indentation and without empty lines.
fn dedented(code: &str) -> Option<String> {
    let clean = |line: &str| -> String {
        let line: String =
            line.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| is_visible(*c)).collect();
        line.trim_end().to_owned()
    };
    let lines: Vec<String> = code.lines().map(clean).filter(|line| !line.is_empty()).collect();
    let indent = |line: &String| line.len() - line.trim_start().len();
    let common = lines.iter().map(indent).min()?;
    let lines: Vec<&str> = lines.iter().map(|line| line.get(common..).unwrap_or_default()).collect();
    Some(lines.join("\n").trim_start().to_owned())
}

/// Whether a character is allowed in a comment: others would show a reader something else than the compiler sees.
fn is_visible(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A readable documentation id: the type, or the type and its member.
pub(super) fn of_cref(cref: &str) -> String {
    let (kind, name) = match cref.split_once(':') {
        Some((kind, name)) if kind.chars().count() == 1 => (kind, name),
        _ => ("", cref),
    };
    let name = name.split(['(', '~']).next().unwrap_or_default();
    let arity = |segment: &str| segment.split(['`', '{']).next().unwrap_or_default().replace('#', ".");
    let segments: Vec<String> = name.split('.').map(arity).collect();
    let shown = match (kind, &segments[..]) {
        ("N", _) => return name.to_owned(),
        ("T" | "" | "!", [.., ty]) => vec![ty],
        (_, [.., ty, member]) if member == ".ctor" => vec![ty],
        (_, [.., ty, member]) => vec![ty, member],
        (_, all) => all.iter().collect(),
    };
    shown.into_iter().map(String::as_str).collect::<Vec<_>>().join(".")
}
