//! Unified diffs for people: bounded, and harmless in a terminal.

use std::time::Duration;

use similar::{DiffOp, TextDiff};

use thunkgen_diagnostics::escape_controls;

/// Lines shown of one file's diff.
const MAX_LINES: usize = 400;

/// Lines shown of all diffs of a run.
const MAX_LINES_OF_ALL: usize = 1200;

/// A diff of two unrelated files need not be the shortest one.
const TIME_LIMIT: Duration = Duration::from_secs(1);

/// The diffs of a run, as text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Diffs {
    text: String,
    /// Lines of `text`.
    shown: usize,
    /// Files that are not shown at all, and how many lines their diffs have.
    left_out: (usize, usize),
}

impl Diffs {
    /// Adds the diff from what is on disk to what would be generated, and says how many lines differ.
    pub fn add(&mut self, path: &str, found: &str, current: &str) -> usize {
        let diff = TextDiff::configure().timeout(TIME_LIMIT).diff_lines(found, current);
        let mut unified = diff.unified_diff();
        let text = unified.header(&format!("{path} (on disk)"), &format!("{path} (generated)")).to_string();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        if lines.len().min(MAX_LINES) > MAX_LINES_OF_ALL - self.shown {
            self.left_out.0 += 1;
            self.left_out.1 += lines.len();
        } else {
            self.show(path, &lines);
        }
        diff.ops().iter().map(differing).sum()
    }

    fn show(&mut self, path: &str, lines: &[&str]) {
        for line in lines.iter().take(MAX_LINES) {
            let line = line.strip_suffix('\n').unwrap_or(line);
            // Tabs are no danger; everything else invisible is shown as what it is.
            let parts: Vec<String> = line.split('\t').map(escape_controls).collect();
            self.text += &parts.join("\t");
            self.text.push('\n');
        }
        self.shown += lines.len().min(MAX_LINES);
        if let Some(more) = lines.len().checked_sub(MAX_LINES).filter(|&more| more > 0) {
            self.text += &format!("... {more} more lines differ in {}\n", escape_controls(path));
        }
    }

    /// The diffs that fit, and a count of what was left out.
    pub fn into_text(mut self) -> String {
        let (files, lines) = self.left_out;
        if files > 0 {
            let noun = if files == 1 { "file" } else { "files" };
            self.text += &format!("... {lines} more lines in the diffs of {files} more {noun}\n");
        }
        self.text
    }
}

/// Lines that an operation changes, removes or adds.
fn differing(op: &DiffOp) -> usize {
    match op {
        DiffOp::Equal { .. } => 0,
        _ => op.old_range().len().max(op.new_range().len()),
    }
}
