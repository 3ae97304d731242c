//! An example of each code: what the tool printed in a test, and what fixed it if the test shows that.

/// Blocks of a code and the lines of its example, made from the recorded sessions:
/// `BLESS=1 cargo test -p thunkgen-tests --test it diagnostics_page::`.
const EXAMPLES: &str = include_str!("examples.txt");

/// Lines of a terminal that show a code: its message; or a command after `$ `, its message, and the command that works.
pub fn example(code: &str) -> Option<&'static str> {
    let blocks = EXAMPLES.split("\n\n").filter_map(|block| block.trim_start().split_once('\n'));
    blocks.into_iter().find(|(of, _)| *of == code).map(|(_, lines)| lines.trim_end())
}
