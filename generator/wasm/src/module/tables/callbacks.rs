//! The table of methods that native code calls (`g_ReverseThunks`).
//!
//! A row is the hash of a key, the address of the key, the address of a cell for the method, and a table slot.

use super::memory::InitialMemory;
use super::{MAX_ROWS, WORD};

/// The methods that native code can call, and the functions that call them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackTable<'a> {
    /// Address of the first row.
    pub address: u32,
    /// In the order of the table.
    pub rows: Vec<CallbackRow<'a>>,
}

/// A row of a table of callbacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallbackRow<'a> {
    /// `Method#paramCount:Assembly:Namespace:Type`
    pub key: &'a str,
    /// The table slot.
    pub slot: u32,
    /// Index of the function in the slot.
    pub function: u32,
}

/// Bytes of a row.
const ROW: u32 = 4 * WORD;

/// Longest key in bytes: the names of an assembly, a namespace, a type and a method.
const MAX_KEY: usize = 16_384;

impl<'a> InitialMemory<'_, 'a> {
    /// The tables of callbacks, by address; a runtime has one. `hash` is the hash of a key.
    pub fn callback_tables(&self, hash: &dyn Fn(&str) -> u32) -> Vec<CallbackTable<'a>> {
        let mut found = Vec::new();
        let mut next = 0;
        for address in self.words() {
            if address < next {
                continue;
            }
            let addresses = (0..).map_while(|index: u32| address.checked_add(index.checked_mul(ROW)?));
            let rows: Vec<_> = addresses.take(MAX_ROWS).map_while(|address| self.callback(address, hash)).collect();
            if !rows.is_empty() {
                next = address.saturating_add(ROW.saturating_mul(u32::try_from(rows.len()).unwrap_or(u32::MAX)));
                found.push(CallbackTable { address, rows });
            }
        }
        found
    }

    fn callback(&self, address: u32, hash: &dyn Fn(&str) -> u32) -> Option<CallbackRow<'a>> {
        let word = |index: u32| address.checked_add(index * WORD).map(|at| self.word(at));
        let slot = word(3)?;
        let function = self.slot(slot)?;
        self.look(0).filter(|()| word(2).is_some_and(Self::is_object))?;
        let key = self.text(word(1)?, MAX_KEY).filter(|key| is_key(key) && word(0) == Some(hash(key)))?;
        Some(CallbackRow { key, slot, function })
    }
}

/// Whether a text can be `Method#paramCount:Assembly:Namespace:Type`; names may contain the separators too.
fn is_key(text: &str) -> bool {
    text.contains('#') && text.matches(':').count() >= 3
}
