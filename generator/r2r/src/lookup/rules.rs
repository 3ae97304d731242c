//! The order in which the runtime looks for a thunk (dotnet/runtime, `src/coreclr/vm/wasm/helpers.cpp`).
//!
//! A key is looked for in the static table of its prefix, then in what images have injected. `M` keys have the table
//! `g_wasmThunks` (later `g_portableCallHelperThunks`); `I` keys had one, written by hand, until dotnet/runtime PR 132965
//! removed it; keys of other kinds have none. Of equal keys the first wins: the first row of
//! a table, the first image that was loaded, the first entry of an image.
//!
//! Two kinds of image entries are never found. The runtime does not read entries of a section that is not eager until code
//! of the image requests them. It adds entries with an empty table slot without checking the slot: a call traps, and later
//! images cannot provide the key.

use super::source::{Provided, Source, SourceKind, Sources, TablePlace};
use crate::lookup::cpp::TableKind;

/// What the runtime finds for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'s> {
    /// The key that was looked for.
    pub key: String,
    /// Every thunk with this key, in the order in which the runtime would come to it; the first is found if its
    /// standing says so.
    pub candidates: Vec<Candidate<'s>>,
}

/// A thunk with the key, and why it is found or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate<'s> {
    /// Where it comes from.
    pub source: &'s Source,
    /// The thunk.
    pub thunk: &'s Provided,
    /// Why it is found or not.
    pub standing: Standing,
}

/// Why a thunk is found or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Found: a static table is searched before any image.
    Static,
    /// Found: no static table has the key, and of the images that have it, this one is loaded first.
    FirstImage,
    /// Not found: the same table or image has the key before.
    Repeated,
    /// Not found: a static table has the key.
    BehindTable,
    /// Not found: an image that is loaded before has the key.
    LoadedLater,
    /// Not found: the runtime would reach it, but its table slot is empty.
    Empty,
    /// Not found: code of the image would have to ask for it first.
    NotEager,
    /// Not found: the runtime looks for keys with this prefix elsewhere.
    NeverSearched,
}

impl Standing {
    /// Whether the thunk is found.
    pub fn wins(self) -> bool {
        matches!(self, Standing::Static | Standing::FirstImage)
    }

    /// The reason in words.
    pub fn reason(self) -> &'static str {
        match self {
            Standing::Static => "the static table is searched before any image",
            Standing::FirstImage => "no static table has the key, and of the images with it this one is loaded first",
            Standing::Repeated => "never found: the key is there before, and the first one counts",
            Standing::BehindTable => "not found: the static table has the key and is searched first",
            Standing::LoadedLater => "not found: an image that is loaded before has the key",
            Standing::Empty => {
                "not found: the image has no function there, so a call traps, and the runtime does not look further \
                 (`check --image` reports TG0444)"
            }
            Standing::NotEager => {
                "not found: its import section is not eager, so the runtime adds it only when code of the image asks"
            }
            Standing::NeverSearched => "never found: the runtime does not look for such a key in this table",
        }
    }
}

impl Answer<'_> {
    /// The thunk that the runtime finds.
    pub fn winner(&self) -> Option<&Candidate<'_>> {
        self.candidates.first().filter(|candidate| candidate.standing.wins())
    }
}

/// Where the runtime comes to a source on its way to a key.
enum Way {
    /// Among the static tables, in this order.
    Table(TableKind),
    /// Among the images.
    Image,
    /// It does not, by itself.
    Never(Standing),
}

impl Way {
    fn to(source: &Source, thunk: &Provided, prefix: Option<char>) -> Way {
        match source.kind.table() {
            Some(kind) if Some(kind.prefix()) == prefix => Way::Table(kind),
            Some(_) => Way::Never(Standing::NeverSearched),
            None if matches!(thunk.place, TablePlace::Entry { eager: false, .. }) => Way::Never(Standing::NotEager),
            None => Way::Image,
        }
    }
}

impl Sources {
    /// Looks a key up as the runtime does.
    pub fn find(&self, key: &str) -> Answer<'_> {
        let prefix = key.chars().next();
        let (mut tables, mut images, mut never) = (Vec::new(), Vec::new(), Vec::new());
        for (source, thunk) in self.with_key(key) {
            let candidate = |standing| Candidate { source, thunk, standing };
            match Way::to(source, thunk, prefix) {
                Way::Table(kind) => tables.push((kind, candidate(Standing::BehindTable))),
                Way::Image => images.push(candidate(Standing::LoadedLater)),
                Way::Never(standing) => never.push(candidate(standing)),
            }
        }
        // Stable: tables of one kind stay in order.
        tables.sort_by_key(|(kind, _)| *kind);
        let has_table = !tables.is_empty();
        let mut candidates: Vec<Candidate<'_>> = tables.into_iter().map(|(_, candidate)| candidate).collect();
        candidates.extend(images);
        let mut before: Option<&Source> = None;
        for (index, candidate) in candidates.iter_mut().enumerate() {
            let is_image = candidate.source.kind == SourceKind::Image;
            candidate.standing = match (index, is_image) {
                (0, false) => Standing::Static,
                (0, true) if matches!(candidate.thunk.place, TablePlace::Entry { is_empty: true, .. }) => {
                    Standing::Empty
                }
                (0, true) => Standing::FirstImage,
                _ if before.is_some_and(|before| std::ptr::eq(before, candidate.source)) => Standing::Repeated,
                _ if has_table => Standing::BehindTable,
                _ => Standing::LoadedLater,
            };
            before = Some(candidate.source);
        }
        candidates.extend(never);
        Answer { key: key.to_owned(), candidates }
    }
}
