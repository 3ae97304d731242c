//! Images that were right until something was changed: each change is caught, with the code that says what it is.

use std::collections::BTreeSet;

use thunkgen_core::runtime_version::FormatVersion;
use thunkgen_diagnostics::Diagnostics;
use thunkgen_r2r::emit::{AssemblyVersion, COMPILER, Guid, Identity, image, thunk};
use thunkgen_r2r::lookup::consistency::{Depth, check};
use thunkgen_r2r::ready_to_run;
use thunkgen_tests::corrupt::prng::Prng;
use thunkgen_tests::ready_to_run::image::Image;
use thunkgen_tests::ready_to_run::module::{Thunk, Wrapper, wrap};
use thunkgen_tests::webcil::convert::version_1;
use wasm_encoder::ValType;

const KEYS: [&str; 6] = ["IiTS12dp", "Ivlp", "MiTldp", "MvV", "MvfS8", "Mvii"];

fn right() -> Vec<u8> {
    made(1, FormatVersion(26, 1))
}

/// An image with a number everywhere in its versions and its MVID.
fn made(number: u8, ready_to_run: FormatVersion) -> Vec<u8> {
    let thunks: Vec<_> = KEYS.iter().map(|key| thunk(&key.parse().unwrap()).unwrap()).collect();
    let name = "App.Thunks".parse().unwrap();
    let version = AssemblyVersion([u16::from_le_bytes([number, number]); 4]);
    let mut identity = Identity { version, mvid: Some(Guid([number; 16])), ..Identity::new(name) };
    identity.format.ready_to_run = ready_to_run;
    image(&thunks, &identity).unwrap()
}

/// The codes reported for an image, and how deep it was judged.
fn judge(bytes: &[u8], needed: Option<&[&str]>) -> (Vec<&'static str>, Option<Depth>) {
    let mut diagnostics = Diagnostics::default();
    let needed: Option<BTreeSet<&str>> = needed.map(|keys| keys.iter().copied().collect());
    let judged = check("x.wasm", bytes, needed.as_ref(), &mut diagnostics);
    let codes: BTreeSet<&str> = diagnostics.into_sorted().iter().map(|diagnostic| diagnostic.rule.code).collect();
    (codes.into_iter().collect(), judged.map(|judged| judged.depth))
}

#[track_caller]
fn expect(bytes: &[u8], codes: &[&str]) {
    assert_eq!(judge(bytes, None), (codes.to_vec(), Some(Depth::Everything)));
}

/// Where the key is in the file.
fn key_at(bytes: &[u8], key: &str) -> usize {
    let file = ready_to_run::open(bytes).unwrap();
    let thunks = file.thunks().unwrap();
    thunks.iter().find(|thunk| thunk.key == key).unwrap_or_else(|| panic!("no {key}")).offset
}

/// The number behind a key.
fn index_of<'b>(bytes: &'b mut [u8], key: &str) -> &'b mut [u8] {
    let at = key_at(bytes, key) + key.len() + 1;
    &mut bytes[at..at + 4]
}

#[test]
fn what_was_made_is_right() {
    expect(&right(), &[]);
    let keys: Vec<String> =
        (0..300).map(|number| format!("Mvi{}", "lf".repeat(number % 40) + &"d".repeat(number / 40))).collect();
    let thunks: Vec<_> = keys.iter().map(|key| thunk(&key.parse().unwrap()).unwrap()).collect();
    expect(&image(&thunks, &Identity::new("Many".parse().unwrap())).unwrap(), &[]);
}

#[test]
fn thunks_that_nothing_needs() {
    let needed = ["MiTldp", "MvfS8", "Mvii", "Ml"];
    assert_eq!(judge(&right(), Some(&needed)).0, ["TG0440"]);
    assert!(
        judge(&right(), Some(&[&needed[..], &["MvV"]].concat())).0.is_empty(),
        "calls into the interpreter are not judged"
    );
}

#[test]
fn a_key_that_leads_to_another_function() {
    let mut bytes = right();
    let other: Vec<u8> = index_of(&mut bytes, "MvV").to_vec();
    index_of(&mut bytes, "Mvii").copy_from_slice(&other);
    expect(&bytes, &["TG0442"]);
    let into: Vec<u8> = index_of(&mut bytes, "Ivlp").to_vec();
    index_of(&mut bytes, "Mvii").copy_from_slice(&into);
    expect(&bytes, &["TG0441"]);
    // The host's functions are after the thunks, and nothing is after those.
    for (slot, code) in [(6u32, "TG0441"), (8, "TG0441"), (9, "TG0444"), (u32::MAX, "TG0444")] {
        index_of(&mut bytes, "Mvii").copy_from_slice(&slot.to_le_bytes());
        expect(&bytes, &[code]);
    }
}

#[test]
fn sizes_for_the_host() {
    let bytes = right();
    let file = ready_to_run::open(&bytes).unwrap();
    let sizes = file.wasm.as_ref().unwrap().data[0].range.clone();
    for (at, change) in [(sizes.start, 1u8), (sizes.start + 1, 1), (sizes.start + 4, 1), (sizes.start + 4, 8)] {
        let mut changed = bytes.clone();
        changed[at] ^= change;
        let announced = u32::from_le_bytes(changed[sizes.start..sizes.start + 4].try_into().unwrap()) as usize;
        // Of a size that is too small only a part is copied.
        let is_less = announced < file.wasm.as_ref().unwrap().payload().unwrap().bytes.len();
        expect(&changed, if is_less { &["TG0448"] } else { &["TG0443"] });
    }
}

#[test]
fn keys_out_of_order() {
    let mut bytes = right();
    let at = key_at(&bytes, "Mvii");
    bytes[at..at + 4].copy_from_slice(b"Ivip");
    expect(&bytes, &["TG0442", "TG0446"]);
    let mut bytes = right();
    let at = key_at(&bytes, "Mvii");
    bytes[at..at + 4].copy_from_slice(b"Ivlp");
    expect(&bytes, &["TG0441", "TG0446", "TG0447"]);
    let mut bytes = right();
    let at = key_at(&bytes, "MvV");
    bytes[at..at + 3].copy_from_slice(b"MvW");
    expect(&bytes, &["TG0448", "TG0449"]);
}

/// A key of so many parameters has no thunk that an engine takes, whatever the image says.
#[test]
fn keys_of_too_many_parameters() {
    for (params, codes) in [(998, &[] as &[&str]), (999, &["TG0445"])] {
        let key = format!("Mv{}p", "i".repeat(params));
        let functions = [Thunk { name: "thunk", params: vec![ValType::I32; 3], results: vec![] }];
        let image = wrap(&version_1(&Image::with_thunks(&[(&key, 0)]).pe("Long", false)), Wrapper::Copied, &functions);
        assert_eq!(judge(&image, None), (codes.to_vec(), Some(Depth::Types)), "{params}");
    }
}

/// Whatever byte is changed: it is a problem, or the image does not say any more that this tool made it, or it is the
/// image with another version, other flags or another MVID.
#[test]
fn every_byte() {
    let bytes = right();
    let other = made(2, FormatVersion(26 + 0x101, 1 + 0x101));
    let mut of_identity: BTreeSet<usize> = (0..bytes.len()).filter(|&at| bytes[at] != other[at]).collect();
    assert_eq!((bytes.len(), of_identity.len()), (other.len(), 8 + 16 + 4));
    // The flags follow the version of the format.
    let flags = *of_identity.iter().find(|at| bytes[**at..].starts_with(&[26, 0, 1, 0, 0x4b])).unwrap() + 4;
    of_identity.extend(flags..flags + 4);
    let random = &mut Prng::new(3, 1);
    let (mut identity, mut foreign) = (BTreeSet::new(), 0);
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << random.below(8);
        if !judge(&changed, None).0.is_empty() {
            continue;
        }
        let file = ready_to_run::open(&changed).unwrap();
        let compiler = file.ready_to_run.as_ref().and_then(|code| code.compiler().ok().flatten());
        if compiler == Some(COMPILER) { _ = identity.insert(at) } else { foreign += 1 }
    }
    assert_eq!(identity, of_identity);
    assert!((1..40).contains(&foreign), "{foreign}");
}
