//! Keys that no shipped table holds: every token, in both forms, in first, middle and last place.

use std::collections::BTreeSet;

use crate::data::CheckedInKeys;

use super::keys::Shape;

/// Parameter tokens of the native form.
const PARAMS: [&str; 18] =
    ["i", "l", "f", "d", "V", "l2", "V2", "V4", "S1", "S3", "S4", "S8", "S12", "S16", "S31", "S64", "A16", "A32"];

/// Return tokens.
const RETURNS: [&str; 12] = ["v", "i", "l", "f", "d", "V", "S1", "S3", "S4", "S8", "S16", "S24"];

/// Orders that went wrong, or could, in one generator or another.
const MIXED: [&str; 27] = [
    "vifldifld",
    "vS12iS1dA16fS8l",
    "iS16A32iA16l",
    "vlA16lA16l",
    "vlVlVl",
    "vil2il2i",
    "dfdfdfdfdfd",
    "fdfdfdfdf",
    "iiiiiiiiiiiiiiii",
    "llllllllllll",
    "S8S8S8S8",
    "S16A16il2VV2V4e",
    "vS7S9S15S17S1000",
    "iTp",
    "iTlA32dp",
    "S12Tip",
    "vl2Vp",
    "viA16p",
    "viap",
    "iap",
    "vap",
    "S16Tiaip",
    "lTiaip",
    "dTafdp",
    "S1aS1p",
    "S16l2ip",
    "VTVVp",
];

/// Every key the execution suites run: the checked-in tables' keys and the ones made up here, without duplicates.
pub fn all_keys() -> BTreeSet<String> {
    let mut keys = made_up_keys();
    for table in [CheckedInKeys::browser(), CheckedInKeys::wasi()] {
        keys.extend(table.interp);
    }
    keys
}

/// The keys made up here.
pub fn made_up_keys() -> BTreeSet<String> {
    let mut keys: BTreeSet<String> = MIXED.iter().map(|signature| format!("M{signature}")).collect();
    for ret in RETURNS {
        for form in ["", "p"] {
            keys.insert(format!("M{ret}{form}"));
            keys.insert(format!("M{ret}id{form}"));
        }
        for hidden in ["T", "a", "ia", "Ta", "Tia", "Ti"] {
            keys.insert(format!("M{ret}{hidden}lp"));
        }
    }
    for (index, param) in PARAMS.iter().enumerate() {
        // A neighbour of another width shows a shift by one slot.
        let next = PARAMS[(index + 5) % PARAMS.len()];
        for form in ["", "p"] {
            keys.insert(format!("Mv{param}{form}"));
            keys.insert(format!("Mii{param}{next}f{form}"));
            keys.insert(format!("MS16d{param}{param}i{form}"));
        }
        keys.insert(format!("MdTa{next}{param}lp"));
    }
    keys
}

/// The part of `keys` that compiles without wasm's vector instructions.
pub fn without_simd(keys: &BTreeSet<String>) -> BTreeSet<String> {
    keys.iter().filter(|key| !Shape::of_key(key).needs_simd()).cloned().collect()
}
