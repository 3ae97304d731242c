//! Unified diffs for people: bounded, and harmless in a terminal.

use std::time::Duration;

use similar::TextDiff;

use crate::diagnostics::escape_controls;

/// Lines shown of one file's diff.
const MAX_LINES: usize = 400;

/// A diff of two unrelated files need not be the shortest one.
const TIME_LIMIT: Duration = Duration::from_secs(1);

/// From what is on disk to what would be generated.
pub fn unified(path: &str, found: &str, current: &str) -> String {
    let diff = TextDiff::configure().timeout(TIME_LIMIT).diff_lines(found, current);
    let mut unified = diff.unified_diff();
    let text = unified.header(&format!("{path} (on disk)"), &format!("{path} (generated)")).to_string();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut out = String::new();
    for line in lines.iter().take(MAX_LINES) {
        let line = line.strip_suffix('\n').unwrap_or(line);
        // Tabs are no danger; everything else invisible is shown as what it is.
        let parts: Vec<String> = line.split('\t').map(escape_controls).collect();
        out += &parts.join("\t");
        out.push('\n');
    }
    if let Some(more) = lines.len().checked_sub(MAX_LINES).filter(|&more| more > 0) {
        out += &format!("... {more} more lines differ in {}\n", escape_controls(path));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_disk_is_taken_away() {
        let text = unified("a.cpp", "1\n2\x1b[31m\r\n3\n", "1\n2\n3\n");
        let expected = "--- a.cpp (on disk)\n+++ a.cpp (generated)\n@@ -1,3 +1,3 @@\n 1\n-2\\u{1b}[31m\\r\n+2\n 3\n";
        assert_eq!(text, expected);
        assert!(unified("a", "1", "1\n").contains("\\ No newline at end of file"));
    }

    #[test]
    fn a_long_diff_ends_with_a_count() {
        let numbers = |from: usize| (from..from + 300).map(|n| format!("{n}\n")).collect::<String>();
        let text = unified("a.cpp", &numbers(0), &numbers(1000));
        assert_eq!(text.lines().count(), 401);
        assert!(text.ends_with("\n... 203 more lines differ in a.cpp\n"), "{text}");
    }
}
