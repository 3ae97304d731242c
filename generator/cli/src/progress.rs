//! The current step: for a line on a terminal if the work takes long, and for the message of an internal error.

use std::io::Write;
use std::iter;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Shorter work does not show a line.
const DELAY: Duration = Duration::from_millis(500);

/// The current step of the work. Dropping it removes the line.
pub struct Progress {
    step: Mutex<String>,
    /// Sends every step to the thread that shows it; dropping it ends the thread.
    steps: Option<Sender<String>>,
    painter: Option<JoinHandle<()>>,
}

impl Progress {
    /// Only keeps the step.
    pub fn silent() -> Progress {
        Progress { step: Mutex::default(), steps: None, painter: None }
    }

    /// Also shows it on a terminal, which is standard error.
    pub fn on_terminal() -> Progress {
        let (steps, received) = channel();
        let painter = std::thread::Builder::new().spawn(move || paint(&received, &mut std::io::stderr())).ok();
        Progress { step: Mutex::default(), steps: Some(steps), painter }
    }

    /// Starts a step, such as "reading assemblies".
    pub fn step(&self, step: impl Into<String>) {
        let step = step.into();
        if let Some(steps) = &self.steps {
            let _ = steps.send(step.clone());
        }
        *self.step.lock().unwrap_or_else(PoisonError::into_inner) = step;
    }

    /// The last step.
    pub fn current(&self) -> String {
        self.step.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Removes the line from the terminal, so that other text can be written; later steps are not shown.
    pub fn finish(&mut self) {
        self.steps = None;
        if let Some(painter) = self.painter.take() {
            let _ = painter.join();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

fn paint(steps: &Receiver<String>, terminal: &mut dyn Write) {
    let end = Instant::now() + DELAY;
    let mut step = String::new();
    loop {
        match steps.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(next) => step = next,
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
    // Overwritten with spaces each time: steps differ in length, and not every console of Windows knows escapes.
    let mut shown = 0_usize;
    let mut show = |text: &str| {
        let length = text.chars().count();
        let rest = " ".repeat(shown.saturating_sub(length));
        let _ = write!(terminal, "\r{text}{rest}");
        let _ = terminal.flush();
        shown = length;
    };
    for step in iter::once(step).chain(steps) {
        show(&format!("thunkgen: {step}..."));
    }
    show("");
    let _ = write!(terminal, "\r");
    let _ = terminal.flush();
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    /// Ends the work after the first line.
    struct Terminal(Vec<u8>, Option<Sender<String>>);

    impl Write for Terminal {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            self.1 = None;
            Ok(())
        }
    }

    fn painted(is_short: bool) -> String {
        let (steps, received) = channel();
        steps.send("reading".to_owned()).unwrap();
        let mut terminal = Terminal(Vec::new(), (!is_short).then_some(steps));
        paint(&received, &mut terminal);
        String::from_utf8(terminal.0).unwrap()
    }

    #[test]
    fn short_work_shows_nothing() {
        assert_eq!(painted(true), "");
    }

    #[test]
    fn long_work_shows_a_line_and_removes_it() {
        let line = "thunkgen: reading...";
        assert_eq!(painted(false), format!("\r{line}\r{}\r", " ".repeat(line.len())));
    }
}
