//! The Makefile rule of `--depfile`: what was made, and every file it was made from.
//!
//! Directories are not named: their time changes with every file in them, also with the outputs.

use std::path::Path;

/// The rule, and an empty rule for each input so that a deleted one does not stop `make`. A path that a Makefile
/// cannot contain (a line break) is left out.
pub fn render<'a>(outputs: impl IntoIterator<Item = &'a Path>, inputs: impl IntoIterator<Item = &'a Path>) -> String {
    let outputs: Vec<String> = outputs.into_iter().filter_map(escape).collect();
    let inputs: Vec<String> = inputs.into_iter().filter_map(escape).collect();
    let needed: String = inputs.iter().map(|input| format!(" \\\n  {input}")).collect();
    let rules: String = inputs.iter().map(|input| format!("\n{input}:\n")).collect();
    format!("{}:{needed}\n{rules}", outputs.join(" \\\n"))
}

fn escape(path: &Path) -> Option<String> {
    let path = path.to_str()?;
    if path.contains(['\n', '\r']) {
        return None;
    }
    let mut out = String::new();
    for c in path.chars() {
        match c {
            ' ' | '#' | '\t' => out.extend(['\\', c]),
            '$' => out.push_str("$$"),
            _ => out.push(c),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_rule_and_one_empty_rule_per_input() {
        let path = |text: &'static str| Path::new(text);
        let text = render([path("a b.cpp"), path("c.cpp")], [path("x$#.dll"), path("y\nz")]);
        assert_eq!(text, "a\\ b.cpp \\\nc.cpp: \\\n  x$$\\#.dll\n\nx$$\\#.dll:\n");
    }
}
