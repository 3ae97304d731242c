//! Fills the rows of a template.
//!
//! A template is complete C++, with example rows between marker lines; `templates/README.md` lists the
//! markers.

use std::collections::BTreeMap;

/// The replacement of a section.
#[derive(Debug)]
pub(super) enum Fill {
    /// These lines instead of the example rows.
    Rows(String),
    /// Whether to keep the text of the section.
    If(bool),
}

/// The text of `template` with every section filled.
///
/// # Panics
/// If template and sections do not match. This is a bug, which the first test of the file finds.
pub(super) fn fill<const N: usize>(template: &str, sections: [(&'static str, Fill); N]) -> String {
    let mut sections = BTreeMap::from(sections);
    let mut out = String::with_capacity(template.len());
    let mut keep = true;
    for line in template.split_inclusive('\n') {
        match marker(line) {
            Some(Marker::Rows(name)) => match sections.remove(name) {
                Some(Fill::Rows(rows)) => {
                    out.push_str(&rows);
                    keep = false;
                }
                _ => panic!("no rows for section `{name}`"),
            },
            Some(Marker::If(name)) => match sections.remove(name) {
                Some(Fill::If(condition)) => keep = condition,
                _ => panic!("no condition for section `{name}`"),
            },
            Some(Marker::End) => keep = true,
            None if keep => out.push_str(line),
            None => {}
        }
    }
    assert!(sections.is_empty(), "the template lacks {:?}", sections.keys());
    out
}

enum Marker<'a> {
    Rows(&'a str),
    If(&'a str),
    End,
}

fn marker(line: &str) -> Option<Marker<'_>> {
    let inner = line.trim().strip_prefix("// [")?.strip_suffix(']')?;
    match inner.split_once(": ") {
        Some(("rows", name)) => Some(Marker::Rows(name)),
        Some(("if", name)) => Some(Marker::If(name)),
        None if inner == "end" => Some(Marker::End),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_replaced_kept_and_dropped() {
        let template = "a\n// [if: x]\nb\n// [end]\n    // [rows: y]\n    old\n    // [end]\nc\n";
        let rows = || ("y", Fill::Rows("new\n".to_owned()));
        assert_eq!(fill(template, [("x", Fill::If(true)), rows()]), "a\nb\nnew\nc\n");
        assert_eq!(fill(template, [rows(), ("x", Fill::If(false))]), "a\nnew\nc\n");
    }
}
