//! Filling the rows of a template.
//!
//! A template is C++ that compiles as it is, with example rows between marker lines; `templates/README.md` lists the
//! markers.

use std::collections::BTreeMap;

/// What takes the place of a section.
#[derive(Debug)]
pub(super) enum Fill {
    /// These lines instead of the example rows.
    Rows(String),
    /// The text of the section if true, nothing otherwise.
    If(bool),
}

/// The text of `template` with every section filled.
///
/// # Panics
/// When template and sections do not belong together, which is a bug that the first test of the file finds.
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
