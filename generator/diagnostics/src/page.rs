//! The page of the documentation that lists every code.

use std::fmt::Write;

use super::{Rule, catalogue};

/// The text before the list.
const INTRODUCTION: &str = include_str!("page.md");

/// The page, in Markdown. `example` gives a line as the tool prints it for a code.
pub fn render(example: impl Fn(&str) -> Option<String>) -> String {
    let mut page = INTRODUCTION.to_owned();
    page += "\n## Codes\n\n| code | level | with `--strict` | alias | title |\n|---|---|---|---|---|\n";
    for rule in catalogue::ALL {
        let Rule { code, title, .. } = rule;
        let (level, strict, alias) = (rule.level.name(), rule.strict_level.name(), rule.alias);
        let _ = writeln!(page, "| [{code}](#{}) | {level} | {strict} | {alias} | {title} |", anchor(code));
    }
    for rule in catalogue::ALL {
        let _ = write!(page, "\n### {}\n\n**{}.** {}\n", rule.code, capitalised(rule.title), rule.help);
        if let Some(example) = example(rule.code) {
            let _ = write!(page, "\n```text\n{example}\n```\n");
        }
    }
    page
}

fn anchor(code: &str) -> String {
    code.to_ascii_lowercase()
}

fn capitalised(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
