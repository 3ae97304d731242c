//! "Did you mean": the known name most similar to a misspelled one.

use std::collections::BTreeSet;

/// Maximum edit distance.
const MAX_DISTANCE: usize = 6;

/// A name is compared with this many neighbours on each side, in both orders.
const WINDOW: usize = 16;

/// Names to search for the most similar one.
///
/// A misspelled name begins or ends like the intended one. So it is compared only with its neighbours in the order of
/// the names and in the order of the reversed names: many searches among many names take linear, not quadratic time.
///
/// ```
/// use thunkgen_diagnostics::nearest_name::NearestName;
/// let names = NearestName::new(["Long_Open", "Long_Seek"]);
/// assert_eq!(names.find("Long_Opne"), Some("Long_Open"));
/// assert_eq!(names.find("Long_Free"), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct NearestName<'k> {
    /// The spelling to compare, and the name.
    names: Vec<(String, &'k str)>,
    /// The reversed spellings in order, with their indices in `names`.
    backwards: Vec<(String, usize)>,
}

impl<'k> NearestName<'k> {
    /// Names that are compared as they are.
    pub fn new(known: impl IntoIterator<Item = &'k str>) -> NearestName<'k> {
        NearestName::spelled(known, str::to_owned)
    }

    /// Names that are compared by a spelling, for instance in lower case. Pass the same spelling to [`Self::find`].
    pub fn spelled(known: impl IntoIterator<Item = &'k str>, spelling: impl Fn(&str) -> String) -> NearestName<'k> {
        let names: BTreeSet<(String, &str)> = known.into_iter().map(|name| (spelling(name), name)).collect();
        let names: Vec<(String, &str)> = names.into_iter().collect();
        let backwards = names.iter().enumerate().map(|(index, (spelled, _))| (spelled.chars().rev().collect(), index));
        let mut backwards: Vec<(String, usize)> = backwards.collect();
        backwards.sort();
        NearestName { names, backwards }
    }

    /// The name most similar to `word`, if one is similar enough; the first in order if several are.
    pub fn find(&self, word: &str) -> Option<&'k str> {
        self.find_where(word, |_| true)
    }

    /// The most similar name among those that pass a test.
    pub fn find_where(&self, word: &str, passes: impl Fn(&str) -> bool) -> Option<&'k str> {
        let candidates = self.candidates(word).into_iter().filter_map(|index| self.names.get(index));
        let near = candidates.filter(|(_, name)| passes(name)).filter_map(|(spelled, name)| {
            let distance = distance(word, spelled)?;
            Some((distance, *name))
        });
        near.min().map(|(_, name)| name)
    }

    /// Every name that starts with `prefix`.
    pub fn starting_with(&self, start: &str) -> impl Iterator<Item = &'k str> {
        let first = self.names.partition_point(|(spelled, _)| spelled.as_str() < start);
        let from = self.names.get(first..).unwrap_or_default();
        from.iter().take_while(move |(spelled, _)| spelled.starts_with(start)).map(|(_, name)| *name)
    }

    /// Indices of the names to compare with a word, each once.
    fn candidates(&self, word: &str) -> Vec<usize> {
        let around = |at: usize| at.saturating_sub(WINDOW)..(at + WINDOW).min(self.names.len());
        let reversed: String = word.chars().rev().collect();
        let forwards = around(self.names.partition_point(|(spelled, _)| spelled.as_str() < word));
        let backwards = around(self.backwards.partition_point(|(spelled, _)| *spelled < reversed));
        let ends_so = self.backwards.get(backwards).unwrap_or_default().iter().map(|(_, index)| *index);
        let mut all: Vec<usize> = forwards.chain(ends_so).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The edit distance of two names if they are similar: at most a third of the words
/// that differ. What names have in common is ignored, since all names of a library share a prefix.
fn distance(one: &str, other: &str) -> Option<usize> {
    let (mut one, mut other) = (one.chars().collect::<Vec<_>>(), other.chars().collect::<Vec<_>>());
    // The words that differ.
    for backwards in [false, true] {
        let shared = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
        let is_whole = |at: &usize| is_boundary(&one, *at, backwards) && is_boundary(&other, *at, backwards);
        let whole = (0..=shared).rev().find(is_whole).unwrap_or_default();
        (one, other) = (one.split_off(whole), other.split_off(whole));
        one.reverse();
        other.reverse();
    }
    let longest = one.len().max(other.len());
    let max = (longest / 3).min(MAX_DISTANCE);
    // The letters that differ; equal ones at the start and end are skipped.
    let start = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (one.get(start..)?, other.get(start..)?);
    let end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    edits(one.get(..one.len() - end)?, other.get(..other.len() - end)?, max)
}

/// Whether a word starts before this letter of a name, or ends when the name is written backwards.
fn is_boundary(name: &[char], at: usize, backwards: bool) -> bool {
    let Some((before, after)) = at.checked_sub(1).and_then(|before| Some((name.get(before)?, name.get(at)?))) else {
        return true;
    };
    let is_hump = if backwards {
        before.is_uppercase() && after.is_lowercase()
    } else {
        before.is_lowercase() && after.is_uppercase()
    };
    is_hump || !before.is_alphanumeric() && after.is_alphanumeric()
}

/// The edit distance (insertions, deletions, substitutions, swaps of neighbours), if at most `max`: a band of the usual
/// table.
fn edits(one: &[char], other: &[char], max: usize) -> Option<usize> {
    if one.len().abs_diff(other.len()) > max {
        return None;
    }
    let unreachable = max + 1;
    let mut before_last = vec![unreachable; other.len() + 1];
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, a) in one.iter().enumerate() {
        let mut current = vec![unreachable; other.len() + 1];
        let band = row.saturating_sub(max)..(row + max + 1).min(other.len());
        if row < max {
            current[0] = row + 1;
        }
        for column in band {
            let b = &other[column];
            let mut best = (last[column] + usize::from(a != b)).min(last[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && one[row - 1] == *b && other[column - 1] == *a {
                best = best.min(before_last[column - 1] + 1);
            }
            current[column + 1] = best.min(unreachable);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().filter(|distance| *distance <= max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_can_be_meant() {
        for (word, known, is_meant) in [
            ("VeryLongCompanyPrefix_Opne", "VeryLongCompanyPrefix_Open", true),
            ("VeryLongCompanyPrefix_Free", "VeryLongCompanyPrefix_Seek", false),
            ("VeryLongCompanyPrefix_Pid", "VeryLongCompanyPrefix_Cwd", false),
            ("SystemNative_Free", "SystemNative_LSeek", false),
            ("SystemNative_Pipe", "SystemNative_PWrite", false),
            ("SystemNative_Raed", "SystemNative_Read", true),
            ("crypto_aead_aegis256_encrypt", "crypto_aead_aes256gcm_encrypt", false),
            ("draw_lien_at", "draw_line_at", true),
            ("draw_line_to", "draw_line_at", false),
            ("drawLine", "draw_line", true),
            ("ReadA", "ReadW", false),
            ("target_os", "target-os", true),
            ("ot", "out", true),
            ("xx", "out", false),
            ("", "a", false),
            ("TG0141", "TG0101", true),
            ("CS1591", "TG0101", false),
        ] {
            assert_eq!(NearestName::new([known]).find(word).is_some(), is_meant, "{word} {known}");
        }
    }

    #[test]
    fn the_nearest_of_several() {
        let known = ["inputs", "input-list", "output", "outputs", "Inputs"];
        assert_eq!(NearestName::new(known).find("input"), Some("inputs"));
        assert_eq!(NearestName::new(known).find_where("input", |name| name.starts_with('o')), None);
        let folded = NearestName::spelled(known, str::to_lowercase);
        assert_eq!(folded.find("input"), Some("Inputs"), "the first of two that are equally near");
        assert_eq!(folded.starting_with("out").collect::<Vec<_>>(), ["output", "outputs"]);
    }

    /// The edit distance, computed without a band.
    fn all_edits(one: &[char], other: &[char]) -> usize {
        let mut table = vec![vec![0usize; other.len() + 1]; one.len() + 1];
        for row in 0..=one.len() {
            for column in 0..=other.len() {
                table[row][column] = if row == 0 || column == 0 {
                    row + column
                } else {
                    let differs = usize::from(one[row - 1] != other[column - 1]);
                    let mut best = (table[row - 1][column - 1] + differs)
                        .min(table[row - 1][column] + 1)
                        .min(table[row][column - 1] + 1);
                    if row > 1 && column > 1 && one[row - 1] == other[column - 2] && one[row - 2] == other[column - 1] {
                        best = best.min(table[row - 2][column - 2] + 1);
                    }
                    best
                };
            }
        }
        table[one.len()][other.len()]
    }

    #[test]
    fn a_band_gives_what_the_whole_table_gives() {
        let words: Vec<Vec<char>> = (0..729usize)
            .map(|number| (0..6).map(move |at| number / 3usize.pow(at) % 3).map(|digit| ['a', 'b', '-'][digit]))
            .map(|letters| letters.filter(|letter| *letter != '-').collect())
            .collect();
        for one in words.iter().step_by(7) {
            for other in &words {
                let all = all_edits(one, other);
                for max in 0..4 {
                    assert_eq!(edits(one, other, max), Some(all).filter(|all| *all <= max), "{one:?} {other:?}");
                }
            }
        }
    }

    /// A single typing error is found at any position among any number of names, with a bounded number of comparisons.
    #[test]
    fn comparisons_grow_with_the_names_and_not_with_their_square() {
        let name = |number: usize| format!("Library_{}Thing{}", number * 7919 % 10_007, number * 104_729 % 10_007);
        for count in [100, 1000, 20_000] {
            let all: Vec<String> = (0..count).map(name).collect();
            let index = NearestName::new(all.iter().map(String::as_str));
            let mut compared = 0;
            for known in all.iter().step_by(count / 50) {
                let mut word: Vec<char> = known.chars().collect();
                for at in [9, word.len() / 2, word.len() - 2] {
                    word.swap(at, at + 1);
                    let misspelled: String = word.iter().collect();
                    compared += index.candidates(&misspelled).len();
                    let found = index.find(&misspelled);
                    assert!(found.is_some_and(|found| distance(&misspelled, found) <= distance(&misspelled, known)));
                    word.swap(at, at + 1);
                }
            }
            assert!(compared <= 150 * 4 * WINDOW, "{count}: {compared}");
        }
        let long = ["x".repeat(1000), "y".repeat(1000)];
        assert_eq!(NearestName::new([long[0].as_str()]).find(&long[1]), None);
    }
}
