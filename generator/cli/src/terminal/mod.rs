//! How text is shown to people: colours, the width of lines, and excerpts of sources. Programs read other formats, or
//! the same lines as ever from a pipe.

mod excerpt;
mod full;
mod paint;

pub use full::render;
pub use paint::{STYLES, answer, diff, help, remark, short, statistics};

use std::io::IsTerminal;

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;

/// When text has colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set or CLICOLOR is 0; elsewhere if CLICOLOR_FORCE is set.
    #[default]
    Auto,
    /// In pipes and files too.
    Always,
    /// Nowhere.
    Never,
}

impl Color {
    fn is_used_on(self, stream: &impl RawStream) -> bool {
        match self {
            Color::Auto => AutoStream::choice(stream) != ColorChoice::Never,
            Color::Always => true,
            Color::Never => false,
        }
    }
}

/// Width of a terminal that does not say how wide it is, and of full diagnostics in a pipe.
const DEFAULT_WIDTH: usize = 100;

/// Longer lines of text are hard to read.
const MAX_WIDTH: usize = 120;

/// Narrower terminals break lines by themselves.
const MIN_WIDTH: usize = 40;

/// How the two streams are shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal {
    /// Whether results have colours.
    pub colors_results: bool,
    /// Whether diagnostics and remarks have colours.
    pub colors_reports: bool,
    /// Whether results go to a terminal.
    pub shows_results: bool,
}

impl Terminal {
    /// The streams of the process.
    pub fn of_process(color: Color) -> Terminal {
        Terminal {
            colors_results: color.is_used_on(&std::io::stdout()),
            colors_reports: color.is_used_on(&std::io::stderr()),
            shows_results: std::io::stdout().is_terminal(),
        }
    }
}

/// The width of lines: `COLUMNS`, or that of the terminal.
pub fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|&columns| columns > 0);
    #[cfg(not(target_os = "wasi"))]
    let size = || terminal_size::terminal_size_of(std::io::stderr());
    // WASI cannot know it; its host sets COLUMNS.
    #[cfg(target_os = "wasi")]
    let size = terminal_size::terminal_size;
    let of_terminal = || size().map(|(width, _)| usize::from(width.0)).filter(|&w| w > 0);
    columns.or_else(of_terminal).unwrap_or(DEFAULT_WIDTH).clamp(MIN_WIDTH, MAX_WIDTH)
}

/// A text in lines of at most `width` columns; longer words, such as paths, stay whole.
fn wrap(text: &str, width: usize, indent: &str) -> String {
    let options = textwrap::Options::new(width)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
        .subsequent_indent(indent);
    textwrap::fill(text, options)
}
