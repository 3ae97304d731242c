//! Scripts for `support/registry/script.cpp`, and what the registry's Rust twin makes of them.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use thunkgen_registry::{AddPending, Image, IndexUse, InjectError, PendingThunk, Registry, Source};

use crate::wasm::patterns::Random;

/// One line of a script; images, owners and entry points are numbered as they are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A row of a linked table.
    Static(String, u32),
    /// An image is loaded: its code base, and its bytes.
    Image(u32, Vec<u8>),
    /// An image's fixup at an offset is processed; whether the image's index may be used.
    Inject(usize, usize, bool),
    /// A key is looked up.
    Lookup(String),
    /// An owner is made.
    Owner,
    /// An entry point is made.
    Entry,
    /// An entry point is to get the thunk of a key.
    Add(usize, String, usize),
    /// An entry point is not to get one any more.
    Remove(usize),
    /// A descriptor is used again.
    Recycle(usize),
    /// Somebody else sets a thunk.
    Set(usize, u32),
    /// An owner is torn down.
    Drop(usize),
    /// What an entry point has now.
    Thunk(usize),
    /// How many wait.
    Pending,
}

/// Every key that occurs: some share a prefix, or the letters.
fn keys() -> Vec<String> {
    let signatures = ["v", "vi", "vil", "vli", "i", "iS8", "iS80", "lTp", "é", "vip", "vpi"];
    ["M", "I"].iter().flat_map(|prefix| signatures.iter().map(move |text| format!("{prefix}{text}"))).collect()
}

/// A script by chance, the same one on every machine. Ends with the state of everything.
pub fn random_script(round: u32, length: usize) -> Vec<Step> {
    let random = &mut Random::new("registry script", round);
    let keys = keys();
    let key = |random: &mut Random| keys[random.below(keys.len())].clone();
    let mut steps = vec![Step::Owner, Step::Entry];
    let (mut images, mut owners, mut entries) = (Vec::new(), 1, 1);
    for _ in 0..random.below(4) {
        steps.push(Step::Static(key(random), 1 + random.below(50) as u32));
    }
    while steps.len() < length {
        let step = match random.below(16) {
            0 | 1 => {
                let base = if random.below(12) == 0 { 0 } else { 1000 * (1 + images.len() as u32) };
                let (bytes, offset) = random_image(random, &keys);
                images.push(offset);
                Step::Image(base, bytes)
            }
            2..=4 if !images.is_empty() => {
                let image = random.below(images.len());
                let offset = images[image] + usize::from(random.below(16) == 0);
                Step::Inject(image, offset, random.below(3) != 0)
            }
            5 => {
                owners += 1;
                Step::Owner
            }
            6 => {
                entries += 1;
                Step::Entry
            }
            7..=9 => Step::Add(random.below(owners), key(random), random.below(entries)),
            10 => Step::Remove(random.below(entries)),
            11 => Step::Recycle(random.below(entries)),
            12 if random.below(4) == 0 => Step::Drop(random.below(owners)),
            13 if random.below(4) == 0 => Step::Set(random.below(entries), 1 + random.below(50) as u32),
            14 => Step::Thunk(random.below(entries)),
            15 => Step::Pending,
            _ => Step::Lookup(key(random)),
        };
        steps.push(step);
    }
    steps.extend(keys.into_iter().map(Step::Lookup));
    steps.extend((0..entries).map(Step::Thunk));
    steps.push(Step::Pending);
    steps
}

/// The bytes of an image, often damaged a little, and where its fixup is.
fn random_image(random: &mut Random, keys: &[String]) -> (Vec<u8>, usize) {
    let mut chosen: Vec<&String> = (0..random.below(7)).map(|_| &keys[random.below(keys.len())]).collect();
    if random.below(3) != 0 {
        chosen = chosen.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    }
    let offset = random.below(5);
    let mut bytes = vec![0xcc; offset];
    bytes.push(0x39);
    let mut rows = Vec::new();
    for key in chosen {
        let row = [bytes.len() as u32, random.below(50) as u32];
        bytes.extend(key.bytes().chain([0]).chain(row[1].to_le_bytes()));
        rows.push(row);
    }
    bytes.push(0);
    if random.below(3) != 0 {
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend(b"TKI1".iter().copied().chain((rows.len() as u32).to_le_bytes()));
        bytes.extend(rows.concat().into_iter().flat_map(u32::to_le_bytes));
    }
    match random.below(8) {
        0 => bytes.truncate(random.below(bytes.len() + 1)),
        1 => {
            let at = random.below(bytes.len());
            bytes[at] ^= 1 << random.below(8);
        }
        _ => {}
    }
    (bytes, offset)
}

/// The script as the program reads it.
pub fn text(script: &[Step]) -> String {
    let mut text = String::new();
    for step in script {
        let line = match step {
            Step::Static(key, value) => format!("static {key} {value}"),
            Step::Image(base, bytes) => {
                let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
                    write!(hex, "{byte:02x}").expect("a string takes everything");
                    hex
                });
                format!("image {base} {hex}")
            }
            Step::Inject(image, offset, index) => format!("inject {image} {offset} {}", u8::from(*index)),
            Step::Lookup(key) => format!("lookup {key}"),
            Step::Owner => "owner".to_owned(),
            Step::Entry => "entry".to_owned(),
            Step::Add(owner, key, entry) => format!("add {owner} {key} {entry}"),
            Step::Remove(entry) => format!("remove {entry}"),
            Step::Recycle(entry) => format!("recycle {entry}"),
            Step::Set(entry, value) => format!("set {entry} {value}"),
            Step::Drop(owner) => format!("drop {owner}"),
            Step::Thunk(entry) => format!("thunk {entry}"),
            Step::Pending => "pending".to_owned(),
        };
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// What the twin says to each line.
pub fn run_twin(script: &[Step]) -> Vec<String> {
    let registry = Registry::new();
    let (mut images, mut owners, mut entries) = (Vec::new(), Vec::new(), Vec::<Arc<PendingThunk>>::new());
    let mut answers = Vec::new();
    for step in script {
        let mut answer = "ok".to_owned();
        match step {
            Step::Static(key, value) => registry.add_static([(key.as_str(), *value)]),
            Step::Image(code_base, bytes) => images.push(Image { bytes, code_base: *code_base }),
            Step::Inject(image, offset, index) => {
                let index_use = if *index { IndexUse::WhereFound } else { IndexUse::Never };
                let (status, added, resolved) = match registry.inject_with(&images[*image], *offset, index_use) {
                    Ok(injected) => (0, injected.added, injected.resolved),
                    Err(error) => (status(error), 0, 0),
                };
                answer = format!("{status} {added} {resolved} {}", u8::from(registry.uses_index()));
            }
            Step::Lookup(key) => {
                answer = match registry.lookup(key) {
                    Some(found) => format!("{} {}", found.thunk, 1 + u8::from(found.source == Source::Injected)),
                    None => "0 0".to_owned(),
                };
            }
            Step::Owner => owners.push(registry.new_owner()),
            Step::Entry => entries.push(PendingThunk::new()),
            Step::Add(owner, key, entry) => {
                let added = registry.add_pending(owners[*owner], key, &entries[*entry]);
                answer = number(added).to_string();
            }
            Step::Remove(entry) => answer = u8::from(registry.remove_pending(&entries[*entry])).to_string(),
            Step::Recycle(entry) => {
                registry.remove_pending(&entries[*entry]);
                entries[*entry].recycle();
            }
            Step::Set(entry, value) => answer = u8::from(entries[*entry].try_set(*value)).to_string(),
            Step::Drop(owner) => answer = registry.remove_pending_owner(owners[*owner]).to_string(),
            Step::Thunk(entry) => answer = entries[*entry].thunk().to_string(),
            Step::Pending => answer = format!("{} {}", registry.pending_count(), registry.resolve_pending()),
        }
        answers.push(answer);
    }
    answers
}

/// `InjectStatus` of the C++ registry.
fn status(error: InjectError) -> u32 {
    match error {
        InjectError::NotStringThunks => 1,
        InjectError::Truncated => 2,
        InjectError::NoCodeBase => 3,
        InjectError::OutOfRange => 4,
    }
}

/// `AddPending` of the C++ registry.
fn number(added: AddPending) -> u32 {
    match added {
        AddPending::Resolved => 0,
        AddPending::AlreadySet => 1,
        AddPending::Waiting => 2,
        AddPending::AlreadyWaiting => 3,
        AddPending::OwnerRemoved => 4,
    }
}
