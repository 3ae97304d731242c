//! Doc comments.
//!
//! Untrusted text stays text: it cannot start a code block (which would run as a test), a link or a tag.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::csharp_text;
use super::super::documentation::Comment;

/// Maximum length of a line of text, unless it cannot be split.
const MAX_CHARS: usize = 110;

/// Paragraphs of a doc comment.
#[derive(Debug, Default)]
pub(super) struct Docs {
    lines: Vec<String>,
}

impl Docs {
    /// Adds a paragraph of one line, with trusted markup.
    pub fn paragraph(&mut self, line: &str) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.lines.push(line.to_owned());
    }

    /// Adds a line to the last paragraph.
    pub fn line(&mut self, line: &str) {
        self.lines.push(line.to_owned());
    }

    /// Adds untrusted text: paragraphs, lists, and code in several lines.
    pub fn text(&mut self, text: &str) {
        for paragraph in text.split("\n\n").map(str::trim).filter(|text| !text.is_empty()) {
            if !self.lines.is_empty() {
                self.lines.push(String::new());
            }
            let lines: Vec<&str> = paragraph.lines().collect();
            match lines[..] {
                [line] => self.wrapped(&escaped(line), ""),
                _ if lines.iter().all(|line| is_item(line)) => {
                    lines.iter().for_each(|line| self.wrapped(&escaped(line.trim()), "  "));
                }
                _ => {
                    // `text`, so that it is not run as a Rust test.
                    self.line("```text");
                    self.lines.extend(lines.iter().map(|line| csharp_text::line(line.trim_end()).replace('`', "'")));
                    self.line("```");
                }
            }
        }
    }

    /// Adds an item of a list, in Markdown; `is_first` for the first item.
    pub fn item(&mut self, text: &str, is_first: bool) {
        if is_first && !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.wrapped(text, "  ");
    }

    /// Adds wrapped Markdown. No line starts with a character that is markup at the start of a line.
    fn wrapped(&mut self, text: &str, indent: &str) {
        let mut line = String::new();
        for word in text.split(' ') {
            let is_plain = word.starts_with(char::is_alphabetic);
            if is_plain && !line.is_empty() && line.chars().count() + word.chars().count() >= MAX_CHARS {
                self.lines.push(std::mem::replace(&mut line, indent.to_owned()));
            } else if !line.is_empty() {
                line.push(' ');
            }
            line += word;
        }
        self.lines.push(line);
    }

    /// Adds the documentation of a member, without its parameters.
    pub fn comment(&mut self, comment: Option<&Comment>) {
        let Some(comment) = comment else { return };
        self.text(&comment.summary);
        self.text(&comment.remarks);
        if !comment.returns.trim().is_empty() {
            self.text(&format!("Returns: {}", comment.returns.trim()));
        }
    }

    /// The attributes, which are printed as a comment.
    pub fn tokens(&self) -> TokenStream {
        let lines = self.lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
        quote!(#(#[doc = #lines])*)
    }
}

/// Whether a line is a list item, as [`Comment`] writes them.
fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with("- ") || (numbered.len() < line.len() && numbered.starts_with(". "))
}

/// Inline code with any content.
pub(super) fn code(text: &str) -> String {
    format!("`{}`", csharp_text::line(text).replace('`', "'"))
}

/// Untrusted text in one line of Markdown.
pub(super) fn escaped(text: &str) -> String {
    let text = csharp_text::line(text);
    let mut out = String::with_capacity(text.len());
    for (index, c) in text.char_indices() {
        match c {
            '`' | '~' => out.push('\''),
            '<' | '>' | '[' | ']' | '\\' => out.extend(['\\', c]),
            // A heading.
            '#' | '=' if index == 0 => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        let mut docs = Docs::default();
        docs.text(text);
        docs.lines
    }

    #[test]
    fn text_of_others() {
        assert_eq!(lines("  a <b>\n\n\n\n# [Link]\u{202e}*/"), ["a \\<b\\>", "", "\\# \\[Link\\]{202E}*/"]);
        assert_eq!(lines("- a\n-  `b`\n1. c"), ["- a", "-  'b'", "1. c"]);
        assert_eq!(lines("x = 1;\n    ```\n<y>"), ["```text", "x = 1;", "    \'\'\'", "<y>", "```"]);
        assert_eq!(code("a`b\n"), "`a'b{A}`");
    }

    #[test]
    fn long_text() {
        let (a, b) = ("a".repeat(60), "b".repeat(60));
        assert_eq!(
            lines(&format!("{a} {b} # {b} 1. {b}")),
            [a.clone(), format!("{b} #"), format!("{b} 1."), b.clone()]
        );
        assert_eq!(lines(&format!("- {a} {b}\n- c")), [format!("- {a}"), format!("  {b}"), "- c".to_owned()]);
        let item = |first| {
            let mut docs = Docs::default();
            docs.paragraph("x");
            docs.item("- y", first);
            docs.lines
        };
        assert_eq!((item(true).len(), item(false).len()), (3, 2));
    }
}
