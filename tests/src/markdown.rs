//! The code blocks of a Markdown page, fenced or indented.

/// A code block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// 1-based line of the page.
    pub line: usize,
    /// What stands behind the opening fence; empty for an indented block.
    pub language: String,
    /// The lines, each with its end.
    pub text: String,
}

impl Snippet {
    /// The first line.
    pub fn first_line(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }
}

/// Every code block of a page, in order.
pub fn snippets(page: &str) -> Vec<Snippet> {
    let mut found: Vec<Snippet> = Vec::new();
    // Inside of a fence: what closes it. Inside of an indented block: nothing but the next line tells.
    let (mut fence, mut indented, mut after_blank) = (None, false, true);
    for (index, line) in page.lines().enumerate() {
        if let Some(close) = fence {
            if line.trim_start() == close {
                fence = None;
            } else if let Some(snippet) = found.last_mut() {
                snippet.text += line;
                snippet.text.push('\n');
            }
            continue;
        }
        if let Some(language) = line.trim_start().strip_prefix("```") {
            fence = Some("```");
            indented = false;
            found.push(Snippet { line: index + 1, language: language.to_owned(), text: String::new() });
        } else if let Some(text) = line.strip_prefix("    ").filter(|_| indented || after_blank) {
            if !indented {
                found.push(Snippet { line: index + 1, language: String::new(), text: String::new() });
                indented = true;
            }
            if let Some(snippet) = found.last_mut() {
                snippet.text += text;
                snippet.text.push('\n');
            }
        } else if !line.is_empty() {
            indented = false;
        }
        after_blank = line.is_empty();
    }
    found
}

/// The text of every code block in this language.
pub fn blocks(page: &str, language: &str) -> Vec<String> {
    snippets(page).into_iter().filter(|snippet| snippet.language == language).map(|snippet| snippet.text).collect()
}
