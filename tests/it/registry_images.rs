//! Thunks looked up in wasm, end to end: a host made of a generated table and the registry, and two images of emitted
//! thunks, loaded in both orders. Every key is found where the rules say, and calling what was found has the effect
//! that the key asks for.

use std::collections::{BTreeMap, BTreeSet};

use thunkgen_r2r::emit::{Identity, Thunk, image, thunk};
use thunkgen_tests::data::CheckedInKeys;
use thunkgen_tests::registry::host::{Injected, RegistryHost, host_module};
use thunkgen_tests::wasm::call::{self, Call, add_callee};
use thunkgen_tests::wasm::interp::read_table;
use thunkgen_tests::wasm::keys::Shape;
use thunkgen_tests::wasm::random_keys::{random_keys, to_interp_keys};
use thunkgen_tests::wasm::to_interp;

/// `ThunkSource` of the registry.
const NOWHERE: u32 = 0;
const STATIC: u32 = 1;
const INJECTED: u32 = 2;

/// `AddPending` of the registry.
const RESOLVED: u32 = 0;
const WAITING: u32 = 2;
const OWNER_REMOVED: u32 = 4;

/// `InjectStatus` of the registry.
const NO_CODE_BASE: u32 = 3;

/// Patterns each thunk is called with.
const ROUNDS: u32 = 3;

/// Which keys are where.
struct Keys {
    /// In the linked table.
    linked: BTreeSet<String>,
    /// In the one image and in the other.
    images: [BTreeSet<String>; 2],
    /// And those that are nowhere.
    all: BTreeSet<String>,
}

/// Every combination of the three places, for both directions as far as a linked table has them.
fn keys() -> Keys {
    let mut from_interp: Vec<String> = CheckedInKeys::browser().interp;
    from_interp.extend(random_keys("registry images", 120));
    let mut keys = Keys { linked: BTreeSet::new(), images: Default::default(), all: BTreeSet::new() };
    for (number, key) in from_interp.iter().enumerate() {
        let back = to_interp_keys(&[key.clone()].into());
        let [linked, first, second] = [1, 2, 4].map(|place| (number % 8) & place != 0);
        if linked {
            keys.linked.insert(key.clone());
        }
        for (keys, is_there) in keys.images.iter_mut().zip([first, second]) {
            if is_there {
                keys.insert(key.clone());
                keys.extend(back.clone());
            }
        }
        keys.all.insert(key.clone());
        keys.all.extend(back);
    }
    keys
}

fn image_of(name: &str, keys: &BTreeSet<String>) -> Vec<u8> {
    let thunks: Vec<Thunk> = keys.iter().map(|key| thunk(&key.parse().unwrap()).unwrap()).collect();
    image(&thunks, &Identity::new(name.parse().unwrap())).unwrap()
}

/// Loads the images in this order, and looks every key up after each.
///
/// Returns what was found at the end, and where the functions of the image loaded last start in the table.
fn run<T>(
    host: &mut RegistryHost<T>,
    keys: &Keys,
    images: &[Vec<u8>; 2],
    order: [usize; 2],
    helper: u32,
) -> (Found, u32) {
    let mut last = 0;
    let linked: BTreeMap<String, u32> =
        read_table(&mut host.machine, "probe_table", "probe_count").unwrap().into_iter().collect();
    assert!(linked.keys().eq(&keys.linked));
    let mut expected: Found = linked.into_iter().map(|(key, thunk)| (key, (thunk, STATIC))).collect();
    for (nth, which) in order.into_iter().enumerate() {
        let (image, thunks) = host.load(&images[which], helper);
        last = image.table_base;
        assert!(thunks.iter().map(|(key, _)| key).eq(&keys.images[which]));
        // What another image brought is new to nobody, what is linked is new to the registry of images.
        let known = if nth == 0 { 0 } else { keys.images[0].intersection(&keys.images[1]).count() };
        let added = (thunks.len() - known) as u32;
        assert_eq!(host.inject(&image), Injected { status: 0, added, resolved: 0 });
        assert_eq!(host.call("registry_searches_image", &[]), u32::from(nth == 0));
        for (key, thunk) in thunks {
            expected.entry(key).or_insert((thunk, INJECTED));
        }
        for key in &keys.all {
            let place = expected.get(key).copied().unwrap_or((0, NOWHERE));
            assert_eq!(host.lookup(key), place, "{key}, after image {which}");
        }
        assert_eq!(host.inject(&image), Injected { status: 0, added: 0, resolved: 0 });
    }
    (expected, last)
}

/// Table index and source of each key.
type Found = BTreeMap<String, (u32, u32)>;

/// Number of keys by source.
fn count(found: &Found) -> [usize; 2] {
    [STATIC, INJECTED].map(|source| found.values().filter(|place| place.1 == source).count())
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn every_key_is_found_where_the_rules_say_and_does_what_it_should() {
    let keys = keys();
    let module = host_module(&keys.linked);
    let images = [image_of("First", &keys.images[0]), image_of("Second", &keys.images[1])];
    let of_both = keys.images[0].intersection(&keys.images[1]).filter(|key| !keys.linked.contains(*key));
    for order in [[0, 1], [1, 0]] {
        // Out of the interpreter.
        let mut host = RegistryHost::new(&module, call::Host::default());
        let (found, _) = run(&mut host, &keys, &images, order, 0);
        let mut calls = 0;
        for (key, (thunk, _)) in found.iter().filter(|(key, _)| key.starts_with('M')) {
            let shape = Shape::of_key(key);
            let callee = add_callee(&mut host.machine, &shape);
            for round in 0..ROUNDS {
                let call = Call::new(&host.machine, key, &shape, callee, round);
                let effect = call.make(&mut host.machine, *thunk);
                let judged = effect.and_then(|effect| call.judge(&host.machine, &effect));
                judged.unwrap_or_else(|what| panic!("{order:?} {key}, round {round}: {what}"));
                calls += 1;
            }
        }
        assert!(calls > 600, "{calls} calls");

        // Into it, and out again through whatever is found for the same signature.
        let mut host = RegistryHost::new(&module, to_interp::Host::default());
        let helper = to_interp::add_helper(&mut host.machine);
        let (found, last) = run(&mut host, &keys, &images, order, helper);
        let thunks: Vec<(String, u32)> = found.iter().map(|(key, place)| (key.clone(), place.0)).collect();
        let (into, out): (Vec<_>, Vec<_>) = thunks.into_iter().partition(|(key, _)| key.starts_with('I'));
        let ran = to_interp::check(&mut host.machine, &into, &[&out], ROUNDS).unwrap_or_else(|failures| {
            panic!("{order:?}: {} failures, {}", failures.len(), failures[0]);
        });
        assert!(ran.keys > 80, "{ran:?}");
        println!("{order:?}: {:?} keys from the table and images; {calls} calls out, {} in", count(&found), ran.calls);

        // The table first, then the image loaded first.
        assert!(count(&found).into_iter().all(|count| count > 90), "{:?}", count(&found));
        assert!(of_both.clone().count() > 20 && of_both.clone().all(|key| found[key].0 < last));
    }
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn entry_points_get_what_the_first_image_brings() {
    let set = |keys: &[&str]| -> BTreeSet<String> { keys.iter().map(|key| (*key).to_owned()).collect() };
    let linked = set(&["Mv", "Mvip"]);
    let images = [set(&["Iip", "Ivip", "Mvip"]), set(&["Iip", "Iilp", "Mii"])];
    let module = host_module(&linked);
    let bytes = [image_of("First", &images[0]), image_of("Second", &images[1])];
    for order in [[0, 1], [1, 0]] {
        let mut host = RegistryHost::new(&module, ());
        // 0 is in both images, 1 and 2 each in one; 3 is recycled; 4 goes with its owner; 5 is linked; 6 is nowhere.
        for (method, owner, key, state) in [
            (0, 0, "Iip", WAITING),
            (1, 0, "Ivip", WAITING),
            (2, 0, "Iilp", WAITING),
            (3, 0, "Iilp", WAITING),
            (4, 1, "Iip", WAITING),
            (5, 0, "Mvip", RESOLVED),
            (6, 0, "Ifp", WAITING),
        ] {
            assert_eq!(host.wait(owner, key, method), state, "{key}");
        }
        assert_eq!((host.call("registry_recycle", &[3]), host.call("registry_drop", &[1])), (1, 1));
        assert_eq!(host.wait(1, "Iip", 4), OWNER_REMOVED);
        let mut expected = [0; 7];
        expected[5] = host.lookup("Mvip").0;
        for (nth, which) in order.into_iter().enumerate() {
            let (image, thunks) = host.load(&bytes[which], 0);
            // A host that forgot to patch the header is refused.
            let table_base = host.machine.read_u32(image.base + 28).unwrap();
            assert_eq!(table_base, image.table_base);
            host.machine.write(image.base + 28, &[0; 4]);
            assert_eq!(host.inject(&image), Injected { status: NO_CODE_BASE, added: 0, resolved: 0 });
            host.machine.write(image.base + 28, &table_base.to_le_bytes());

            let thunk = |key: &str| thunks.iter().find(|(other, _)| other == key).unwrap().1;
            let own = if which == 0 { (1, "Ivip") } else { (2, "Iilp") };
            expected[own.0] = thunk(own.1);
            if nth == 0 {
                expected[0] = thunk("Iip");
            }
            assert_eq!(host.inject(&image).resolved, if nth == 0 { 2 } else { 1 });
            let codes: [u32; 7] = std::array::from_fn(|method| host.call("registry_code", &[method as u32]));
            assert_eq!(codes, expected, "{order:?}, after image {which}");
        }
        assert_eq!(host.call("registry_waiting", &[]), 1);
        // The recycled one, as another method.
        assert_eq!(host.wait(0, "Ivip", 3), RESOLVED);
        assert_eq!(host.call("registry_code", &[3]), expected[1]);
    }
}
