//! Colours, as cargo and git use them.

use std::collections::BTreeMap;

use anstyle::{AnsiColor, Effects, Style};
use clap::builder::styling::Styles;

use super::wrap;
use thunkgen_diagnostics::{Diagnostic, Level, escape_controls};

const HEADER: Style = AnsiColor::BrightGreen.on_default().effects(Effects::BOLD);
const LITERAL: Style = AnsiColor::BrightCyan.on_default().effects(Effects::BOLD);
const PLACEHOLDER: Style = AnsiColor::Cyan.on_default();
const ERROR: Style = AnsiColor::BrightRed.on_default().effects(Effects::BOLD);
const WARNING: Style = AnsiColor::Yellow.on_default().effects(Effects::BOLD);
const BOLD: Style = Style::new().effects(Effects::BOLD);
const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const PLACE: Style = AnsiColor::Cyan.on_default();

/// The styles of help and of errors in the command line: those of cargo.
pub const STYLES: Styles = Styles::styled()
    .header(HEADER)
    .usage(HEADER)
    .literal(LITERAL)
    .placeholder(PLACEHOLDER)
    .error(ERROR)
    .valid(LITERAL)
    .invalid(WARNING);

fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Headings and commands after the options, which clap does not know.
pub fn help(text: &str) -> String {
    let (mut painted_text, mut command) = (String::new(), None);
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        // A long command continues in the next line.
        command = command.filter(|of_command| *of_command == indent && !line.trim().is_empty());
        if line.trim_start().starts_with("thunkgen ") && indent >= 2 {
            command = Some(indent);
        }
        if let Some((head, usage)) = line.split_once(" thunkgen ").filter(|(head, _)| head.contains("Usage:")) {
            // Usages that are not clap's own have no colours.
            let is_plain = !usage.contains('\x1b');
            painted_text += head;
            painted_text +=
                &if is_plain { painted(LITERAL, &format!(" thunkgen {usage}")) } else { format!(" thunkgen {usage}") };
            continue;
        }
        painted_text += &match line.trim_end() {
            heading if heading.ends_with(':') && !heading.starts_with([' ', '\x1b']) => painted(HEADER, line),
            _ if command.is_some() => painted(LITERAL, line),
            _ => line.to_owned(),
        };
    }
    painted_text
}

/// A line in a style, without its indentation and its end.
fn painted(style: Style, line: &str) -> String {
    let text = line.trim();
    line.replacen(text, &paint(style, text), 1)
}

/// A unified diff.
pub fn diff(text: &str) -> String {
    let line = |line: &str| match line {
        _ if line.starts_with("--- ") || line.starts_with("+++ ") => painted(BOLD, line),
        _ if line.starts_with("@@") => painted(PLACE, line),
        _ if line.starts_with('-') => whole(REMOVED, line),
        _ if line.starts_with('+') => whole(ADDED, line),
        _ => line.to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}

fn whole(style: Style, line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(text) => paint(style, text) + "\n",
        None => paint(style, line),
    }
}

/// A diagnostic in a line.
pub fn short(diagnostic: &Diagnostic, has_colors: bool) -> String {
    let line = diagnostic.to_string();
    let style = if diagnostic.level == Level::Error { ERROR } else { WARNING };
    let word = format!("{} {}", diagnostic.level.name(), diagnostic.rule.code);
    if has_colors { line.replacen(&word, &paint(style, &word), 1) } else { line }
}

/// A line about the run, without a line break at its end. Commands are not wrapped, so that they can be copied.
pub fn remark(line: &str, has_colors: bool, width: Option<usize>) -> String {
    let line = escape_controls(line);
    let line = match width.filter(|_| !line.starts_with(' ')) {
        Some(width) => wrap(&line, width, "  "),
        None => line,
    };
    if !has_colors {
        return line;
    }
    if line.starts_with("  thunkgen ") {
        return painted(LITERAL, &line);
    }
    let (name, rest) = match line.strip_prefix("thunkgen: ") {
        Some(rest) => (paint(BOLD, "thunkgen:") + " ", rest),
        None => (String::new(), &*line),
    };
    match rest.strip_prefix("error: ") {
        Some(rest) => format!("{name}{} {rest}", paint(ERROR, "error:")),
        None => name + rest,
    }
}

/// What `explain` and `layout` print: the subject of each block, and what is quoted. Commands and tables are not wrapped.
pub fn answer(text: &str, has_colors: bool, width: Option<usize>) -> String {
    let line = |line: &str| {
        let is_command = line.starts_with("  ") && line.trim_start().starts_with("thunkgen ");
        let indent = line.len() - line.trim_start().len();
        // `  next   thunkgen doctor publish`, or columns
        let has_command =
            line.trim_start().split_once("  ").is_some_and(|(_, rest)| rest.trim_start().starts_with("thunkgen "));
        let is_table = line.trim().matches("  ").count() > 1;
        let wrapped = match width {
            Some(width) if !is_command && !has_command && !is_table && line.trim_end().chars().count() > width => {
                wrap(line.trim_end(), width, &line[..indent]) + "\n"
            }
            _ => line.to_owned(),
        };
        match is_command {
            _ if !has_colors => wrapped,
            true => painted(LITERAL, line),
            false => subject(&wrapped),
        }
    };
    text.split_inclusive('\n').map(line).collect()
}

/// A line of an answer, perhaps wrapped, with colours.
fn subject(line: &str) -> String {
    let is_subject = line.starts_with(|c: char| !c.is_whitespace());
    let end = [": ", "  "].iter().filter_map(|end| line.find(end)).min().unwrap_or(line.trim_end().len());
    let (subject, rest) = if is_subject { line.split_at(end) } else { ("", line) };
    match subject.is_empty() || subject.contains(['`', '\n']) {
        true => quotations(line),
        false => paint(BOLD, subject) + &quotations(rest),
    }
}

/// A line with colours for what is in backticks.
fn quotations(line: &str) -> String {
    if !line.matches('`').count().is_multiple_of(2) {
        return line.to_owned();
    }
    let parts = line.split('`').enumerate();
    let parts = parts
        .map(|(index, part)| if index % 2 == 1 { paint(PLACEHOLDER, &format!("`{part}`")) } else { part.to_owned() });
    parts.collect()
}

/// How often each code was reported, the most frequent first.
pub fn statistics(diagnostics: &[Diagnostic], has_colors: bool) -> String {
    let mut counts = BTreeMap::<(&str, Level), (&str, usize)>::new();
    for diagnostic in diagnostics {
        counts.entry((diagnostic.rule.code, diagnostic.level)).or_insert((diagnostic.rule.title, 0)).1 += 1;
    }
    let width = counts.values().map(|(_, count)| count.to_string().len()).max().unwrap_or_default();
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|(_, (_, count))| std::cmp::Reverse(*count));
    let line = |((code, level), (title, count)): ((&str, Level), (&str, usize))| {
        let style = if level == Level::Error { ERROR } else { WARNING };
        let word = format!("{:7}", level.name());
        let word = if has_colors { paint(style, &word) } else { word };
        format!("{count:>width$}  {word}  {code}  {title}\n")
    };
    rows.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn colours_change_no_text() {
        let text = "Usage: x\nExamples:\n  Why?\n    thunkgen check\n--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z\nA: `b` and `c`\nno `end";
        for painted in [help(text), diff(text), answer(text, true, None)] {
            assert!(painted.contains('\x1b'));
            assert_eq!(plain(&painted), text);
        }
        for line in ["error: x", "thunkgen: error: x", "thunkgen: 1 error", "  thunkgen generate a", "a\nb"] {
            assert_eq!(plain(&remark(line, true, None)), remark(line, false, None));
        }
    }

    #[test]
    fn remarks_are_wrapped_and_commands_are_not() {
        assert_eq!(remark("thunkgen: one two three", false, Some(14)), "thunkgen: one\n  two three");
        assert_eq!(remark("  thunkgen generate a b c", false, Some(14)), "  thunkgen generate a b c");
        assert_eq!(
            answer("  one two three\n  thunkgen check a b c\n", false, Some(10)),
            "  one two\n  three\n  thunkgen check a b c\n"
        );
        assert_eq!(remark("a\u{1b}[2J", false, Some(14)), "a\\u{1b}[2J");
    }
}
