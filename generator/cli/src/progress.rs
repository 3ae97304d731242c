//! What the tool is doing: for a line on a terminal when it takes long, and for the report of a bug.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Work that is done sooner is not worth a line.
const DELAY: Duration = Duration::from_millis(500);

/// The current step of the work. Dropping it removes the line.
pub struct Progress {
    shared: Arc<Shared>,
    painter: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    step: String,
    finished: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    /// Keeps the step only.
    pub fn silent() -> Progress {
        Progress { shared: Arc::default(), painter: None }
    }

    /// Also shows it on a terminal that is standard error.
    pub fn on_terminal() -> Progress {
        let shared: Arc<Shared> = Arc::default();
        let theirs = Arc::clone(&shared);
        Progress {
            shared,
            painter: std::thread::Builder::new().spawn(move || paint(&theirs, DELAY, &mut std::io::stderr())).ok(),
        }
    }

    /// Says what is done from now on, as in "reading assemblies".
    pub fn step(&self, step: impl Into<String>) {
        self.shared.lock().step = step.into();
        self.shared.changed.notify_one();
    }

    /// What was being done last.
    pub fn current(&self) -> String {
        self.shared.lock().step.clone()
    }

    /// Removes the line from the terminal, so that other text can be written; nothing is shown any more.
    pub fn finish(&mut self) {
        self.shared.lock().finished = true;
        self.shared.changed.notify_one();
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

fn paint(shared: &Shared, delay: Duration, terminal: &mut dyn Write) {
    let state = shared.lock();
    let wait = shared.changed.wait_timeout_while(state, delay, |state| !state.finished);
    let (mut state, _) = wait.unwrap_or_else(PoisonError::into_inner);
    let mut shown = false;
    while !state.finished {
        shown = true;
        // Cleared to the end of the line each time: steps differ in length.
        let _ = write!(terminal, "\rthunkgen: {}...\x1b[K", state.step);
        let _ = terminal.flush();
        state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    if shown {
        let _ = write!(terminal, "\r\x1b[K");
        let _ = terminal.flush();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    /// A terminal that reports its first text.
    struct Terminal(Vec<u8>, Sender<()>);

    impl Write for Terminal {
        fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
            self.0.extend(text);
            let _ = self.1.send(());
            Ok(text.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn work_that_is_done_shows_nothing() {
        let (shared, mut terminal) = (Shared::default(), Terminal(Vec::new(), channel().0));
        shared.lock().finished = true;
        paint(&shared, DELAY, &mut terminal);
        assert_eq!(terminal.0, b"");
    }

    #[test]
    fn long_work_shows_a_line_and_removes_it() {
        let shared = Shared::default();
        shared.lock().step = "reading".into();
        let (sender, first_text) = channel();
        let mut terminal = Terminal(Vec::new(), sender);
        std::thread::scope(|scope| {
            scope.spawn(|| paint(&shared, Duration::ZERO, &mut terminal));
            first_text.recv().expect("a line");
            shared.lock().finished = true;
            shared.changed.notify_one();
        });
        let text = String::from_utf8(terminal.0).unwrap();
        assert!(text.starts_with("\rthunkgen: reading...") && text.ends_with("\r\x1b[K"), "{text:?}");
    }
}
