//! Finds what crosses the boundary by the name that people have: of a method, of a LibraryImport method, of a native
//! function, of a library, a metadata token, or a part of a name.

use std::collections::{BTreeMap, BTreeSet};

use super::key::suffixed;
use clr_wasm_abi::Signature;
use thunkgen_core::collect::LibraryName;
use thunkgen_core::collect::ir::Ir;
use thunkgen_core::collect::ir::declarations::Declaration;
use thunkgen_diagnostics::nearest_name::NearestName;
use thunkgen_driver::summary::Part;
use thunkgen_native::stubs::library_import;

/// A member that crosses the boundary.
pub struct Crossing<'a> {
    /// What it is: `P/Invoke`, `delegate`, `callback`.
    pub kind: &'static str,
    /// Full name in metadata.
    pub member: &'a str,
    /// The name of the LibraryImport method.
    pub written: Option<String>,
    pub assembly: &'a str,
    pub token: u32,
    /// `M` key of a call, or the reverse-thunk key of a callback; `None` for an open generic signature.
    pub key: Option<&'a str>,
    pub signature: Option<&'a Signature>,
    /// Entry point of a P/Invoke, exported name of a callback.
    pub entry_point: Option<&'a str>,
    pub declaration: Option<&'a Declaration>,
    /// Which target or output, if there are several.
    pub suffix: String,
    /// Whether the P/Invoke table has the function.
    pub is_in_table: bool,
    /// Whether the library is not linked.
    pub is_unlinked: bool,
}

impl Crossing<'_> {
    /// Every name that it has.
    fn names(&self) -> impl Iterator<Item = &str> {
        [Some(self.member), self.written.as_deref(), self.entry_point].into_iter().flatten()
    }

    /// The library of a P/Invoke.
    pub fn library(&self) -> Option<&str> {
        self.declaration.map(|declaration| declaration.module.as_str()).filter(|module| !module.is_empty())
    }

    fn matches(&self, name: &str, tier: Tier) -> bool {
        match tier {
            Tier::Whole => {
                let is_end = |full: &str| full.strip_suffix(name).is_some_and(|before| before.ends_with(['.', '+']));
                self.names().any(|full| full == name) || self.methods().any(is_end)
            }
            Tier::Library => self.library().is_some_and(|library| LibraryName::same(library, name)),
            Tier::AnyCase => self.names().any(|full| {
                let at = full.len().checked_sub(name.len()).filter(|at| full.is_char_boundary(*at));
                at.is_some_and(|at| {
                    full.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(name))
                        && (at == 0 || full.get(..at).is_some_and(|before| before.ends_with(['.', '+'])))
                })
            }),
            Tier::Part => {
                let name = name.to_ascii_lowercase();
                self.names().any(|full| full.to_ascii_lowercase().contains(&name))
            }
        }
    }

    /// The names that a namespace and a type precede.
    fn methods(&self) -> impl Iterator<Item = &str> {
        [Some(self.member), self.written.as_deref()].into_iter().flatten()
    }
}

#[derive(Clone, Copy)]
enum Tier {
    /// A full name, or the end of one after a dot.
    Whole,
    /// All functions of a library.
    Library,
    /// The same in another case.
    AnyCase,
    /// Anything inside of a name.
    Part,
}

/// Maximum number of words of a text that are looked up.
const MAX_WORDS: usize = 200;

/// Everything that crosses the boundary in the inputs.
pub struct Crossings<'a>(Vec<Crossing<'a>>);

impl<'a> Crossings<'a> {
    pub fn new(parts: &[Part<'a>]) -> Crossings<'a> {
        let mut all = Vec::new();
        for (suffix, ir) in parts.iter().flat_map(suffixed) {
            add(ir, &suffix, &mut all);
        }
        Crossings(all)
    }

    /// What the name means: the closest kind of match that there is.
    pub fn find(&self, name: &str) -> Vec<&Crossing<'a>> {
        if let Some(token) = token(name) {
            return self.0.iter().filter(|crossing| crossing.token == token).collect();
        }
        let plain = plain(name);
        let names = BTreeSet::from([name, &plain]);
        [Tier::Whole, Tier::Library, Tier::AnyCase, Tier::Part]
            .into_iter()
            .map(|tier| self.matching(&names, tier))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// What a text means: a name, a declaration, or words among which are names.
    pub fn mentioned(&self, text: &str) -> Vec<&Crossing<'a>> {
        if !text.contains(char::is_whitespace) {
            return self.find(text);
        }
        let is_inside = |c: char| !c.is_alphanumeric() && !"_.+:<>|".contains(c);
        let words: BTreeSet<&str> = text.split(char::is_whitespace).map(|word| word.trim_matches(is_inside)).collect();
        let words: BTreeSet<&str> = words.into_iter().filter(|word| word.len() > 2).take(MAX_WORDS).collect();
        let found = self.matching(&words, Tier::Whole);
        match found.is_empty() && text.contains(['(', '.', ':']) {
            true => self.named(text),
            false => found,
        }
    }

    /// What has exactly this name, or is of this library: for names that a message contains.
    pub fn named(&self, name: &str) -> Vec<&Crossing<'a>> {
        let plain = plain(name);
        let names = BTreeSet::from([name, &plain]);
        [Tier::Whole, Tier::Library]
            .into_iter()
            .map(|tier| self.matching(&names, tier))
            .find(|f| !f.is_empty())
            .unwrap_or_default()
    }

    fn matching(&self, names: &BTreeSet<&str>, tier: Tier) -> Vec<&Crossing<'a>> {
        let matches = |crossing: &&Crossing<'a>| names.iter().any(|name| crossing.matches(name, tier));
        self.0.iter().filter(matches).collect()
    }

    /// The name most similar to a misspelled one: a whole name, or as much of the end of one as was written.
    pub fn nearest(&self, name: &str) -> Option<String> {
        let plain = plain(name).to_ascii_lowercase();
        let parts = plain.split(['.', '+']).count();
        let tail = |full: &str, parts: usize| {
            let start = full.rmatch_indices(['.', '+']).nth(parts - 1).map_or(0, |(at, _)| at + 1);
            full.get(start..).unwrap_or(full).to_ascii_lowercase()
        };
        let all = || self.0.iter().flat_map(Crossing::names);
        let whole = NearestName::spelled(all(), str::to_ascii_lowercase).find(&plain);
        let end = || NearestName::spelled(all(), |full| tail(full, parts)).find(&plain);
        let last = || NearestName::spelled(all(), |full| tail(full, 1)).find(&tail(&plain, 1));
        // What was written with its type is not the name of a native function.
        let found = if parts > 1 { end().or(whole).or_else(last)? } else { whole.or_else(end).or_else(last)? };
        Some(library_import::method(found).unwrap_or_else(|| found.to_owned()))
    }
}

fn add<'a>(ir: &'a Ir, suffix: &str, all: &mut Vec<Crossing<'a>>) {
    let by_token = |list: &'a [Declaration]| -> BTreeMap<(&'a str, u32), &'a Declaration> {
        list.iter().map(|declaration| ((declaration.assembly.as_str(), declaration.token), declaration)).collect()
    };
    let (functions, callbacks) = (by_token(&ir.declarations.functions), by_token(&ir.declarations.callbacks));
    for (key, entry) in &ir.keys {
        for reason in &entry.reasons {
            let declaration = functions.get(&(reason.assembly.as_str(), reason.token)).copied();
            let entry_point = declaration.and_then(|declaration| declaration.entry_point.as_deref());
            let rows = declaration.and_then(|declaration| ir.pinvokes.get(&declaration.module));
            all.push(Crossing {
                kind: reason.kind.name(),
                member: &reason.member,
                written: library_import::method(&reason.member),
                assembly: &reason.assembly,
                token: reason.token,
                key: Some(key),
                signature: Some(&entry.signature),
                entry_point,
                declaration,
                suffix: suffix.to_owned(),
                is_in_table: entry_point.is_some_and(|name| rows.is_some_and(|rows| rows.contains_key(name))),
                is_unlinked: declaration.is_some_and(|of| ir.dropped_modules.contains_key(&of.module)),
            });
        }
    }
    for (key, callback) in &ir.callbacks {
        let declaration = callbacks.get(&(callback.assembly.as_str(), callback.token)).copied();
        all.push(Crossing {
            kind: "callback",
            member: declaration.map_or(&callback.method, |declaration| &declaration.method),
            written: None,
            assembly: &callback.assembly,
            token: callback.token,
            key: Some(key),
            signature: Some(&callback.signature),
            entry_point: callback.entry_point.as_deref(),
            declaration,
            suffix: suffix.to_owned(),
            is_in_table: false,
            is_unlinked: false,
        });
    }
    for reason in &ir.unresolved {
        all.push(Crossing {
            kind: reason.kind.name(),
            member: &reason.member,
            written: library_import::method(&reason.member),
            assembly: &reason.assembly,
            token: reason.token,
            key: None,
            signature: None,
            entry_point: None,
            declaration: None,
            suffix: suffix.to_owned(),
            is_in_table: false,
            is_unlinked: false,
        });
    }
}

/// A metadata token of a method or type: `0x06000009`, or the digits alone.
fn token(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    let is_token = digits.len() == 8 && matches!(digits.get(..2), Some("02" | "06" | "0A" | "0a" | "2B" | "2b"));
    let token = u32::from_str_radix(digits, 16).ok();
    token.filter(|_| is_token || (digits.len() != text.len() && digits.len() <= 8))
}

/// The name in a declaration or in a frame of a stack: `int A.B::F(int)` and `A.B:F (int)` are `A.B.F`.
fn plain(text: &str) -> String {
    let before = text.split('(').find(|part| !part.trim().is_empty()).unwrap_or(text).trim();
    // In the name of a local function, a space is not a separator.
    let name = before.rsplit(char::is_whitespace).next().unwrap_or(before);
    name.replace("::", ".").replace([':', '!'], ".").replace('/', "+")
}
