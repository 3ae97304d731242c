//! Whether standard output was closed before the program started (`thunkgen ... >&-`).
//!
//! The standard library opens `/dev/null` in its place before `main`, so that a result would be lost without an error.
//! Who sends output to `/dev/null` on purpose must not get one, and by then the two look the same.
//!
//! The only code of the command line with `unsafe`.
#![cfg_attr(unix, allow(unsafe_code))]

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
mod before_main {
    use std::sync::atomic::{AtomicBool, Ordering};

    static IS_CLOSED: AtomicBool = AtomicBool::new(false);

    /// The loader calls the functions in this section before the standard library starts.
    #[used]
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
    #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
    static LOOK: extern "C" fn() = look;

    extern "C" fn look() {
        // SAFETY: the call only reads flags of the descriptor.
        let flags = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) };
        IS_CLOSED.store(flags == -1, Ordering::Relaxed);
    }

    pub fn is_closed() -> bool {
        IS_CLOSED.load(Ordering::Relaxed)
    }
}

/// Whether nothing can be written to standard output. On other systems, writing to it fails.
pub fn is_closed() -> bool {
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    return before_main::is_closed();
    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    false
}
