//! The rules one by one.
#![cfg(not(loom))]

use thunkgen_registry::{
    AddPending, FoundThunk, Image, ImageIndex, IndexUse, InjectError, PendingThunk, Registry, Source,
};

const BASE: u32 = 100;

/// A fixup with these thunks, behind some bytes of something else.
fn fixup(thunks: &[(&str, u32)]) -> (Vec<u8>, usize) {
    let mut bytes = vec![0xcc; 3];
    let offset = bytes.len();
    bytes.push(0x39);
    for (key, relative) in thunks {
        bytes.extend(key.bytes().chain([0]).chain(relative.to_le_bytes()));
    }
    bytes.push(0);
    (bytes, offset)
}

/// The same with an index behind it, made without regard to whether it is right.
fn indexed(thunks: &[(&str, u32)]) -> (Vec<u8>, usize) {
    let (mut bytes, offset) = fixup(thunks);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes.extend(b"TKI1");
    bytes.extend((thunks.len() as u32).to_le_bytes());
    let mut rva = offset as u32 + 1;
    for (key, relative) in thunks {
        bytes.extend(rva.to_le_bytes().into_iter().chain(relative.to_le_bytes()));
        rva += key.len() as u32 + 5;
    }
    (bytes, offset)
}

fn image(bytes: &[u8]) -> Image<'_> {
    Image { bytes, code_base: BASE }
}

fn found(registry: &Registry<'_>, key: &str) -> Option<(u32, Source)> {
    registry.lookup(key).map(|FoundThunk { thunk, source }| (thunk, source))
}

#[test]
fn the_first_row_of_the_first_source_wins() {
    let (first, at) = fixup(&[("Mb", 1), ("Mc", 2), ("Mc", 3)]);
    let (second, _) = fixup(&[("Ma", 4), ("Mc", 5), ("Md", 6)]);
    let registry = Registry::new();
    assert_eq!(registry.lookup("Ma"), None);
    registry.add_static([("Ma", 7), ("Mb", 8), ("Ma", 9)]);
    assert_eq!(registry.inject(&image(&first), at).unwrap().added, 2);
    assert_eq!(registry.inject(&image(&first), at).unwrap().added, 0);
    assert_eq!(registry.inject(&image(&second), at).unwrap().added, 2);
    let all = ["Ma", "Mb", "Mc", "Md", "Me", ""].map(|key| found(&registry, key));
    let injected = |relative| Some((BASE + relative, Source::Injected));
    assert_eq!(all, [Some((7, Source::Static)), Some((8, Source::Static)), injected(2), injected(6), None, None]);
}

#[test]
fn a_fixup_is_taken_as_a_whole_or_not_at_all() {
    let (bytes, at) = fixup(&[("Ma", 1), ("Mb", 2)]);
    let registry = Registry::new();
    for length in at + 1..bytes.len() {
        assert_eq!(registry.inject(&image(&bytes[..length]), at), Err(InjectError::Truncated), "{length}");
    }
    for offset in [0, at + 1, bytes.len(), usize::MAX] {
        assert_eq!(registry.inject(&image(&bytes), offset), Err(InjectError::NotStringThunks));
    }
    let with_base = |code_base| Image { bytes: &bytes, code_base };
    assert_eq!(registry.inject(&with_base(0), at), Err(InjectError::NoCodeBase));
    assert_eq!(registry.inject(&with_base(u32::MAX - 1), at), Err(InjectError::OutOfRange));
    assert_eq!(registry.lookup("Ma"), None);
    assert_eq!(registry.inject(&with_base(u32::MAX - 2), at).unwrap().added, 2);
    assert_eq!(found(&registry, "Mb"), Some((u32::MAX, Source::Injected)));
}

#[test]
fn an_index_is_used_for_the_first_image_only() {
    let (first, at) = indexed(&[("Ma", 3), ("Mb", 1), ("Mc", 2)]);
    let (second, _) = indexed(&[("Mc", 9), ("Md", 8)]);
    let registry = Registry::new();
    assert_eq!(registry.inject(&image(&first), at).unwrap().added, 3);
    assert!(registry.uses_index());
    assert_eq!(
        ["Ma", "Mb", "Mc", "Md", "M", "Mbb"].map(|key| found(&registry, key).map_or(0, |found| found.0)),
        [103, 101, 102, 0, 0, 0]
    );
    assert_eq!(registry.inject(&image(&first), at).unwrap().added, 0);
    assert_eq!(registry.inject(&image(&second), at).unwrap().added, 1);
    assert!(!registry.uses_index());
    assert_eq!(
        ["Ma", "Mb", "Mc", "Md"].map(|key| found(&registry, key).map_or(0, |found| found.0)),
        [103, 101, 102, 108]
    );

    let registry = Registry::new();
    assert_eq!(registry.inject_with(&image(&first), at, IndexUse::Never).unwrap().added, 3);
    assert!(!registry.uses_index());
}

#[test]
fn an_index_that_says_anything_else_is_not_used() {
    let (bytes, at) = indexed(&[("Ma", 3), ("Mb", 1), ("Mc", 2)]);
    assert_eq!(ImageIndex::find(&image(&bytes), at).unwrap().count(), 3);
    let start = bytes.windows(4).position(|window| window == b"TKI1").unwrap();
    for damaged in start..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[damaged] ^= 1;
        assert!(ImageIndex::find(&image(&bytes), at).is_none(), "byte {damaged}");
        let registry = Registry::new();
        registry.inject(&image(&bytes), at).unwrap();
        assert_eq!(["Ma", "Mb", "Mc"].map(|key| registry.lookup(key).unwrap().thunk), [103, 101, 102]);
    }
    for length in 0..bytes.len() {
        assert!(ImageIndex::find(&image(&bytes[..length]), at).is_none(), "length {length}");
    }
    for unsorted in [[("Mb", 1), ("Ma", 2)], [("Ma", 1), ("Ma", 2)]] {
        let (bytes, at) = indexed(&unsorted);
        assert!(ImageIndex::find(&image(&bytes), at).is_none());
    }
}

#[test]
fn entry_points_wait_until_a_thunk_comes() {
    let (first, at) = fixup(&[("Ia", 1)]);
    let (second, _) = fixup(&[("Ia", 2), ("Ib", 3)]);
    let registry = Registry::new();
    let owner = registry.new_owner();
    let [a, b, set] = [PendingThunk::new(), PendingThunk::new(), PendingThunk::new()];
    assert!(set.try_set(5) && !set.try_set(6));
    assert_eq!(registry.add_pending(owner, "Ia", &set), AddPending::AlreadySet);
    assert_eq!(registry.add_pending(owner, "Ia", &a), AddPending::Waiting);
    assert_eq!(registry.add_pending(owner, "Ia", &a), AddPending::AlreadyWaiting);
    assert_eq!(registry.add_pending(owner, "Ib", &b), AddPending::Waiting);
    assert_eq!((registry.inject(&image(&first), at).unwrap().resolved, registry.pending_count()), (1, 1));
    assert!(b.try_set(7)); // by somebody else
    assert_eq!((registry.inject(&image(&second), at).unwrap().resolved, registry.pending_count()), (0, 0));
    assert_eq!([a.thunk(), b.thunk(), set.thunk()], [101, 7, 5]);

    a.recycle();
    assert_eq!(registry.add_pending(owner, "Ib", &a), AddPending::Resolved);
    assert_eq!(a.thunk(), 103);
}

#[test]
fn what_is_removed_gets_nothing() {
    let (bytes, at) = fixup(&[("Ia", 1), ("Ib", 2)]);
    let registry = Registry::new();
    let [gone, stays] = [registry.new_owner(), registry.new_owner()];
    let entries: [_; 4] = std::array::from_fn(|_| PendingThunk::new());
    for (entry, owner) in entries.iter().zip([gone, gone, stays, stays]) {
        assert_eq!(registry.add_pending(owner, "Ia", entry), AddPending::Waiting);
    }
    assert_eq!(registry.remove_pending_owner(gone), 2);
    assert_eq!(registry.remove_pending_owner(gone), 0);
    assert_eq!(registry.add_pending(gone, "Ia", &entries[0]), AddPending::OwnerRemoved);
    assert!(registry.remove_pending(&entries[2]) && !registry.remove_pending(&entries[2]));
    assert_eq!((registry.pending_count(), registry.inject(&image(&bytes), at).unwrap().resolved), (1, 1));
    assert_eq!(entries.each_ref().map(|entry| entry.thunk()), [0, 0, 0, 101]);
}
