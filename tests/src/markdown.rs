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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found() {
        let page =
            "# Title\n\n    one\n    two\n\ntext\n    no block\n\n```toml\na = 1\n\n    b\n```\n- x\n\n    three\n";
        let found: Vec<(usize, String, String)> =
            snippets(page).into_iter().map(|s| (s.line, s.language, s.text)).collect();
        let block = |line: usize, language: &str, text: &str| (line, language.to_owned(), text.to_owned());
        assert_eq!(found, [block(3, "", "one\ntwo\n"), block(9, "toml", "a = 1\n\n    b\n"), block(16, "", "three\n")]);
    }
}
