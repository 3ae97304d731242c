//! Entry points that wait for a thunk which no table has yet.
//!
//! One lock guards the list and who is on it. An entry point holds the ticket under which it waits; tickets are not
//! used twice, and one that was handed in is on no list any more. So a descriptor that is used again starts as one that
//! does not wait, and no later walk can take it for its predecessor.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::sync::{AtomicU32, Mutex};

/// One entry point: the word that holds its thunk.
#[derive(Debug)]
pub struct PendingThunk {
    /// 0 until it is set, never replaced.
    thunk: AtomicU32,
    /// 0: does not wait. Only used under the list's lock, which is why the model checker need not know it.
    ticket: AtomicU64,
}

impl PendingThunk {
    /// An entry point without a thunk, which does not wait for one.
    pub fn new() -> Arc<PendingThunk> {
        Arc::new(PendingThunk { thunk: AtomicU32::new(0), ticket: AtomicU64::new(0) })
    }

    /// The thunk, 0 for none.
    pub fn thunk(&self) -> u32 {
        self.thunk.load(Ordering::Acquire)
    }

    /// Sets the thunk unless there is one.
    pub fn try_set(&self, thunk: u32) -> bool {
        self.thunk.compare_exchange(0, thunk, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Uses the descriptor for another method; the entry point must not be waiting.
    pub fn recycle(&self) {
        self.thunk.store(0, Ordering::Release);
    }
}

/// What entry points die with, such as a loader allocator. Made by [`Registry::new_owner`](crate::Registry::new_owner).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PendingOwner(u64);

/// What became of an entry point that asked for its thunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddPending {
    /// The thunk was there, and is set.
    Resolved,
    /// The entry point had a thunk.
    AlreadySet,
    /// It waits from now on.
    Waiting,
    /// It waited before.
    AlreadyWaiting,
    /// The owner is being torn down: nothing was done.
    OwnerRemoved,
}

#[derive(Debug)]
struct Waiting<'k> {
    owner: PendingOwner,
    key: &'k [u8],
    entry: Arc<PendingThunk>,
}

#[derive(Debug, Default)]
struct State<'k> {
    last_number: u64,
    /// By ticket.
    waiting: BTreeMap<u64, Waiting<'k>>,
    /// The tickets of every owner that was not removed.
    owners: BTreeMap<PendingOwner, BTreeSet<u64>>,
}

impl State<'_> {
    /// Owners and tickets share one sequence.
    fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    fn unlink(&mut self, ticket: u64) -> Option<Arc<PendingThunk>> {
        let Waiting { owner, entry, .. } = self.waiting.remove(&ticket)?;
        if let Some(tickets) = self.owners.get_mut(&owner) {
            tickets.remove(&ticket);
        }
        entry.ticket.store(0, Ordering::Relaxed);
        Some(entry)
    }
}

/// The list.
#[derive(Debug)]
pub(crate) struct PendingThunks<'k> {
    state: Mutex<State<'k>>,
}

impl<'k> PendingThunks<'k> {
    pub fn new() -> PendingThunks<'k> {
        PendingThunks { state: Mutex::new(State::default()) }
    }

    pub fn new_owner(&self) -> PendingOwner {
        let mut state = self.state.lock();
        let owner = PendingOwner(state.next_number());
        state.owners.insert(owner, BTreeSet::new());
        owner
    }

    /// `lookup` is asked under the lock: a table published before this walk of the list is seen here, one published
    /// later is followed by a walk that sees the entry point.
    pub fn add(
        &self,
        owner: PendingOwner,
        key: &'k [u8],
        entry: &Arc<PendingThunk>,
        lookup: impl Fn(&[u8]) -> Option<u32>,
    ) -> AddPending {
        let mut state = self.state.lock();
        if !state.owners.contains_key(&owner) {
            return AddPending::OwnerRemoved;
        }
        if entry.ticket.load(Ordering::Relaxed) != 0 {
            return AddPending::AlreadyWaiting;
        }
        if entry.thunk() != 0 {
            return AddPending::AlreadySet;
        }
        if let Some(thunk) = lookup(key) {
            return if entry.try_set(thunk) { AddPending::Resolved } else { AddPending::AlreadySet };
        }
        let ticket = state.next_number();
        entry.ticket.store(ticket, Ordering::Relaxed);
        state.waiting.insert(ticket, Waiting { owner, key, entry: entry.clone() });
        state.owners.entry(owner).or_default().insert(ticket);
        AddPending::Waiting
    }

    pub fn remove(&self, entry: &PendingThunk) -> bool {
        let mut state = self.state.lock();
        state.unlink(entry.ticket.load(Ordering::Relaxed)).is_some()
    }

    pub fn remove_owner(&self, owner: PendingOwner) -> usize {
        let mut state = self.state.lock();
        let tickets = state.owners.remove(&owner).unwrap_or_default();
        tickets.into_iter().filter(|ticket| state.unlink(*ticket).is_some()).count()
    }

    pub fn resolve(&self, lookup: impl Fn(&[u8]) -> Option<u32>) -> usize {
        let mut state = self.state.lock();
        let found: Vec<(u64, u32)> = state
            .waiting
            .iter()
            .filter_map(|(ticket, waiting)| lookup(waiting.key).map(|thunk| (*ticket, thunk)))
            .collect();
        let set = |(ticket, thunk)| state.unlink(ticket).is_some_and(|entry| entry.try_set(thunk));
        found.into_iter().map(set).filter(|set| *set).count()
    }

    pub fn count(&self) -> usize {
        self.state.lock().waiting.len()
    }
}
