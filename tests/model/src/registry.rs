//! Thunks by key, from two sources: the tables linked into the runtime, and ReadyToRun images as they are loaded.
//!
//! The linked tables win over images, and the first of several images over the others, so that a key that was once
//! found is always found with the same thunk.

use std::sync::Arc;

use crate::image_index::ImageIndex;
use crate::pending::{AddPending, PendingOwner, PendingThunk, PendingThunks};
use crate::string_thunks::{Image, InjectError};
use crate::table::{Generations, Table};

/// Where a thunk was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A linked table.
    Static,
    /// An image.
    Injected,
}

/// What a key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundThunk {
    /// Its table index.
    pub thunk: u32,
    /// Where it comes from.
    pub source: Source,
}

/// What an injection did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Injected {
    /// Keys that were new.
    pub added: usize,
    /// Waiting entry points that got their thunk.
    pub resolved: usize,
}

/// Whether an image's own index is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IndexUse {
    /// The first image that brings an index is searched in place.
    #[default]
    WhereFound,
    /// Its keys go into a hash like those of any other image.
    Never,
}

/// The registry; keys are borrowed from the tables and images. Thunks are table indices, which are never 0.
#[derive(Debug)]
pub struct Registry<'k> {
    linked: Generations<'k>,
    injected: Generations<'k>,
    pending: PendingThunks<'k>,
}

impl Default for Registry<'_> {
    fn default() -> Self {
        Registry::new()
    }
}

impl<'k> Registry<'k> {
    /// A registry that knows no thunk.
    pub fn new() -> Registry<'k> {
        Registry { linked: Generations::new(), injected: Generations::new(), pending: PendingThunks::new() }
    }

    /// Adds rows of a linked table, before anything is looked up. Of rows with the same key the first counts.
    pub fn add_static(&self, rows: impl IntoIterator<Item = (&'k str, u32)>) {
        let rows: Vec<(&[u8], u32)> = rows.into_iter().map(|(key, thunk)| (key.as_bytes(), thunk)).collect();
        self.linked.publish(&rows);
    }

    /// The thunk of a key. Takes no lock.
    pub fn lookup(&self, key: impl AsRef<[u8]>) -> Option<FoundThunk> {
        let (key, sources) = (key.as_ref(), [(Source::Static, &self.linked), (Source::Injected, &self.injected)]);
        sources.into_iter().find_map(|(source, tables)| {
            let thunk = tables.table().lookup(key)?;
            Some(FoundThunk { thunk, source })
        })
    }

    /// Adds the thunks of the fixup whose kind byte is at `offset` in a loaded image, all or nothing, and sets those
    /// that entry points were waiting for.
    pub fn inject(&self, image: &Image<'k>, offset: usize) -> Result<Injected, InjectError> {
        self.inject_with(image, offset, IndexUse::default())
    }

    /// The same, with or without the image's index.
    pub fn inject_with(&self, image: &Image<'k>, offset: usize, index_use: IndexUse) -> Result<Injected, InjectError> {
        let thunks = image.string_thunks(offset)?;
        let index = match index_use {
            IndexUse::WhereFound => ImageIndex::find(image, offset),
            IndexUse::Never => None,
        };
        let added = match index {
            Some(index) if index.count() > 0 && self.injected.publish_index(index) => index.count(),
            _ => self.injected.publish(&thunks),
        };
        let resolved = if added > 0 { self.resolve_pending() } else { 0 };
        Ok(Injected { added, resolved })
    }

    /// Whether the injected thunks are those of one image, searched in its own index.
    pub fn uses_index(&self) -> bool {
        matches!(self.injected.table(), Table::Indexed(_))
    }

    /// An owner of entry points.
    pub fn new_owner(&self) -> PendingOwner {
        self.pending.new_owner()
    }

    /// Sets the thunk of an entry point, now or as soon as an image brings it.
    pub fn add_pending(&self, owner: PendingOwner, key: &'k str, entry: &Arc<PendingThunk>) -> AddPending {
        self.pending.add(owner, key.as_bytes(), entry, |key| self.lookup(key).map(|found| found.thunk))
    }

    /// Before a descriptor is released or used again: afterwards the registry does not know the entry point. True if
    /// it waited.
    pub fn remove_pending(&self, entry: &PendingThunk) -> bool {
        self.pending.remove(entry)
    }

    /// Before an owner goes: afterwards the registry knows none of its entry points, and takes no more. Returns how
    /// many waited.
    pub fn remove_pending_owner(&self, owner: PendingOwner) -> usize {
        self.pending.remove_owner(owner)
    }

    /// Every injection does this by itself; it is only needed after rows were added while entry points wait.
    pub fn resolve_pending(&self) -> usize {
        self.pending.resolve(|key| self.lookup(key).map(|found| found.thunk))
    }

    /// How many wait.
    pub fn pending_count(&self) -> usize {
        self.pending.count()
    }
}
