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
    /// The byte at an offset is another.
    Flip {
        /// Offset in the file.
        offset: usize,
        /// The new value.
        value: u8,
    },
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
        let anywhere = prng.below(file.bytes.len());
        let damage = if truncate {
            // Half of the cuts are near the edges of a part, where lengths meet.
            let edge = file.regions.as_ref().filter(|_| prng.below(2) == 0).and_then(|regions| {
                let ranges = *prng.pick(&regions.kinds());
                let range = (!ranges.is_empty()).then(|| prng.pick(ranges))?;
                let edge = *prng.pick(&[range.start, range.end]) + prng.below(17);
                Some(edge.saturating_sub(8).min(file.bytes.len() - 1))
            });
            Damage::Truncate(edge.unwrap_or(anywhere))
        } else {
            let within = file.regions.as_ref().filter(|_| prng.below(2) == 0).and_then(|regions| {
                let ranges: Vec<_> = prng.pick(&regions.kinds()).iter().filter(|range| !range.is_empty()).collect();
                let range = (!ranges.is_empty()).then(|| *prng.pick(&ranges))?;
                // A heap or a list of bodies ends where the file ends, or before.
                Some((range.start + prng.below(range.len())).min(file.bytes.len() - 1))
            });
            let offset = within.unwrap_or(anywhere);
            Damage::Flip { offset, value: other_value(file.bytes[offset], prng) }
        };
        Case { number, file: index, damage }
    }

    /// The damaged bytes.
    pub fn bytes<'c>(&self, corpus: &'c Corpus) -> Cow<'c, [u8]> {
        let good = &corpus.files[self.file].bytes;
        match self.damage {
            Damage::Truncate(length) => Cow::Borrowed(&good[..length]),
            Damage::Flip { offset, value } => {
                let mut bytes = good.clone();
                bytes[offset] = value;
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
            Damage::Flip { offset, value } => write!(f, "with 0x{value:02x} at 0x{offset:x}"),
        }
    }
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
