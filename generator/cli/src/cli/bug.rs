//! What happens when the tool itself is wrong: a panic becomes one message that says so.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::{Mutex, PoisonError};

use super::console::Console;

/// Message and place of the last panic, which only the hook is told.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Keeps panics quiet until [`report`]; with `RUST_BACKTRACE` set, the backtrace is printed.
pub fn install() {
    set_hook(Box::new(|panic| {
        let message = text(panic.payload());
        let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(format!("{message}{place}"));
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "{backtrace}");
        }
    }));
}

/// Runs `work`; a panic in it is returned as its message.
pub fn guard<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // What `work` leaves behind is only read for the report.
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let last = LAST.lock().unwrap_or_else(PoisonError::into_inner).take();
        last.unwrap_or_else(|| text(payload.as_ref()).to_owned())
    })
}

/// `guard` for a program of its own: from here on, panics are quiet.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    install();
    guard(work)
}

fn text(payload: &(dyn Any + Send)) -> &str {
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    owned.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("panic")
}

/// Tells the user whose fault it is, and what to do.
pub fn report(message: &str, step: &str, console: &mut Console<'_>) {
    console.remark(&format!("thunkgen: error: this is a bug in thunkgen: {message}, while {step}"));
    console.remark("thunkgen: no file was changed; please report it with the line above, the command and its inputs");
}
