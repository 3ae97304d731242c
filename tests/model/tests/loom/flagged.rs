//! A list as a runtime once had it, with a known defect: it holds descriptors, and each descriptor a flag that says
//! whether it waits. The flag is set and cleared by atomic operations of its own, outside of the lock, and a walk goes
//! by what is in the list. A descriptor that is released and used again stays in the list, so that a walk takes the
//! new method for the old one. The checks of the real list must notice.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use loom::sync::Mutex;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use thunkgen_registry::{PendingThunk, Registry};

use crate::{FIRST, outcomes, registry, spawn, thunk};

/// Keys by what a descriptor's method stands for.
const KEYS: [&str; 2] = ["IA", "IB"];

struct Descriptor {
    method: AtomicUsize,
    is_pending: AtomicBool,
    entry: Arc<PendingThunk>,
}

#[derive(Default)]
struct FlaggedList {
    descriptors: Mutex<Vec<Arc<Descriptor>>>,
    /// Whether a walk looks at the flag, which narrows the gap and does not close it.
    checks_flag: bool,
}

impl FlaggedList {
    fn add(&self, registry: &Registry<'_>, descriptor: &Arc<Descriptor>) {
        let mut descriptors = self.descriptors.lock().expect("no panic");
        if descriptor.is_pending.swap(true, Ordering::AcqRel) {
            return;
        }
        let method = descriptor.method.load(Ordering::Acquire);
        match thunk(registry, KEYS[method]) {
            0 => descriptors.push(descriptor.clone()),
            found => {
                descriptor.entry.try_set(found);
                descriptor.is_pending.store(false, Ordering::Release);
            }
        }
    }

    fn release(&self, descriptor: &Descriptor) {
        descriptor.is_pending.store(false, Ordering::Release);
    }

    fn resolve(&self, registry: &Registry<'_>) {
        self.descriptors.lock().expect("no panic").retain(|descriptor| {
            if self.checks_flag && !descriptor.is_pending.load(Ordering::Acquire) {
                return false;
            }
            let method = descriptor.method.load(Ordering::Acquire);
            let found = thunk(registry, KEYS[method]);
            if found != 0 {
                descriptor.entry.try_set(found);
                descriptor.is_pending.store(false, Ordering::Release);
            }
            found == 0
        });
    }
}

/// The model of `a_recycled_descriptor_is_not_taken_for_its_predecessor`, over the list with the defect.
fn recycle_during_injection(checks_flag: bool) {
    let registry = registry();
    let list = Arc::new(FlaggedList { checks_flag, ..FlaggedList::default() });
    let descriptor = Arc::new(Descriptor {
        method: AtomicUsize::new(0),
        is_pending: AtomicBool::new(false),
        entry: PendingThunk::new(),
    });
    list.add(&registry, &descriptor);
    let (other, same) = (registry.clone(), list.clone());
    let injection = spawn(move || {
        other.inject(&FIRST, 0).expect("a whole fixup");
        same.resolve(&other);
    });

    list.release(&descriptor);
    descriptor.entry.recycle();
    descriptor.method.store(1, Ordering::Release);
    assert_eq!(descriptor.entry.thunk(), 0, "a descriptor that does not wait got a thunk");
    list.add(&registry, &descriptor);

    injection.join().expect("no panic");
    assert_eq!(descriptor.entry.thunk(), 12, "the thunk of the predecessor");
}

#[test]
fn a_list_of_flagged_descriptors_is_caught() {
    for checks_flag in [false, true] {
        let run = || outcomes(None, move || recycle_during_injection(checks_flag));
        let panic = catch_unwind(AssertUnwindSafe(run)).expect_err("the defect went unnoticed");
        let message = panic.downcast_ref::<String>().expect("a message of assert_eq");
        let known = ["a descriptor that does not wait got a thunk", "the thunk of the predecessor"];
        assert!(known.iter().any(|known| message.contains(known)), "{message}");
    }
}
