//! Images that are loaded at the same time, and readers meanwhile.

use crate::{FIRST, SECOND, outcomes, registry, spawn, thunk};

#[test]
fn of_two_images_the_first_wins_and_neither_is_lost() {
    let seen = outcomes(None, || {
        let registry = registry();
        let other = registry.clone();
        let second = spawn(move || other.inject(&SECOND, 0).expect("a whole fixup").added);
        let first = registry.inject(&FIRST, 0).expect("a whole fixup").added;
        let second = second.join().expect("no panic");
        assert_eq!((first + second, thunk(&registry, "IA"), thunk(&registry, "IC")), (3, 11, 22));
        let shared = thunk(&registry, "IB");
        assert_eq!(shared, if first == 2 { 12 } else { 21 });
        shared
    });
    assert_eq!(seen, [12, 21].into());
}

#[test]
fn an_image_appears_as_a_whole() {
    let seen = outcomes(None, || {
        let registry = registry();
        let other = registry.clone();
        let injection = spawn(move || other.inject(&FIRST, 0).expect("a whole fixup").added);
        let (a, b) = (thunk(&registry, "IA"), thunk(&registry, "IB"));
        assert!(a == 0 || b != 0, "the half of an image was published");
        assert_eq!(injection.join().expect("no panic"), 2);
        (a, b)
    });
    assert_eq!(seen, [(0, 0), (0, 12), (11, 12)].into());
}

#[test]
fn what_was_found_once_is_found_again() {
    let seen = outcomes(3, || {
        let registry = registry();
        let (one, other) = (registry.clone(), registry.clone());
        let first = spawn(move || one.inject(&FIRST, 0).expect("a whole fixup").added);
        let second = spawn(move || other.inject(&SECOND, 0).expect("a whole fixup").added);
        let (once, again) = (thunk(&registry, "IB"), thunk(&registry, "IB"));
        assert!(once == 0 || once == again, "a thunk was replaced");
        assert_eq!(first.join().expect("no panic") + second.join().expect("no panic"), 3);
        assert!(again == 0 || again == thunk(&registry, "IB"), "a thunk was replaced");
        (once, again)
    });
    assert_eq!(seen, [(0, 0), (0, 12), (0, 21), (12, 12), (21, 21)].into());
}
