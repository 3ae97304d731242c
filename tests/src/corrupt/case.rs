//! One damaged file, as a function of a seed and a number.

use std::borrow::Cow;
use std::fmt;

use super::corpus::{Corpus, File};
use super::prng::Prng;

/// How a file is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// Only this many bytes are left.
    Truncate(usize),
    /// The bytes at these offsets are others.
    Flips(Vec<(usize, u8)>),
}

/// One damaged file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its number.
    pub number: usize,
    /// Index of the file in [`Corpus::files`].
    pub file: usize,
    /// What is done to it.
    pub damage: Damage,
}

impl Case {
    /// Case `number` of a seed; those below `truncations` cut the file, the others change a byte.
    pub fn new(corpus: &Corpus, seed: u64, number: usize, truncations: usize) -> Case {
        let mut prng = Prng::new(seed, number as u64);
        let file = corpus.choose(&mut prng);
        Case::of_file(&corpus.files[file], file, &mut prng, number, number < truncations)
    }

    fn of_file(file: &File, index: usize, prng: &mut Prng, number: usize, truncate: bool) -> Case {
        let damage = if truncate {
            // Half of the cuts are near the edges of a part, where lengths meet.
            let edge = file.regions.as_ref().filter(|_| prng.below(2) == 0).and_then(|regions| {
                let ranges = *prng.pick(&regions.kinds());
                let range = (!ranges.is_empty()).then(|| prng.pick(ranges))?;
                let edge = *prng.pick(&[range.start, range.end]) + prng.below(17);
                Some(edge.saturating_sub(8).min(file.bytes.len() - 1))
            });
            Damage::Truncate(edge.unwrap_or_else(|| prng.below(file.bytes.len())))
        } else {
            // A quarter of the cases has more than one: the checks behind the first are met too.
            let more = if prng.below(4) == 0 { prng.below(16) } else { 0 };
            Damage::Flips((0..=more).map(|_| flip(file, prng)).collect())
        };
        Case { number, file: index, damage }
    }

    /// The damaged bytes.
    pub fn bytes<'c>(&self, corpus: &'c Corpus) -> Cow<'c, [u8]> {
        let good = &corpus.files[self.file].bytes;
        match self.damage {
            Damage::Truncate(length) => Cow::Borrowed(&good[..length]),
            Damage::Flips(ref flips) => {
                let mut bytes = good.clone();
                for &(offset, value) in flips {
                    bytes[offset] = value;
                }
                Cow::Owned(bytes)
            }
        }
    }

    /// All that is needed to make the same bytes by hand.
    pub fn describe(&self, corpus: &Corpus) -> String {
        format!("case {}: {} {}", self.number, corpus.files[self.file].name, self.damage)
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Damage::Truncate(length) => write!(f, "cut to 0x{length:x} bytes"),
            Damage::Flips(flips) => {
                f.write_str("with")?;
                flips.iter().try_for_each(|(offset, value)| write!(f, " 0x{value:02x} at 0x{offset:x}"))
            }
        }
    }
}

/// A changed byte: half of them in headers, tables, heaps or IL, equally often, the others anywhere.
fn flip(file: &File, prng: &mut Prng) -> (usize, u8) {
    let within = file.regions.as_ref().filter(|_| prng.below(2) == 0).and_then(|regions| {
        let ranges: Vec<_> = prng.pick(&regions.kinds()).iter().filter(|range| !range.is_empty()).collect();
        let range = (!ranges.is_empty()).then(|| *prng.pick(&ranges))?;
        // A heap or a list of bodies ends where the file ends, or before.
        Some((range.start + prng.below(range.len())).min(file.bytes.len() - 1))
    });
    let offset = within.unwrap_or_else(|| prng.below(file.bytes.len()));
    (offset, other_value(file.bytes[offset], prng))
}

/// Another value: a bit turned, a neighbour, an extreme, or any.
fn other_value(value: u8, prng: &mut Prng) -> u8 {
    loop {
        let other = match prng.below(4) {
            0 => value ^ 1 << prng.below(8),
            1 => value.wrapping_add(*prng.pick(&[1, 0xFF])),
            2 => *prng.pick(&[0, 1, 0x7F, 0x80, 0xFF]),
            _ => prng.next() as u8,
        };
        if other != value {
            return other;
        }
    }
}
