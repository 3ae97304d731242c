//! The primitives: the standard library's, or those of the model checker when it is compiled with `--cfg loom`.
//!
//! Readers only use [`OnceLock::get`], which is one atomic load.

use std::sync::PoisonError;

#[cfg(not(loom))]
pub(crate) use std::sync::{MutexGuard, OnceLock, atomic::AtomicU32};

#[cfg(loom)]
pub(crate) use {
    loom::sync::MutexGuard,
    model::{AtomicU32, OnceLock},
};

#[cfg(not(loom))]
type RawMutex<T> = std::sync::Mutex<T>;
#[cfg(loom)]
type RawMutex<T> = loom::sync::Mutex<T>;

/// A lock that goes on working after a holder panicked: what it guards is consistent between any two statements.
#[derive(Debug)]
pub(crate) struct Mutex<T>(RawMutex<T>);

impl<T> Mutex<T> {
    pub fn new(value: T) -> Mutex<T> {
        Mutex(RawMutex::new(value))
    }

    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The standard library's types in words that the checker knows of.
#[cfg(loom)]
mod model {
    use std::sync::atomic::Ordering;

    use loom::sync::atomic as checked;

    use super::Mutex;

    /// A point where the checker tries every order of the threads. It goes by the last access to a word only: a store
    /// behind a load of the same thread would not be tried before another thread's earlier load. Relaxed, so that it
    /// makes nothing visible.
    #[derive(Debug)]
    struct Turn(checked::AtomicU32);

    impl Turn {
        fn new() -> Turn {
            Turn(checked::AtomicU32::new(0))
        }

        fn take(&self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[derive(Debug)]
    pub(crate) struct OnceLock<T> {
        turn: Turn,
        is_set: checked::AtomicBool,
        writer: Mutex<()>,
        value: std::sync::OnceLock<T>,
    }

    impl<T> OnceLock<T> {
        pub fn new() -> OnceLock<T> {
            let is_set = checked::AtomicBool::new(false);
            OnceLock { turn: Turn::new(), is_set, writer: Mutex::new(()), value: std::sync::OnceLock::new() }
        }

        pub fn get(&self) -> Option<&T> {
            self.turn.take();
            self.is_set.load(Ordering::Acquire).then(|| self.value.get()).flatten()
        }

        pub fn set(&self, value: T) -> Result<(), T> {
            let _writer = self.writer.lock();
            self.value.set(value)?;
            self.turn.take();
            self.is_set.store(true, Ordering::Release);
            Ok(())
        }

        pub fn take(&mut self) -> Option<T> {
            self.value.take()
        }
    }

    #[derive(Debug)]
    pub(crate) struct AtomicU32 {
        turn: Turn,
        word: checked::AtomicU32,
    }

    impl AtomicU32 {
        pub fn new(value: u32) -> AtomicU32 {
            AtomicU32 { turn: Turn::new(), word: checked::AtomicU32::new(value) }
        }

        pub fn load(&self, order: Ordering) -> u32 {
            self.turn.take();
            self.word.load(order)
        }

        pub fn store(&self, value: u32, order: Ordering) {
            self.turn.take();
            self.word.store(value, order);
        }

        pub fn compare_exchange(&self, old: u32, new: u32, done: Ordering, failed: Ordering) -> Result<u32, u32> {
            self.turn.take();
            self.word.compare_exchange(old, new, done, failed)
        }
    }
}
