//! The output streams. A reader that goes away (`| head`) ends the output, not the program.

use std::borrow::Cow;
use std::io::{self, Write};

use super::args::Format;
use super::terminal::{self, Color, Terminal};
use thunkgen_diagnostics::{
    Diagnostic, Diagnostics, Findings, Level, Location, azure, catalogue, github, gitlab, json, sarif,
};
use thunkgen_driver::error::reason;
use thunkgen_driver::working_directory;

/// Where a run writes to: results and diffs to one stream, diagnostics and remarks to the other.
pub struct Console<'a> {
    out: Stream<'a>,
    err: Stream<'a>,
    /// Decides which stream diagnostics and remarks go to.
    pub format: Format,
    /// Whether the second stream is a terminal.
    pub interactive: bool,
    /// Whether the first stream was closed.
    pub is_closed: bool,
    /// Which streams have colours.
    pub terminal: Terminal,
    /// Which streams have colours if the user asks for them like this.
    pub terminal_of: fn(Color) -> Terminal,
    /// Whether only errors are reported.
    pub is_quiet: bool,
    /// Whether codes are counted after the diagnostics.
    pub has_statistics: bool,
}

struct Stream<'a> {
    writer: &'a mut dyn Write,
    is_used: bool,
    failed: Option<io::Error>,
}

impl Stream<'_> {
    fn write(&mut self, text: &str) {
        self.is_used |= !text.is_empty();
        self.attempt(|writer| writer.write_all(text.as_bytes()));
    }

    fn attempt(&mut self, action: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        if self.failed.is_none() {
            self.failed = action(self.writer).err();
        }
    }
}

impl<'a> Console<'a> {
    /// A console on two streams, with the text format.
    pub fn new(out: &'a mut dyn Write, err: &'a mut dyn Write) -> Console<'a> {
        let stream = |writer| Stream { writer, is_used: false, failed: None };
        Console {
            out: stream(out),
            err: stream(err),
            format: Format::Text,
            interactive: false,
            is_closed: false,
            terminal: Terminal::default(),
            terminal_of: |_| Terminal::default(),
            is_quiet: false,
            has_statistics: false,
        }
    }

    /// Writes a result of the run as it is.
    pub fn artefact(&mut self, text: &str) {
        self.out.write(&neutral(self.format, text));
    }

    /// Writes a result for people, with colours if it is shown to them.
    pub fn answer(&mut self, text: &str) {
        let Terminal { colors_results, shows_results, .. } = self.terminal;
        match (colors_results || shows_results) && !self.format.is_build_log() {
            true => self.out.write(&terminal::answer(text, colors_results, shows_results.then(terminal::width))),
            false => self.artefact(text),
        }
    }

    /// Writes a unified diff.
    pub fn diff(&mut self, text: &str) {
        match self.terminal.colors_results && !self.format.is_build_log() {
            true => self.out.write(&terminal::diff(text)),
            false => self.artefact(text),
        }
    }

    /// Writes help as a result, or an error in the command line with it.
    pub fn help(&mut self, error: &clap::Error) {
        let has_colors = if error.use_stderr() { self.terminal.colors_reports } else { self.terminal.colors_results };
        let text = error.render();
        let text = if has_colors { terminal::help(&text.ansi().to_string()) } else { text.to_string() };
        let stream = if error.use_stderr() { self.report_stream() } else { &mut self.out };
        stream.write(&text);
    }

    /// Writes one line about the run, unless only errors are wanted.
    pub fn remark(&mut self, line: &str) {
        if !self.is_quiet {
            self.failure(line);
        }
    }

    /// Writes one line that says why there is no result.
    pub fn failure(&mut self, line: &str) {
        let is_log = self.format.is_build_log();
        let width = (self.interactive && !is_log).then(terminal::width);
        let line = terminal::remark(line, self.terminal.colors_reports && !is_log, width) + "\n";
        let line = neutral(self.format, &line);
        self.report_stream().write(&line);
    }

    /// Writes an error in the command line: as text, or as a diagnostic in any other format.
    pub fn mistake(&mut self, message: &str) {
        if self.format.is_text() {
            return self.failure(&format!("error: {message}"));
        }
        let mut sink = Diagnostics::default();
        sink.report(&catalogue::BAD_USAGE, Location::default(), message);
        self.findings(&sink.into_findings());
    }

    /// Writes all diagnostics of a run in the console's format. Documents are complete even if only errors are wanted.
    pub fn findings(&mut self, findings: &Findings) {
        let mut diagnostics = Cow::Borrowed(&findings.diagnostics[..]);
        if self.is_quiet {
            diagnostics.to_mut().retain(|diagnostic| diagnostic.level == Level::Error);
        }
        let has_colors = self.terminal.colors_reports && !self.format.is_build_log();
        self.list(&diagnostics, findings, has_colors);
        if self.has_statistics {
            let text = terminal::statistics(&diagnostics, has_colors);
            // On a terminal, after the line with the advice.
            let text = if self.interactive && !text.is_empty() { format!("\n{text}") } else { text };
            self.report_stream().write(&text);
        }
    }

    fn list(&mut self, diagnostics: &[Diagnostic], findings: &Findings, has_colors: bool) {
        match self.format {
            Format::Text | Format::Full if self.interactive || self.format == Format::Full => {
                let text = terminal::render(diagnostics, has_colors, terminal::width());
                self.report_stream().write(&text);
            }
            Format::Text | Format::Full | Format::Short | Format::Msbuild => {
                let lines: String =
                    diagnostics.iter().map(|diagnostic| terminal::short(diagnostic, has_colors) + "\n").collect();
                self.report_stream().write(&lines);
            }
            Format::Github => self.out.write(&github::render(diagnostics)),
            Format::Azure => self.out.write(&azure::render(diagnostics)),
            Format::Gitlab => self.out.write(&gitlab::render(&findings.diagnostics, &working_directory())),
            Format::Json => self.out.write(&json::render(&findings.diagnostics)),
            Format::Sarif => self.out.write(&sarif::render(findings)),
        }
    }

    /// Why standard output could not be written, unless its reader closed it.
    pub fn finish(&mut self) -> Result<(), String> {
        self.out.attempt(|writer| writer.flush());
        self.err.attempt(|writer| writer.flush());
        match &self.out.failed {
            None if self.is_closed && self.out.is_used => Err("it is closed".to_owned()),
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(reason(error)),
            _ => Ok(()),
        }
    }

    fn report_stream(&mut self) -> &mut Stream<'a> {
        // One stream, so that a build log has everything in order.
        if self.format.is_build_log() {
            return &mut self.out;
        }
        // A terminal shows both streams: keep their order.
        self.out.attempt(|writer| writer.flush());
        &mut self.err
    }
}

/// A text in which the reader of a build log finds no command: it may contain parts of files.
fn neutral(format: Format, text: &str) -> Cow<'_, str> {
    match format {
        Format::Azure => azure::without_commands(text),
        Format::Github => github::without_commands(text),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes some bytes, then fails.
    struct Limited(usize, io::ErrorKind);

    impl Write for Limited {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(self.1.into());
            }
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_not_an_error() {
        for (kind, result) in
            [(io::ErrorKind::BrokenPipe, Ok(())), (io::ErrorKind::StorageFull, Err("the disk is full".to_owned()))]
        {
            let (mut out, mut err) = (Limited(3, kind), Limited(0, kind));
            let mut console = Console::new(&mut out, &mut err);
            console.artefact("artefact\n");
            console.artefact("artefact\n");
            console.remark("remark");
            assert_eq!(console.finish(), result);
        }
    }

    #[test]
    fn a_build_log_has_no_commands_of_files() {
        for (format, text, expected) in [
            (Format::Azure, "+##vso[task.complete]\n", "+##_vso[task.complete]\n"),
            (Format::Github, "+##[add-mask]a\n ::stop-commands::a\n", "+##_[add-mask]a\n :_:stop-commands::a\n"),
        ] {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let mut console = Console::new(&mut out, &mut err);
            console.format = format;
            console.terminal = Terminal { colors_results: true, ..Terminal::default() };
            console.diff(text);
            console.answer(text);
            console.finish().unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected.repeat(2));
        }
    }

    #[test]
    fn a_build_log_has_one_stream() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut console = Console::new(&mut out, &mut err);
        console.format = Format::Msbuild;
        console.remark("a\nb");
        console.finish().unwrap();
        assert_eq!((out, err), (b"a\\nb\n".to_vec(), Vec::new()));
    }
}
