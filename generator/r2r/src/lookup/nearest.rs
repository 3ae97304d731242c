//! Keys that are provided and look like one that is not: where the wrong size or type may have come from.

use std::cell::Cell;

use clr_wasm_abi::{FunctionType, Signature, ThunkKey};
use serde::Serialize;

/// A key like the one that was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Near<'k> {
    /// The key.
    pub key: &'k str,
    /// The functions have the same wasm type: such a thunk would not trap, but may take arguments from the wrong places.
    #[serde(rename = "sameWasmType")]
    pub same_type: bool,
    /// The one token that differs, in words; `None` when more do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
}

/// Most keys that are worth reading.
const MAX: usize = 4;

/// Keys are compared so many times for each one that is provided, and at least so often: a table with which everything is
/// wrong costs no more than what is in it.
const COMPARISONS_PER_KEY: usize = 300;
const MIN_COMPARISONS: usize = 100_000;

/// The provided keys, each taken apart once.
pub struct NearestKeys<'k> {
    keys: Vec<Provided<'k>>,
    /// Comparisons that are left.
    left: Cell<usize>,
}

struct Provided<'k> {
    key: &'k str,
    prefix: char,
    managed: bool,
    tokens: Vec<String>,
    function_type: FunctionType,
}

impl<'k> Provided<'k> {
    fn new(key: &'k str) -> Option<Provided<'k>> {
        let parsed = key.parse::<ThunkKey>().ok()?;
        let (prefix, signature) = signature(&parsed)?;
        let (tokens, function_type) = (tokens(signature), FunctionType::of(signature));
        Some(Provided { key, prefix, managed: signature.managed, tokens, function_type })
    }
}

impl<'k> NearestKeys<'k> {
    /// Those that a signature has.
    pub fn new(provided: impl Iterator<Item = &'k str>) -> NearestKeys<'k> {
        let keys: Vec<Provided<'k>> = provided.filter_map(Provided::new).collect();
        let left = Cell::new((keys.len() * COMPARISONS_PER_KEY).max(MIN_COMPARISONS));
        NearestKeys { keys, left }
    }

    /// The keys most like this one: those with one other token, and those of the same wasm type. After very many
    /// searches, none.
    pub fn find(&self, key: &str) -> Vec<Near<'k>> {
        let Some(wanted) = Provided::new(key) else { return Vec::new() };
        let Some(left) = self.left.get().checked_sub(self.keys.len()) else { return Vec::new() };
        self.left.set(left);
        let mut found = Vec::new();
        for other in self.keys.iter().filter(|other| other.key != key && other.prefix == wanted.prefix) {
            let (same_type, difference) = if other.managed == wanted.managed {
                (other.function_type == wanted.function_type, one_difference(&wanted.tokens, &other.tokens))
            } else {
                // The same arguments in the other convention: nothing else of it is alike.
                (false, (wanted.tokens == other.tokens).then(|| convention(other.managed)))
            };
            if same_type || difference.is_some() {
                found.push(Near { key: other.key, same_type, difference });
            }
        }
        found.sort_by_key(|near| (near.difference.is_none(), !near.same_type, near.key));
        found.truncate(MAX);
        found
    }
}

fn signature(key: &ThunkKey) -> Option<(char, &Signature)> {
    match key {
        ThunkKey::FromInterp(signature) => Some(('M', signature)),
        ThunkKey::ToInterp(signature) => Some(('I', signature)),
        ThunkKey::Flat(..) => None,
    }
}

fn convention(managed: bool) -> String {
    format!("with{} p (the managed convention)", if managed { "" } else { "out" })
}

/// The tokens in order, hidden ones included, without that of the convention.
fn tokens(signature: &Signature) -> Vec<String> {
    let Signature { ret, has_this, has_generic_context, is_async, params, managed: _ } = signature;
    let hidden = [(*has_this, "T"), (*has_generic_context, "i"), (*is_async, "a")];
    let mut tokens = vec![ret.to_string()];
    tokens.extend(hidden.into_iter().filter(|(present, _)| *present).map(|(_, token)| token.to_owned()));
    tokens.extend(params.iter().map(ToString::to_string));
    tokens
}

/// How `other` differs from `wanted`, when one token was changed, added or left out.
fn one_difference(wanted: &[String], other: &[String]) -> Option<String> {
    // There is always a return.
    let (wanted_return, wanted) = wanted.split_first()?;
    let (other_return, other) = other.split_first()?;
    if wanted_return != other_return {
        return (wanted == other).then(|| format!("returns {other_return} instead of {wanted_return}"));
    }
    let start = wanted.iter().zip(other).take_while(|(a, b)| a == b).count();
    match (wanted.get(start..)?, other.get(start..)?) {
        ([old, a @ ..], [new, b @ ..]) if a == b => Some(format!("{new} instead of {old}")),
        ([left_out, a @ ..], b) if a == b => Some(format!("without {}", described(left_out))),
        (a, [added, b @ ..]) if a == b => Some(format!("with {} added", described(added))),
        _ => None,
    }
}

/// A token that is there in one of two keys only.
fn described(token: &str) -> String {
    match token {
        "T" => "T (a this pointer)".to_owned(),
        "a" => "a (an async continuation)".to_owned(),
        token => token.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(key: &str, provided: &[&str]) -> Vec<String> {
        let show = |near: Near<'_>| {
            let same = if near.same_type { " =" } else { "" };
            format!("{}{same} {}", near.key, near.difference.unwrap_or_default()).trim().to_owned()
        };
        NearestKeys::new(provided.iter().copied()).find(key).into_iter().map(show).collect()
    }

    #[test]
    fn one_token_or_the_same_type() {
        let provided =
            ["MviS16", "Mvii", "MviS8i", "MiiS8", "MvS8", "MviS8p", "Mvl", "IviS8p", "MviA8", "Mx", "MvS4S4"];
        assert_eq!(
            near("MviS8", &provided),
            [
                "MviA8 = A8 instead of S8",
                "MviS16 = S16 instead of S8",
                "Mvii = i instead of S8",
                "MiiS8 returns i instead of v"
            ]
        );
        assert_eq!(
            near("MviS8", &["MviS8i", "MvS8", "MviS8p"]),
            ["MvS8 without i", "MviS8i with i added", "MviS8p with p (the managed convention)"]
        );
        assert_eq!(near("MvS4", &["MS4v", "Mvi", "MS8"]), ["Mvi = i instead of S4", "MS8 ="]);
        assert_eq!(near("Mvl2", &["Mvll"]), ["Mvll ="]);
        // Two pointers: the buffer and a struct here, the stack and the entry point there.
        assert_eq!(near("MS16S16", &["Mvp", "MS16p", "MS16S16p"]), ["MS16S16p with p (the managed convention)"]);
        assert_eq!(near("MvTip", &["Mviip", "Mvip"]), ["Mviip = i instead of T", "Mvip without T (a this pointer)"]);
    }

    #[test]
    fn what_is_like_nothing() {
        assert!(near("Mx", &["Mv"]).is_empty());
        assert!(near("Vvi", &["Vvii"]).is_empty());
        assert!(near("Mv", &["Mv", "Mvff", "Iv"]).is_empty());
    }

    /// However many keys are looked for, comparisons grow with those that are provided.
    #[test]
    fn comparisons_are_bounded() {
        for count in [1000usize, 4000] {
            let all: Vec<String> = (0..count).map(|number| format!("Mv{}", number_tokens(number))).collect();
            let keys = NearestKeys::new(all.iter().map(String::as_str));
            let before = keys.left.get();
            let with_hints = all.iter().filter(|key| !keys.find(&format!("{key}d")).is_empty()).count();
            assert!(before <= count * COMPARISONS_PER_KEY && keys.left.get() < count);
            assert_eq!(with_hints, COMPARISONS_PER_KEY);
        }
    }

    fn number_tokens(number: usize) -> String {
        (0..12).map(|bit| if number >> bit & 1 == 1 { 'i' } else { 'f' }).collect()
    }
}
