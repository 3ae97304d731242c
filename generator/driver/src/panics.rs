//! What happens when the tool itself is wrong: a panic becomes a message.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};
use std::sync::{Mutex, PoisonError};

/// Message and place of the last panic, which only the hook gets.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Keeps panics quiet until they are reported; with `RUST_BACKTRACE` set, the backtrace is printed.
pub fn install() {
    set_hook(Box::new(|panic| {
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(describe(panic));
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "{backtrace}");
        }
    }));
}

/// Message and place of a panic.
pub fn describe(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
    format!("{}{place}", text(panic.payload()))
}

/// Runs `work`; a panic in it is returned as its message.
pub fn guard<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // What `work` leaves behind is only read for the report.
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let last = LAST.lock().unwrap_or_else(PoisonError::into_inner).take();
        last.unwrap_or_else(|| text(payload.as_ref()).to_owned())
    })
}

fn text(payload: &(dyn Any + Send)) -> &str {
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    owned.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("panic")
}
