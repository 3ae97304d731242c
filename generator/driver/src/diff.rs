//! Unified diffs for people: bounded, and harmless in a terminal.

use similar::{DiffOp, DiffableStr, TextDiff};

use thunkgen_diagnostics::escape_controls;

/// Lines shown of one file's diff.
const MAX_LINES: usize = 400;

/// Lines shown of all diffs of a run.
const MAX_LINES_OF_ALL: usize = 1200;

/// Characters shown of a line.
const MAX_CHARS: usize = 1_000;

/// Lines among which the shortest diff is searched, which can take time in proportion to the square of their number.
const MAX_SEARCHED: usize = 20_000;

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
    /// Adds the diff from what is on disk to what would be generated, and returns how many lines differ.
    pub fn add(&mut self, path: &str, found: &str, current: &str) -> usize {
        let (text, differing) = unified(path, &found.tokenize_lines(), &current.tokenize_lines());
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        if lines.len().min(MAX_LINES) > MAX_LINES_OF_ALL - self.shown {
            self.left_out.0 += 1;
            self.left_out.1 += lines.len();
        } else {
            self.show(path, &lines);
        }
        differing
    }

    fn show(&mut self, path: &str, lines: &[&str]) {
        for line in lines.iter().take(MAX_LINES) {
            let line = line.strip_suffix('\n').unwrap_or(line);
            let end = line.char_indices().nth(MAX_CHARS).map_or(line.len(), |(end, _)| end);
            let (shown, rest) = line.split_at(end);
            // Tabs are harmless; all other invisible characters are shown as escapes.
            let parts: Vec<String> = shown.split('\t').map(escape_controls).collect();
            self.text += &parts.join("\t");
            if !rest.is_empty() {
                self.text += &format!("... ({} more characters)", rest.chars().count());
            }
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

/// The diff of two lists of lines, and how many of them differ. Of many lines, all between the first and the last
/// difference count as different.
fn unified(path: &str, old: &[&str], new: &[&str]) -> (String, usize) {
    let [before, after] = [format!("{path} (on disk)"), format!("{path} (generated)")];
    let is_equal = |(old, new): &(&&str, &&str)| old == new;
    let start = old.iter().zip(new).take_while(is_equal).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(is_equal).count();
    let (removed, added) = (&old_rest[..old_rest.len() - end], &new_rest[..new_rest.len() - end]);
    if removed.len() + added.len() <= MAX_SEARCHED {
        let diff = TextDiff::configure().newline_terminated(true).diff_slices(old, new);
        let text = diff.unified_diff().header(&before, &after).to_string();
        return (text, diff.ops().iter().map(differing).sum());
    }
    let (from, old_count, new_count) = (start + 1, removed.len(), added.len());
    let mut text = format!("--- {before}\n+++ {after}\n@@ -{from},{old_count} +{from},{new_count} @@\n");
    for (sign, line) in removed.iter().map(|line| ('-', line)).chain(added.iter().map(|line| ('+', line))) {
        text += &format!("{sign}{}\n", line.trim_end_matches('\n'));
    }
    (text, old_count.max(new_count))
}

/// Lines that an operation changes, removes or adds.
fn differing(op: &DiffOp) -> usize {
    match op {
        DiffOp::Equal { .. } => 0,
        _ => op.old_range().len().max(op.new_range().len()),
    }
}
