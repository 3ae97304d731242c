//! Keys by chance, the same ones on every machine: every token in every position, next to every other one.

use std::collections::BTreeSet;

use super::keys::Shape;
use super::patterns::Random;

/// Most bytes an argument area of a key made here takes.
const MAX_AREA: u32 = 16 * 1024;

/// Most wasm parameters a function may have.
const MAX_PARAMS: usize = 1000;

/// That many different `M` keys.
pub fn random_keys(seed: &str, count: usize) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for round in 0.. {
        if keys.len() == count {
            break;
        }
        let key = format!("M{}", signature(&mut Random::new(seed, round)));
        if fits(&key) {
            keys.insert(key);
        }
    }
    keys
}

/// Keys at the limits: as many parameters as a function may have, and large structs.
pub fn long_keys() -> BTreeSet<String> {
    let repeated = |head: &str, unit: &str, count: usize, tail: &str| format!("M{head}{}{tail}", unit.repeat(count));
    [
        repeated("v", "i", MAX_PARAMS, ""),
        repeated("v", "i", MAX_PARAMS - 2, "p"),
        repeated("S8Tia", "l", MAX_PARAMS - 6, "p"),
        repeated("d", "fd", 400, "p"),
        repeated("V", "V", 300, ""),
        repeated("l", "V4", 100, "p"),
        repeated("f", "l2i", 200, "p"),
        repeated("S12", "S12A24", 120, "p"),
        repeated("i", "e", 300, "ip"),
        "MvA8192iS4095p".to_owned(),
        "MS9000S4093l".to_owned(),
    ]
    .into()
}

/// The keys of the same signatures in the other direction, for those that have one.
pub fn to_interp_keys(keys: &BTreeSet<String>) -> BTreeSet<String> {
    let managed = keys.iter().filter(|key| Shape::of_key(key).managed);
    managed.map(|key| key.replacen('M', "I", 1)).collect()
}

fn fits(key: &str) -> bool {
    let shape = Shape::of_key(key);
    shape.area <= MAX_AREA && shape.params().len() <= MAX_PARAMS
}

fn signature(random: &mut Random) -> String {
    let mut text = match random.below(8) {
        0 | 1 => "v".to_owned(),
        2 | 3 => format!("S{}", size(random)),
        _ => scalar(random).to_owned(),
    };
    let managed = random.below(5) < 3;
    if managed {
        let hidden = ["", "", "", "", "T", "T", "T", "a", "ia", "Ta", "Tia", "Ti"];
        text.push_str(hidden[random.below(hidden.len())]);
    }
    let count = match random.below(20) {
        0..10 => random.below(4),
        10..17 => 4 + random.below(7),
        17..19 => 11 + random.below(30),
        _ => 41 + random.below(80),
    };
    for _ in 0..count {
        text.push_str(&param(random));
    }
    if managed {
        text.push('p');
    }
    text
}

fn param(random: &mut Random) -> String {
    match random.below(20) {
        0..9 => scalar(random).to_owned(),
        9..12 => ["l2", "V2", "V4"][random.below(3)].to_owned(),
        12..16 => format!("S{}", size(random)),
        16..19 => format!("A{}", size(random)),
        _ => "e".to_owned(),
    }
}

fn scalar(random: &mut Random) -> &'static str {
    ["i", "l", "f", "d", "V"][random.below(5)]
}

// Around the sizes at which slots and tails change, and some large ones.
fn size(random: &mut Random) -> usize {
    match random.below(10) {
        0..6 => 1 + random.below(40),
        6..9 => 8 * (1 + random.below(32)),
        _ => 1 + random.below(700),
    }
}
