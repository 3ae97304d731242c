//! A table from keys to thunks that does not change any more once it is published, and the chain of those that have
//! been: the newest is in use, none is dropped before all are, and whoever appends to the chain is the one who publishes.

use crate::image_index::ImageIndex;
use crate::sync::OnceLock;

/// Keys and thunks, the keys borrowed.
#[derive(Debug)]
pub(crate) enum Table<'k> {
    /// Open addressing with steps of one; a power of two of slots, at least half of them empty. No slots: no keys.
    Hash { slots: Vec<Option<Row<'k>>>, count: usize },
    /// The index of a single image, searched where it is.
    Indexed(ImageIndex<'k>),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'k> {
    key: &'k [u8],
    hash: u32,
    thunk: u32,
}

/// djb2-xor, as the runtime has it.
fn hash_key(key: &[u8]) -> u32 {
    key.iter().fold(5381, |hash: u32, byte| hash.wrapping_mul(33) ^ u32::from(*byte))
}

impl<'k> Table<'k> {
    const EMPTY: Table<'static> = Table::Hash { slots: Vec::new(), count: 0 };

    /// What another one holds, and room for more.
    fn larger(previous: &Table<'k>, more: usize) -> Table<'k> {
        let capacity = (2 * (previous.count() + more)).next_power_of_two().max(4);
        let mut table = Table::Hash { slots: vec![None; capacity], count: 0 };
        match previous {
            Table::Hash { slots, .. } => {
                for row in slots.iter().flatten() {
                    table.add(row.key, row.thunk);
                }
            }
            Table::Indexed(index) => {
                for (key, thunk) in index.iter() {
                    table.add(key, thunk);
                }
            }
        }
        table
    }

    /// Adds a key unless it is there, or the table is full.
    fn add(&mut self, key: &'k [u8], thunk: u32) -> bool {
        let Table::Hash { slots, count } = self else { return false };
        let hash = hash_key(key);
        match find_slot(slots, key, hash) {
            Some(slot) if slots[slot].is_none() && *count < slots.len() / 2 => {
                slots[slot] = Some(Row { key, hash, thunk });
                *count += 1;
                true
            }
            _ => false,
        }
    }

    pub fn count(&self) -> usize {
        match self {
            Table::Hash { count, .. } => *count,
            Table::Indexed(index) => index.count(),
        }
    }

    pub fn lookup(&self, key: &[u8]) -> Option<u32> {
        match self {
            Table::Hash { slots, .. } => {
                let slot = find_slot(slots, key, hash_key(key))?;
                slots[slot].map(|row| row.thunk)
            }
            Table::Indexed(index) => index.lookup(key),
        }
    }
}

/// Where the key is or would be; none in a table without slots. The high bits of the product: see `HomeSlot` in
/// `templates/registry/keys.h`.
fn find_slot(slots: &[Option<Row<'_>>], key: &[u8], hash: u32) -> Option<usize> {
    let log2 = slots.len().checked_ilog2()?;
    let home = hash.wrapping_mul(0x9E37_79B9) >> (32 - log2);
    let mut slot = home as usize;
    while slots[slot].is_some_and(|row| row.hash != hash || row.key != key) {
        slot = (slot + 1) & (slots.len() - 1);
    }
    Some(slot)
}

/// Every table there was, the newest last.
#[derive(Debug)]
pub(crate) struct Generations<'k> {
    first: Generation<'k>,
}

#[derive(Debug)]
struct Generation<'k> {
    table: Table<'k>,
    next: OnceLock<Box<Generation<'k>>>,
}

impl<'k> Generations<'k> {
    pub fn new() -> Generations<'k> {
        Generations { first: Generation { table: Table::EMPTY, next: OnceLock::new() } }
    }

    fn last(&self) -> &Generation<'k> {
        let mut last = &self.first;
        while let Some(next) = last.next.get() {
            last = next;
        }
        last
    }

    /// The table in use. Takes no lock; costs a step for every table there was.
    pub fn table(&self) -> &Table<'k> {
        &self.last().table
    }

    /// Adds what is missing; returns how many keys that were.
    pub fn publish(&self, rows: &[(&'k [u8], u32)]) -> usize {
        loop {
            let seen = self.last();
            let missing = rows.iter().filter(|(key, _)| seen.table.lookup(key).is_none()).count();
            if missing == 0 {
                return 0;
            }
            let mut table = Table::larger(&seen.table, missing);
            let added = rows.iter().filter(|(key, thunk)| table.add(key, *thunk)).count();
            if seen.next.set(Box::new(Generation { table, next: OnceLock::new() })).is_ok() {
                return added;
            }
            // Another thread was faster: the same again on top of its table.
        }
    }

    /// Uses an index in place of no table at all; false when there is one.
    pub fn publish_index(&self, index: ImageIndex<'k>) -> bool {
        let generation = Generation { table: Table::Indexed(index), next: OnceLock::new() };
        self.first.next.set(Box::new(generation)).is_ok()
    }
}

// One after the other: nested drops of a long chain would overflow the stack.
impl Drop for Generations<'_> {
    fn drop(&mut self) {
        let mut next = self.first.next.take();
        while let Some(mut generation) = next {
            next = generation.next.take();
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn tables_grow_and_lose_nothing() {
        let keys: Vec<String> = (0..5000).map(|number| format!("M{number}")).collect();
        let rows: Vec<(&[u8], u32)> = keys.iter().zip(1..).map(|(key, thunk)| (key.as_bytes(), thunk)).collect();
        let tables = Generations::new();
        assert_eq!(tables.table().lookup(b"M0"), None);
        for part in rows.chunks(50) {
            assert_eq!(tables.publish(part), 50);
            assert_eq!(tables.publish(part), 0);
        }
        assert_eq!(tables.table().count(), 5000);
        assert!(rows.iter().all(|(key, thunk)| tables.table().lookup(key) == Some(*thunk)));
        assert_eq!(tables.table().lookup(b"M5000"), None);
    }

    #[test]
    fn a_long_chain_is_dropped_without_recursion() {
        let keys: Vec<String> = (0..3).map(|number| format!("M{number}")).collect();
        let tables = Generations::new();
        for key in &keys {
            tables.publish(&[(key.as_bytes(), 1)]);
        }
        let mut last = &tables.first;
        while let Some(next) = last.next.get() {
            last = next;
        }
        for _ in 0..200_000 {
            let empty = Generation { table: Table::EMPTY, next: OnceLock::new() };
            assert!(last.next.set(Box::new(empty)).is_ok());
            last = last.next.get().expect("just set");
        }
    }
}
