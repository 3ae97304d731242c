//! Entry points that start or stop waiting while images are loaded.

use thunkgen_registry::{AddPending, PendingThunk};

use crate::{FIRST, SECOND, outcomes, registry, spawn, thunk};

#[test]
fn no_wake_up_is_lost() {
    let seen = outcomes(None, || {
        let registry = registry();
        let owner = registry.new_owner();
        let entry = PendingThunk::new();
        let other = registry.clone();
        let injection = spawn(move || other.inject(&FIRST, 0).expect("a whole fixup").resolved);
        let added = registry.add_pending(owner, "IB", &entry);
        let resolved = injection.join().expect("no panic");
        match added {
            AddPending::Resolved => assert_eq!(resolved, 0),
            AddPending::Waiting => assert_eq!(resolved, 1),
            _ => panic!("{added:?}"),
        }
        assert_eq!((entry.thunk(), registry.pending_count()), (12, 0));
        resolved
    });
    assert_eq!(seen, [0, 1].into());
}

#[test]
fn of_two_images_one_sets_the_thunk_and_the_other_leaves_it() {
    let seen = outcomes(3, || {
        let registry = registry();
        let owner = registry.new_owner();
        let entry = PendingThunk::new();
        let (one, other) = (registry.clone(), registry.clone());
        let first = spawn(move || one.inject(&FIRST, 0).expect("a whole fixup").resolved);
        let second = spawn(move || other.inject(&SECOND, 0).expect("a whole fixup").resolved);
        let added = registry.add_pending(owner, "IB", &entry);
        let before = entry.thunk();
        let resolved = first.join().expect("no panic") + second.join().expect("no panic");
        assert_eq!(resolved + usize::from(added == AddPending::Resolved), 1);
        assert_eq!(entry.thunk(), thunk(&registry, "IB"));
        assert!(before == 0 || before == entry.thunk(), "a thunk was replaced");
        (before, entry.thunk())
    });
    assert_eq!(seen, [(0, 12), (0, 21), (12, 12), (21, 21)].into());
}

#[test]
fn two_threads_may_ask_for_the_same_entry_point() {
    let seen = outcomes(None, || {
        let registry = registry();
        let owner = registry.new_owner();
        let entry = PendingThunk::new();
        let (other, same) = (registry.clone(), entry.clone());
        let asked = spawn(move || other.add_pending(owner, "IB", &same));
        let added = [registry.add_pending(owner, "IB", &entry), asked.join().expect("no panic")];
        assert!(added.contains(&AddPending::Waiting) && added.contains(&AddPending::AlreadyWaiting), "{added:?}");
        assert_eq!(registry.inject(&FIRST, 0).expect("a whole fixup").resolved, 1);
        assert_eq!(registry.pending_count(), 0);
        added[0] == AddPending::Waiting
    });
    assert_eq!(seen, [false, true].into());
}

#[test]
fn a_removed_owner_is_left_alone() {
    let seen = outcomes(None, || {
        let registry = registry();
        let owner = registry.new_owner();
        let (early, late) = (PendingThunk::new(), PendingThunk::new());
        registry.add_pending(owner, "IA", &early);
        let (one, other, same) = (registry.clone(), registry.clone(), late.clone());
        let injection = spawn(move || one.inject(&FIRST, 0).expect("a whole fixup").resolved);
        let adding = spawn(move || other.add_pending(owner, "IC", &same));
        registry.remove_pending_owner(owner);
        let seen = early.thunk();
        let added = adding.join().expect("no panic");
        assert!(matches!(added, AddPending::Waiting | AddPending::OwnerRemoved), "{added:?}");
        assert_eq!(registry.pending_count(), 0, "an owner registered itself again");
        let resolved = injection.join().expect("no panic");
        assert_eq!(early.thunk(), seen, "a thunk was set after its owner was gone");
        assert_eq!((seen, resolved), if resolved == 1 { (11, 1) } else { (0, 0) });
        registry.inject(&SECOND, 0).expect("a whole fixup");
        assert_eq!(late.thunk(), 0);
        (resolved, added == AddPending::Waiting)
    });
    assert_eq!(seen, [(0, false), (0, true), (1, false), (1, true)].into());
}

#[test]
fn a_recycled_descriptor_is_not_taken_for_its_predecessor() {
    let seen = outcomes(None, || {
        let registry = registry();
        let owner = registry.new_owner();
        let descriptor = PendingThunk::new();
        registry.add_pending(owner, "IA", &descriptor);
        let other = registry.clone();
        let injection = spawn(move || other.inject(&FIRST, 0).expect("a whole fixup").resolved);

        let waited = registry.remove_pending(&descriptor);
        assert_eq!(descriptor.thunk(), if waited { 0 } else { 11 });
        descriptor.recycle();
        assert_eq!(descriptor.thunk(), 0, "a descriptor that does not wait got a thunk");
        let added = registry.add_pending(owner, "IB", &descriptor);

        let resolved = injection.join().expect("no panic");
        assert_eq!(descriptor.thunk(), 12, "the thunk of the predecessor");
        assert_eq!(resolved, usize::from(!waited) + usize::from(added == AddPending::Waiting));
        assert_eq!(registry.pending_count(), 0);
        (waited, added == AddPending::Waiting)
    });
    assert_eq!(seen, [(false, false), (true, false), (true, true)].into());
}
