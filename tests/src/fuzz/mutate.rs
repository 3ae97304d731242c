//! Changed inputs: a few small changes to one entry of a corpus, each as likely in text as in binary files.

use crate::corrupt::prng::Prng;

/// Longest input; targets are meant to be run often.
pub const MAX_LENGTH: usize = 1 << 16;

/// Numbers at the edges of what fields hold.
const NUMBERS: [u64; 16] = [
    0,
    1,
    2,
    7,
    0x10,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0xFFFF,
    0x00FF_FFFF,
    0x1000_0001,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFF,
    u64::MAX,
];

/// One of `corpus`, changed in up to six places.
pub fn mutate(corpus: &[Vec<u8>], tokens: &[&[u8]], prng: &mut Prng) -> Vec<u8> {
    let mut bytes = prng.pick(corpus).clone();
    // One change at half of the times: most of the input stays readable, and the checks behind it are met.
    let changes = if prng.below(2) == 0 { 1 } else { 1 + prng.below(6) };
    for _ in 0..changes {
        change(&mut bytes, corpus, tokens, prng);
        bytes.truncate(MAX_LENGTH);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, corpus: &[Vec<u8>], tokens: &[&[u8]], prng: &mut Prng) {
    let length = bytes.len();
    // What needs a byte finds none in an empty input.
    let kind = if length == 0 { 7 + prng.below(3) } else { prng.below(12) };
    match kind {
        0 => bytes[prng.below(length)] ^= 1 << prng.below(8),
        1 => bytes[prng.below(length)] = prng.next() as u8,
        2 => {
            let at = prng.below(length);
            bytes[at] = bytes[at].wrapping_add(*prng.pick(&[1, 0xFF]));
        }
        3 => bytes.truncate(prng.below(length)),
        4 => drop(bytes.drain(part(length, prng))),
        5 => {
            let again: Vec<u8> = bytes[part(length, prng)].repeat(1 + prng.below(8) * prng.below(8));
            insert(bytes, &again[..again.len().min(MAX_LENGTH)], prng);
        }
        6 => overwrite(bytes, &number(prng), prng),
        7 => insert(bytes, &number(prng), prng),
        8 => {
            let with = prng.pick(corpus);
            let (keep, from) = (prng.below(length + 1), prng.below(with.len() + 1));
            bytes.truncate(keep);
            bytes.extend(&with[from..]);
        }
        9 if !tokens.is_empty() => insert(bytes, prng.pick::<&[u8]>(tokens), prng),
        10 if !tokens.is_empty() => overwrite(bytes, prng.pick::<&[u8]>(tokens), prng),
        11 => other_decimal(bytes, prng),
        _ => bytes.push(prng.next() as u8),
    }
}

/// A range of up to 16 bytes, or, now and then, of any length.
fn part(length: usize, prng: &mut Prng) -> std::ops::Range<usize> {
    let start = prng.below(length);
    let most = if prng.below(8) == 0 { length - start } else { (length - start).min(16) };
    start..start + 1 + prng.below(most)
}

/// A little-endian number of 1, 2, 4 or 8 bytes.
fn number(prng: &mut Prng) -> Vec<u8> {
    let bytes = prng.pick(&NUMBERS).to_le_bytes();
    bytes[..*prng.pick(&[1, 2, 4, 8])].to_vec()
}

fn insert(bytes: &mut Vec<u8>, what: &[u8], prng: &mut Prng) {
    let at = prng.below(bytes.len() + 1);
    bytes.splice(at..at, what.iter().copied());
}

fn overwrite(bytes: &mut Vec<u8>, what: &[u8], prng: &mut Prng) {
    let at = prng.below(bytes.len() + 1);
    let end = (at + what.len()).min(bytes.len());
    bytes.splice(at..end, what.iter().copied());
}

/// Another number in the place of one that is written in digits.
fn other_decimal(bytes: &mut Vec<u8>, prng: &mut Prng) {
    let from = prng.below(bytes.len());
    let Some(start) = bytes[from..].iter().position(u8::is_ascii_digit).map(|at| from + at) else { return };
    let digits = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let other = prng.pick(&NUMBERS).to_string();
    bytes.splice(start..start + digits, other.bytes());
}
