//! The blocks of a generated file: each ends with a check of its own text, so that branches that change different
//! blocks merge without a conflict, and an edit by hand is still found.
//!
//! ```text
//!     { "Miid", (void*)&CallFunc_I32_F64_RetI32 }, // 5d1f0c2a
//! ```
//! The check is FNV-1a 64, folded to 32 bits, over the lines since the check before. Empty lines do not count, since they
//! separate blocks; line endings count as `\n`, since version control may have rewritten them.

use std::fmt::Write as _;

use super::header::{FNV1A64_START, fnv1a64_on};

/// The end of a line that ends a block, before [`seal`] writes the check in its place.
pub(super) const END: &str = " // 00000000";

/// The text with the check of each block.
pub(super) fn seal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    seal_lines(marked(text), &mut out);
    out
}

/// The lines of a text, and whether each ends a block.
pub(super) fn marked(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.lines().map(|line| line.strip_suffix(END).map_or((line, false), |content| (content, true)))
}

/// Adds lines, and the check of each block after the line that ends it.
pub(super) fn seal_lines<'t>(lines: impl Iterator<Item = (&'t str, bool)>, out: &mut String) {
    let mut block = Block::default();
    for (line, is_end) in lines {
        out.push_str(line);
        if is_end {
            block.add(line.as_bytes());
            write!(out, " // {:08x}", block.check()).expect("writing to a string");
            block = Block::default();
        } else if !block.ends_with(line.as_bytes()) {
            // A comment that looks like a check counts as what a reader takes it for.
            block.add(line.as_bytes());
        }
        out.push('\n');
    }
}

/// Whether every block has its check, and nothing follows the last one.
pub(super) fn are_intact(text: &[u8]) -> bool {
    let mut block = Block::default();
    for line in text.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !block.ends_with(line) {
            block.add(line);
        }
    }
    block.hash == FNV1A64_START
}

/// The lines of a file since the last check.
struct Block {
    hash: u64,
}

impl Default for Block {
    fn default() -> Block {
        Block { hash: FNV1A64_START }
    }
}

impl Block {
    fn add(&mut self, line: &[u8]) {
        if !line.is_empty() {
            self.hash = fnv1a64_on(fnv1a64_on(self.hash, line), b"\n");
        }
    }

    fn check(&self) -> u64 {
        (self.hash >> 32) ^ (self.hash & 0xffff_ffff)
    }

    /// Starts a new block if this one ends with the line. A line that only looks like its end is part of the block.
    fn ends_with(&mut self, line: &[u8]) -> bool {
        let Some((content, check)) = line.split_last_chunk::<8>() else { return false };
        let Some(content) = content.strip_suffix(b" // ") else { return false };
        let check = std::str::from_utf8(check).ok().and_then(|digits| u64::from_str_radix(digits, 16).ok());
        let mut whole = Block { hash: self.hash };
        whole.add(content);
        let ends = check == Some(whole.check());
        if ends {
            *self = Block::default();
        }
        ends
    }
}

/// The lines of a text, and whether each ends a block: the last one of each paragraph, and those that `ends_block`. A
/// paragraph ends before an empty line, after the last declaration between braces, and with the text.
pub(super) fn paragraphs(text: &str, ends_block: impl Fn(&str) -> bool) -> impl Iterator<Item = (&str, bool)> {
    let mut lines = text.lines().peekable();
    std::iter::from_fn(move || {
        let line = lines.next()?;
        let is_last = lines.peek().is_none();
        let ends_paragraph = lines.peek().is_none_or(|next| next.is_empty() || (*next == "}" && line.ends_with(';')));
        // Comments and directives stay as they are, and a backslash continues the line.
        let is_plain = !line.trim_start().starts_with("//") && (!line.starts_with('#') || line == "#endif");
        let takes_check = !line.is_empty() && is_plain && !line.ends_with('\\');
        Some((line, is_last || ends_block(line) || (ends_paragraph && takes_check)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_text_is_intact_and_a_change_inside_a_block_is_not() {
        let sealed = seal("int a;\n\nint b; // 00000000\n\nint c; // 00000000\n");
        assert!(are_intact(sealed.as_bytes()), "{sealed}");
        assert!(are_intact(sealed.replace('\n', "\r\n").as_bytes()), "{sealed}");
        for (from, to) in [("int b", "int d"), ("int a;\n", ""), ("c; //", "c; /"), ("\n\nint c", "\nint c; int c")] {
            assert!(!are_intact(sealed.replace(from, to).as_bytes()), "{from}");
        }
        assert!(!are_intact(format!("{sealed}int d;\n").as_bytes()));
    }

    /// Blocks that came, went or moved, as after a merge.
    #[test]
    fn whole_blocks_may_come_and_go() {
        let sealed = seal("a // 00000000\n\nb // 00000000\nc // 00000000\n");
        let blocks: Vec<&str> = sealed.split_inclusive('\n').collect();
        assert_eq!(blocks.len(), 4);
        assert!(are_intact([blocks[0], blocks[3]].concat().as_bytes()), "{sealed}");
        assert!(are_intact([blocks[3], blocks[2], blocks[0]].concat().as_bytes()), "{sealed}");
        assert_eq!(seal("b // 00000000\n"), blocks[2], "a check depends on its own block alone");
    }

    #[test]
    fn text_that_looks_like_a_check_is_text() {
        let sealed = seal("/// ends // deadbeef\n/// in // 0000000g\nfn f(); // 00000000\n");
        assert!(are_intact(sealed.as_bytes()), "{sealed}");
        // Not even with the right value.
        let real = seal("a // 00000000\n");
        let sealed = seal(&format!("{real}b // 00000000\n"));
        assert!(sealed.starts_with(&real) && are_intact(sealed.as_bytes()), "{sealed}");
    }

    #[test]
    fn paragraphs_are_blocks() {
        let marked = |text: &str| -> String {
            let lines = paragraphs(text, |line| line.ends_with('{'));
            lines.map(|(line, is_end)| format!("{line}{}\n", if is_end { END } else { "" })).collect()
        };
        let expected =
            "// head\n\ntrait A { // 00000000\n    fn f(); // 00000000\n\n    fn g(); // 00000000\n} // 00000000\n";
        assert_eq!(marked("// head\n\ntrait A {\n    fn f();\n\n    fn g();\n}\n"), expected);
        assert_eq!(marked("// only\n"), "// only // 00000000\n");
    }
}
