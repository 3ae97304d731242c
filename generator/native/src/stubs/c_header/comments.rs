//! Comments: C# names, and XML documentation as documentation comments.

use std::fmt::Write as _;

use crate::stubs::csharp_text;
use crate::stubs::documentation::Comment;
use thunkgen_core::emit::cpp::Cpp;

/// Maximum length of a comment line.
const MAX_COLUMNS: usize = 116;

/// Text in a `//` comment: it neither ends the line nor continues it on the next one.
pub(super) fn plain(text: &str) -> String {
    let text = csharp_text::line(text);
    let mut out = String::with_capacity(text.len());
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        let is_last = at + c.len_utf8() == text.len();
        match c {
            // Two question marks may begin a trigraph, for example of a backslash.
            '?' if previous == '?' => out.push_str("{3F}"),
            '\\' if is_last => out.push_str("{5C}"),
            _ => out.push(c),
        }
        previous = c;
    }
    out
}

/// Text in a documentation comment: it contains no command and no tag.
fn documented(line: &str) -> String {
    let mut out = String::new();
    for c in line.chars() {
        if matches!(c, '\\' | '@' | '<' | '>' | '&' | '#' | '%') {
            out.push('\\');
        }
        out.push(c);
    }
    // The first of two backslashes escapes the second, which would then splice lines.
    if let Some(rest) = out.strip_suffix("\\\\") {
        out = format!("{rest}{{5C}}");
    }
    plain(&out)
}

/// Writes the documentation; `params` are names in C# and in C.
pub(super) fn documentation(out: &mut Cpp, indent: &str, comment: &Comment, params: &[(&str, &str)], has_result: bool) {
    let mut blocks = Vec::new();
    for text in [&comment.summary, &comment.remarks] {
        blocks.extend(paragraphs(text).map(|paragraph| (String::new(), paragraph)));
    }
    let prose = blocks.len();
    for (name, in_c) in params {
        let text = comment.params.get(*name).map_or("", String::as_str);
        blocks.extend(joined(text).map(|text| (format!("@param {in_c} "), text)));
    }
    if has_result {
        blocks.extend(joined(&comment.returns).map(|text| ("@returns ".to_owned(), text)));
    }
    for (index, (head, lines)) in blocks.iter().enumerate() {
        // Empty lines separate paragraphs from each other and from commands.
        if index > 0 && index <= prose {
            out.line(format_args!("{indent}///"));
        }
        for (number, line) in lines.iter().enumerate() {
            wrap(out, indent, if number == 0 { head } else { "" }, line);
        }
    }
}

/// The lines of each paragraph.
fn paragraphs(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.lines().filter(|line| !line.trim().is_empty()));
    paragraphs.map(Iterator::collect::<Vec<_>>).filter(|lines| !lines.is_empty())
}

/// All lines as one paragraph, for a command.
fn joined(text: &str) -> Option<Vec<&str>> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    (!lines.is_empty()).then_some(lines)
}

fn wrap(out: &mut Cpp, indent: &str, head: &str, text: &str) {
    let start = format!("{indent}/// ");
    let mut line = format!("{start}{head}");
    let mut is_empty = true;
    for word in text.split(' ').map(documented) {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > MAX_COLUMNS {
            out.line(format_args!("{}", line.trim_end()));
            line = format!("{start}{}", if head.is_empty() { "" } else { "    " });
            is_empty = true;
        }
        write!(line, "{}{word}", if is_empty { "" } else { " " }).expect("writing to a string");
        is_empty = false;
    }
    out.line(format_args!("{}", line.trim_end()));
}
