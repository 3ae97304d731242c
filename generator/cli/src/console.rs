//! The output streams. A reader that goes away (`| head`) ends the output, not the program.

use std::io::{self, Write};

use super::args::Format;
use thunkgen_diagnostics::{
    Diagnostics, Findings, Location, azure, catalogue, escape_controls, github, gitlab, json, sarif,
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
        Console { out: stream(out), err: stream(err), format: Format::Text, interactive: false, is_closed: false }
    }

    /// Writes a result of the run as it is.
    pub fn artefact(&mut self, text: &str) {
        match self.format {
            Format::Azure => self.out.write(&azure::without_commands(text)),
            _ => self.out.write(text),
        }
    }

    /// Writes several lines to the stream of remarks.
    pub fn report(&mut self, text: &str) {
        self.report_stream().write(text);
    }

    /// Writes one line about the run.
    pub fn remark(&mut self, line: &str) {
        let mut line = format!("{}\n", escape_controls(line));
        if self.format == Format::Azure {
            line = azure::without_commands(&line).into_owned();
        }
        self.report_stream().write(&line);
    }

    /// Writes an error in the command line: as text, or as a diagnostic in any other format.
    pub fn mistake(&mut self, message: &str) {
        if self.format == Format::Text {
            return self.remark(&format!("error: {message}"));
        }
        let mut sink = Diagnostics::default();
        sink.report(&catalogue::BAD_USAGE, Location::default(), message);
        self.findings(&sink.into_findings());
    }

    /// Writes all diagnostics of a run in the console's format.
    pub fn findings(&mut self, findings: &Findings) {
        let diagnostics = &findings.diagnostics;
        match self.format {
            Format::Text | Format::Msbuild => {
                let lines: String = diagnostics.iter().map(|diagnostic| format!("{diagnostic}\n")).collect();
                self.report_stream().write(&lines);
            }
            Format::Github => self.out.write(&github::render(diagnostics)),
            Format::Azure => self.out.write(&azure::render(diagnostics)),
            Format::Gitlab => self.out.write(&gitlab::render(diagnostics, &working_directory())),
            Format::Json => self.out.write(&json::render(diagnostics)),
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
    fn a_build_log_has_one_stream() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut console = Console::new(&mut out, &mut err);
        console.format = Format::Msbuild;
        console.remark("a\nb");
        console.finish().unwrap();
        assert_eq!((out, err), (b"a\\nb\n".to_vec(), Vec::new()));
    }
}
