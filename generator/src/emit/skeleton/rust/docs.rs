//! Doc comments.
//!
//! What others wrote stays text: it starts no code block, which would be a test that runs, no link and no tag.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::documentation::Comment;
use super::super::text;

/// Paragraphs of a doc comment.
#[derive(Debug, Default)]
pub(super) struct Docs {
    lines: Vec<String>,
}

impl Docs {
    /// A paragraph that is written here, markup and all, in one line.
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

    /// Text of others.
    pub fn text(&mut self, text: &str) {
        for (index, paragraph) in text.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).enumerate() {
            if index > 0 || !self.lines.is_empty() {
                self.lines.push(String::new());
            }
            self.lines.extend(paragraph.lines().map(|line| escaped(line.trim())));
        }
    }

    /// What is written about a member, but for its parameters.
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

/// One line of code in the text, whatever it holds.
pub(super) fn code(text: &str) -> String {
    format!("`{}`", text::line(text).replace('`', "'"))
}

/// Text of others in one line of Markdown.
pub(super) fn escaped(text: &str) -> String {
    let text = text::line(text);
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

    #[test]
    fn text_of_others() {
        let mut docs = Docs::default();
        docs.paragraph("Ours: `x`.");
        docs.text("  a <b>\n    let x = 1;\n\n```\nfn main() {}\n```\n\n\n\n# [Link]\u{202e}\r*/");
        let expected = [
            "Ours: `x`.",
            "",
            "a \\<b\\>",
            "let x = 1;",
            "",
            "'''",
            "fn main() {}",
            "'''",
            "",
            "\\# \\[Link\\]{202E}{D}*/",
        ];
        assert_eq!(docs.lines, expected);
        assert_eq!(code("a`b\n"), "`a'b{A}`");
    }
}
